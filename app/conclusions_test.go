package app_test

import (
	"errors"
	"testing"

	"baqylau/api"
	"baqylau/app"
	"baqylau/control"
)

// refusedInPart demands that a batch was refused for a reason, in part or whole.
func refusedInPart(t testing.TB, err error, reason string) {
	t.Helper()
	var batch *app.BatchError
	if !errors.As(err, &batch) {
		t.Fatalf("got %v, want %s", err, reason)
	}
	for _, item := range batch.Items {
		if item.Problem.Reason == reason {
			inWords(t, err)
			return
		}
	}
	t.Fatalf("got %+v, want %s", batch.Items, reason)
}

// conclude is a conclusion on the objection that the seat sees, written.
func (s *seat) conclude(outcome control.Outcome) app.Form {
	s.h.t.Helper()
	form, err := s.NewConclusion(s.objection().Objection.ID)
	ok(s.h.t, err)
	form.Text = app.Text{KK: "Қорытынды", RU: "Заключение", Agreer: s.h.made.people["controller-approver"].IIN, Outcome: outcome}
	return form
}

func (s *seat) conclusion(id string) app.ConclusionCard {
	s.h.t.Helper()
	c, err := s.Conclusion(id)
	ok(s.h.t, err)
	return c
}

// TestAConclusionDecides, each outcome by a signature over the final file.
func TestAConclusionDecides(t *testing.T) {
	for outcome, want := range map[control.Outcome]struct {
		notification control.NotificationStatus
		objection    control.ObjectionStatus
	}{
		control.OutcomeSatisfied: {control.NotificationAnnulled, control.ObjectionPositive},
		control.OutcomePartly:    {control.NotificationObjectionPartly, control.ObjectionPartly},
		control.OutcomeRefused:   {control.NotificationObjectionLost, control.ObjectionRefused},
	} {
		t.Run(string(outcome), func(t *testing.T) {
			h := given(t)
			controller, id := h.assignedObjection()
			form := controller.conclude(outcome)
			ok(t, controller.SendToAgreement(ctx, form))
			approver := h.enter("controller-approver")
			if card := approver.conclusion(form.ID); !card.Approve.Allowed || !card.Agree.Allowed || card.Edit.Allowed || card.Conclusion.State.Outcome != outcome {
				t.Errorf("in agreement: %+v", card)
			}
			ok(t, approver.sign(approver.PrepareConclusion(ctx, form.ID)))
			card := approver.conclusion(form.ID)
			if card.Conclusion.State.Status != control.ConclusionDelivered || card.Conclusion.Signature == "" || card.Approve.Allowed {
				t.Errorf("delivered: %+v", card)
			}
			for _, login := range []string{"organizer", "auditor"} {
				reader := h.enter(login)
				if got := reader.card(id).Notification; got.State.Status != want.notification || got.Conclusion != form.ID {
					t.Errorf("%s sees the notification as %s, concluded by %q", login, got.State.Status, got.Conclusion)
				}
				if got := reader.objection().Objection.State.Status; got != want.objection {
					t.Errorf("%s sees the objection as %s", login, got)
				}
				reader.conclusion(form.ID)
				reader.leave()
			}
		})
	}
}

// TestAConclusionGoesBackAndForth.
func TestAConclusionGoesBackAndForth(t *testing.T) {
	h := given(t)
	controller, _ := h.assignedObjection()
	form := controller.conclude("")
	ok(t, controller.SaveForm(ctx, form))
	refused(t, controller.SendToAgreement(ctx, form), "no_outcome")
	form, err := controller.ConclusionForm(form.ID)
	ok(t, err)
	form.Text.Outcome = control.OutcomePartly
	form.Text.Agreer = h.made.people["controller"].IIN // oneself
	ok(t, controller.SendToAgreement(ctx, form))
	ok(t, controller.AgreeConclusion(ctx, form.ID, h.made.people["controller-approver"].IIN, "Келісемін"))
	approver := h.enter("controller-approver")
	refused(t, approver.RejectConclusion(ctx, form.ID, " "), "no_reason")
	ok(t, approver.RejectConclusion(ctx, form.ID, "Дәлел жоқ"))
	ok(t, controller.Sync(ctx))
	card := controller.conclusion(form.ID)
	if card.Conclusion.State.Status != control.ConclusionRejected || !card.Edit.Allowed || !card.SendToAgreement.Allowed || card.Agree.Allowed {
		t.Errorf("rejected: %+v", card)
	}
	refused(t, approver.DeleteConclusion(ctx, form.ID), "wrong_status") // rejected, the author alone deletes it
	ok(t, controller.DeleteConclusion(ctx, form.ID))
	if _, err := controller.Conclusion(form.ID); !errors.Is(err, app.ErrGone) {
		t.Errorf("deleted: %v", err)
	}
	if !controller.objection().Conclude.Allowed {
		t.Error("another can't be begun")
	}
	controller.empty()
}

// TestAConclusionIsWrittenWithoutTheCentre; once, in order, and what was typed stays until then.
func TestAConclusionIsWrittenWithoutTheCentre(t *testing.T) {
	h := given(t)
	controller, _ := h.assignedObjection()
	h.down()
	form := controller.conclude(control.OutcomeRefused)
	ok(t, controller.KeepForm(form))
	if again, err := controller.NewConclusion(form.Objection); err != nil || again.ID != form.ID || again.Text != form.Text {
		t.Errorf("taken up as %+v, %v", again, err)
	}
	queued(t, controller.SendToAgreement(ctx, form))
	if card := controller.conclusion(form.ID); !card.Unsent || card.Conclusion.Number != "" || card.Conclusion.State.Outcome != control.OutcomeRefused {
		t.Errorf("away from the centre: %+v", card)
	}
	h.up()
	ok(t, controller.Sync(ctx))
	card := controller.conclusion(form.ID)
	if card.Unsent || card.Conclusion.Number == "" || card.Conclusion.State.Status != control.ConclusionInAgreement {
		t.Errorf("arrived: %+v", card)
	}
	if n := controller.drafts(); n != 0 {
		t.Errorf("%d drafts are left", n)
	}
	controller.empty()
}

// TestWhatIsTypedOverAnOlderConclusionIsNotLost, a person decides.
func TestWhatIsTypedOverAnOlderConclusionIsNotLost(t *testing.T) {
	h := given(t)
	home, _ := h.assignedObjection()
	form := home.conclude(control.OutcomeRefused)
	ok(t, home.SaveForm(ctx, form))
	office := h.enterAt("controller", "office")
	mine, err := home.ConclusionForm(form.ID)
	ok(t, err)
	theirs, err := office.ConclusionForm(form.ID)
	ok(t, err)
	theirs.Text.Outcome, theirs.Text.RU = control.OutcomeSatisfied, "В кабинете"
	ok(t, office.SaveForm(ctx, theirs))
	mine.Text.RU = "Дома"
	ok(t, home.KeepForm(mine))
	refused(t, home.SaveForm(ctx, mine), "stale")
	mine, err = home.ConclusionForm(form.ID)
	ok(t, err)
	if mine.Theirs == nil || mine.Theirs.Outcome != control.OutcomeSatisfied || mine.Text.RU != "Дома" {
		t.Fatalf("the two are %+v and %+v", mine.Text, mine.Theirs)
	}
	mine, err = home.Decide(mine, mine.Text)
	ok(t, err)
	ok(t, home.SaveForm(ctx, mine))
	if got := home.conclusion(form.ID).Conclusion.State; got.TextRU != "Дома" || got.Outcome != control.OutcomeRefused {
		t.Errorf("saved as %+v", got)
	}
}

// TestAConclusionOfTwoMachinesMerges, the outcome of one and the text of the other.
func TestAConclusionOfTwoMachinesMerges(t *testing.T) {
	h := given(t)
	home, _ := h.assignedObjection()
	form := home.conclude(control.OutcomeRefused)
	ok(t, home.SaveForm(ctx, form))
	office := h.enterAt("controller", "office")
	mine, err := home.ConclusionForm(form.ID)
	ok(t, err)
	theirs, err := office.ConclusionForm(form.ID)
	ok(t, err)
	theirs.Text.Outcome = control.OutcomeSatisfied
	ok(t, office.SaveForm(ctx, theirs))
	mine.Text.RU = "Дома"
	ok(t, home.SaveForm(ctx, mine))
	if got := home.conclusion(form.ID).Conclusion.State; got.TextRU != "Дома" || got.Outcome != control.OutcomeSatisfied {
		t.Errorf("saved as %+v", got)
	}
}

// TestAConclusionsFileIsWhatIsSigned: a paper of another version is refused.
func TestAConclusionsFileIsWhatIsSigned(t *testing.T) {
	h := given(t)
	controller, _ := h.assignedObjection()
	form := controller.conclude(control.OutcomeRefused)
	ok(t, controller.SendToAgreement(ctx, form))
	refused(t, controller.sign(controller.PrepareConclusion(ctx, form.ID)), "missing_role")
	approver := h.enter("controller-approver")
	paper, err := approver.PrepareConclusion(ctx, form.ID)
	ok(t, err)
	if paper.Kind != api.ObjectKindConclusion || paper.Number == "" || len(paper.Bytes) == 0 {
		t.Errorf("the paper is %s %s of %d bytes", paper.Kind, paper.Number, len(paper.Bytes))
	}
	other := paper
	other.Bytes = append([]byte("x"), paper.Bytes...)
	if err := approver.sign(other, nil); !errors.Is(err, api.ErrOtherFile) {
		t.Errorf("other bytes are signed: %v", err)
	}
	if again, err := approver.PrepareConclusion(ctx, form.ID); err != nil || again.Digest != paper.Digest || again.Version != paper.Version {
		t.Errorf("prepared twice: %+v, %v", again, err)
	}
}
