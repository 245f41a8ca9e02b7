package portal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"baqylau/control"
)

// apply reads texts as one call and applies them.
func apply(t *testing.T, store Store, texts ...string) Outcome {
	t.Helper()
	out, err := Apply(context.Background(), store, read(t, Limits{}, texts...))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// only is the one purchase of an outcome.
func only(t *testing.T, out Outcome) control.Purchase {
	t.Helper()
	if len(out.Purchases) != 1 {
		t.Fatalf("%d purchases, want one: %+v; waiting %+v; %+v", len(out.Purchases), out.Purchases, out.Waiting, out.Report)
	}
	return out.Purchases[0]
}

func TestAnAnnouncementIsJoinedWithItsLotsAndPlanPoints(t *testing.T) {
	buy := with(with(with(with(buyJSON, "start_date", `"2026-11-28 09:00:00"`), "discus_end_date", `"2026-11-27 18:00:00"`),
		"singl_org_sign", "1"), "total_sum", "9268965.52")
	lot := with(with(lotJSON, "applications", "3"), "complaint",
		`{"date_filed":"2026-11-20 10:00:00","decision":"audit_cancel","date_decision":"2026-11-21 10:00:00"}`)
	point := with(with(pointJSON, "ref_enstru_code", `"172312.700.000003"`), "kato", `["331010000","1"]`)
	at := func(text string) time.Time {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return at.UTC()
	}
	want := control.Purchase{
		ID: "trd-buy/17379677", Number: "17379677-1", Method: control.OpenTender, Status: control.Published,
		NameKK: "Қағаз", NameRU: "Бумага", Organizer: control.Party{BIN: "050140002945"},
		Region: "331010000", Amount: 926_896_552, Year: 2026,
		PublishedAt: at("2026-11-20T09:00:00+05:00"), DiscussionEndsAt: at("2026-11-27T18:00:00+05:00"),
		AcceptanceStartedAt: at("2026-11-28T09:00:00+05:00"), Centralised: true,
		Lots: []control.Lot{{
			ID: "17379677-84492164-1", Number: "84492164-ОК1", Status: control.Published,
			PlanPointStatus: control.Published, NameRU: "Бумага офисная", EnsTru: "172312.700.000003",
			Amount: 926_896_552, Discussed: true, Applications: 3,
			Complaint: &control.Complaint{
				FiledAt: at("2026-11-20T10:00:00+05:00"), Decision: control.ComplaintAuditCancel,
				DecidedAt: at("2026-11-21T10:00:00+05:00"),
			},
		}},
	}
	got := only(t, apply(t, &Memory{}, lot, point, buy))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	data, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	var back control.Purchase
	if err := json.Unmarshal(data, &back); err != nil || Digest(back) != Digest(got) {
		t.Errorf("what is stored and read again differs: %v", err)
	}
}

func TestFactsOfLotsAndAnnouncements(t *testing.T) {
	first := func(p control.Purchase) control.Lot { return p.Lots[0] }
	for _, c := range []struct {
		name            string
		buy, lot, point string
		holds           func(control.Purchase) bool
	}{
		{
			"a lot is discussed when its announcement is",
			with(buyJSON, "discus_start_date", `"2026-11-20 09:00:00"`), lotJSON, pointJSON,
			func(p control.Purchase) bool { return first(p).Discussed },
		},
		{
			"not in an announcement without a discussion", buyJSON, lotJSON, pointJSON,
			func(p control.Purchase) bool { return !first(p).Discussed },
		},
		{
			"nor when it says that it isn't, in a mixed one",
			with(buyJSON, "discus_start_date", `"2026-11-20 09:00:00"`), with(lotJSON, "discussed", "false"), pointJSON,
			func(p control.Purchase) bool { return !first(p).Discussed },
		},
		{
			"a parent makes a repeat", with(buyJSON, "parent_id", "17000000"), lotJSON, pointJSON,
			func(p control.Purchase) bool { return p.Repeat && !p.DocumentationAmended },
		},
		{
			"parent zero makes none", with(buyJSON, "parent_id", "0"), lotJSON, pointJSON,
			func(p control.Purchase) bool { return !p.Repeat },
		},
		{
			"the documentation is amended by its status", with(buyJSON, "ref_buy_status_id", "190"), lotJSON, pointJSON,
			func(p control.Purchase) bool { return p.DocumentationAmended && p.Status == control.OtherStatus },
		},
		{
			"the supplement period stands for the protocol that opens it",
			with(buyJSON, "repeat_start_date", `"2026-11-21 09:00:00"`), lotJSON, pointJSON,
			func(p control.Purchase) bool { return !p.AdmissionProtocolAt.IsZero() },
		},
		{
			"a contract by its id", buyJSON, with(lotJSON, "contract_id", "5"), pointJSON,
			func(p control.Purchase) bool { return first(p).Contract },
		},
		{
			"a contract by the plan point", buyJSON, lotJSON, with(pointJSON, "ref_pln_point_status_id", "16"),
			func(p control.Purchase) bool {
				return first(p).Contract && first(p).PlanPointStatus == control.OtherStatus
			},
		},
		{
			"the customer is the lot's where the announcement names none",
			buyJSON, with(lotJSON, "customer_bin", `"940640001272"`), pointJSON,
			func(p control.Purchase) bool { return p.Customer.BIN == "940640001272" },
		},
		{
			"the amount is the lots' where the announcement names none", buyJSON, lotJSON, pointJSON,
			func(p control.Purchase) bool { return p.Amount == 926_896_552 },
		},
		{
			"a plan point is found by the lot's list, too",
			buyJSON, with(lotJSON, "point_list", "[87589707]"), with(pointJSON, "rootrecord_id", "3"),
			func(p control.Purchase) bool { return first(p).PlanPointStatus == control.Published },
		},
		{
			"a lot without its plan point has no status of it", buyJSON, lotJSON, with(pointJSON, "rootrecord_id", "3"),
			func(p control.Purchase) bool { return first(p).PlanPointStatus == "" },
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if p := only(t, apply(t, &Memory{}, c.buy, c.lot, c.point)); !c.holds(p) {
				t.Errorf("%+v", p)
			}
		})
	}
}

// TestTheOrderOfImportsDoesNotMatter: in one call or in many, in any order, the purchases that are
// left are the same.
func TestTheOrderOfImportsDoesNotMatter(t *testing.T) {
	cal := workCalendar(t)
	sources, err := DemoFiles(time.Date(2026, 11, 21, 14, 0, 0, 0, cal.Zone()), cal)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := Read(context.Background(), sources, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][32]byte{}
	out, err := Apply(context.Background(), &Memory{}, whole)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range out.Purchases {
		want[p.ID] = Digest(p)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		random.Shuffle(len(whole.records), func(i, j int) {
			whole.records[i], whole.records[j] = whole.records[j], whole.records[i]
		})
		store := &Memory{}
		got := map[string][32]byte{}
		for part := range slices.Chunk(whole.records, 1+random.IntN(30)) {
			out, err := Apply(context.Background(), store, &Batch{Report: whole.Report, records: part})
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range out.Purchases {
				got[p.ID] = Digest(p)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	}
}

// TestImportIsIdempotent: the same again changes nothing, an older version neither.
func TestImportIsIdempotent(t *testing.T) {
	store := &Memory{}
	newer := with(buyJSON, "index_date", `"2026-11-21 00:00:00"`)
	apply(t, store, newer, lotJSON, pointJSON)
	for name, buy := range map[string]string{
		"the same again":   newer,
		"an older version": with(with(buyJSON, "index_date", `"2026-11-20 00:00:00"`), "name_ru", `"old"`),
	} {
		out := apply(t, store, buy, lotJSON, pointJSON)
		if len(out.Purchases) != 0 {
			t.Errorf("%s: %d purchases touched", name, len(out.Purchases))
		}
		for _, file := range out.Report.Files {
			if file.Taken != 1 || file.Unchanged != 1 {
				t.Errorf("%s: %+v", name, file)
			}
		}
	}
}

// TestAPartMovesTheWhole: a changed lot or plan point alone changes the purchase.
func TestAPartMovesTheWhole(t *testing.T) {
	for name, c := range map[string]struct {
		change string
		holds  func(control.Lot) bool
	}{
		"a lot":                  {with(lotJSON, "ref_lot_status_id", "440"), func(l control.Lot) bool { return l.Status == control.UnderComplaint }},
		"a plan point":           {with(pointJSON, "ref_pln_point_status_id", "9"), func(l control.Lot) bool { return l.PlanPointStatus == control.Held }},
		"an edited plan point":   {with(with(pointJSON, "id", "99"+"589707"), "ref_pln_point_status_id", "10"), func(l control.Lot) bool { return l.PlanPointStatus == control.NotHeld }},
		"the lot's announcement": {with(buyJSON, "discus_end_date", `"2026-11-27 18:00:00"`), func(l control.Lot) bool { return l.Discussed }},
	} {
		store := &Memory{}
		before := only(t, apply(t, store, buyJSON, lotJSON, pointJSON))
		after := only(t, apply(t, store, c.change))
		if Digest(before) == Digest(after) || !c.holds(after.Lots[0]) || after.Lots[0].ID != before.Lots[0].ID {
			t.Errorf("%s: %+v", name, after.Lots[0])
		}
	}
}

func TestAnAnnouncementWaitsForAllItsLots(t *testing.T) {
	store := &Memory{}
	out := apply(t, store, with(buyJSON, "count_lots", "2"), lotJSON)
	want := []Waiting{{ID: "trd-buy/17379677", Number: "17379677-1", Have: 1, Want: 2}}
	if diff := cmp.Diff(want, out.Waiting); diff != "" || len(out.Purchases) != 0 {
		t.Error(diff, out.Purchases)
	}
	p := only(t, apply(t, store, with(lotJSON, "lot_number", `"84492163-ОК1"`)))
	if len(p.Lots) != 2 || p.Lots[0].Number != "84492163-ОК1" {
		t.Errorf("%+v", p.Lots)
	}
}

// TestFollowUpPurchases (R-2.6.c): a repeat of the announcement on the same plan point, or a single
// source after a failed purchase.
func TestFollowUpPurchases(t *testing.T) {
	later := func(object string) string { return strings.ReplaceAll(object, "17379677", "17400000") }
	second := with(later(lotJSON), "lot_number", `"84492164-ОК2"`)
	for _, c := range []struct {
		name  string
		texts []string
		want  bool
	}{
		{"none", nil, false},
		{"a repeat on the same point", []string{with(later(buyJSON), "parent_id", "17379677"), second}, true},
		{"a repeat on another point", []string{with(later(buyJSON), "parent_id", "17379677"), with(second, "lot_number", `"5-ОК1"`)}, false},
		{"another announcement on the point", []string{later(buyJSON), second}, false},
		{"a cancelled repeat", []string{with(later(buyJSON), "parent_id", "17379677"), with(second, "ref_lot_status_id", "430")}, false},
		{"a single source after failure, by the lot", []string{with(second, "ref_trade_methods_id", "6")}, true},
		{"a single source after failure, by its announcement", []string{with(later(buyJSON), "ref_trade_methods_id", "6"), second}, true},
		{"the portal's own word", []string{with(lotJSON, "follow_up_purchase", "true")}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			store := &Memory{}
			last := map[string]control.Purchase{}
			for _, p := range apply(t, store, buyJSON, lotJSON).Purchases {
				last[p.ID] = p
			}
			for _, p := range apply(t, store, c.texts...).Purchases {
				last[p.ID] = p
			}
			if got := last["trd-buy/17379677"].Lots[0].FollowUpPurchase; got != c.want {
				t.Errorf("follow-up %v, want %v", got, c.want)
			}
		})
	}
}

// TestTwins (R-1.4.b): points of one plan with the same name and code.
func TestTwins(t *testing.T) {
	base := with(with(with(pointJSON, "ref_trade_methods_id", "23"), "ref_pln_point_status_id", "310"), "ref_enstru_code", `"172312.700.000003"`)
	other := func(changes ...string) string {
		p := with(with(base, "id", "5"), "rootrecord_id", "5")
		for i := 0; i < len(changes); i += 2 {
			p = with(p, changes[i], changes[i+1])
		}
		return p
	}
	for _, c := range []struct {
		name  string
		other string
		want  int
	}{
		{"same name and code", other(), 2},
		{"same but for case and marks", other("name_ru", `" «БУМАГА» "`), 2},
		{"another method of the same plan", other("ref_trade_methods_id", "3"), 2},
		{"a method that is not controlled", other("ref_trade_methods_id", "60"), 2},
		{"another name", other("name_ru", `"Бумага А3"`), 1},
		{"another code", other("ref_enstru_code", `"172312.700.000004"`), 1},
		{"another year", other("pln_point_year", "2025"), 1},
		{"another customer", other("subject_biin", `"050140006873"`), 1},
		{"cancelled", other("ref_pln_point_status_id", "7"), 1},
		{"given up", other("ref_pln_point_status_id", "20"), 1},
		{"cancelled and edited", other("ref_pln_point_status_id", "21"), 1},
		{"the same point, edited", with(base, "id", "87589999"), 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			store := &Memory{}
			first := only(t, apply(t, store, base))
			if first.Lots[0].SameNameAndCode != 1 {
				t.Errorf("alone it counts %d", first.Lots[0].SameNameAndCode)
			}
			last := first
			for _, p := range apply(t, store, c.other).Purchases {
				if p.ID == first.ID {
					last = p
				}
			}
			if got := last.Lots[0].SameNameAndCode; got != c.want {
				t.Errorf("counts %d, want %d", got, c.want)
			}
		})
	}
}

// TestATwinThatGoes: the other point is told when a twin is cancelled or renamed.
func TestATwinThatGoes(t *testing.T) {
	base := with(with(with(pointJSON, "ref_trade_methods_id", "23"), "ref_pln_point_status_id", "310"), "ref_enstru_code", `"172312.700.000003"`)
	twin := with(with(base, "id", "5"), "rootrecord_id", "5")
	for name, change := range map[string]string{
		"cancelled": with(twin, "ref_pln_point_status_id", "7"),
		"renamed":   with(twin, "name_ru", `"Картон"`),
		"moved":     with(twin, "pln_point_year", "2027"),
	} {
		store := &Memory{}
		apply(t, store, base, twin)
		i := slices.IndexFunc(apply(t, store, change).Purchases, func(p control.Purchase) bool {
			return p.ID == "plan/84492164" && p.Lots[0].SameNameAndCode == 1
		})
		if i < 0 {
			t.Errorf("%s: the twin that stays is not told", name)
		}
	}
}

// TestAPointThatLeaves: where its method is changed to one by announcement, its purchase is told.
func TestAPointThatLeaves(t *testing.T) {
	store := &Memory{}
	exchange := with(with(pointJSON, "ref_trade_methods_id", "8"), "ref_pln_point_status_id", "2")
	if p := only(t, apply(t, store, exchange)); p.ID != "plan/84492164" || p.Status != control.Approved || p.Lots[0].PlanPointStatus != control.Approved {
		t.Errorf("%+v", p)
	}
	if p := only(t, apply(t, store, with(exchange, "ref_trade_methods_id", "2"))); p.Method != control.CommodityExchange || p.Status != control.OtherStatus {
		t.Errorf("%+v", p)
	}
}

// TestMethodsAndStatusesGoByID, as portal/README.md of the shared notes lists them.
func TestMethodsAndStatusesGoByID(t *testing.T) {
	for id, want := range map[int64]control.Method{
		2: control.OpenTender, 22: control.OpenTender, 128: control.OpenTender, 188: control.OpenTender, 201: control.OpenTender,
		32: control.PrequalifiedTender, 7: control.Auction, 77: control.Auction, 78: control.Auction,
		3: control.PriceQuotations, 23: control.SingleSource, 8: control.CommodityExchange, 6: "", 60: "",
	} {
		if got, known := methodOf(id); got != want || !known {
			t.Errorf("method %d is %q, %v, want %q", id, got, known, want)
		}
	}
	tables := map[string]func(int64) (control.Status, bool){"buy": buyStatus, "lot": lotStatus, "point": pointStatus}
	for table, ids := range map[string]map[int64]control.Status{
		"buy": {
			210: control.Published, 220: control.AcceptingApplications, 230: control.SupplementingApps,
			350: control.Completed, 410: control.Cancelled, 420: control.OtherStatus, 430: control.Cancelled,
			440: control.UnderComplaint, 444: control.OtherStatus, 510: control.OtherStatus, 520: control.OtherStatus,
			530: control.AdmissionReviewDecision, 540: control.ExecutionDecision, 550: control.OtherStatus,
		},
		"lot": {
			210: control.Published, 360: control.Held, 370: control.NotHeld, 440: control.UnderComplaint,
			444: control.OtherStatus, 540: control.ExecutionDecision, 285: control.OtherStatus,
		},
		"point": {
			2: control.Approved, 5: control.Published, 7: control.Cancelled, 9: control.Held, 10: control.NotHeld,
			12: control.OtherStatus, 22: control.UnderComplaint, 310: control.ContractDraft, 444: control.OtherStatus,
			540: control.ExecutionDecision, 550: control.OtherStatus,
		},
	} {
		for id, want := range ids {
			if got, known := tables[table](id); got != want || !known {
				t.Errorf("%s status %d is %q, %v, want %q", table, id, got, known, want)
			}
		}
	}
	for table, tell := range tables {
		if got, known := tell(999); got != control.OtherStatus || known {
			t.Errorf("%s status 999 is %q, %v", table, got, known)
		}
	}
}

// TestAStoreThatFails: its error comes back, wrapped.
func TestAStoreThatFails(t *testing.T) {
	gone := errors.New("the store is gone")
	b := read(t, Limits{}, buyJSON, lotJSON, pointJSON)
	for calls := range 12 {
		store := &failingStore{after: calls, err: gone}
		if _, err := Apply(context.Background(), store, b); !errors.Is(err, gone) {
			t.Errorf("call %d fails: %v", calls, err)
		}
	}
}

// failingStore fails at one call and every later one.
type failingStore struct {
	Memory
	after int
	err   error
}

func (s *failingStore) fails() bool {
	s.after--
	return s.after < 0
}

func (s *failingStore) Get(ctx context.Context, key string) (Record, bool, error) {
	if s.fails() {
		return Record{}, false, s.err
	}
	return s.Memory.Get(ctx, key)
}

func (s *failingStore) Linked(ctx context.Context, link string) ([]Record, error) {
	if s.fails() {
		return nil, s.err
	}
	return s.Memory.Linked(ctx, link)
}

func (s *failingStore) Put(ctx context.Context, r Record) error {
	if s.fails() {
		return s.err
	}
	return s.Memory.Put(ctx, r)
}

// TestDigest: it sees every fact and no zone.
func TestDigest(t *testing.T) {
	base := only(t, apply(t, &Memory{}, buyJSON, with(lotJSON, "complaint", `{"date_filed":"2026-11-20 10:00:00"}`), pointJSON))
	same := base
	same.PublishedAt = same.PublishedAt.In(time.FixedZone("", 5*3600))
	complaint := *base.Lots[0].Complaint
	complaint.FiledAt = complaint.FiledAt.In(time.FixedZone("", 5*3600))
	same.Lots = []control.Lot{base.Lots[0]}
	same.Lots[0].Complaint = &complaint
	if Digest(base) != Digest(same) {
		t.Error("a zone changes the digest")
	}
	for i, change := range []func(*control.Purchase){
		func(p *control.Purchase) { p.NameKK += "." },
		func(p *control.Purchase) { p.PublishedAt = p.PublishedAt.Add(time.Second) },
		func(p *control.Purchase) { p.Lots = nil },
	} {
		other := base
		if change(&other); Digest(base) == Digest(other) {
			t.Errorf("change %d is not seen", i)
		}
	}
}

// BenchmarkRead reads 2 000 lots; its peer unmarshals the same file into maps with encoding/json.
func BenchmarkRead(b *testing.B) {
	data := manyLots(2000)
	b.Run("portal", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			batch, err := Read(context.Background(), []Source{FromBytes("lots", data)}, Limits{})
			if err != nil || len(batch.records) != 2000 {
				b.Fatal(err, batch.Report.Files[0].RefusedCount)
			}
		}
		b.ReportMetric(2000*float64(b.N)/b.Elapsed().Seconds(), "records/s")
	})
	b.Run("encoding-json", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			var page struct {
				Items []map[string]any `json:"items"`
			}
			if err := json.Unmarshal(data, &page); err != nil || len(page.Items) != 2000 {
				b.Fatal(err)
			}
		}
		b.ReportMetric(2000*float64(b.N)/b.Elapsed().Seconds(), "records/s")
	})
}

// manyLots is a page as the service answers: more fields than are wanted.
func manyLots(n int) []byte {
	var b strings.Builder
	b.WriteString(`{"total":1,"limit":500,"next_page":"","items":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"id":%d,"lot_number":"%d-ОК1","ref_lot_status_id":210,"count":%d,"amount":%d.52,`+
			`"name_ru":"Бумага офисная, формат А4","name_kz":"Кеңсе қағазы, А4 пішімі","description_ru":"Плотность 80 г/м²",`+
			`"description_kz":"Тығыздығы 80 г/м²","customer_id":%d,"customer_bin":"050140002945","customer_name_ru":"ГУ «Отдел»",`+
			`"customer_name_kz":"«Бөлім» ММ","trd_buy_id":%d,"trd_buy_number_anno":"%d-1","dumping":null,"dumping_lot_price":0,`+
			`"psd_sign":0,"consulting_services":0,"point_list":[%d],"union_lots":0,"singl_org_sign":0,"is_light_industry":0,`+
			`"is_construction_work":0,"ref_trade_methods_id":2,"disable_person_id":0,"system_id":3,"index_date":"2026-11-20 10:11:12"}`,
			i, 80_000_000+i, i, 1000+i, i, 17_000_000+i/3, 17_000_000+i/3, 80_000_000+i)
	}
	b.WriteString("]}")
	return []byte(b.String())
}
