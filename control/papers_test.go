package control_test

import (
	"testing"

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
			v := c.ApproveFile(saule, aNotification(control.NotificationInAgreement), 0, r.papers, r.seen)
			expect(t, v, "R-3.7"+r.want)
			if !v.Allowed && v.Subject != "2026-0117" {
				t.Errorf("it speaks of %q", v.Subject)
			}
			hers := r.papers
			if hers.Prepared == saule.Person {
				hers.Prepared = daniya.Person
			}
			expect(t, conclusion.ApproveFile(daniya, hers, r.seen), "R-5.3"+r.want)
		})
	}
	expect(t, c.ApproveFile(aigul, aNotification(control.NotificationInAgreement), 0, final, "ab12"), "R-3.7 missing_role")
	expect(t, conclusion.ApproveFile(timur, final, "ab12"), "R-5.3 missing_role")
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
