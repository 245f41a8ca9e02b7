package server_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"baqylau/api"
	"baqylau/control"
	"baqylau/server"
	"baqylau/server/portal"
	"baqylau/server/store"
)

func (w *world) reportPage(query, after string, limit int) api.ReportPage {
	w.t.Helper()
	path := fmt.Sprintf("/v1/reports/lots?%s&limit=%d", query, limit)
	if after != "" {
		path += "&after=" + url.QueryEscape(after)
	}
	return as[api.ReportPage](w.t, w.get(person("lot-manager"), path).ok(w.t))
}

func rowName(r api.ReportRow) string { return r.Lot + " " + string(r.Direction) }

// TestAReportGivesEachRowOnce: whatever the size of its pages.
func TestAReportGivesEachRowOnce(t *testing.T) {
	w := given(t)
	for _, method := range control.Methods() {
		query := "method=" + string(method)
		whole := w.reportPage(query, "", 500)
		if whole.Next != "" || len(whole.Rows) == 0 {
			t.Fatalf("%s: %d rows, next %q", method, len(whole.Rows), whole.Next)
		}
		for size := 1; size <= len(whole.Rows)+1; size++ {
			var got []string
			for after := ""; ; {
				page := w.reportPage(query, after, size)
				for _, row := range page.Rows {
					got = append(got, rowName(row))
				}
				if after = page.Next; after == "" {
					break
				}
			}
			var want []string
			for _, row := range whole.Rows {
				want = append(want, rowName(row))
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s by %d: %v\nwant %v", method, size, got, want)
			}
		}
	}
}

// TestAReportGoesOnWhereItWas: a row that leaves the report between two pages takes no other with it,
// as when the manager assigns the lots of a page and reads on what is not assigned.
func TestAReportGoesOnWhereItWas(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := given(t)
		query := "method=open_tender&assigned=false"
		all := w.reportPage(query, "", 500).Rows
		size := rapid.IntRange(1, len(all)).Draw(rt, "size")
		seen := map[string]int{}
		for after := ""; ; {
			page := w.reportPage(query, after, size)
			var lots []api.LotRef
			for _, row := range page.Rows {
				seen[rowName(row)]++
				if rapid.Bool().Draw(rt, "assign") {
					lots = append(lots, api.LotRef{Purchase: row.Purchase, Lot: row.Lot, Version: row.AssignmentVersion})
				}
			}
			if len(lots) > 0 {
				w.post(person("lot-manager"), "/v1/assignments", api.AssignCommand{Assignee: person("auditor").iin, Lots: lots}).ok(t)
			}
			if after = page.Next; after == "" {
				break
			}
		}
		for _, row := range all {
			if seen[rowName(row)] != 1 {
				rt.Fatalf("%s was given %d times by pages of %d", rowName(row), seen[rowName(row)], size)
			}
		}
	})
}

// TestTheJournalGivesEachRowOnce, whatever the size of its pages.
func TestTheJournalGivesEachRowOnce(t *testing.T) {
	w := at(t, marked)
	ids := []string{notificationID, secondID, "01900000-0000-7000-8000-00000000a003"}
	for i, id := range ids {
		w.draft(person("auditor"), id, i, person("approver"))
	}
	for size := 1; size <= 4; size++ {
		var got []string
		for after := ""; ; {
			page := as[api.Page](t, w.get(person("auditor"), fmt.Sprintf("/v1/notifications?status=draft&limit=%d&after=%s", size, after)).ok(t))
			for _, o := range page.Objects {
				got = append(got, o.ID)
			}
			if after = page.Next; after == "" {
				break
			}
		}
		if !slices.Equal(got, ids) {
			t.Errorf("by %d: %v", size, got)
		}
	}
}

// TestTheFeedGoesOnWhereItWas: page by page, whatever happens in between, its reader ends with what
// there is.
func TestTheFeedGoesOnWhereItWas(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		mirror := map[string]int64{}
		cursor := ""
		read := func(limit int) {
			for more := true; more; {
				page := as[api.Changes](t, w.get(person("second-auditor"), fmt.Sprintf("/v1/changes?limit=%d&after=%s", limit, cursor)).ok(t))
				for _, o := range page.Objects {
					mirror[string(o.Kind)+" "+o.ID] = o.Version
				}
				for _, g := range page.Gone {
					delete(mirror, g.Kind+" "+g.ID)
				}
				cursor, more = page.Cursor, page.More
			}
		}
		for s := assigned; s <= acknowledged; s++ {
			if s != ready {
				scenes[s](w)
			}
			read(1 + int(s)%3)
		}
		now := map[string]int64{}
		for _, o := range w.changes(person("second-auditor")).Objects {
			now[string(o.Kind)+" "+o.ID] = o.Version
		}
		if fmt.Sprint(mirror) != fmt.Sprint(now) {
			t.Errorf("mirrored %v\nthere is %v", mirror, now)
		}
	})
}

// TestACursorThatNoLongerHoldsIsAnsweredWithResync: of another person, of other roles, of an older centre: 410.
func TestACursorThatNoLongerHoldsIsAnsweredWithResync(t *testing.T) {
	w := at(t, drafted)
	auditor := person("auditor")
	cursor := w.changes(auditor).Cursor
	w.get(person("approver"), "/v1/changes?after="+cursor).refusedAs(t, http.StatusGone, "resync")
	parts := strings.Split(cursor, ".")
	w.get(auditor, "/v1/changes?after="+strings.Join(parts[:3], ".")).refusedAs(t, http.StatusGone, "resync")
	w.get(auditor, "/v1/changes?after=another"+cursor).refusedAs(t, http.StatusGone, "resync")
	for _, none := range []string{"x", "a.b", "a.b.c", "a.b.-1", "..", "a.b.1.c", "a.b.1.c.d", cursor + "9999999999999999999"} {
		w.get(auditor, "/v1/changes?after="+none).refusedAs(t, http.StatusUnprocessableEntity, "bad_input")
	}
	w.enrol(auditor, control.Auditor, control.ControlReports)
	w.prolong(auditor)
	w.get(auditor, "/v1/changes?after="+cursor).refusedAs(t, http.StatusGone, "resync")
}

// TestACentreRestoredFromABackupSaysSo: while its log is shorter than what was read of it, when it has gone on
// beyond, and to one whose roles are others since.
func TestACentreRestoredFromABackupSaysSo(t *testing.T) {
	auditor := person("auditor")
	w := at(t, marked)
	backup := filepath.Join(t.TempDir(), "backup.db")
	w.copyTo(backup)
	kept := w.changes(auditor).Cursor
	w.clock.set(noon().Add(time.Hour))
	w.draft(auditor, notificationID, 0, person("approver"))
	cursor := w.changes(auditor).Cursor
	file, err := os.ReadFile(backup)
	if err != nil {
		t.Fatal(err)
	}
	again := restored(t, file)
	demand := func() {
		t.Helper()
		p := again.get(auditor, "/v1/changes?after="+cursor).refusedAs(t, http.StatusGone, "restored")
		if !p.Restored.Read.Equal(noon().Add(time.Hour)) || !p.Restored.Head.Equal(noon()) {
			t.Errorf("it says %+v", p.Restored)
		}
		again.get(auditor, "/v1/changes?after="+kept).ok(t)
	}
	demand()
	before := w.events()
	for lot := 0; again.events() <= before; lot++ {
		again.draft(auditor, fmt.Sprintf("01900000-0000-7000-8000-00000000b00%d", lot), lot, person("approver"))
	}
	demand()
	again.enrol(auditor, control.Auditor, control.ControlReports)
	again.prolong(auditor)
	again.get(auditor, "/v1/changes?after="+cursor).refusedAs(t, http.StatusGone, "restored")
}

// TestWhoMovesLeavesTheOldColleaguesSight: what is lost from sight is told.
func TestWhoMovesLeavesTheOldColleaguesSight(t *testing.T) {
	w := given(t)
	cursor := w.changes(person("auditor")).Cursor
	moved := person("second-auditor")
	moved.org = otherDepartmentBIN
	w.enrol(moved, control.Auditor)
	page := as[api.Changes](t, w.get(person("auditor"), "/v1/changes?after="+cursor).ok(t))
	if !slices.Contains(page.Gone, api.Ref{Kind: "person", ID: moved.iin}) {
		t.Errorf("the old colleagues are told %s", fmt.Sprint(page))
	}
	found := false
	for _, o := range w.changes(person("B/auditor")).Objects {
		found = found || o.ID == moved.iin
	}
	if !found {
		t.Error("the new colleagues don't know")
	}
}

// TestAnotherDepartmentsAssignmentIsNotTakenAway; a right is a role and a relation.
func TestAnotherDepartmentsAssignmentIsNotTakenAway(t *testing.T) {
	w := at(t, assigned)
	p := w.hero()
	lots := []api.LotRef{{Purchase: p.ID, Lot: p.Lots[0].ID, Version: 1}}
	for name, assignee := range map[string]string{"reassigned": person("B/auditor").iin, "unassigned": ""} {
		w.unchanged(func() {
			a := w.post(person("B/lot-manager"), "/v1/assignments", api.AssignCommand{Assignee: assignee, Lots: lots})
			if outcome(a) != http.StatusForbidden {
				t.Errorf("%s: %d %s", name, outcome(a), a.body)
			}
		})
	}
	w.post(person("lot-manager"), "/v1/assignments", api.AssignCommand{Lots: lots}).each(t)
	cursor := w.changes(person("auditor")).Cursor
	lots[0].Version = 2 // taken back: free for the other department
	w.post(person("B/lot-manager"), "/v1/assignments", api.AssignCommand{Assignee: person("B/auditor").iin, Lots: lots}).each(t)
	page := as[api.Changes](t, w.get(person("auditor"), "/v1/changes?after="+url.QueryEscape(cursor)).ok(t))
	if !slices.Contains(page.Gone, api.Ref{Kind: "assignment", ID: p.Lots[0].ID}) {
		t.Errorf("the first department is told %v", page.Gone)
	}
}

// TestAStaleAssignmentShowsNothingOfAnotherDepartment: nor does its version.
func TestAStaleAssignmentShowsNothingOfAnotherDepartment(t *testing.T) {
	w := at(t, assigned)
	p := w.hero()
	a := w.post(person("B/lot-manager"), "/v1/assignments", api.AssignCommand{
		Assignee: person("B/auditor").iin, Lots: []api.LotRef{{Purchase: p.ID, Lot: p.Lots[0].ID, Version: 9}},
	})
	if item := as[api.BatchDone](t, a).Items[0]; item.Done || item.Problem.Current.ID != "" {
		t.Errorf("got %s", a.body)
	}
}

// TestAYearThatTheCalendarLacksHidesNothingElse: an old purchase, whose windows nobody can tell, is
// no reason to show no report at all.
func TestAYearThatTheCalendarLacksHidesNothingElse(t *testing.T) {
	w := given(t)
	before := w.reportPage("method=open_tender", "", 500)
	old := w.hero()
	old.ID, old.Number = "trd-buy/1", "1-1"
	old.PublishedAt, old.DiscussionEndsAt = old.PublishedAt.AddDate(-7, 0, 0), time.Time{}
	w.keep(old)
	after := w.reportPage("method=open_tender", "", 500)
	if len(after.Rows) != len(before.Rows) {
		t.Errorf("%d rows of %d", len(after.Rows), len(before.Rows))
	}
}

// keep puts a purchase into the store as an import does.
func (w *world) keep(p control.Purchase) {
	w.t.Helper()
	err := w.store.Update(w.t.Context(), func(tx *store.Tx) error {
		if _, err := tx.Put(store.Record{Kind: "purchase", ID: p.ID, Body: mustJSON(w.t, p)}, 0); err != nil {
			return err
		}
		return tx.IndexPurchase(store.PurchaseKey{ID: p.ID, Method: string(p.Method), Status: string(p.Status), Published: p.PublishedAt})
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// TestAnImportChangesThePortalsFactsAlone.
func TestAnImportChangesThePortalsFactsAlone(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.play(approved)
		versions := func() map[string]int64 {
			all := map[string]int64{}
			for _, o := range w.changes(person("auditor")).Objects {
				if o.Kind != api.ObjectKindPurchase {
					all[string(o.Kind)+" "+o.ID] = o.Version
				}
			}
			return all
		}
		before := versions()
		w.unchanged(func() { w.imports(demoFiles(t)...) }) // the same again
		changed := bytesReplaced(t, demoFiles(t), "Мектептерге", "Барлық мектептерге")
		cursor := w.changes(person("auditor")).Cursor
		got := w.imports(changed...)
		if got.New != 0 || got.Changed != 1 {
			t.Errorf("new %d, changed %d", got.New, got.Changed)
		}
		if after := versions(); fmt.Sprint(after) != fmt.Sprint(before) {
			t.Errorf("versions %v\nwere %v", after, before)
		}
		page := as[api.Changes](t, w.get(person("auditor"), "/v1/changes?after="+cursor).ok(t))
		if len(page.Objects) != 1 || page.Objects[0].Kind != api.ObjectKindPurchase {
			t.Errorf("the assignee is told %v", page.Objects)
		}
		w.post(person("auditor"), "/v1/dispatches", w.seen(notificationID)).ok(t) // the work goes on
	})
}

func (w *world) imports(files ...portal.Source) server.Imported {
	w.t.Helper()
	got, err := server.Office{Store: w.store, Clock: w.clock.now, Name: "test"}.Import(context.WithoutCancel(w.t.Context()), files, portal.Limits{})
	if err != nil {
		w.t.Fatalf("importing: %v", err)
	}
	return got
}

// TestAnImportTakesNothingByHalves: what is refused is told by file, line and field, in both
// languages, and leaves the rest as it was.
func TestAnImportTakesNothingByHalves(t *testing.T) {
	files := demoFiles(t)
	for name, c := range map[string]struct {
		files []portal.Source
		taken bool // the other records
	}{
		"a truncated file":         {[]portal.Source{portal.FromBytes("lots.json", content(t, files[1])[:9_000])}, false},
		"30 MB of nested brackets": {[]portal.Source{portal.FromBytes("deep.json", nested(30<<20))}, false},
		"no JSON":                  {[]portal.Source{portal.FromBytes("x.json", []byte("<html>"))}, false},
		"an empty file":            {[]portal.Source{portal.FromBytes("x.json", nil)}, false},
		"a record with a bad BIN":  {bytesReplaced(t, files, `"org_bin": "110140990018"`, `"org_bin": "110140990019"`), true},
	} {
		t.Run(name, func(t *testing.T) {
			w := given(t)
			w.unchanged(func() {
				got := w.imports(c.files...)
				refused := 0
				for _, f := range got.Files {
					refused += f.RefusedCount
					for _, r := range f.Refused {
						inWords(t, api.Problem{DetailKK: r.Text("kk"), DetailRU: r.Text("ru")})
						if r.File == "" || c.taken && (r.Line == 0 || r.Field == "" && r.Reason != portal.BelongsToRefused) {
							t.Errorf("where is it? %+v", r)
						}
					}
				}
				if refused == 0 {
					t.Error("nothing was refused")
				}
			})
		})
	}
}
