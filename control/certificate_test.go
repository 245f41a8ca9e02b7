package control_test

import (
	"slices"
	"testing"

	"baqylau/control"
)

func TestR25TheCertificateThatIsSignedIsOnesOwnAndSaysWhatTheMarksSay(t *testing.T) {
	g := inD1(t)
	g.checked(0, control.D1, 1)
	c := g.build()
	prepared := control.Certificate{Number: "А-2026-0001", Status: control.Prepared, Direction: control.D1, Assignee: aigul.Person, File: "ab12", Basis: "lot-1:D1@3"}
	for _, r := range []struct {
		name        string
		by          control.Actor
		but         func(*control.Certificate)
		seen, basis string
		want        string
	}{
		{"as it was seen", aigul, nil, "ab12", "lot-1:D1@3", "R-2.5"},
		{"another file", aigul, nil, "cd34", "lot-1:D1@3", "R-2.5 digest_changed"},
		{"marks changed since", aigul, nil, "ab12", "lot-1:D1@4", "R-2.5 digest_changed"},
		{"superseded", aigul, func(c *control.Certificate) { c.Status = control.Superseded }, "ab12", "lot-1:D1@3", "R-2.5 digest_changed"},
		{"signed before", aigul, func(c *control.Certificate) { c.Status = control.Signed }, "ab12", "lot-1:D1@3", "R-2.5 certificate_signed"},
		{"a colleague's", aigul, func(c *control.Certificate) { c.Assignee = berik.Person }, "ab12", "lot-1:D1@3", "R-2.5 missing_relation"},
		{"in a direction without marks", aigul, func(c *control.Certificate) { c.Direction = control.D2 }, "ab12", "lot-1:D1@3", "R-2.5 no_marks"},
		{"by whom nothing is assigned to", berik, nil, "ab12", "lot-1:D1@3", "R-2.5 missing_relation"},
	} {
		t.Run(r.name, func(t *testing.T) {
			cert := prepared
			if r.but != nil {
				r.but(&cert)
			}
			v := c.SignCertificate(r.by, &cert, r.seen, r.basis)
			expect(t, v, r.want)
			if (v.Reason == control.DigestChanged || v.Reason == control.CertificateSigned) && v.Subject != "А-2026-0001" {
				t.Errorf("it speaks of %q", v.Subject)
			}
		})
	}
}

func TestR25TheCertificateCoversTheAssigneesMarkedLots(t *testing.T) {
	g := inD1(t)
	g.checked(0, control.D1, 1)
	g.another()
	g.done(1).Assignee = aigul.Person // not marked
	g.done(1).In(control.D3).Marks = []control.Mark{{Profile: 9}}
	g.another()
	g.checked(2, control.D1)
	g.done(2).Assignee = berik.Person
	c := g.build()
	if got := c.Certified(aigul.Person, control.D1); !slices.Equal(got, []int{0}) {
		t.Errorf("hers are %v", got)
	}
	if got := c.Certified(berik.Person, control.D1); !slices.Equal(got, []int{2}) {
		t.Errorf("his are %v", got)
	}
	if got := c.Certified(aigul.Person, control.D3); !slices.Equal(got, []int{1}) {
		t.Errorf("of one mark %v", got)
	}
	if got := c.Certified(aigul.Person, control.D2); got != nil {
		t.Errorf("in D2 %v", got)
	}
}

func TestR25ANewerCertificateSupersedesTheAssigneesInTheDirection(t *testing.T) {
	old := control.Certificate{Status: control.Signed, Direction: control.D1, Assignee: aigul.Person}
	for _, r := range []struct {
		name string
		to   control.Certificate
		want bool
	}{
		{"hers", control.Certificate{Status: control.Signed, Direction: control.D1, Assignee: aigul.Person}, true},
		{"a colleague's", control.Certificate{Status: control.Signed, Direction: control.D1, Assignee: berik.Person}, false},
		{"in another direction", control.Certificate{Status: control.Signed, Direction: control.D2, Assignee: aigul.Person}, false},
		{"one that is prepared only", control.Certificate{Status: control.Prepared, Direction: control.D1, Assignee: aigul.Person}, false},
	} {
		if got := old.Yields(r.to); got != r.want {
			t.Errorf("%s: %v", r.name, got)
		}
	}
	for _, s := range []control.CertificateStatus{control.Prepared, control.Signed, control.Superseded} {
		if c := (control.Certificate{Status: s}); c.InForce() != (s == "signed") {
			t.Errorf("one that is %s counts: %v", s, c.InForce())
		}
	}
}
