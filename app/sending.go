package app

import (
	"context"
	"slices"
	"strings"

	"baqylau/api"
	"baqylau/control"
)

// Dispatch is what send-all would do: shown before it is confirmed.
type Dispatch struct {
	Purchase  control.Purchase
	Direction control.Direction
	Sent      []api.Notification // those that go
	ShutOut   []control.Lot      // lots that none can be sent for afterwards
	seen      []api.Seen
}

// PrepareDispatch says what send-all would do as things stand here.
func (d *Desk) PrepareDispatch(purchase string, direction control.Direction) (Dispatch, error) {
	f, err := d.files()
	if err != nil {
		return Dispatch{}, err
	}
	v, found := f.purchases[purchase]
	if !found {
		return Dispatch{}, ErrGone
	}
	p := v.Body
	c, err := d.rulesFor(f, &p)
	if err != nil {
		return Dispatch{}, err
	}
	plan := Dispatch{Purchase: p, Direction: direction}
	goes, out := c.Dispatch(direction)
	for _, i := range out {
		plan.ShutOut = append(plan.ShutOut, p.Lots[i])
	}
	for _, n := range f.notifications {
		lot := slices.IndexFunc(p.Lots, func(l control.Lot) bool { return l.ID == n.Body.Lot })
		if n.Body.Purchase == purchase && n.Body.State.Direction == direction && slices.Contains(goes, lot) {
			plan.Sent = append(plan.Sent, n.Body)
			plan.seen = append(plan.seen, api.Seen{ID: n.Body.ID, Version: n.Version, Digest: n.Body.File})
		}
	}
	slices.SortFunc(plan.Sent, func(a, b api.Notification) int { return strings.Compare(a.Number, b.Number) })
	return plan, nil
}

// Send sends everything that the dispatch showed, all or none.
func (d *Desk) Send(ctx context.Context, plan Dispatch) error {
	return d.do(ctx, command{
		aggregate: "dispatch " + pageID(plan.Purchase.ID, plan.Direction), path: "/v1/dispatches", label: "command.send_all",
		body: api.DispatchCommand{Purchase: plan.Purchase.ID, Direction: plan.Direction, Notifications: plan.seen},
	})
}
