package control_test

import (
	"bytes"
	"slices"
	"testing"

	"baqylau/control"
)

func ptr[T any](v T) *T { return &v }

// punishable are the statuses of.
var punishable = []control.NotificationStatus{
	"executed", "awaiting_confirmation", "not_confirmed", "not_executed_acknowledged", "not_executed_unacknowledged",
	"objection_refused", "annulled",
}

func TestR101TheStatusesOfPenalties(t *testing.T) {
	rules := builtInRules(t)
	info := &control.PenaltyInfo{RecheckKK: "Расталды"}
	for _, s := range control.NotificationStatuses() {
		n := aNotification(s)
		want := "R-10.1 wrong_status"
		if slices.Contains(punishable, s) {
			want = "R-10.1"
		}
		expect(t, rules.SavePenalty(n, aigul, info, almaty(t, "2026-03-20 10:00")), want)
		n.Penalty = control.PenaltySavedOnce
		expect(t, n.CompletePenalty(aigul), want)
		want = "R-10.2" + want[len("R-10.1"):]
		expect(t, n.MaySuspend(orazbk), want)
	}
}

func TestR101EachFieldOfThePenalties(t *testing.T) {
	rules := builtInRules(t)
	now := "2026-03-20 23:59:59.999"
	two, sum, zero, none := ptr(2), ptr(100*tenge), ptr(control.Tiyn(0)), ptr(0)
	for _, r := range []struct {
		name string
		info *control.PenaltyInfo
		want string
	}{
		{"none at all", nil, "no_data"},
		{"an empty form", &control.PenaltyInfo{RecheckRU: " "}, "no_data"},
		{"number and amount", &control.PenaltyInfo{Officials: two, Imposed: sum}, ""},
		{"one official, one tiyn", &control.PenaltyInfo{Officials: ptr(1), Imposed: ptr(control.Tiyn(1))}, ""},
		{"a number without an amount", &control.PenaltyInfo{Officials: two}, "no_imposed"},
		{"an amount without a number", &control.PenaltyInfo{Imposed: sum}, "no_officials"},
		{"recovered of what was imposed", &control.PenaltyInfo{Officials: two, Imposed: sum, Recovered: ptr(control.Tiyn(1))}, ""},
		{"recovered of nothing", &control.PenaltyInfo{Recovered: sum}, "no_imposed"},
		{"no officials", &control.PenaltyInfo{Officials: none, Imposed: sum}, "not_positive"},
		{"no amount", &control.PenaltyInfo{Officials: two, Imposed: zero}, "not_positive"},
		{"nothing recovered", &control.PenaltyInfo{Officials: two, Imposed: sum, Recovered: zero}, "not_positive"},
		{"a letter of today", &control.PenaltyInfo{LetterOn: almaty(t, "2026-03-20 00:00")}, ""},
		{"a letter of tonight", &control.PenaltyInfo{LetterOn: almaty(t, "2026-03-20 23:59:59.999")}, ""},
		{"a letter of tomorrow", &control.PenaltyInfo{LetterOn: almaty(t, "2026-03-21 00:00")}, "date_in_future"},
		{"materials sent today", &control.PenaltyInfo{SentOn: almaty(t, "2026-03-20 00:00")}, ""},
		{"materials sent tomorrow", &control.PenaltyInfo{SentOn: almaty(t, "2026-03-21 00:00")}, "date_in_future"},
		{"the re-check alone", &control.PenaltyInfo{RecheckRU: "Подтверждено"}, ""},
	} {
		t.Run(r.name, func(t *testing.T) {
			want := "R-10.1"
			if r.want != "" {
				want += " " + r.want
			}
			expect(t, rules.SavePenalty(aNotification(control.NotificationExecuted), aigul, r.info, almaty(t, now)), want)
		})
	}
}

func TestR101SavedAgainUntilCompleted(t *testing.T) {
	rules := builtInRules(t)
	now := almaty(t, "2026-03-20 10:00")
	info := &control.PenaltyInfo{RecheckKK: "Расталды"}
	for _, r := range []struct {
		status         control.PenaltyStatus
		by             control.Actor
		save, complete string
	}{
		{"", aigul, "R-10.1", "R-10.1 wrong_status"},
		{"saved", aigul, "R-10.1", "R-10.1"},
		{"completed", aigul, "R-10.1 wrong_status", "R-10.1 wrong_status"},
		{"saved", berik, "R-10.1 missing_relation", "R-10.1 missing_relation"},
		{"saved", saule, "R-10.1 missing_role", "R-10.1 missing_role"},
	} {
		n := aNotification(control.NotificationExecuted)
		n.Penalty = r.status
		expect(t, rules.SavePenalty(n, r.by, info, now), r.save)
		expect(t, n.CompletePenalty(r.by), r.complete)
	}
}

func TestPenaltiesAndOrdersAreSeenOnceSaved(t *testing.T) {
	for _, r := range []struct {
		name          string
		by            control.Actor
		before, saved string
	}{
		{"the department", berik, "R-10.1", "R-10.1"},
		{"its approvers", saule, "R-10.1", "R-10.1"},
		{"an order manager", orazbk, "R-10.1 missing_relation", "R-10.2"},
		{"a controller", timur, "R-10.1 missing_relation", "R-10.2"},
		{"an approver of the committee", daniya, "R-10.1 missing_relation", "R-10.2"},
		{"another department", yerlan, "R-10.1 missing_relation", "R-10.1 missing_relation"},
		{"the audit object", dana, "R-10.1 missing_role", "R-10.1 missing_role"},
		{"the administrator", ruler, "R-10.1 missing_role", "R-10.1 missing_role"},
	} {
		n := aNotification(control.NotificationExecuted)
		expect(t, n.ViewPenalty(r.by), r.before)
		n.Penalty = control.PenaltySavedOnce
		expect(t, n.ViewPenalty(r.by), r.saved)
	}
	n := aNotification(control.NotificationExecuted)
	expect(t, n.View(orazbk), "R-6 missing_relation")
	n.Penalty = control.PenaltyCompleted
	expect(t, n.View(orazbk), "R-10.2")
	expect(t, n.View(ruler), "R-6 missing_role")
}

// whoever may save an order, or its revocation, brings its scan.
func TestR102TheScanIsBroughtByWhoeverMaySaveTheOrder(t *testing.T) {
	n := aNotification(control.NotificationExecuted)
	expect(t, n.BringScan(orazbk), "R-10.2 missing_relation")
	n.Penalty = control.PenaltySavedOnce
	expect(t, n.BringScan(orazbk), "R-10.2")
	expect(t, n.BringScan(aigul), "R-10.2 missing_role")
	n.Status = control.NotificationInExecution
	expect(t, n.BringScan(orazbk), "R-10.2 wrong_status")
	n.Suspension = control.Suspended // to be revoked, whatever the status
	expect(t, n.BringScan(orazbk), "R-10.2")
	n.Suspension = control.Revoked
	expect(t, n.BringScan(orazbk), "R-10.2 wrong_status")
}

func anOrder(t testing.TB) *control.Order {
	return &control.Order{Number: "12", On: almaty(t, "2026-03-19 00:00"), BodyKK: "ІМАК", Amount: 1, Scan: "ab12"}
}

func TestR102EachFieldOfAnOrder(t *testing.T) {
	rules := builtInRules(t)
	now := almaty(t, "2026-03-20 10:00")
	n := aNotification(control.NotificationExecuted)
	n.Penalty = control.PenaltySavedOnce
	for _, r := range []struct {
		name string
		but  func(*control.Order)
		want string
	}{
		{"complete", func(*control.Order) {}, "R-10.2"},
		{"the body in Russian", func(o *control.Order) { o.BodyKK, o.BodyRU = "", "КВГА" }, "R-10.2"},
		{"of today", func(o *control.Order) { o.On = almaty(t, "2026-03-20 23:59") }, "R-10.2"},
		{"of tomorrow", func(o *control.Order) { o.On = almaty(t, "2026-03-21 00:00") }, "R-10.2 date_in_future"},
		{"with no number", func(o *control.Order) { o.Number = " " }, "R-10.2 no_order_number"},
		{"with no date", func(o *control.Order) { o.On = o.On.AddDate(-9999, 0, 0); *o = control.Order{Number: "1"} }, "R-10.2 no_order_date"},
		{"with no body", func(o *control.Order) { o.BodyKK = "" }, "R-10.2 no_issuing_body"},
		{"with no amount", func(o *control.Order) { o.Amount = 0 }, "R-10.2 no_amount"},
		{"with no scan", func(o *control.Order) { o.Scan = "" }, "R-10.2 no_scan"},
	} {
		t.Run(r.name, func(t *testing.T) {
			o := anOrder(t)
			r.but(o)
			expect(t, rules.Suspend(n, orazbk, o, now), r.want)
			suspended := *n
			suspended.Suspension = control.Suspended
			earlier := anOrder(t)
			earlier.On = almaty(t, "2026-03-01 00:00")
			expect(t, rules.Revoke(&suspended, orazbk, earlier, o, now), r.want)
		})
	}
	expect(t, rules.Suspend(n, orazbk, nil, now), "R-10.2 no_data")
}

func TestR102AnOrderThenItsRevocation(t *testing.T) {
	rules := builtInRules(t)
	now := almaty(t, "2026-03-20 10:00")
	order, late := anOrder(t), anOrder(t)
	late.On = almaty(t, "2026-03-18 23:59")
	for _, r := range []struct {
		name            string
		status          control.OrdersStatus
		penalty         control.PenaltyStatus
		by              control.Actor
		suspend, revoke string
	}{
		{"at first", "", "saved", orazbk, "R-10.2", "R-10.2 wrong_status"},
		{"completed information", "", "completed", orazbk, "R-10.2", "R-10.2 wrong_status"},
		{"once suspended", "suspended", "saved", orazbk, "R-10.2 wrong_status", "R-10.2"},
		{"once revoked", "revoked", "saved", orazbk, "R-10.2 wrong_status", "R-10.2 wrong_status"},
		{"no information saved", "", "", orazbk, "R-10.2 missing_relation", "R-10.2 missing_relation"},
		{"by the author", "", "saved", aigul, "R-10.2 missing_role", "R-10.2 missing_role"},
	} {
		t.Run(r.name, func(t *testing.T) {
			n := aNotification(control.NotificationExecuted)
			n.Penalty, n.Suspension = r.penalty, r.status
			expect(t, rules.Suspend(n, r.by, order, now), r.suspend)
			expect(t, rules.Revoke(n, r.by, order, order, now), r.revoke)
		})
	}
	n := aNotification(control.NotificationInExecution) // it went on after the suspension
	n.Penalty, n.Suspension = control.PenaltySavedOnce, control.Suspended
	expect(t, rules.Revoke(n, orazbk, order, anOrder(t), now), "R-10.2")
	expect(t, rules.Revoke(n, orazbk, nil, anOrder(t), now), "R-10.2")
	expect(t, rules.Revoke(n, orazbk, order, late, now), "R-10.2 revoked_before")
	expect(t, n.MayRevoke(orazbk), "R-10.2")
}

func TestR102AScanIsKnownByItsContent(t *testing.T) {
	full := func(size int) []byte { return append([]byte("%PDF-1.7"), bytes.Repeat([]byte{'x'}, size-8)...) }
	for _, r := range []struct {
		name    string
		content []byte
		kind    control.Scan
		want    string
	}{
		{"a PDF", []byte("%PDF-1.4\n"), control.ScanPDF, "R-10.2"},
		{"a JPEG", []byte("\xff\xd8\xff\xe0JFIF"), control.ScanJPEG, "R-10.2"},
		{"a PNG", []byte("\x89PNG\r\n\x1a\nIHDR"), control.ScanPNG, "R-10.2"},
		{"a program", []byte("MZ\x90"), "", "R-10.2 scan_unknown"},
		{"a PDF further in", []byte(" %PDF-1.4"), "", "R-10.2 scan_unknown"},
		{"half a mark", []byte("\x89PNG\r\n"), "", "R-10.2 scan_unknown"},
		{"nothing", nil, "", "R-10.2 no_scan"},
		{"exactly 20 MiB", full(20 << 20), control.ScanPDF, "R-10.2"},
		{"a byte more", full(20<<20 + 1), "", "R-10.2 scan_too_large"},
	} {
		kind, v := control.ScanOf(r.content)
		expect(t, v, r.want)
		if kind != r.kind {
			t.Errorf("%s is %q, want %q", r.name, kind, r.kind)
		}
	}
	if control.ScanPDF != "application/pdf" || control.ScanJPEG != "image/jpeg" || control.ScanPNG != "image/png" {
		t.Error("the kinds are not media types")
	}
}

func TestEveryCellOfPenaltiesAndOrders(t *testing.T) {
	everyCell(t, control.PenaltyLife, []control.PenaltyStatus{"", "saved", "completed"},
		func(from control.PenaltyStatus, action control.Action, role control.Role, relation control.Relation) (control.PenaltyStatus, bool) {
			author := role == control.Auditor && relation == control.Author
			if action == "save_penalty" {
				return "saved", author && from != "completed"
			}
			return "completed", action == "complete_penalty" && author && from == "saved"
		})
	everyCell(t, control.SuspensionLife, []control.OrdersStatus{"", "suspended", "revoked"},
		func(from control.OrdersStatus, action control.Action, role control.Role, relation control.Relation) (control.OrdersStatus, bool) {
			may := role == control.OrderManager && relation == control.PenaltySaved
			if action == "suspend" {
				return "suspended", may && from == ""
			}
			return "revoked", action == "revoke_suspension" && may && from == "suspended"
		})
}
