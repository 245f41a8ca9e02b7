package app_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"baqylau/api"
	"baqylau/app"
	"baqylau/assets"
	"baqylau/control"
	"baqylau/server/store"
	"baqylau/signing/demo"
)

// waiting leads a notification on each of the lots into agreement, where it waits for the approver.
func (h *house) waiting(lots ...int) (*seat, []string) {
	h.t.Helper()
	auditor := h.marked()
	var ids []string
	for _, lot := range lots {
		form := auditor.form(lot)
		ok(h.t, auditor.SendToAgreement(ctx, form))
		ids = append(ids, form.ID)
	}
	return auditor, ids
}

// prepare demands that papers are prepared for signing.
func (s *seat) prepare(ids ...string) {
	s.h.t.Helper()
	told := 0
	for i, p := range s.PrepareForSigning(ctx, ids, func(done int, _ app.Preparation) { told = done }) {
		if p.ID != ids[i] || p.Number == "" || p.Err != nil {
			s.h.t.Errorf("preparing gives %+v", p)
		}
	}
	if told != len(ids) {
		s.h.t.Errorf("%d of %d are told of", told, len(ids))
	}
	s.prepared(ids...)
}

// prepared demands what may be signed here without the centre.
func (s *seat) prepared(ids ...string) {
	s.h.t.Helper()
	list, err := s.Prepared()
	ok(s.h.t, err)
	var got []string
	for _, p := range list {
		got = append(got, p.ID)
	}
	slices.Sort(got)
	slices.Sort(ids)
	if !slices.Equal(got, ids) {
		s.h.t.Errorf("prepared are %v, want %v", got, ids)
	}
}

// signPrepared signs what was prepared, here.
func (s *seat) signPrepared(ids ...string) error {
	papers, err := s.PapersToSign(ctx, ids)
	if err != nil {
		return err
	}
	for _, signed := range s.SignPapers(ctx, s.h.key(s.login, demo.Signing), papers, func(int, app.Signed) {}) {
		err = errors.Join(err, signed.Err)
	}
	return err
}

// files counts the sealed files on a machine.
func (h *house) files(machine string) int {
	h.t.Helper()
	names, err := os.ReadDir(filepath.Join(h.seats, machine+".db.files"))
	if errors.Is(err, os.ErrNotExist) {
		return 0
	}
	ok(h.t, err)
	return len(names)
}

// onTheTrain seats a person who prepared papers before the centre went away, without a session.
func (h *house) onTheTrain(login string, ids ...string) *seat {
	h.t.Helper()
	s := h.enter(login)
	s.prepare(ids...)
	s.leave()
	h.down()
	return h.resume(login)
}

// home brings the centre back and lets the person in again.
func (s *seat) home() {
	s.h.t.Helper()
	s.h.up()
	ok(s.h.t, s.renew(s.login))
	ok(s.h.t, s.Sync(ctx))
}

// TestWhatWasPreparedIsSignedWithoutTheCentre: issue 5, and: shut in between, sent once, and nothing of it
// stays here.
func TestWhatWasPreparedIsSignedWithoutTheCentre(t *testing.T) {
	h := given(t)
	_, ids := h.waiting(0, 1, 2)
	approver := h.onTheTrain("approver", ids[0], ids[1])
	approver.prepared(ids[:2]...)
	if n := h.files("approver"); n != 2 {
		t.Errorf("%d files", n)
	}
	tasks, err := approver.Tasks()
	ok(t, err)
	for _, task := range tasks {
		if task.Kind == app.TaskSign && task.Prepared.IsZero() != (task.Notification == ids[2]) {
			t.Errorf("%s was prepared at %v", task.Number, task.Prepared)
		}
	}
	if c := approver.card(ids[0]); c.Prepared.IsZero() || !c.Approve.Allowed {
		t.Errorf("the card says %v, %+v", c.Prepared, c.Approve)
	}
	shown := approver.card(ids[0]).Notification.File
	if file, err := approver.File(ctx, shown); err != nil || len(file) == 0 {
		t.Errorf("the file that will be signed is not shown: %v", err)
	}
	if _, err := approver.File(ctx, approver.card(ids[2]).Notification.File); !errors.Is(err, api.ErrOffline) {
		t.Errorf("another gives %v", err)
	}
	none := approver.signPrepared(ids...)
	if !errors.Is(none, app.ErrNotPrepared) {
		t.Errorf("what was not prepared gives %v", none)
	}
	approver.waits(0)

	queued(t, approver.signPrepared(ids[:2]...))
	approver.prepared()
	approver.waits(2)
	approver.leave() // the lid is shut before anything was sent
	again := h.resume("approver")
	again.waits(2)
	if n := h.files("approver"); n != 2 {
		t.Errorf("%d files while the signatures wait", n)
	}
	before := h.events()
	again.home()
	again.empty()
	for _, id := range ids[:2] {
		n := again.card(id).Notification
		if n.State.Status != control.NotificationApproved || n.Signature == "" {
			t.Errorf("%s is %s", n.Number, n.State.Status)
		}
	}
	if n := h.events() - before; n != 2 {
		t.Errorf("%d things happened at the centre", n)
	}
	if h.files("approver") != 0 || again.drafts() != 0 {
		t.Errorf("%d files and %d records stay", h.files("approver"), again.drafts())
	}
}

// TestAnswersThatAreLostSignOnce: the centre has the signature and nobody knows.
func TestAnswersThatAreLostSignOnce(t *testing.T) {
	for _, toxic := range []string{cutAnswer, resetAfter, cutRequest} {
		h := given(t)
		_, ids := h.waiting(0)
		approver := h.enter("approver")
		approver.prepare(ids...)
		before := h.events()
		h.down()
		queued(t, approver.signPrepared(ids...))
		h.up()
		h.spoil(toxic)
		if err := approver.Sync(ctx); err == nil {
			t.Error("a spoilt line carries")
		}
		h.mend()
		ok(t, approver.Sync(ctx))
		approver.empty()
		if n := h.events() - before; n != 1 || h.files("approver") != 0 {
			t.Errorf("%d effects, %d files", n, h.files("approver"))
		}
	}
}

// TestWhatWasPreparedAndChangedMeanwhileIsRefusedInWords: the centre's verdict wins, explains itself and stays to be
// read; the file is swept.
func TestWhatWasPreparedAndChangedMeanwhileIsRefusedInWords(t *testing.T) {
	for name, c := range map[string]struct {
		reason string
		change func(h *house, auditor *seat, id string)
	}{
		"recalled": {"prepared_recalled", func(_ *house, auditor *seat, id string) { auditor.recall(id) }},
		"changed and sent again": {"digest_changed", func(h *house, auditor *seat, id string) {
			auditor.recall(id)
			form, err := auditor.Form(id)
			ok(h.t, err)
			form.Text.RU = "Иначе"
			ok(h.t, auditor.SendToAgreement(ctx, form))
		}},
		"signed elsewhere": {"prepared_signed", func(h *house, _ *seat, id string) {
			other, err := h.tryEnter("approver", "another machine")
			ok(h.t, err)
			ok(h.t, other.approve(id))
			other.leave()
		}},
		"passed on": {"prepared_passed_on", func(h *house, _ *seat, id string) {
			other, err := h.tryEnter("approver", "another machine")
			ok(h.t, err)
			ok(h.t, other.Agree(ctx, id, h.made.people["second-auditor"].IIN, ""))
			other.leave()
		}},
		"a right lost": {"missing_role", func(h *house, _ *seat, id string) {
			p := h.made.people["approver"]
			ok(h.t, h.store.Update(ctx, func(tx *store.Tx) error {
				r, err := tx.Get("person", p.IIN)
				if err != nil {
					return err
				}
				r.Body = []byte(strings.ReplaceAll(string(r.Body), `"auditor_approver"`, `"auditor"`))
				_, err = tx.Put(r, r.Version)
				return err
			}))
		}},
		"another author, of the same text": {"stale", func(h *house, _ *seat, id string) {
			h.rewritten("notification", id, `"author_name":"`, `"author_name":"Бұрынғы `)
		}},
		"the window over": {"contract_exists", func(h *house, _ *seat, id string) { h.contracted(id) }},
	} {
		t.Run(name, func(t *testing.T) {
			h := given(t)
			auditor, ids := h.waiting(0)
			approver := h.onTheTrain("approver", ids...)
			queued(t, approver.signPrepared(ids...))
			h.up()
			c.change(h, auditor, ids[0])
			ok(t, approver.renew("approver"))
			ok(t, approver.Sync(ctx))
			parcels, err := approver.Parcels()
			ok(t, err)
			if len(parcels) != 1 || parcels[0].State != app.ParcelRefused || parcels[0].Answer.Reason != c.reason || parcels[0].Answer.Rule == "" {
				t.Fatalf("the outbox says %+v", parcels)
			}
			for _, lang := range []assets.Lang{assets.KK, assets.RU} {
				if why := parcels[0].Why(lang); !strings.Contains(why, parcels[0].Answer.Rule) {
					t.Errorf("%s: %s", lang, why)
				}
			}
			approver.prepared()
			if h.files("approver") != 0 || approver.drafts() != 0 {
				t.Errorf("%d files and %d records stay", h.files("approver"), approver.drafts())
			}
			ok(t, approver.Discard(parcels[0].ID))
			approver.empty()
		})
	}
}

// TestWhatIsKnownToHaveChangedIsNotSigned: what is mirrored says so before the centre has to.
func TestWhatIsKnownToHaveChangedIsNotSigned(t *testing.T) {
	h := given(t)
	auditor, ids := h.waiting(0, 1)
	approver := h.enter("approver")
	approver.prepare(ids...)
	auditor.recall(ids[0])
	ok(t, approver.Sync(ctx))
	approver.prepared(ids[1])
	if n := h.files("approver"); n != 1 {
		t.Errorf("%d files stay", n)
	}
	h.down()
	if err := approver.signPrepared(ids[0]); !errors.Is(err, app.ErrNotPrepared) {
		t.Errorf("got %v", err)
	}
	queued(t, approver.signPrepared(ids[1]))
}

// TestAFileThatWasTamperedWithIsNotSigned: cut, changed, taken from another, gone; it is thrown away, and can be
// prepared again.
func TestAFileThatWasTamperedWithIsNotSigned(t *testing.T) {
	for name, tamper := range map[string]func(t *testing.T, files []string){
		"a byte": func(t *testing.T, files []string) {
			content, err := os.ReadFile(files[0])
			ok(t, err)
			content[len(content)/3]++
			ok(t, os.WriteFile(files[0], content, 0o600))
		},
		"cut": func(t *testing.T, files []string) { ok(t, os.Truncate(files[0], 100)) },
		"the other's": func(t *testing.T, files []string) {
			content, err := os.ReadFile(files[1])
			ok(t, err)
			ok(t, os.WriteFile(files[0], content, 0o600))
		},
		"gone": func(t *testing.T, files []string) { ok(t, os.Remove(files[0])) },
	} {
		t.Run(name, func(t *testing.T) {
			h := given(t)
			_, ids := h.waiting(0, 1)
			approver := h.onTheTrain("approver", ids...)
			files, err := filepath.Glob(filepath.Join(h.seats, "approver.db.files", "*"))
			ok(t, err)
			tamper(t, files)
			damaged := 0
			for _, id := range ids {
				switch err := approver.signPrepared(id); {
				case errors.Is(err, app.ErrPreparedDamaged):
					damaged++
					inWords(t, err)
				default:
					queued(t, err)
				}
			}
			if damaged != 1 {
				t.Errorf("%d files are found damaged", damaged)
			}
			approver.prepared()
			approver.waits(1)
			approver.home()
			approver.empty()
			for _, id := range ids {
				if approver.card(id).Notification.State.Status != control.NotificationApproved {
					approver.prepare(id)
					ok(t, approver.signPrepared(id))
				}
			}
		})
	}
}

// TestACrashBeforeTheSignatureIsKeptLosesNothing: the paper is still there to be signed; and a file that a crash
// left without a name is swept.
func TestACrashBeforeTheSignatureIsKeptLosesNothing(t *testing.T) {
	h := given(t)
	_, ids := h.waiting(0)
	approver := h.onTheTrain("approver", ids...)
	_, err := approver.PapersToSign(ctx, ids) // and the machine goes out
	ok(t, err)
	_, err = approver.Store().PutFile(ctx, strings.NewReader("of something whose record was not written"))
	ok(t, err)
	approver.leave()
	again := h.resume("approver")
	again.prepared(ids...)
	if n := h.files("approver"); n != 1 {
		t.Errorf("%d files", n)
	}
	queued(t, again.signPrepared(ids...))
	again.home()
	again.empty()
}

// TestNothingIsPreparedWithoutTheCentre: and nothing of the attempt is left to happen later.
func TestNothingIsPreparedWithoutTheCentre(t *testing.T) {
	h := given(t)
	auditor, ids := h.waiting(0)
	approver := h.enter("approver")
	h.down()
	for _, p := range approver.PrepareForSigning(ctx, ids, func(int, app.Preparation) {}) {
		if !errors.Is(p.Err, app.ErrNotPrepared) {
			t.Errorf("got %v", p.Err)
		}
	}
	purchase := auditor.hero().Purchase.ID
	if err := auditor.PrepareCertificateForSigning(ctx, purchase, control.D1); !errors.Is(err, app.ErrNotPrepared) {
		t.Errorf("a certificate gives %v", err)
	}
	if _, err := auditor.CertificateToSign(ctx, purchase, control.D1); !errors.Is(err, app.ErrNotPrepared) {
		t.Errorf("to sign one gives %v", err)
	}
	approver.empty()
	auditor.empty()
	h.up()
	approver.prepare(ids...)
	ok(t, approver.signPrepared(ids...)) // with the centre it is signed at once
	approver.prepared()
}

// TestACertificateIsSignedWithoutTheCentre; of other marks than it speaks of it is not.
func TestACertificateIsSignedWithoutTheCentre(t *testing.T) {
	for _, changed := range []bool{false, true} {
		h := given(t)
		auditor := h.marked()
		purchase := auditor.hero().Purchase.ID
		ok(t, auditor.PrepareCertificateForSigning(ctx, purchase, control.D1))
		kept, found, err := auditor.PreparedCertificate(purchase, control.D1)
		ok(t, err)
		if !found || kept.Number == "" {
			t.Fatalf("kept is %+v", kept)
		}
		h.down()
		paper, err := auditor.CertificateToSign(ctx, purchase, control.D1)
		ok(t, err)
		if paper.Kind != api.ObjectKindCertificate || paper.Digest != kept.Digest {
			t.Errorf("the paper is %+v", paper)
		}
		if changed { // after it was shown
			marks := auditor.all()
			for _, row := range marks {
				row[0] = row[0].Set(true, true)
				row[1] = row[1].Set(true, !row[1].Violated)
			}
			ok(t, auditor.KeepMarks(purchase, control.D1, marks))
			auditor.prepared()
			_, err := auditor.SaveMarks(ctx, purchase, control.D1)
			queued(t, err)
		}
		queued(t, auditor.sign(paper, nil))
		h.up()
		ok(t, auditor.Sync(ctx))
		if changed {
			parcels, err := auditor.Parcels()
			ok(t, err)
			if len(parcels) != 1 || parcels[0].Answer.Reason != "digest_changed" || parcels[0].Number != kept.Number {
				t.Errorf("the outbox says %+v", parcels)
			}
		} else {
			auditor.empty()
			if page := auditor.hero(); page.Certified == nil || page.Certified.ID != kept.ID {
				t.Errorf("certified is %+v", page.Certified)
			}
		}
		if n := h.files("auditor"); n != 0 {
			t.Errorf("%d files stay", n)
		}
	}
}

// TestAConclusionIsSignedWithoutTheCentre.
func TestAConclusionIsSignedWithoutTheCentre(t *testing.T) {
	h := given(t)
	controller, _ := h.assignedObjection()
	form := controller.conclude(control.OutcomeRefused)
	ok(t, controller.SendToAgreement(ctx, form))
	approver := h.onTheTrain("controller-approver", form.ID)
	queued(t, approver.signPrepared(form.ID))
	approver.home()
	approver.empty()
	list, err := approver.Conclusions()
	ok(t, err)
	if len(list) != 1 || list[0].Conclusion.State.Status != control.ConclusionDelivered {
		t.Errorf("they are %+v", list)
	}
}

// recall takes a notification back as it is now.
func (s *seat) recall(id string) {
	s.h.t.Helper()
	ok(s.h.t, s.Sync(ctx))
	ok(s.h.t, s.Recall(ctx, id))
}

// contracted makes the notification one in D4 on a lot that a contract was made for, now that the days for
// complaints are over.
func (h *house) contracted(id string) {
	h.t.Helper()
	n := h.rewritten("notification", id, `"direction":"D1"`, `"direction":"D4"`)
	i := strings.Index(n, `"purchase":"`) + len(`"purchase":"`)
	purchase := n[i : i+strings.Index(n[i:], `"`)]
	h.rewritten("purchase", purchase, `"status":"published"`, `"status":"held","contract":true`)
	h.rewritten("purchase", purchase, `"lots":`, `"results_protocol_at":"2026-03-01T10:00:00Z","lots":`)
}

// rewritten changes what the centre has, as nobody is told.
func (h *house) rewritten(kind, id, from, to string) (body string) {
	h.t.Helper()
	ok(h.t, h.store.Update(ctx, func(tx *store.Tx) error {
		r, err := tx.Get(kind, id)
		if err != nil {
			return err
		}
		body = strings.ReplaceAll(string(r.Body), from, to)
		if body == string(r.Body) {
			h.t.Errorf("%s %s has no %s: %s", kind, id, from, body)
		}
		r.Body = []byte(body)
		_, err = tx.Put(r, r.Version)
		return err
	}))
	return body
}
