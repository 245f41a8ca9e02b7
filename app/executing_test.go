package app_test

import (
	"testing"

	"baqylau/control"
)

// TestTheAuditObjectAnswers; the centre decides, and says why not in words.
func TestTheAuditObjectAnswers(t *testing.T) {
	h := given(t)
	auditor, id := h.approved()
	plan, err := auditor.PrepareDispatch(ctx, auditor.hero().Purchase.ID, control.D1)
	ok(t, err)
	ok(t, auditor.Send(ctx, plan))
	organizer := h.enter("organizer")
	refused(t, organizer.Object(ctx, id, " ", ""), "no_text")
	may := organizer.card(id).Answers
	if !may.Begin.Allowed || len(may.Execute) != 1 || may.Execute[0].Remedy != control.AmendDocumentation || may.Execute[0].May.Reason != control.WindowNotOpen {
		t.Errorf("the organiser may %+v", may)
	}
	ok(t, organizer.Begin(ctx, id))
	if got := organizer.card(id).Notification.State.Status; got != control.NotificationInExecution {
		t.Errorf("begun, it is %s", got)
	}
	refused(t, organizer.Execute(ctx, id, control.AmendDocumentation, "Изменена"), "window_not_open") // D1
	refused(t, organizer.Execute(ctx, id, control.CancelPurchase, ""), "not_a_remedy")
	ok(t, auditor.Sync(ctx))
	refused(t, auditor.Confirm(ctx, id), "wrong_status")
	refused(t, auditor.RefuseConfirmation(ctx, id, "Не исполнено"), "wrong_status")
	ok(t, organizer.Object(ctx, id, "Келіспейміз", "Не согласны"))
	n := organizer.card(id).Notification
	if n.State.Status != control.NotificationObjectionSent || n.Objection == "" {
		t.Errorf("objected to, it is %s by %q", n.State.Status, n.Objection)
	}
}
