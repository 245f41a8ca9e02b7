package app

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"baqylau/control"
)

// drawnText is a text whose parts are few, so that two of them are often the same.
func drawnText(t *rapid.T, name string) Text {
	parts := rapid.SampledFrom([]string{"", "бірінші", "второе", "третье"})
	text := Text{KK: parts.Draw(t, name+" kk"), RU: parts.Draw(t, name+" ru"), Agreer: parts.Draw(t, name+" agreer")}
	text.Outcome = rapid.SampledFrom([]control.Outcome{"", control.OutcomeSatisfied, control.OutcomeRefused}).Draw(t, name+" outcome")
	return text
}

func TestNothingWrittenIsLostInAMerge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base, mine, theirs := drawnText(t, "base"), drawnText(t, "mine"), drawnText(t, "theirs")
		merged, clashes := merge(base, mine, theirs)
		for _, f := range Fields() {
			my, their := mine.Part(f) != base.Part(f), theirs.Part(f) != base.Part(f)
			clash := slices.Contains(clashes, f)
			if clash != (my && their && mine.Part(f) != theirs.Part(f)) {
				t.Fatalf("%s clashes: %v", f, clash)
			}
			want := base.Part(f)
			if their {
				want = theirs.Part(f)
			}
			if my {
				want = mine.Part(f)
			}
			if merged.Part(f) != want {
				t.Fatalf("%s is %q, want %q", f, merged.Part(f), want)
			}
		}
	})
}

func TestAMergeIsTheSameFromBothSides(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base, mine, theirs := drawnText(t, "base"), drawnText(t, "mine"), drawnText(t, "theirs")
		merged, clashes := merge(base, mine, theirs)
		other, others := merge(base, theirs, mine)
		for _, f := range clashes {
			other = other.With(f, mine.Part(f))
		}
		if merged != other || !slices.Equal(clashes, others) {
			t.Fatalf("%+v and %+v, %v and %v", merged, other, clashes, others)
		}
	})
}

func TestAMergeThatIsMergedAgainStays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base, mine, theirs := drawnText(t, "base"), drawnText(t, "mine"), drawnText(t, "theirs")
		merged, clashes := merge(base, mine, theirs)
		if len(clashes) > 0 {
			return
		}
		if again, more := merge(theirs, merged, theirs); again != merged || len(more) > 0 {
			t.Fatalf("over theirs it is %+v, %v", again, more)
		}
		if again, more := merge(base, merged, theirs); again != merged || len(more) > 0 {
			t.Fatalf("again it is %+v, %v", again, more)
		}
	})
}

func TestWhateverIsDecidedWhatGaveWayIsKept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := Form{Was: drawnText(t, "base"), Text: drawnText(t, "mine"), Theirs: new(Text)}
		*c.Theirs = drawnText(t, "theirs")
		decided := drawnText(t, "decided")
		gave := c.Conflict().gave(decided)
		kept := func(f Field, part string) bool {
			return decided.Part(f) == part || slices.ContainsFunc(gave, func(p Past) bool { return p.Text.Part(f) == part })
		}
		for _, f := range Fields() {
			for whose, text := range map[string]Text{"mine": c.Text, "theirs": *c.Theirs} {
				if part := text.Part(f); part != c.Was.Part(f) && !kept(f, part) {
					t.Fatalf("%s %s %q is lost", whose, f, part)
				}
			}
		}
		if decided == c.Text && decided == *c.Theirs && len(gave) > 0 {
			t.Fatalf("nothing gave way, and %+v is kept", gave)
		}
	})
}

// typedAt types a piece into a text, or takes one out of it.
func typedAt(t *rapid.T, text string) string {
	letters := []rune(text)
	from := rapid.IntRange(0, len(letters)).Draw(t, "from")
	to := rapid.IntRange(from, min(len(letters), from+3)).Draw(t, "to")
	piece := rapid.SampledFrom([]string{"", "ә", " ", "ж", "іі", "сөз бен сөз", "\n", "€"}).Draw(t, "piece")
	return string(letters[:from]) + piece + string(letters[to:])
}

func TestEveryStepOfWritingIsTakenBackAndDoneAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := Form{Text: drawnText(t, "begun")}
		begun := f.Text
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			field := rapid.SampledFrom(Fields()).Draw(t, "field")
			f = f.Write(f.Text.With(field, typedAt(t, f.Text.Part(field))))
		}
		written := f.Text
		var way []Text
		for {
			back, was := f.Undo()
			if !was {
				break
			}
			way = append(way, f.Text)
			f = back
		}
		if f.Text != begun {
			t.Fatalf("taken back it is %+v, begun was %+v", f.Text, begun)
		}
		for _, want := range slices.Backward(way) {
			again, is := f.Redo()
			if !is || again.Text != want {
				t.Fatalf("done again it is %+v, %v, want %+v", again.Text, is, want)
			}
			f = again
		}
		if _, more := f.Redo(); more || f.Text != written {
			t.Fatalf("in the end it is %+v, want %+v", f.Text, written)
		}
	})
}

// typeIn writes letter by letter.
func typeIn(f Form, text string) Form {
	for _, r := range text {
		f = f.Write(f.Text.With(FieldRU, f.Text.RU+string(r)))
	}
	return f
}

func TestAWordIsTakenBackInOneStep(t *testing.T) {
	f := typeIn(Form{}, "Нарушение выявлено  при проверке")
	var got []string
	for back, was := f.Undo(); was; back, was = f.Undo() {
		f = back
		got = append(got, f.Text.RU)
	}
	if diff := cmp.Diff([]string{"Нарушение выявлено  при ", "Нарушение выявлено  ", "Нарушение ", ""}, got); diff != "" {
		t.Error(diff)
	}
	f = typeIn(Form{}, "одно")
	for len(f.Text.RU) > 0 { // wiped out from the end
		letters := []rune(f.Text.RU)
		f = f.Write(f.Text.With(FieldRU, string(letters[:len(letters)-1])))
	}
	if f, _ = f.Undo(); f.Text.RU != "одно" {
		t.Errorf("wiping out is taken back to %q", f.Text.RU)
	}
}

func TestWhatCanBeTakenBackIsBounded(t *testing.T) {
	f := Form{}
	for range undoSteps + 50 {
		f = typeIn(f, "а ")
	}
	if n := len(f.Trail.Done); n != undoSteps {
		t.Errorf("%d steps are kept", n)
	}
	for range 10 {
		f = f.Write(f.Text.With(FieldKK, strings.Repeat("ә", undoBytes/8)))
		f = f.Write(f.Text.With(FieldKK, ""))
	}
	size := 0
	for _, c := range f.Trail.Done {
		size += len(c.Was) + len(c.Now)
	}
	if size > undoBytes || size == 0 {
		t.Errorf("%d bytes are kept", size)
	}
}

func TestATrailOfAnotherTextIsLetGo(t *testing.T) {
	f := typeIn(Form{}, "слово")
	f.Text.RU = "другое"
	if back, was := f.Undo(); was || back.Text.RU != "другое" || len(back.Trail.Done) > 0 {
		t.Errorf("it became %+v", back)
	}
	for _, at := range []int{-1, 7, 1 << 40} {
		f := Form{Trail: Trail{Undone: []Change{{Field: FieldRU, At: at, Now: "x"}}}}
		if again, is := f.Redo(); is || again.Text != (Text{}) {
			t.Errorf("at %d it became %+v", at, again)
		}
	}
}

func TestADifferenceHasBothTextsInIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.SampledFrom([]string{"сөз", "слово ", " ", "\n", "ә", "две  "}), 0, 30)
		was, now := strings.Join(words.Draw(t, "was"), ""), strings.Join(words.Draw(t, "now"), "")
		var old, fresh string
		for _, p := range Differ(was, now) {
			if p.Kind != PieceNew {
				old += p.Text
			}
			if p.Kind != PieceGone {
				fresh += p.Text
			}
		}
		if old != was || fresh != now {
			t.Fatalf("%q and %q", old, fresh)
		}
	})
}

func TestADifferenceShowsTheWordsThatChanged(t *testing.T) {
	got := Differ("указан товарный знак определённого производителя", "указан знак другого производителя")
	want := []Piece{
		{"указан ", PieceSame},
		{"товарный ", PieceGone},
		{"знак ", PieceSame},
		{"определённого ", PieceGone},
		{"другого ", PieceNew},
		{"производителя", PieceSame},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	long := strings.Repeat("а б ", 3000)
	if got := Differ("x "+long+"y", "z "+long+long+"w"); len(got) != 2 {
		t.Errorf("what is too long to compare is %d pieces", len(got))
	}
}
