package server

import (
	"context"
	"slices"

	"baqylau/api"
	"baqylau/control"
	"baqylau/server/store"
)

// GetEffects lists what the portal must be told and does not show yet, and where it contradicts what
// was sent, of the notifications that the caller may see (R-3.11.a).
func (s *Server) GetEffects(ctx context.Context, _ api.GetEffectsRequestObject) (api.GetEffectsResponseObject, error) {
	answer := api.Effects{Purchases: []api.PurchaseEffects{}}
	a := callerOf(ctx).actor
	err := s.store.View(ctx, func(tx *store.Tx) error {
		visible, purchases, err := sentNotifications(tx, a)
		if err != nil {
			return err
		}
		for _, id := range purchases {
			d, err := loadDossier(tx, id)
			if err != nil {
				return err
			}
			stands := api.Effective(&d.purchase, d.all, s.now())
			owed := slices.DeleteFunc(stands.Owed, func(e control.OwedEffect) bool { return !visible[e.Notification] })
			against := slices.DeleteFunc(stands.Contradictions, func(c control.Contradiction) bool { return !visible[c.Notification] })
			if len(owed)+len(against) == 0 {
				continue
			}
			answer.Purchases = append(answer.Purchases, api.PurchaseEffects{
				Purchase: id, Number: d.purchase.Number,
				Owed: append([]control.OwedEffect{}, owed...), Contradictions: append([]control.Contradiction{}, against...),
			})
		}
		return nil
	})
	return api.GetEffects200JSONResponse(answer), err
}

// sentNotifications are those that were sent and that an actor may see, and their purchases, by id.
func sentNotifications(tx *store.Tx, a control.Actor) (visible map[string]bool, purchases []string, err error) {
	visible = map[string]bool{}
	for after := ""; ; {
		records, err := tx.Every(kindNotification, after, maxPage)
		if err != nil || len(records) == 0 {
			slices.Sort(purchases)
			return visible, slices.Compact(purchases), err
		}
		for _, record := range records {
			after = record.ID
			var n api.Notification
			if err := decode(record, &n); err != nil {
				return nil, nil, err
			}
			if n.State.Status.Sent() && n.State.View(a).Allowed {
				visible[n.ID] = true
				purchases = append(purchases, n.Purchase)
			}
		}
	}
}
