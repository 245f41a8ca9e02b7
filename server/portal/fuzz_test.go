package portal

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// FuzzRead: whatever the bytes are, reading ends, says what it did, and what it took is sound: fit to
// be shown, of use to Apply, and the same the second time. No JSON that Go's own reader refuses is taken.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		buyJSON, lotJSON, pointJSON, "[" + buyJSON + "," + lotJSON + "]",
		`{"total":1,"items":[` + pointJSON + `]}`, `{"service":"lots","items":[` + lotJSON + `]}`,
		buyJSON + "\n" + lotJSON, "\ufeff" + buyJSON,
		with(buyJSON, "lots", "["+lotJSON+"]"),
		with(lotJSON, "complaint", `{"date_filed":"2026-11-20 10:00:00"}`),
		with(buyJSON, "name_ru", `"\ud83d\ude00 \u0000\u202e\""`),
		`[[[[`, `{"a":`, `"`, "\xff", ``,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := Read(context.Background(), []Source{FromBytes("fuzz", data)}, Limits{RecordBytes: 4096, Records: 100})
		if err != nil {
			t.Fatal(err)
		}
		file := b.Report.Files[0]
		if file.Taken != len(b.records) {
			t.Errorf("took %d, has %d", file.Taken, len(b.records))
		}
		for _, r := range append(file.Refused, file.Notes...) {
			if !utf8.ValidString(r.Value) || strings.ContainsFunc(r.Value+r.Record, unicode.IsControl) {
				t.Errorf("not fit to be shown: %+v", r)
			}
		}
		if file.Taken > 0 && !streamOfJSON(strings.TrimPrefix(string(data), "\ufeff")) {
			t.Errorf("took what is no JSON: %q", data)
		}
		store := &Memory{}
		first, err := Apply(context.Background(), store, b)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range first.Purchases {
			if p.ID == "" || p.Method == "" || p.Status == "" || len(p.Lots) == 0 || p.Amount < 0 {
				t.Errorf("unsound: %+v", p)
			}
			Digest(p)
		}
		if again, err := Apply(context.Background(), store, b); err != nil || len(again.Purchases) != 0 {
			t.Errorf("the second time %d purchases are touched (%v)", len(again.Purchases), err)
		}
	})
}

// streamOfJSON says whether Go's own reader takes a text as a sequence of values.
func streamOfJSON(text string) bool {
	d := json.NewDecoder(strings.NewReader(text))
	for d.More() {
		var v any
		if d.Decode(&v) != nil {
			return false
		}
	}
	return true
}
