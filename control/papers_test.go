package control_test

import (
	"strings"
	"testing"
	"time"

	"baqylau/control"
)

// final is the final file of Saule's, as she saw it.
var final = control.Papers{Number: "2026-0117", File: "ab12", Prepared: "saule"}

func TestR37WhatIsSignedIsTheFinalFileThatWasSeen(t *testing.T) {
	c := inD1(t).build()
	conclusion := aConclusion(control.ConclusionInAgreement)
	conclusion.Agreer = daniya.Person
	with := func(change func(*control.Papers)) control.Papers {
		p := final
		change(&p)
		return p
	}
	for _, r := range []struct {
		name   string
		papers control.Papers
		seen   string
		want   string
	}{
		{"the one that names her", final, "ab12", ""},
		{"another one", final, "cd34", " digest_changed"},
		{"the agreement's own", with(func(p *control.Papers) { p.Prepared = "" }), "ab12", " digest_changed"},
		{"one that names somebody else", with(func(p *control.Papers) { p.Prepared = "yerlan" }), "ab12", " digest_changed"},
		{"none at all", with(func(p *control.Papers) { p.File = "" }), "", " digest_changed"},
	} {
		t.Run(r.name, func(t *testing.T) {
			v := c.ApproveFile(saule, aNotification(control.NotificationInAgreement), 0, r.papers, control.SeenFile{File: r.seen, Reserved: true})
			expect(t, v, "R-3.7"+r.want)
			if !v.Allowed && v.Subject != "2026-0117" {
				t.Errorf("it speaks of %q", v.Subject)
			}
			hers := r.papers
			if hers.Prepared == saule.Person {
				hers.Prepared = daniya.Person
			}
			expect(t, conclusion.ApproveFile(daniya, hers, control.SeenFile{File: r.seen, Reserved: true}), "R-5.3"+r.want)
		})
	}
	expect(t, c.ApproveFile(aigul, aNotification(control.NotificationInAgreement), 0, final, control.SeenFile{File: "ab12"}), "R-3.7 missing_role")
	expect(t, conclusion.ApproveFile(timur, final, control.SeenFile{File: "ab12"}), "R-5.3 missing_role")
}

// what was reserved for somebody says what has become of it, to whom the file was shown alone.
func TestR37WhatWasPreparedAndChangedSinceSaysHow(t *testing.T) {
	c := inD1(t).build()
	was := control.SeenFile{File: "ab12", Reserved: true}
	gone := control.Papers{Number: "2026-0117"}
	other := control.Papers{Number: "2026-0117", File: "cd34"}
	for _, r := range []struct {
		name   string
		status control.NotificationStatus
		agreer string
		papers control.Papers
		want   string
	}{
		{"nothing", control.NotificationInAgreement, "saule", final, ""},
		{"its author took it back", control.NotificationDraft, "saule", gone, " prepared_recalled"},
		{"it was turned down", control.NotificationRejected, "saule", gone, " prepared_rejected"},
		{"it was passed on", control.NotificationInAgreement, "yerlan", other, " prepared_passed_on"},
		{"it came back, made anew", control.NotificationInAgreement, "saule", other, " digest_changed"},
		{"it is signed already", control.NotificationApproved, "saule", final, " prepared_signed"},
		{"it was sent since", control.NotificationDelivered, "saule", final, " prepared_signed"},
		{"it is not hers to begin with", control.NotificationInAgreement, "yerlan", final, " missing_relation"},
	} {
		t.Run(r.name, func(t *testing.T) {
			n := aNotification(r.status)
			n.Agreer = r.agreer
			v := c.ApproveFile(saule, n, 0, r.papers, was)
			expect(t, v, "R-3.7"+r.want)
			if strings.Contains(r.want, "prepared") && v.Subject != "2026-0117" {
				t.Errorf("it speaks of %q", v.Subject)
			}
			expect(t, c.ApproveFile(aigul, n, 0, r.papers, was), "R-3.7 missing_role")
		})
	}
	never := control.SeenFile{File: "ab12"}
	expect(t, c.ApproveFile(saule, aNotification(control.NotificationDraft), 0, gone, never), "R-3.7 missing_relation")
	deputy := saule
	deputy.Deputy = "deputy"
	hers := final
	hers.Prepared = "deputy"
	expect(t, c.ApproveFile(deputy, aNotification(control.NotificationInAgreement), 0, hers, was), "R-3.7")

	for _, r := range []struct {
		name   string
		status control.ConclusionStatus
		agreer string
		papers control.Papers
		want   string
	}{
		{"nothing", control.ConclusionInAgreement, daniya.Person, control.Papers{File: "ab12", Prepared: daniya.Person}, ""},
		{"it was turned down", control.ConclusionRejected, daniya.Person, gone, " prepared_rejected"},
		{"it was passed on", control.ConclusionInAgreement, timur.Person, other, " prepared_passed_on"},
		{"it is delivered already", control.ConclusionDelivered, daniya.Person, final, " prepared_signed"},
		{"it was never sent to agreement", control.ConclusionDraft, daniya.Person, gone, " missing_relation"},
	} {
		t.Run("a conclusion: "+r.name, func(t *testing.T) {
			conclusion := aConclusion(r.status)
			conclusion.Agreer = r.agreer
			expect(t, conclusion.ApproveFile(daniya, r.papers, was), "R-5.3"+r.want)
			expect(t, conclusion.ApproveFile(timur, r.papers, was), "R-5.3 missing_role")
		})
	}
}

// is of the reference time: a witness of the signature saves what was allowed then.
func TestR38WhatWasAllowedWhenItWasSignedStaysAllowed(t *testing.T) {
	made, closes := almaty(t, "2026-03-12 10:00"), almaty(t, "2026-03-20 00:00")
	for _, r := range []struct {
		name               string
		witnessed, arrived time.Time
		want               time.Time
	}{
		{"nobody witnessed it", time.Time{}, closes, closes},
		{"witnessed in between", made.Add(time.Hour), closes, made.Add(time.Hour)},
		{"at the moment when it was made", made, closes, made},
		{"when it arrived", closes, closes, closes},
		{"by a clock that is before its file", made.Add(-time.Second), closes, made},
		{"by a clock that is ahead of the centre's", closes.Add(time.Second), closes, closes},
	} {
		if got := control.ReferenceTime(made, r.witnessed, r.arrived); !got.Equal(r.want) {
			t.Errorf("%s: %v, want %v", r.name, got, r.want)
		}
	}
	if got := control.ReferenceTime(time.Time{}, made, closes); !got.Equal(made) {
		t.Errorf("of a file of which nobody knows when it was made: %v", got)
	}
}

// the file names who in fact approves.
func TestR37ADeputySignsTheFileThatNamesTheDeputy(t *testing.T) {
	deputy := saule
	deputy.Deputy = "deputy"
	for person, want := range map[string]bool{"saule": false, "deputy": true, "": false} {
		p := final
		p.Prepared = person
		if p.PreparedFor(deputy) != want {
			t.Errorf("the file for %q is the deputy's: %v", person, !want)
		}
	}
}

// what goes on in agreement is the agreement's own file, and what is taken back has none.
func TestR39WhatBecomesOfTheFileOnItsWay(t *testing.T) {
	signed := control.Papers{Number: "2026-0117", File: "ab12", Prepared: "saule", Signature: "ff00"}
	unsigned, own := signed, signed
	unsigned.Signature, own.Signature = "", ""
	own.File, own.Prepared = "cd34", ""
	gone := control.Papers{Number: "2026-0117"}
	for _, r := range []struct {
		action       control.Action
		before, want control.Papers
	}{
		{control.ActionAgree, unsigned, own},
		{control.ActionAgree, own, own},
		{control.ActionAgreeConclusion, unsigned, own},
		{control.ActionReject, unsigned, gone},
		{control.ActionReject, own, gone},
		{control.ActionRejectConclusion, unsigned, gone},
		{control.ActionRecall, signed, gone},
		{control.ActionRecall, own, gone},
		{control.ActionApprove, signed, signed},
		{control.ActionSend, signed, signed},
		{control.ActionAcknowledge, signed, signed},
	} {
		if got := r.before.After(r.action, "cd34"); got != r.want {
			t.Errorf("%s leaves %+v, want %+v", r.action, got, r.want)
		}
	}
	if own.File = "ee11"; own.After(control.ActionAgree, "cd34") != own {
		t.Error("the agreement's own file was changed")
	}
}

func TestR37AVersionThatWasOvertakenIsNotSigned(t *testing.T) {
	for _, rule := range []control.Rule{"R-3.7", "R-5.3", "R-2.5"} {
		if v := control.Overtaken(rule); v != (control.Verdict{Rule: rule, Reason: control.PreparedChanged}) {
			t.Errorf("by %s: %+v", rule, v)
		}
	}
}
