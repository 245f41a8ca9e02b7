package app

import (
	"context"

	"baqylau/api"
	"baqylau/control"
)

// SavePenalty saves the information on imposed penalties, in the place of what was saved before.
func (d *Desk) SavePenalty(ctx context.Context, id string, info control.PenaltyInfo) error {
	tiyn := func(t *control.Tiyn) *int64 {
		if t == nil {
			return nil
		}
		n := int64(*t)
		return &n
	}
	return d.act(ctx, id, control.ActionSavePenalty, api.PenaltyCommand{
		Officials: info.Officials, Imposed: tiyn(info.Imposed), Recovered: tiyn(info.Recovered),
		LetterOn: info.LetterOn, SentOn: info.SentOn, RecheckKK: info.RecheckKK, RecheckRU: info.RecheckRU,
	})
}

// CompletePenalty locks the information.
func (d *Desk) CompletePenalty(ctx context.Context, id string) error {
	return d.act(ctx, id, control.ActionCompletePenalty, nil)
}

// Suspend saves a suspension order with its scan, for good. Its Scan is set by the scan's content.
func (d *Desk) Suspend(ctx context.Context, id string, order control.Order, scan []byte) error {
	return d.order(ctx, id, control.ActionSuspend, order, scan)
}

// RevokeSuspension saves the revocation of the order with its scan, for good.
func (d *Desk) RevokeSuspension(ctx context.Context, id string, revocation control.Order, scan []byte) error {
	return d.order(ctx, id, control.ActionRevokeSuspension, revocation, scan)
}

// order brings the scan first, which needs the centre: an order names a scan that is there. What is no
// scan is refused by the rules before it is sent.
func (d *Desk) order(ctx context.Context, id string, action control.Action, o control.Order, scan []byte) error {
	if _, fit := control.ScanOf(scan); !fit.Allowed {
		return fit
	}
	upload, err := d.client.Upload(ctx, id, scan)
	if err != nil {
		return err
	}
	return d.act(ctx, id, action, api.OrderCommand{
		Number: o.Number, On: o.On, BodyKK: o.BodyKK, BodyRU: o.BodyRU, Amount: int64(o.Amount),
		NoteKK: o.NoteKK, NoteRU: o.NoteRU, Scan: upload.Digest,
	})
}
