package portal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"baqylau/assets"
)

const (
	buyJSON = `{"id":17379677,"number_anno":"17379677-1","name_ru":"Бумага","name_kz":"Қағаз",` +
		`"ref_trade_methods_id":2,"ref_buy_status_id":210,"org_bin":"050140002945",` +
		`"publish_date":"2026-11-20 09:00:00","count_lots":1}`
	lotJSON = `{"lot_number":"84492164-ОК1","trd_buy_id":17379677,"ref_lot_status_id":210,` +
		`"name_ru":"Бумага офисная","amount":9268965.52}`
	pointJSON = `{"id":87589707,"rootrecord_id":84492164,"ref_trade_methods_id":2,"ref_pln_point_status_id":5,` +
		`"pln_point_year":2026,"subject_biin":"940640001272","name_ru":"Бумага","amount":100}`
)

// read reads texts as files named 1, 2 …
func read(t *testing.T, limits Limits, texts ...string) *Batch {
	t.Helper()
	var sources []Source
	for i, text := range texts {
		sources = append(sources, FromBytes(fmt.Sprint(i+1), []byte(text)))
	}
	b, err := Read(context.Background(), sources, limits)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// with replaces a member of a JSON object of these tests, or adds it.
func with(object, name, value string) string {
	without, tail, found := strings.Cut(object, `"`+name+`":`)
	if !found {
		return strings.TrimSuffix(object, "}") + `,"` + name + `":` + value + "}"
	}
	i := strings.IndexAny(tail, ",}")
	return without + `"` + name + `":` + value + tail[i:]
}

func TestShapesOfAFile(t *testing.T) {
	for _, c := range []struct {
		name, text string
		taken      int
	}{
		{"an envelope as the service answers", `{"total":2,"limit":50,"next_page":"","items":[` + buyJSON + "," + lotJSON + `]}`, 2},
		{"an envelope with members behind its items", `{"items":[` + buyJSON + `],"total":1}`, 1},
		{"two pages one behind the other", `{"items":[` + buyJSON + "]}\n" + `{"items":[` + lotJSON + `]}`, 2},
		{"an empty envelope", `{"total":0,"items":[]}`, 0},
		{"an array", "[" + buyJSON + ",\n" + lotJSON + "]", 2},
		{"one object", buyJSON, 1},
		{"JSON lines", buyJSON + "\n" + lotJSON + "\r\n" + pointJSON + "\n", 3},
		{"a byte order mark before it", "\ufeff" + buyJSON, 1},
		{"a file that says what it holds", `{"service":"plans","items":[` + strings.Replace(pointJSON, `"rootrecord_id":84492164,`, "", 1) + `]}`, 1},
		{"lots inside their announcement", with(buyJSON, "lots", `[{"lot_number":"84492164-ОК1","ref_lot_status_id":210,"amount":1,"name_ru":"Бумага"}]`), 2},
		{"numbers written as texts", with(with(lotJSON, "amount", `"9268965.52"`), "trd_buy_id", `"17379677"`), 1},
		{"unknown fields of any shape", with(buyJSON, "customer_pid", `{"a":[1,{"b":null}],"c":"\u00e9\\"}`), 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := read(t, Limits{}, c.text).Report.Files[0]
			if file.RefusedCount != 0 || file.Taken != c.taken {
				t.Errorf("took %d, want %d; refused %+v", file.Taken, c.taken, file.Refused)
			}
		})
	}
}

// TestRefusedFiles: a file that can't be read to its end gives nothing, and the line is named.
func TestRefusedFiles(t *testing.T) {
	two := "[" + buyJSON + ",\n" + lotJSON + "\n]"
	for _, c := range []struct {
		name, text string
		reason     Reason
		line       int
	}{
		{"nothing in it", "", Empty, 1},
		{"white space alone", " \n\t\n", Empty, 3},
		{"a mark alone", "\ufeff", Empty, 1},
		{"cut off within a text", two[:len(two)-12], Truncated, 2},
		{"cut off between records", two[:len(two)-2], Truncated, 2},
		{"cut off within a letter", `[{"a":"` + "\xd0", Truncated, 1},
		{"cut off within a number", `[{"a":12`, Truncated, 1},
		{"cut off within a word", `[{"a":tru`, Truncated, 1},
		{"cut off within an escape", `[{"a":"\u00`, Truncated, 1},
		{"a web page", "<html>\n</html>", Broken, 1},
		{"a comma too many", "[" + buyJSON + ",\n]", Broken, 2},
		{"no comma", "[" + buyJSON + "\n" + lotJSON + "]", Broken, 2},
		{"a bracket of the other kind", "[\n" + buyJSON + "}", Broken, 2},
		{"a leading zero", `[{"a":01}]`, Broken, 1},
		{"a raw line break in a text", "{\"a\":\"x\ny\"}", Broken, 1},
		{"no name", `{1:2}`, Broken, 1},
		{"no value", `{"a":}`, Broken, 1},
		{"an unknown escape", `{"a":"\x"}`, Broken, 1},
		{"no text at all", "\x00\x00", Broken, 1},
		{"windows-1251", "[\n{\"name_ru\":\"\xc1\xf3\xec\xe0\xe3\xe0\"}]", NotUTF8, 2},
		{"nested too deep in a field", buyJSON + "\n" + with(buyJSON, "x", strings.Repeat("[", 40)+strings.Repeat("]", 40)), TooDeep, 2},
		{"another service", `{"service":"contract","items":[]}`, UnknownService, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := read(t, Limits{}, c.text, pointJSON)
			file := b.Report.Files[0]
			if file.Taken != 0 || file.RefusedCount != 1 {
				t.Fatalf("took %d, refused %+v", file.Taken, file.Refused)
			}
			if r := file.Refused[0]; r.Reason != c.reason || r.Line != c.line || r.File != "1" {
				t.Errorf("refused as %+v, want %s in line %d", r, c.reason, c.line)
			}
			if len(b.records) != 1 || b.Report.Files[1].Taken != 1 {
				t.Errorf("the other file is not taken alone: %d records", len(b.records))
			}
		})
	}
}

func TestRefusedRecords(t *testing.T) {
	for _, c := range []struct {
		name, text string
		reason     Reason
		field      string
		record     string
	}{
		{"no object", `42`, NotAnObject, "", ""},
		{"an error of the service", `{"name":"Not Found","message":"Invalid Route","status":404}`, UnknownKind, "", ""},
		{"a field twice", strings.Replace(buyJSON, `{`, `{"id":1,`, 1), FieldTwice, "id", "17379677-1"},
		{"no method", with(buyJSON, "ref_trade_methods_id", "null"), FieldMissing, "ref_trade_methods_id", "17379677-1"},
		{"no organiser", with(buyJSON, "org_bin", `""`), FieldMissing, "org_bin", "17379677-1"},
		{"no name in either language", with(with(buyJSON, "name_ru", `""`), "name_kz", "null"), FieldMissing, "name_ru", "17379677-1"},
		{"published and no date", with(buyJSON, "publish_date", "null"), FieldMissing, "publish_date", "17379677-1"},
		{"a broken id", with(buyJSON, "id", "1.5"), BadNumber, "id", "17379677-1"},
		{"a negative id", with(buyJSON, "id", "-1"), BadNumber, "id", "17379677-1"},
		{"an id beyond all ids", with(buyJSON, "id", "99999999999999999999"), BadNumber, "id", "17379677-1"},
		{"a status that is a text", with(buyJSON, "ref_buy_status_id", `"Published"`), BadNumber, "ref_buy_status_id", "17379677-1"},
		{"an object for a number", with(buyJSON, "count_lots", `{}`), BadNumber, "count_lots", "17379677-1"},
		{"an absurd count", with(buyJSON, "count_lots", "1000000000"), BadNumber, "count_lots", "17379677-1"},
		{"finer than a tiyn", with(lotJSON, "amount", "100.001"), BadAmount, "amount", "84492164-ОК1"},
		{"a negative amount", with(lotJSON, "amount", "-1"), BadAmount, "amount", "84492164-ОК1"},
		{"an absurd amount", with(lotJSON, "amount", "1e99"), BadAmount, "amount", "84492164-ОК1"},
		{"an amount in words", with(lotJSON, "amount", `"көп"`), BadAmount, "amount", "84492164-ОК1"},
		{"a day that there isn't", with(buyJSON, "publish_date", `"2026-02-30 09:00:00"`), BadDate, "publish_date", "17379677-1"},
		{"a date in another order", with(buyJSON, "publish_date", `"20.11.2026 09:00:00"`), BadDate, "publish_date", "17379677-1"},
		{"a date with a zone", with(buyJSON, "publish_date", `"2026-11-20T09:00:00Z"`), BadDate, "publish_date", "17379677-1"},
		{"a date of another age", with(buyJSON, "publish_date", `"0001-01-01 00:00:00"`), BadDate, "publish_date", "17379677-1"},
		{"a period turned round", with(with(buyJSON, "discus_start_date", `"2026-11-20 09:00:00"`), "discus_end_date", `"2026-11-19 09:00:00"`), BadPeriod, "discus_end_date", "17379677-1"},
		{"results before publication", with(buyJSON, "itogi_date_public", `"2026-11-19 09:00:00"`), BadPeriod, "itogi_date_public", "17379677-1"},
		{"a BIN with a wrong digit", with(buyJSON, "org_bin", `"050140002946"`), BadBIN, "org_bin", "17379677-1"},
		{"a BIN that lost its zero", with(buyJSON, "org_bin", `50140002945`), BadBIN, "org_bin", "17379677-1"},
		{"a lot number of no shape", with(lotJSON, "lot_number", `"ОК1"`), BadCode, "lot_number", "ОК1"},
		{"a lot number without a method", with(lotJSON, "lot_number", `"84492164-1"`), BadCode, "lot_number", "84492164-1"},
		{"an ENS TRU code of no shape", with(pointJSON, "ref_enstru_code", `"2790"`), BadCode, "ref_enstru_code", "84492164"},
		{"a KATO code of no shape", with(pointJSON, "kato", `["4340"]`), BadCode, "kato", "84492164"},
		{"half a character", with(buyJSON, "name_ru", `"\ud83d"`), BadText, "name_ru", "17379677-1"},
		{"half a character and another escape", with(buyJSON, "name_ru", `"\ud83d\n"`), BadText, "name_ru", "17379677-1"},
		{"a name that is a list", with(buyJSON, "name_ru", `[]`), BadText, "name_ru", "17379677-1"},
		{"neither yes nor no", with(buyJSON, "singl_org_sign", `2`), BadFlag, "singl_org_sign", "17379677-1"},
		{"a name of 4001 letters", with(buyJSON, "name_ru", `"`+strings.Repeat("ә", 4001)+`"`), TooLong, "name_ru", "17379677-1"},
		{"a name of 100 KB", with(buyJSON, "name_ru", `"`+strings.Repeat("x", 100<<10)+`"`), TooLong, "name_ru", "17379677-1"},
		{"a method of no list", with(buyJSON, "ref_trade_methods_id", "999"), UnknownMethod, "ref_trade_methods_id", "17379677-1"},
		{"a decision of no kind", with(lotJSON, "complaint", `{"date_filed":"2026-11-20 09:00:00","decision":"maybe"}`), UnknownDecision, "decision", "84492164-ОК1"},
		{"a decision without its date", with(lotJSON, "complaint", `{"date_filed":"2026-11-20 09:00:00","decision":"refused"}`), FieldMissing, "date_decision", "84492164-ОК1"},
		{"a lot of no announcement", with(lotJSON, "trd_buy_id", "null"), FieldMissing, "trd_buy_id", "84492164-ОК1"},
		{"a year of another age", with(pointJSON, "pln_point_year", "26"), BadNumber, "pln_point_year", "84492164"},
		{"points that are no ids", with(lotJSON, "point_list", `["a"]`), BadNumber, "point_list", "84492164-ОК1"},
		{"2 MB in a record", with(buyJSON, "x", `"`+strings.Repeat("x", 2<<20)+`"`), RecordTooLarge, "", ""},
		{"30 000 numbers in a record", with(lotJSON, "point_list", "["+strings.Repeat("1,", 30_000)+"1]"), RecordTooLarge, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			good := strings.ReplaceAll(strings.ReplaceAll(pointJSON, "84492164", "5"), "87589707", "6")
			file := read(t, Limits{}, "["+good+",\n"+c.text+",\n"+strings.ReplaceAll(good, ":5,", ":7,")+"]").Report.Files[0]
			if file.Taken != 2 || file.RefusedCount != 1 {
				t.Fatalf("took %d, want the two good ones; refused %+v", file.Taken, file.Refused)
			}
			r := file.Refused[0]
			if r.Reason != c.reason || r.Line != 2 || r.Field != c.field || r.Record != c.record {
				t.Errorf("refused as %+v, want %s of %q in %q, line 2", r, c.reason, c.field, c.record)
			}
			for _, lang := range []assets.Lang{assets.KK, assets.RU} {
				if s := r.Text(lang); strings.ContainsAny(s, "⟦{!") {
					t.Errorf("in words: %s", s)
				}
			}
		})
	}
}

// TestNothingByHalves: what belongs to an announcement of which a record was refused is refused too,
// in whatever file it stands; others are taken.
func TestNothingByHalves(t *testing.T) {
	other := strings.ReplaceAll(strings.ReplaceAll(buyJSON, "17379677", "5"), "84492164", "6")
	for _, c := range []struct {
		name  string
		files []string
		want  []int // refused per file
	}{
		{"a bad lot", []string{buyJSON, lotJSON, with(lotJSON, "lot_number", `"84492165-ОК1"`), with(with(lotJSON, "lot_number", `"84492166-ОК1"`), "amount", "-1")}, []int{1, 1, 1, 1}},
		{"a bad announcement", []string{with(buyJSON, "org_bin", `"1"`), lotJSON}, []int{1, 1}},
		{"a bad nested lot", []string{with(buyJSON, "lots", "["+with(lotJSON, "amount", "-1")+","+lotJSON+"]")}, []int{3}},
		{"a nested lot that is no object", []string{with(buyJSON, "lots", "[7]")}, []int{2}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := read(t, Limits{}, append(c.files, other)...)
			for i, want := range c.want {
				if file := b.Report.Files[i]; file.RefusedCount != want || file.Taken != 0 {
					t.Errorf("file %d: refused %d, want %d: %+v", i+1, file.RefusedCount, want, file.Refused)
				}
			}
			if len(b.records) != 1 {
				t.Errorf("%d records taken, want the other announcement alone", len(b.records))
			}
		})
	}
}

func TestUnknownStatusIsNoted(t *testing.T) {
	file := read(t, Limits{}, with(buyJSON, "ref_buy_status_id", "777")).Report.Files[0]
	if file.Taken != 1 || file.RefusedCount != 0 || len(file.Notes) != 1 {
		t.Fatalf("%+v", file)
	}
	if n := file.Notes[0]; n.Reason != UnknownStatus || n.Value != "777" || n.Record != "17379677-1" {
		t.Errorf("noted as %+v", n)
	}
}

// TestTextsAreMadeFitToBeShown: quotes stay, control characters and marks that reorder text go.
func TestTextsAreMadeFitToBeShown(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"quotes and angle brackets", `"a\"b'c<d>\\e"`, `a"b'c<d>\e`},
		{"guillemets", `"  «Оқушы»  МКМ "`, "«Оқушы» МКМ"},
		{"control characters", `"a\u0000b\u0007c\u0085d\u001be"`, "a b c d e"},
		{"lines", `"a\r\n\tb"`, "a b"},
		{"an override of direction", `"a\u202egnp.exe\u202c"`, "agnp.exe"},
		{"isolates and marks", `"a\u2066b\u2069\u200f\u061c"`, "ab"},
		{"characters without width", `"a\u200bb\ufeffc\u00add"`, "abcd"},
		{"a letter beyond the first plane", `"\ud83d\ude00"`, "😀"},
		{"Kazakh letters", `"Әә Ғғ Ққ Ңң Өө Ұұ Үү Һһ Іі"`, "Әә Ғғ Ққ Ңң Өө Ұұ Үү Һһ Іі"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := read(t, Limits{}, with(buyJSON, "name_ru", c.text))
			if len(b.records) != 1 {
				t.Fatalf("refused: %+v", b.Report.Files[0].Refused)
			}
			if got := b.records[0].item.(*announcement).NameRU; got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestAmounts(t *testing.T) {
	for _, c := range []struct {
		literal string
		want    int64
		ok      bool
	}{
		{"0", 0, true},
		{"9268965.52", 926896552, true},
		{"0.01", 1, true},
		{"0.29", 29, true}, // 0.29*100 is 28.999… in floats
		{"100.500", 10050, true},
		{"1.0E7", 1_000_000_000, true},
		{"1.2345e2", 12345, true},
		{"5e-2", 5, true},
		{"90071992547409.91", 9007199254740991, true},
		{"90071992547409.92", 0, false},
		{"0.001", 0, false},
		{"0.009", 0, false},
		{"-0.01", 0, false},
		{"1e400", 0, false},
	} {
		got, ok := tiyn(c.literal)
		if ok != c.ok || ok && int64(got) != c.want {
			t.Errorf("tiyn(%s) = %d, %v, want %d, %v", c.literal, got, ok, c.want, c.ok)
		}
	}
}

// TestDatesAreLocal: before 1 March 2024 Almaty was an hour further.
func TestDatesAreLocal(t *testing.T) {
	for text, want := range map[string]string{
		"2026-11-20 09:00:00":        "2026-11-20T04:00:00Z",
		"2023-11-20 09:00:00":        "2023-11-20T03:00:00Z",
		"2026-11-20 09:00:00.123456": "2026-11-20T04:00:00.123456Z",
	} {
		b := read(t, Limits{}, with(buyJSON, "publish_date", `"`+text+`"`))
		if got := b.records[0].item.(*announcement).Published.Format(time.RFC3339Nano); got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
}

// TestTheNewestVersionWins, and of equals the last.
func TestTheNewestVersionWins(t *testing.T) {
	dated := func(object, day, name string) string {
		return with(with(object, "index_date", `"2026-11-`+day+` 00:00:00"`), "name_ru", `"`+name+`"`)
	}
	for _, c := range []struct {
		name  string
		files []string
		want  string
	}{
		{"the newer one last", []string{dated(buyJSON, "01", "old"), dated(buyJSON, "02", "new")}, "new"},
		{"the newer one first", []string{dated(buyJSON, "02", "new"), dated(buyJSON, "01", "old")}, "new"},
		{"equal dates", []string{dated(buyJSON, "01", "old"), dated(buyJSON, "01", "new")}, "new"},
		{"no dates", []string{with(buyJSON, "name_ru", `"old"`), with(buyJSON, "name_ru", `"new"`)}, "new"},
		{"an edited plan point", []string{with(with(pointJSON, "name_ru", `"new"`), "id", "87589708"), dated(pointJSON, "30", "old")}, "new"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := read(t, Limits{}, c.files...)
			if len(b.records) != 1 || b.Report.Files[0].Superseded+b.Report.Files[1].Superseded != 1 {
				t.Fatalf("report %+v", b.Report)
			}
			body, err := recordOf(b.records[0].item)
			if err != nil || !strings.Contains(string(body.Body), `"name_ru":"`+c.want+`"`) {
				t.Errorf("kept %s (%v)", body.Body, err)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	for _, c := range []struct {
		name   string
		limits Limits
		reason Reason
	}{
		{"more bytes than a file may have", Limits{FileBytes: 100}, FileTooLarge},
		{"more records than a file may have", Limits{Records: 1}, TooManyRecords},
		{"more lots inside announcements", Limits{Records: 2}, TooManyRecords},
	} {
		file := read(t, c.limits, with(buyJSON, "lots", "["+lotJSON+"]")+lotJSON).Report.Files[0]
		if file.Taken != 0 || len(file.Refused) != 1 || file.Refused[0].Reason != c.reason {
			t.Errorf("%s: %+v", c.name, file)
		}
	}
}

// TestNestedBracketsCostNothing: 30 MB of brackets are refused at the 33rd, with no memory to speak of.
func TestNestedBracketsCostNothing(t *testing.T) {
	const size = 30 << 20
	for _, unit := range []string{"[", `{"a":`, `[{"id":[`} {
		read := 0
		source := Source{Name: "nested", Open: func() (io.ReadCloser, error) {
			return io.NopCloser(io.LimitReader(&endless{unit: unit, read: &read}, size)), nil
		}}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		b, err := Read(context.Background(), []Source{source}, Limits{})
		runtime.ReadMemStats(&after)
		if err != nil {
			t.Fatal(err)
		}
		if r := b.Report.Files[0].Refused; len(r) != 1 || r[0].Reason != TooDeep || r[0].Line != 1 {
			t.Errorf("%s: refused as %+v", unit, r)
		}
		if read > 1<<20 || after.TotalAlloc-before.TotalAlloc > 1<<20 {
			t.Errorf("%s: read %d bytes, took %d bytes of memory", unit, read, after.TotalAlloc-before.TotalAlloc)
		}
	}
}

// TestALongTextCostsNothing: memory stays small for a text of 30 MB in a wanted field.
func TestALongTextCostsNothing(t *testing.T) {
	read := 0
	source := Source{Name: "long", Open: func() (io.ReadCloser, error) {
		return io.NopCloser(io.MultiReader(strings.NewReader(`[{"lot_number":"`),
			io.LimitReader(&endless{unit: "x", read: &read}, 30<<20), strings.NewReader(`"}]`))), nil
	}}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	b, err := Read(context.Background(), []Source{source}, Limits{})
	runtime.ReadMemStats(&after)
	if err != nil {
		t.Fatal(err)
	}
	if r := b.Report.Files[0].Refused; len(r) != 1 || r[0].Reason != RecordTooLarge {
		t.Errorf("refused as %+v", r)
	}
	if after.TotalAlloc-before.TotalAlloc > 2<<20 {
		t.Errorf("took %d bytes of memory", after.TotalAlloc-before.TotalAlloc)
	}
}

// endless repeats a text and counts what was read of it.
type endless struct {
	unit string
	at   int
	read *int
}

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = e.unit[e.at]
		e.at = (e.at + 1) % len(e.unit)
	}
	*e.read += len(p)
	return len(p), nil
}

// TestAStreamInPieces: nothing depends on where a read ends.
func TestAStreamInPieces(t *testing.T) {
	text := "\ufeff{\"items\":[" + buyJSON + ",\n" + lotJSON + "]}\n" + with(pointJSON, "name_kz", `"\u0414\ud83d\ude00 қ"`)
	for name, reader := range map[string]func(io.Reader) io.Reader{
		"byte by byte":        iotest.OneByteReader,
		"end with the data":   iotest.DataErrReader,
		"half of what is due": iotest.HalfReader,
	} {
		source := Source{Name: name, Open: func() (io.ReadCloser, error) {
			return io.NopCloser(reader(strings.NewReader(text))), nil
		}}
		b, err := Read(context.Background(), []Source{source}, Limits{})
		if err != nil || len(b.records) != 3 {
			t.Errorf("%s: %d records, %v; %+v", name, len(b.records), err, b.Report)
		}
	}
}

func TestAFileThatCannotBeRead(t *testing.T) {
	broken := errors.New("the disk is gone")
	for name, open := range map[string]func() (io.ReadCloser, error){
		"not opened":      func() (io.ReadCloser, error) { return nil, broken },
		"fails at once":   func() (io.ReadCloser, error) { return io.NopCloser(iotest.ErrReader(broken)), nil },
		"fails midway":    func() (io.ReadCloser, error) { return failing(buyJSON+"\n", broken), nil },
		"fails in a text": func() (io.ReadCloser, error) { return failing(buyJSON[:40], broken), nil },
	} {
		b, err := Read(context.Background(), []Source{{Name: "a", Open: open}, FromBytes("b", []byte(buyJSON))}, Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if file := b.Report.Files[0]; file.Taken != 0 || len(file.Refused) != 1 || file.Refused[0].Reason != Unreadable {
			t.Errorf("%s: %+v", name, file)
		}
		if b.Report.Files[1].Taken != 1 {
			t.Errorf("%s: the other file was not taken", name)
		}
	}
}

func failing(text string, err error) io.ReadCloser {
	return io.NopCloser(io.MultiReader(strings.NewReader(text), iotest.ErrReader(err)))
}

func TestReadingStopsWhenItIsCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Read(ctx, []Source{FromBytes("a", []byte(buyJSON))}, Limits{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestEveryReasonHasItsSentence(t *testing.T) {
	for _, reason := range reasons() {
		for _, lang := range []assets.Lang{assets.KK, assets.RU} {
			text := Refusal{File: "a.json", Line: 3, Record: "1-1", Field: "id", Reason: reason, Value: "7"}.Text(lang)
			if strings.ContainsAny(text, "⟦{") {
				t.Errorf("%s: %s", reason, text)
			}
		}
	}
}
