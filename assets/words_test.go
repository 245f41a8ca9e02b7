package assets

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

var placeholder = regexp.MustCompile(`\{([^{}]*)\}`)

// placeholdersOf gives the set of placeholders of every form of a text, sorted.
func placeholdersOf(m message) []string {
	names := map[string]bool{}
	for _, form := range []string{m.one, m.few, m.many, m.other} {
		for _, found := range placeholder.FindAllStringSubmatch(form, -1) {
			names[found[1]] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

func isPlural(m message) bool { return m.one != "" || m.few != "" || m.many != "" }

// every text exists in Kazakh and in Russian and says the same things.
func TestEveryTextIsInBothLanguages(t *testing.T) {
	kk, err := parse(wordsFS, KK)
	if err != nil {
		t.Fatal(err)
	}
	ru, err := parse(wordsFS, RU)
	if err != nil {
		t.Fatal(err)
	}
	if len(kk) == 0 {
		t.Fatal("no text at all")
	}
	for key, text := range kk {
		other, ok := ru[key]
		if !ok {
			t.Errorf("%s is in Kazakh only", key)
			continue
		}
		if diff := cmp.Diff(placeholdersOf(text), placeholdersOf(other)); diff != "" {
			t.Errorf("%s has other placeholders in Russian (-kk +ru):\n%s", key, diff)
		}
		if isPlural(text) != isPlural(other) {
			t.Errorf("%s is a plural text in one language only", key)
		}
	}
	for key := range ru {
		if _, ok := kk[key]; !ok {
			t.Errorf("%s is in Russian only", key)
		}
	}
}

func TestEveryFileIsInBothLanguages(t *testing.T) {
	list := func(l Lang) []string {
		names, err := fs.Glob(wordsFS, "words/"+string(l)+"/*")
		if err != nil {
			t.Fatal(err)
		}
		for i, name := range names {
			names[i] = strings.TrimPrefix(name, "words/"+string(l)+"/")
		}
		return names
	}
	if diff := cmp.Diff(list(KK), list(RU)); diff != "" {
		t.Errorf("files differ (-kk +ru):\n%s", diff)
	}
}

func TestNoTextIsEmptyAndPluralFormsAreComplete(t *testing.T) {
	for _, l := range []Lang{KK, RU} {
		for key, m := range l.catalogue() {
			if strings.TrimSpace(m.other) == "" {
				t.Errorf("%s %s: the general form is empty", l, key)
			}
			if !isPlural(m) {
				continue
			}
			if m.one == "" {
				t.Errorf("%s %s: no form for one", l, key)
			}
			if l == RU && (m.few == "" || m.many == "") {
				t.Errorf("ru %s: no form for few or many", key)
			}
			if l == KK && (m.few != "" || m.many != "") {
				t.Errorf("kk %s: Kazakh has no few and no many", key)
			}
		}
	}
}

// encoding/json keeps the last of two equal keys without a word; here both are seen.
func TestNoKeyStandsTwiceInOneFile(t *testing.T) {
	names, err := fs.Glob(wordsFS, "words/*/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		data, err := fs.ReadFile(wordsFS, name)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for dec, depth, isKey := json.NewDecoder(bytes.NewReader(data)), 0, false; ; {
			token, err := dec.Token()
			if err != nil {
				break
			}
			switch token {
			case json.Delim('{'):
				depth, isKey = depth+1, true
				continue
			case json.Delim('}'):
				depth, isKey = depth-1, true
				continue
			}
			if depth == 1 && isKey {
				key, _ := token.(string)
				if seen[key] {
					t.Errorf("%s: %s stands twice", name, key)
				}
				seen[key] = true
			}
			isKey = !isKey
		}
		if len(seen) == 0 {
			t.Errorf("%s: no keys", name)
		}
	}
}

// The tone of ui.md: never an exclamation mark.
func TestNoTextShouts(t *testing.T) {
	for _, l := range []Lang{KK, RU} {
		for key, m := range l.catalogue() {
			if strings.Contains(m.one+m.few+m.many+m.other, "!") {
				t.Errorf("%s %s has an exclamation mark", l, key)
			}
		}
	}
}

// A Latin letter that looks like a Cyrillic one breaks search and reading aloud.
func TestNoWordMixesAlphabets(t *testing.T) {
	mixed := regexp.MustCompile(`\p{Latin}\p{Cyrillic}|\p{Cyrillic}\p{Latin}`)
	for _, l := range []Lang{KK, RU} {
		for key, m := range l.catalogue() {
			text := placeholder.ReplaceAllString(m.one+" "+m.few+" "+m.many+" "+m.other, " ")
			if found := mixed.FindString(text); found != "" {
				t.Errorf("%s %s mixes alphabets at %q", l, key, found)
			}
		}
	}
}

func TestParseRefuses(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	for name, files := range map[string]fstest.MapFS{
		"a key in two files":       {"words/kk/a.json": file(`{"x":"1"}`), "words/kk/b.json": file(`{"x":"1"}`)},
		"a file cut short":         {"words/kk/a.json": file(`{"x":"1"`)},
		"an unknown plural form":   {"words/kk/a.json": file(`{"x":{"two":"1"}}`)},
		"a text that is no string": {"words/kk/a.json": file(`{"x":1}`)},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := parse(files, KK); err == nil {
				t.Error("taken without a word")
			}
		})
	}
}

func TestT(t *testing.T) {
	for _, c := range []struct {
		name string
		got  string
		want string
	}{
		{"Kazakh", KK.T("notification.draft"), "Жоба"},
		{"Russian", RU.T("notification.draft"), "Проект"},
		{"the zero language reads as Kazakh", Lang("").T("notification.draft"), "Жоба"},
		{"a missing key shows itself", KK.T("no.such.key"), "⟦no.such.key⟧"},
		{"a missing plural key shows itself", RU.N("no.such.key", 2), "⟦no.such.key⟧"},
		{"placeholders are filled", RU.T("date.long.3", "day", 5, "year", 2026), "5 марта 2026 года"},
		{"Kazakh keeps its own order", KK.T("date.long.3", "day", 5, "year", 2026), "2026 жылғы 5 наурыз"},
		{"a placeholder without a value stays", RU.T("date.long.3", "day", 5), "5 марта {year} года"},
		{"a name without a value is ignored", RU.T("date.long.3", "day"), "{day} марта {year} года"},
		{"a value is never searched for placeholders", RU.T("date.long.3", "day", "{year}", "year", "{day}"), "{year} марта {day} года"},
		{"a text without placeholders ignores values", RU.T("yes", "day", 5), "Да"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.got != c.want {
				t.Errorf("got %q, want %q", c.got, c.want)
			}
		})
	}
}

func TestPlurals(t *testing.T) {
	for _, c := range []struct {
		l    Lang
		n    int
		want string
	}{
		{RU, 0, "осталось 0 рабочих дней"},
		{RU, 1, "остался 1 рабочий день"},
		{RU, 2, "осталось 2 рабочих дня"},
		{RU, 4, "осталось 4 рабочих дня"},
		{RU, 5, "осталось 5 рабочих дней"},
		{RU, 11, "осталось 11 рабочих дней"},
		{RU, 12, "осталось 12 рабочих дней"},
		{RU, 14, "осталось 14 рабочих дней"},
		{RU, 21, "остался 21 рабочий день"},
		{RU, 111, "осталось 111 рабочих дней"},
		{RU, 122, "осталось 122 рабочих дня"},
		{RU, -1, "остался -1 рабочий день"},
		{RU, -3, "осталось -3 рабочих дня"},
		{RU, 1000, "осталось 1\u00a0000 рабочих дней"},
		{KK, 1, "1 жұмыс күні қалды"},
		{KK, 3, "3 жұмыс күні қалды"},
	} {
		if got := c.l.N("deadline.workdays_left", c.n); got != c.want {
			t.Errorf("%s %d: got %q, want %q", c.l, c.n, got, c.want)
		}
	}
}

func TestManyReadersAtOnce(t *testing.T) {
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			if got := RU.T("yes") + KK.T("yes"); got != "ДаИә" {
				t.Errorf("got %q", got)
			}
		})
	}
	wg.Wait()
}

func TestKeysAreSortedAndWhole(t *testing.T) {
	keys := Keys(KK)
	if !slices.IsSorted(keys) || len(keys) != len(kazakh()) {
		t.Errorf("%d keys, sorted: %v; the catalogue has %d", len(keys), slices.IsSorted(keys), len(kazakh()))
	}
}

func TestTAllocatesNothingForAPlainText(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { _ = RU.T("yes") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
