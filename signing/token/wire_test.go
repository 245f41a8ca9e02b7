package token

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAFrameArrivesAsItWasSent(t *testing.T) {
	for _, sent := range []frame{
		{kind: kindList},
		{kind: kindClose, fields: [][]byte{number(7)}},
		{kind: kindOpen, fields: [][]byte{[]byte("{}"), number(1), []byte("4321")}},
		{kind: kindSign, fields: [][]byte{number(7), {}, bytes.Repeat([]byte{1}, 1<<20)}},
	} {
		var pipe bytes.Buffer
		if err := sent.write(&pipe); err != nil {
			t.Fatal(err)
		}
		got, err := readFrame(&pipe)
		if err != nil {
			t.Fatal(err)
		}
		if got.kind != sent.kind || !slices.EqualFunc(got.fields, sent.fields, bytes.Equal) {
			t.Errorf("sent %c with %d fields, got %c with %d", sent.kind, len(sent.fields), got.kind, len(got.fields))
		}
		got.wipe()
		for _, field := range got.fields {
			if !bytes.Equal(field, make([]byte, len(field))) {
				t.Error("a field is not overwritten")
			}
		}
		if _, err := readFrame(&pipe); err != io.EOF {
			t.Errorf("after the last frame: %v", err)
		}
	}
}

func TestWhatIsNoFrameIsRefused(t *testing.T) {
	for name, bytes := range map[string]string{
		"no bytes":             "\x00\x00\x00\x00",
		"huge":                 "\xff\xff\xff\xffL",
		"cut short":            "\x00\x00\x00\x09L",
		"a field beyond":       "\x00\x00\x00\x06L\x00\x00\x00\x02x",
		"half a length":        "\x00\x00\x00\x03L\x00\x00",
		"a huge field":         "\x00\x00\x00\x05L\xff\xff\xff\xff",
		"too many fields":      "\x00\x00\x00\x15L" + strings.Repeat("\x00\x00\x00\x00", 5),
		"what a driver prints": "hello, I am your driver\n",
	} {
		if f, err := readFrame(strings.NewReader(bytes)); !errors.Is(err, errFrame) {
			t.Errorf("%s: %+v, %v", name, f, err)
		}
	}
	if err := (frame{fields: [][]byte{make([]byte, maxFrame)}}).write(io.Discard); !errors.Is(err, errFrame) {
		t.Errorf("a frame that is too large to be read was sent: %v", err)
	}
}

// TestARequestThatNobodyMakesIsRefused: and the driver isn't asked.
func TestARequestThatNobodyMakesIsRefused(t *testing.T) {
	for _, f := range []frame{
		{kind: 'X'},
		{kind: kindOpen},
		{kind: kindOpen, fields: [][]byte{[]byte("{"), number(1), nil}},
		{kind: kindOpen, fields: [][]byte{[]byte("{}"), {1}, nil}},
		{kind: kindSign, fields: [][]byte{{1}, number(1), nil}},
		{kind: kindSign, fields: [][]byte{number(1), {1}, nil}},
		{kind: kindClose, fields: [][]byte{nil}},
	} {
		if got := answer(nil, f); got.kind != kindRefuse || !errors.Is(refusal(got), ErrDevice) {
			t.Errorf("%c with %d fields: %c", f.kind, len(f.fields), got.kind)
		}
	}
}

func TestEveryFaultHasItsWords(t *testing.T) {
	want := map[string]bool{}
	for _, f := range faults() {
		want["token.fault."+f.code] = true
		if got := faultOf(f.code); got != f.err || Fault(f.err) != f.code {
			t.Errorf("%s is %v", f.code, got)
		}
	}
	for _, language := range []string{"kk", "ru"} {
		data, err := os.ReadFile(filepath.Join("..", "..", "assets", "words", language, "token.json"))
		if err != nil {
			t.Fatal(err)
		}
		var texts map[string]string
		if err := json.Unmarshal(data, &texts); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(texts))); diff != "" {
			t.Errorf("%s (-codes +texts):\n%s", language, diff)
		}
	}
}
