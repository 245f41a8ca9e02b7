package app_test

import (
	"testing"

	"baqylau/app"
	"baqylau/control"
)

// sent leads the notification on the first lot to its delivery.
func (h *house) sent() (notification string) {
	h.t.Helper()
	auditor, id := h.approved()
	defer auditor.leave()
	plan, err := auditor.PrepareDispatch(ctx, auditor.hero().Purchase.ID, control.D1)
	ok(h.t, err)
	ok(h.t, auditor.Send(ctx, plan))
	return id
}

// objected has the organiser object to it.
func (h *house) objected() (notification string) {
	h.t.Helper()
	id := h.sent()
	organizer := h.enter("organizer")
	defer organizer.leave()
	if may := organizer.card(id).Answers.Object; !may.Allowed {
		h.t.Fatalf("the organiser may not object: %v", may)
	}
	ok(h.t, organizer.Object(ctx, id, "Келіспейміз", "Не согласны"))
	return id
}

// objection is the one that the seat sees.
func (s *seat) objection() app.ObjectionCard {
	s.h.t.Helper()
	all, err := s.Objections()
	ok(s.h.t, err)
	if len(all) != 1 {
		s.h.t.Fatalf("%s sees %d objections", s.login, len(all))
	}
	return all[0]
}

// assignedObjection has the manager give the objection to the controller, who enters.
func (h *house) assignedObjection() (controller *seat, notification string) {
	h.t.Helper()
	id := h.objected()
	manager := h.enter("objection-manager")
	defer manager.leave()
	ok(h.t, manager.AssignObjections(ctx, []string{manager.objection().Objection.ID}, h.made.people["controller"].IIN))
	return h.enter("controller"), id
}

// TestAnObjectionIsTakenUp: …; the buttons know what the centre says.
func TestAnObjectionIsTakenUp(t *testing.T) {
	h := given(t)
	h.objected()
	manager, controller := h.enter("objection-manager"), h.enter("controller")
	if all, err := controller.Objections(); err != nil || len(all) != 0 {
		t.Fatalf("the controller sees %d new ones, %v", len(all), err)
	}
	card := manager.objection()
	if card.Objection.State.Status != control.ObjectionNew || !card.Assign.Allowed || !card.Prolong.Allowed || card.Conclude.Allowed || card.DaysLeft != 15 || card.Overdue {
		t.Errorf("new: %+v", card)
	}
	ids := []string{card.Objection.ID}
	people, err := manager.Colleagues(control.Controller)
	ok(t, err)
	if len(people) != 1 {
		t.Fatalf("%d controllers to choose from", len(people))
	}
	err = manager.AssignObjections(ctx, ids, h.made.people["controller-approver"].IIN)
	refusedInPart(t, err, "unfit_controller")
	ok(t, manager.AssignObjections(ctx, ids, people[0].IIN))
	refused(t, manager.ProlongObjection(ctx, ids[0], " "), "no_reason")
	ok(t, manager.ProlongObjection(ctx, ids[0], "Сұратулар жіберілді"))
	card = manager.objection()
	if card.Objection.State.Status != control.ObjectionAssigned || card.Prolong.Reason != control.ProlongedAlready || card.DaysLeft != 30 {
		t.Errorf("assigned: %+v", card)
	}
	ok(t, controller.Sync(ctx))
	if card = controller.objection(); !card.Conclude.Allowed || card.Assign.Allowed {
		t.Errorf("the controller may conclude: %v, assign: %v", card.Conclude, card.Assign)
	}
	if _, err := manager.Objection("none"); err != app.ErrGone {
		t.Errorf("got %v", err)
	}
	manager.empty()
}
