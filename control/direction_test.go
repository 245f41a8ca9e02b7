package control_test

import (
	"testing"

	"baqylau/control"
)

// What is done in one direction is not done in another.
func TestDirectionsKeepTheirWorkApart(t *testing.T) {
	all := []control.Direction{control.Undirected, control.D1, control.D2, control.D3, control.D4}
	var w control.LotWork
	for i, d := range all {
		w.In(d).MarkedBy = string(rune('a' + i))
	}
	for i, d := range all {
		if got := w.In(d).MarkedBy; got != string(rune('a'+i)) {
			t.Errorf("the work in %q is that of %q", d, got)
		}
	}
}

// any of the profiles 5, 6, 7, alone or together, is remedied by reviewing the results.
func TestR311EachOfTheProfilesOfD4(t *testing.T) {
	c := inD4(t).build()
	for _, r := range []struct {
		profiles []int
		want     control.Remedy
	}{
		{[]int{5}, control.ReviewResults},
		{[]int{6}, control.ReviewResults},
		{[]int{7}, control.ReviewResults},
		{[]int{5, 6, 7}, control.ReviewResults},
		{[]int{8}, control.CancelPurchase},
		{[]int{4}, control.CancelPurchase},
		{[]int{6, 14}, control.CancelPurchase},
		{nil, control.CancelPurchase},
	} {
		if got := c.Remedies(0, control.D4, r.profiles, c.Now)[0].Remedy; got != r.want {
			t.Errorf("%v is remedied by %s, want %s", r.profiles, got, r.want)
		}
	}
}

// whoever wrote a notification that is gone wrote none.
func TestR310ADeletedNotificationHasNoAuthor(t *testing.T) {
	g := ready(inD1, control.D1)(t)
	g.done(0).In(control.D1).NotificationAuthor = aigul.Person
	expect(t, g.build().SendAll(aigul, control.D1), "R-3.10 missing_relation")
}

// Of several years that the calendar lacks, the first window's is named.
func TestTheFirstUnknownYearIsNamed(t *testing.T) {
	g := inD1(t)
	g.purchase.PublishedAt = almaty(t, "2030-03-10 09:00")
	g.purchase.AdmissionProtocolAt = almaty(t, "2031-03-10 09:00")
	_, err := g.rules.Case(&g.purchase, nil, g.now)
	expectUnknownYear(t, err, 2030)
}
