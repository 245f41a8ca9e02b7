package assets

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Lang is a language of the people who use the programs. Any other value than RU reads as Kazakh,
// the state language, so that the zero value is useful.
type Lang string

// The languages that every text exists in.
const (
	KK Lang = "kk"
	RU Lang = "ru"
)

// message is one text: plain texts have only other; plural ones have the CLDR forms of their language.
type message struct {
	one, few, many, other string
}

// UnmarshalJSON reads "text" or {"one": "…", "few": "…", "many": "…", "other": "…"}.
func (m *message) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		return json.Unmarshal(data, &m.other)
	}
	var forms map[string]string
	if err := json.Unmarshal(data, &forms); err != nil {
		return err
	}
	for form, text := range forms {
		switch form {
		case "one":
			m.one = text
		case "few":
			m.few = text
		case "many":
			m.many = text
		case "other":
			m.other = text
		default:
			return fmt.Errorf("plural form %q is none of one, few, many, other", form)
		}
	}
	return nil
}

// The catalogues are parsed at their first use and never change afterwards, so any number of goroutines may read.
var (
	kazakh  = sync.OnceValue(func() map[string]message { return mustParse(wordsFS, KK) })
	russian = sync.OnceValue(func() map[string]message { return mustParse(wordsFS, RU) })
)

func (l Lang) catalogue() map[string]message {
	if l == RU {
		return russian()
	}
	return kazakh()
}

// mustParse panics on a malformed file: the files are part of the program, and a test reads them all.
func mustParse(fsys fs.FS, l Lang) map[string]message {
	catalogue, err := parse(fsys, l)
	if err != nil {
		panic(fmt.Sprintf("assets: embedded texts: %v", err))
	}
	return catalogue
}

// parse reads words/<l>/*.json into one catalogue; a key belongs to one file only.
func parse(fsys fs.FS, l Lang) (map[string]message, error) {
	names, err := fs.Glob(fsys, "words/"+string(l)+"/*.json")
	if err != nil {
		return nil, fmt.Errorf("list texts: %w", err)
	}
	catalogue := make(map[string]message, 1024)
	for _, name := range names {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("read texts: %w", err)
		}
		var area map[string]message
		if err := json.Unmarshal(data, &area); err != nil {
			return nil, fmt.Errorf("parse %s: %w", name, err)
		}
		for key, text := range area {
			if _, taken := catalogue[key]; taken {
				return nil, fmt.Errorf("%s: key %q is in another file too", name, key)
			}
			catalogue[key] = text
		}
	}
	return catalogue, nil
}

// T gives the text of key. Each {name} in it is replaced by the value that follows "name" in args
// (name, value, name, value …); numbers are written plainly, so pass Number(n) where digits are grouped.
// A placeholder without a value stays as it is; values are never searched for placeholders.
// A missing key gives ⟦key⟧; a plural key gives its general form.
func (l Lang) T(key string, args ...any) string {
	text, ok := l.catalogue()[key]
	if !ok {
		return "⟦" + key + "⟧"
	}
	return fill(text.other, args)
}

// N gives the text of key in the plural form that n asks for, by the CLDR rules for whole numbers
// (ru one, few, many; kk one, other). {n} is n with its digits grouped; args are as in T.
func (l Lang) N(key string, n int, args ...any) string {
	text, ok := l.catalogue()[key]
	if !ok {
		return "⟦" + key + "⟧"
	}
	return fill(text.form(l, n), append([]any{"n", Number(int64(n))}, args...))
}

// form picks the plural form; a plain text, or one that lacks the form, gives its general one.
func (m message) form(l Lang, n int) string {
	text := m.other
	switch {
	case l != RU:
		if n == 1 || n == -1 {
			text = m.one
		}
	default:
		tens, units := n%100, n%10
		if n < 0 {
			tens, units = -tens, -units
		}
		switch {
		case units == 1 && tens != 11:
			text = m.one
		case units >= 2 && units <= 4 && (tens < 12 || tens > 14):
			text = m.few
		default:
			text = m.many
		}
	}
	if text == "" {
		return m.other
	}
	return text
}

// fill replaces the placeholders in one pass, so that a value which looks like a placeholder stays itself.
func fill(text string, args []any) string {
	if len(args) == 0 || !strings.Contains(text, "{") {
		return text
	}
	var b strings.Builder
	b.Grow(len(text) + 16*len(args))
	for {
		open := strings.IndexByte(text, '{')
		if open < 0 {
			break
		}
		length := strings.IndexByte(text[open:], '}')
		if length < 0 {
			break
		}
		b.WriteString(text[:open])
		if value, ok := argument(args, text[open+1:open+length]); ok {
			write(&b, value)
		} else {
			b.WriteString(text[open : open+length+1])
		}
		text = text[open+length+1:]
	}
	b.WriteString(text)
	return b.String()
}

func argument(args []any, name string) (any, bool) {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == name {
			return args[i+1], true
		}
	}
	return nil, false
}

func write(b *strings.Builder, value any) {
	switch v := value.(type) {
	case string:
		b.WriteString(v)
	case int:
		b.WriteString(strconv.Itoa(v))
	default:
		fmt.Fprint(b, v)
	}
}

// Keys lists the keys of a language in byte order.
func Keys(l Lang) []string {
	catalogue := l.catalogue()
	keys := make([]string, 0, len(catalogue))
	for key := range catalogue {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
