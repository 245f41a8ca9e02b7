package portal

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"baqylau/control"
)

// Outcome is what an import comes to.
type Outcome struct {
	// Purchases that the import touched, by id. Whether one differs from what is known, its Digest says.
	Purchases []control.Purchase
	// Waiting lists the announcements that are kept until all their lots have come.
	Waiting []Waiting
	// Report is the batch's, with the unchanged records counted.
	Report Report
}

// Waiting is an announcement that not all lots are known of.
type Waiting struct {
	ID     string `json:"id"` // of the purchase to be
	Number string `json:"number"`
	Have   int    `json:"have"` // lots
	Want   int    `json:"want"`
}

// Apply stores the batch's records and makes the purchases anew that they have a part in. It joins
// what came earlier with what comes now: a changed lot alone, or a plan point alone, is enough to
// change a purchase. The same batch again changes nothing.
//
// Its errors are the store's.
func Apply(ctx context.Context, store Store, b *Batch) (Outcome, error) {
	a := &application{
		ctx: ctx, store: store,
		buys: map[int64]bool{}, points: map[int64]bool{}, plans: map[string]map[control.Twin]bool{},
	}
	out := Outcome{Report: b.Report}
	out.Report.Files = slices.Clone(b.Report.Files)
	for i := range out.Report.Files {
		out.Report.Files[i].Unchanged = 0
	}
	for _, e := range b.records {
		changed, err := a.put(e.item)
		if err != nil {
			return Outcome{}, err
		}
		if !changed {
			out.Report.Files[e.file].Unchanged++
		}
	}
	if err := a.spread(); err != nil {
		return Outcome{}, err
	}
	if err := a.assemble(&out); err != nil {
		return Outcome{}, err
	}
	return out, nil
}

// application is one run of Apply: what has to be made anew.
type application struct {
	ctx   context.Context
	store Store
	// lots and edited hold what changed; buys and points the ids of announcements and roots of
	// points to be made anew; plans the twins to be counted anew.
	lots   []*lot
	edited []*point
	buys   map[int64]bool
	points map[int64]bool
	plans  map[string]map[control.Twin]bool
}

// put stores an item unless the store has it, or a newer version.
func (a *application) put(i item) (bool, error) {
	fresh, err := recordOf(i)
	if err != nil {
		return false, err
	}
	known, found, err := a.store.Get(a.ctx, fresh.Key)
	if err != nil {
		return false, fmt.Errorf("look up %s: %w", fresh.Key, err)
	}
	if found {
		if bytes.Equal(known.Body, fresh.Body) {
			return false, nil
		}
		old, err := itemOf(known)
		if err != nil {
			return false, err
		}
		if i.olderThan(old) {
			return false, nil
		}
		a.changed(old)
	}
	if err := a.store.Put(a.ctx, fresh); err != nil {
		return false, fmt.Errorf("store %s: %w", fresh.Key, err)
	}
	a.changed(i)
	return true, nil
}

// changed notes what an item, before or after its change, has a part in.
func (a *application) changed(i item) {
	switch i := i.(type) {
	case *announcement:
		a.buys[i.ID] = true
		if i.Parent != 0 {
			a.buys[i.Parent] = true // whose lots have a follow-up purchase now
		}
	case *lot:
		a.buys[i.Announcement] = true
		a.lots = append(a.lots, i)
	case *point:
		a.points[i.Root] = true
		a.edited = append(a.edited, i)
		if a.plans[i.planLink()] == nil {
			a.plans[i.planLink()] = map[control.Twin]bool{}
		}
		a.plans[i.planLink()][twinOf(i)] = true
	}
}

// spread finds the announcements that share a plan point with what changed.
func (a *application) spread() error {
	links := map[string]bool{}
	for _, l := range a.lots {
		links[rootLink(l.Root)] = true
	}
	for _, p := range a.edited {
		links[rootLink(p.Root)], links[pointLink(p.ID)] = true, true
	}
	for link := range links {
		found, err := linked[*lot](a, link)
		if err != nil {
			return err
		}
		for _, l := range found {
			a.buys[l.Announcement] = true
		}
	}
	return nil
}

// assemble makes the purchases.
func (a *application) assemble(out *Outcome) error {
	for _, id := range slices.Sorted(maps.Keys(a.buys)) {
		if err := a.assembleBuy(id, out); err != nil {
			return err
		}
	}
	for link, wanted := range a.plans {
		plan, err := linked[*point](a, link)
		if err != nil {
			return err
		}
		count := twins(plan)
		for _, p := range plan {
			if wanted[twinOf(p)] || a.points[p.Root] {
				out.Purchases = appendPoint(out.Purchases, p, count[twinOf(p)])
			}
		}
	}
	if err := a.assembleFormer(out); err != nil {
		return err
	}
	slices.SortFunc(out.Purchases, func(p, q control.Purchase) int { return strings.Compare(p.ID, q.ID) })
	return nil
}

// assembleFormer makes the purchases of points whose method was changed to one by announcement:
// who knows them must learn that no rule applies to them any more.
func (a *application) assembleFormer(out *Outcome) error {
	for _, old := range a.edited {
		method, _ := methodOf(old.Method)
		if !method.ByPlanPoint() {
			continue
		}
		now, found, err := get[*point](a, pointKey(old.Root))
		if err != nil {
			return err
		}
		if nowMethod, _ := methodOf(now.Method); !found || nowMethod.ByPlanPoint() {
			continue
		}
		former := *now
		former.Method = old.Method
		p := pointPurchase(&former, method, 1)
		p.Status, p.Lots[0].Status, p.Lots[0].PlanPointStatus = control.OtherStatus, control.OtherStatus, control.OtherStatus
		out.Purchases = append(out.Purchases, p)
	}
	return nil
}

// assembleBuy makes the purchase of an announcement, once it and all its lots are known.
func (a *application) assembleBuy(id int64, out *Outcome) error {
	buy, found, err := get[*announcement](a, announcementKey(id))
	if err != nil || !found {
		return err
	}
	method, _ := methodOf(buy.Method)
	if method == "" || method.ByPlanPoint() {
		return nil // not controlled, or controlled by its plan points
	}
	its, err := linked[*lot](a, buy.key())
	if err != nil {
		return err
	}
	if want := max(buy.LotCount, 1); len(its) < want {
		out.Waiting = append(out.Waiting, Waiting{ID: buy.key(), Number: buy.Number, Have: len(its), Want: want})
		return nil
	}
	parts := make([]part, len(its))
	for i, l := range its {
		if parts[i], err = a.partOf(buy, l); err != nil {
			return err
		}
	}
	out.Purchases = append(out.Purchases, buyPurchase(buy, method, parts))
	return nil
}

// partOf finds what a lot of an announcement is joined with.
func (a *application) partOf(buy *announcement, l *lot) (part, error) {
	p := part{lot: l, followUp: l.FollowUp}
	var err error
	if p.point, err = a.pointOf(l); err != nil || p.followUp {
		return p, err
	}
	siblings, err := linked[*lot](a, rootLink(l.Root))
	if err != nil {
		return p, err
	}
	for _, other := range siblings {
		status, _ := lotStatus(other.Status)
		if other.Announcement == l.Announcement || status == control.Cancelled {
			continue
		}
		its, found, err := get[*announcement](a, announcementKey(other.Announcement))
		if err != nil {
			return p, err
		}
		if other.Method == afterFailure || found && (its.Method == afterFailure || its.Parent == buy.ID) {
			p.followUp = true
		}
	}
	return p, nil
}

// pointOf finds a lot's plan point: by its root, or else by the points that the lot lists.
func (a *application) pointOf(l *lot) (*point, error) {
	p, found, err := get[*point](a, pointKey(l.Root))
	if err != nil || found {
		return p, err
	}
	for _, id := range l.Points {
		found, err := linked[*point](a, pointLink(id))
		if err != nil {
			return nil, err
		}
		if len(found) > 0 {
			return found[0], nil
		}
	}
	return nil, nil
}

// get finds an item in the store; where there is none, an empty one.
func get[T item](a *application, key string) (T, bool, error) {
	var none T
	r, found, err := a.store.Get(a.ctx, key)
	if err != nil {
		return none, false, fmt.Errorf("look up %s: %w", key, err)
	}
	if !found {
		return none, false, nil
	}
	i, err := itemOf(r)
	if err != nil {
		return none, false, err
	}
	t, ok := i.(T)
	return t, ok, nil
}

// linked lists the items of one kind that have a link.
func linked[T item](a *application, link string) ([]T, error) {
	records, err := a.store.Linked(a.ctx, link)
	if err != nil {
		return nil, fmt.Errorf("look up %s: %w", link, err)
	}
	var found []T
	for _, r := range records {
		i, err := itemOf(r)
		if err != nil {
			return nil, err
		}
		if t, ok := i.(T); ok {
			found = append(found, t)
		}
	}
	slices.SortFunc(found, func(x, y T) int { return strings.Compare(x.key(), y.key()) })
	return found, nil
}
