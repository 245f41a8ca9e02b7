package document

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"Kazakh stays as it is", "Әділ Ғұмар Қыран Өнер Ұлы Үміт Һәм Ің «Оқушы» № 5 — 9 268,52 ₸", "Әділ Ғұмар Қыран Өнер Ұлы Үміт Һәм Ің «Оқушы» № 5 — 9 268,52 ₸"},
		{"a composed letter is one letter", "и\u0306", "й"},
		{"control characters are spaces", "a\x00b\x1b[0mc\u009bd", "a b [0mc d"},
		{"tabs and runs of spaces are one space", "a\t\t  b", "a b"},
		{"a no-break space stays", "1\u00a0000", "1\u00a0000"},
		{"every kind of line break is one", "a\r\nb\rc\u2028d\ve", "a\nb\nc\nd\ne"},
		{"empty lines are at most one", "\n\n a\n\n\n\nb \n\n", "a\n\nb"},
		{"direction can't be turned", "a\u202egnp\u202c\u2067b\u2069", "agnpb"},
		{"nothing is invisible", "а\u200bб\u200dв\u00adг\ufeffд", "абвгд"},
		{"invalid bytes are marked", "a\xffb", "a\ufffdb"},
		{"what the font lacks is marked", "😀 漢 ع", "\ufffd \ufffd \ufffd"},
		{"marks don't pile up", "а" + strings.Repeat("\u0331", 50), "а\u0331\u0331"},
		{"nothing is nothing", " \t\n\x00 ", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := clean(c.text); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func FuzzClean(f *testing.F) {
	f.Add("«Оқушы» МКМ\r\n\tтоо\x00\u202e😀\xff")
	f.Add("a\u0301\u0302\u0303\u0304 \u0301\u200d\u0301")
	f.Add("0 00000\xf00\xd100000\xf0000\xff") // a wide letter after a break at a space
	f.Fuzz(func(t *testing.T, text string) {
		got := clean(text)
		if !utf8.ValidString(got) {
			t.Fatalf("%q became invalid %q", text, got)
		}
		for _, r := range got {
			if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || printable(r) != r) {
				t.Fatalf("%q kept %U", text, r)
			}
		}
		if again := clean(got); again != got {
			t.Fatalf("cleaning %q twice gives %q, once %q", text, again, got)
		}
		for _, l := range bodyStyle.wrap(got, 40) {
			if w := bodyStyle.width(l.text); w > 40.001 && utf8.RuneCountInString(l.text) > 1 {
				t.Fatalf("line %q is %.1f wide", l.text, w)
			}
		}
	})
}

func TestWrap(t *testing.T) {
	room := bodyStyle.width("камералдық бақылау")
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"at spaces", "камералдық бақылау жүргізу", []string{"камералдық бақылау", "жүргізу"}},
		{"at line breaks", "а\n\nб", []string{"а", "", "б"}},
		{"inside a word that is too long", strings.Repeat("ш", 30), nil},
		{"an empty text has no line", "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, l := range bodyStyle.wrap(c.text, room) {
				if w := bodyStyle.width(l.text); w > room+0.001 {
					t.Errorf("%q is %.2f wide, the room %.2f", l.text, w, room)
				}
				got = append(got, l.text)
			}
			if c.want == nil {
				if strings.Join(got, "") != c.text {
					t.Errorf("letters were lost: %q", got)
				}
				return
			}
			if strings.Join(got, "|") != strings.Join(c.want, "|") {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestWrapLosesNoWord(t *testing.T) {
	text := clean(strings.Repeat(textKK+" "+strings.Repeat("ұзын", 40)+" ", 50))
	for width := 5.0; width < 180; width += 7 {
		var b strings.Builder
		for _, l := range bodyStyle.wrap(text, width) {
			b.WriteString(l.text)
		}
		if strings.ReplaceAll(b.String(), " ", "") != strings.ReplaceAll(text, " ", "") {
			t.Fatalf("letters were lost at %.0f mm", width)
		}
	}
}

func TestFiguresAreShrunkAndLinesElided(t *testing.T) {
	if st := bodyStyle.fit("92 233 720 368 547 758,07 ₸", 20); st.width("92 233 720 368 547 758,07 ₸") > 20.001 {
		t.Error("the figure doesn't fit")
	}
	if st := bodyStyle.fit("1", 20); st != bodyStyle {
		t.Error("a short figure changed")
	}
	long := bodyStyle.elide(strings.Repeat("ж", 200), 50)
	if bodyStyle.width(long) > 50 || !strings.HasSuffix(long, "ж…") {
		t.Errorf("got %q", long)
	}
	if short := bodyStyle.elide("қысқа", 50); short != "қысқа" {
		t.Errorf("got %q", short)
	}
}
