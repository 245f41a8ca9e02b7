package app

import (
	"context"
	"errors"
	"slices"
	"strings"

	"baqylau/api"
	"baqylau/control"
)

// Dispatch is what send-all would do: shown before it is confirmed.
type Dispatch struct {
	Purchase  control.Purchase
	Direction control.Direction
	Sent      []api.DispatchItem // those that go, whoever wrote them
	ShutOut   []control.Lot      // lots that none can be sent for afterwards
	// Mirrored says that the centre was not reached: what other departments wrote is not known.
	Mirrored bool
}

// Lot is the lot of one that goes.
func (plan *Dispatch) Lot(item api.DispatchItem) control.Lot {
	if lot, found := plan.Purchase.Lot(item.Lot); found {
		return *lot
	}
	return control.Lot{ID: item.Lot, Number: item.Lot}
}

// PrepareDispatch asks the centre what send-all would do: it alone knows of the notifications that other
// departments wrote. Where it can't be reached, what is mirrored here answers.
func (d *Desk) PrepareDispatch(ctx context.Context, purchase string, direction control.Direction) (Dispatch, error) {
	f, found, err := d.file(purchase)
	if err == nil {
		err = missing(found)
	}
	if err != nil {
		return Dispatch{}, err
	}
	plan := Dispatch{Purchase: f.purchase.Body, Direction: direction}
	answer, err := d.client.Dispatch(ctx, purchase, direction)
	if errors.Is(err, api.ErrOffline) {
		plan.Mirrored = true
		answer, err = d.mirroredDispatch(f, direction)
	}
	if err != nil {
		return Dispatch{}, err
	}
	plan.Sent = answer.Notifications
	slices.SortFunc(plan.Sent, func(a, b api.DispatchItem) int { return strings.Compare(a.Number, b.Number) })
	for _, lot := range plan.Purchase.Lots {
		if slices.Contains(answer.ShutOut, lot.ID) {
			plan.ShutOut = append(plan.ShutOut, lot)
		}
	}
	return plan, nil
}

// mirroredDispatch is what send-all would do as far as it is known here.
func (d *Desk) mirroredDispatch(f *file, direction control.Direction) (api.Dispatch, error) {
	p := &f.purchase.Body
	c, err := d.rulesFor(f)
	if err != nil {
		return api.Dispatch{}, err
	}
	if v := c.SendAll(d.Actor(), direction); !v.Allowed {
		return api.Dispatch{}, v
	}
	var plan api.Dispatch
	goes, out := c.Dispatch(direction)
	for _, lot := range out {
		plan.ShutOut = append(plan.ShutOut, p.Lots[lot].ID)
	}
	mine := d.Me().Organization
	for _, n := range f.notifications {
		lot := slices.IndexFunc(p.Lots, func(l control.Lot) bool { return l.ID == n.Body.Lot })
		if n.Body.State.Direction == direction && slices.Contains(goes, lot) {
			plan.Notifications = append(plan.Notifications, api.DispatchItem{
				ID: n.Body.ID, Number: n.Body.Number, Lot: n.Body.Lot, Version: n.Version, Digest: n.Body.File,
				Department: mine.BIN, DepartmentKK: mine.NameKK, DepartmentRU: mine.NameRU,
			})
		}
	}
	return plan, nil
}

// Send sends everything that the dispatch showed, all or none.
func (d *Desk) Send(ctx context.Context, plan Dispatch) error {
	c := api.DispatchCommand{Purchase: plan.Purchase.ID, Direction: plan.Direction}
	for _, n := range plan.Sent {
		c.Notifications = append(c.Notifications, api.Seen{ID: n.ID, Version: n.Version, Digest: n.Digest})
	}
	return d.do(ctx, command{
		aggregate: "dispatch " + pageID(plan.Purchase.ID, plan.Direction), path: "/v1/dispatches", label: "command.send_all", body: c,
	})
}

// Effects lists what the portal must be told of my department's notifications and does not show yet, and
// where it contradicts them (R-3.11.a). It needs the centre.
func (d *Desk) Effects(ctx context.Context) (api.Effects, error) { return d.client.Effects(ctx) }
