package app_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"baqylau/api"
	"baqylau/app"
	"baqylau/assets"
	"baqylau/control"
	"baqylau/localstore"
	"baqylau/signing"
	"baqylau/signing/demo"
)

// TestAKeyThatCantBeOpenedSaysWhy: and the password is wiped in any case.
func TestAKeyThatCantBeOpenedSaysWhy(t *testing.T) {
	h := given(t)
	file, _ := h.made.authority.Find("auditor", demo.Signing)
	folder := t.TempDir()
	bent := bytes.Clone(file.PKCS12)
	bent[len(bent)/2] ^= 0xff
	for name, c := range map[string]struct {
		data     []byte
		password string
		want     []error
	}{
		"a wrong password":     {file.PKCS12, "wrong", []error{signing.ErrWrongPassword}},
		"no password":          {file.PKCS12, "", []error{signing.ErrWrongPassword}},
		"a file cut short":     {file.PKCS12[:len(file.PKCS12)/2], demo.Password, []error{signing.ErrDamaged, signing.ErrNotPKCS12}},
		"a damaged file":       {bent, demo.Password, []error{signing.ErrDamaged, signing.ErrNotPKCS12, signing.ErrWrongPassword}},
		"another kind of file": {[]byte("%PDF-1.7"), demo.Password, []error{signing.ErrNotPKCS12}},
		"an empty file":        {nil, demo.Password, []error{signing.ErrNotPKCS12, signing.ErrDamaged}},
		"a huge file":          {make([]byte, 2<<20), demo.Password, []error{signing.ErrNotPKCS12}},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(folder, "key.p12")
			ok(t, os.WriteFile(path, c.data, 0o600))
			password := []byte(c.password)
			_, err := app.OpenKey(path, password)
			found := false
			for _, want := range c.want {
				found = found || errors.Is(err, want)
			}
			if !found {
				t.Errorf("got %v", err)
			}
			inWords(t, err)
			if !bytes.Equal(password, make([]byte, len(password))) {
				t.Error("the password is not wiped")
			}
		})
	}
	_, err := app.OpenKey(filepath.Join(folder, "none.p12"), nil)
	inWords(t, err)
	if _, missing := os.Stat("/dev/zero"); missing == nil {
		if _, err := app.OpenKey("/dev/zero", nil); !errors.Is(err, signing.ErrNotPKCS12) {
			t.Errorf("a device without an end: got %v", err)
		}
	}
}

// TestWhoMayNotEnterIsToldWhy: an expired key, a person who is not enrolled.
func TestWhoMayNotEnterIsToldWhy(t *testing.T) {
	h := given(t)
	stranger, err := demo.New(context.Background(), noon(), []demo.Person{{
		Login: "auditor", Surname: "Т", Name: "А", IIN: h.made.people["auditor"].IIN, BIN: departmentBIN, Organization: "Д", Position: demo.Employee,
	}}, nil)
	ok(t, err)
	foreign, err := signing.OpenPKCS12("x", stranger.Keys[0].PKCS12, []byte(demo.Password))
	ok(t, err)
	defer foreign.Close()
	for name, key := range map[string]*signing.Key{"an expired key": h.key("auditor", demo.Expired), "another authority's key": foreign} {
		t.Run(name, func(t *testing.T) {
			door, err := app.Knock(ctx, h.origin, discard())
			ok(t, err)
			secret := []byte("secret")
			_, err = door.Enter(ctx, key, secret, func(app.Owner, []byte) (*localstore.Store, error) {
				t.Error("the local store was opened")
				return nil, localstore.ErrInUse
			})
			if err == nil {
				t.Fatal("entered")
			}
			inWords(t, err)
			if !bytes.Equal(secret, make([]byte, len(secret))) {
				t.Error("the secret is not wiped")
			}
		})
	}
	t.Run("nobody answers", func(t *testing.T) {
		h.down()
		_, err := app.Knock(ctx, h.origin, discard())
		if !errors.Is(err, api.ErrOffline) {
			t.Errorf("got %v", err)
		}
		inWords(t, err)
		h.up()
	})
	t.Run("no address", func(t *testing.T) {
		for _, address := range []string{"", "centre", "http://", "https://a b", "http://x/path", "http://u:p@x", "\x00"} {
			if _, err := app.Knock(ctx, address, discard()); err == nil {
				t.Errorf("%q is an address", address)
			} else {
				inWords(t, err)
			}
		}
	})
}

// TestOnlyAFitKeySigns: and nothing reaches the centre when it doesn't.
func TestOnlyAFitKeySigns(t *testing.T) {
	h := given(t)
	auditor := h.marked()
	form := auditor.form(0)
	ok(t, auditor.SendToAgreement(ctx, form))
	approver := h.enter("approver")
	paper, err := approver.PrepareApproval(ctx, form.ID)
	ok(t, err)
	before := h.events()
	for name, c := range map[string]struct {
		key  *signing.Key
		want error
	}{
		"an AUTH key":          {h.key("auditor", demo.Auth), signing.ErrAuthKey},
		"somebody else's key":  {h.key("second-auditor", demo.Signing), signing.ErrOtherPerson},
		"somebody's expired":   {h.key("auditor", demo.Expired), signing.ErrOtherPerson},
		"a key that is closed": {closed(h), signing.ErrClosed},
	} {
		for _, signed := range approver.SignPapers(ctx, c.key, []app.Paper{paper}, func(int, app.Signed) {}) {
			if !errors.Is(signed.Err, c.want) {
				t.Errorf("%s: %v", name, signed.Err)
			}
			inWords(t, signed.Err)
		}
	}
	if h.events() != before {
		t.Error("something reached the centre")
	}
	approver.empty()
	// Several papers: one that fails leaves the others, and stopping leaves the rest unsigned.
	stopped, stop := context.WithCancel(ctx)
	other := paper
	other.ID = "01900000-0000-7000-8000-00000000ffff"
	results := approver.SignPapers(stopped, h.key("approver", demo.Signing), []app.Paper{other, paper, other}, func(done int, _ app.Signed) {
		if done == 2 {
			stop()
		}
	})
	if len(results) != 2 || results[0].Err == nil || results[1].Err != nil {
		t.Errorf("%d results: %v", len(results), results)
	}
	if got := approver.card(form.ID).Notification.State.Status; got != control.NotificationApproved {
		t.Errorf("it is %s", got)
	}
	if left := app.Left([]app.Paper{other, paper, other}, results); len(left) != 2 || left[0].ID != other.ID || left[1].ID != other.ID {
		t.Errorf("left are %v", left)
	}
}

// TestASignatureWaitsForTheCentre: it is made, so that nobody is asked for the key again.
func TestASignatureWaitsForTheCentre(t *testing.T) {
	h := given(t)
	auditor := h.marked()
	form := auditor.form(0)
	ok(t, auditor.SendToAgreement(ctx, form))
	approver := h.enter("approver")
	paper, err := approver.PrepareApproval(ctx, form.ID)
	ok(t, err)
	h.down()
	results := approver.SignPapers(ctx, h.key("approver", demo.Signing), []app.Paper{paper}, func(int, app.Signed) {})
	if len(results) != 1 || !errors.Is(results[0].Err, app.ErrQueued) || len(app.Left([]app.Paper{paper}, results)) != 0 {
		t.Errorf("got %v", results)
	}
	h.up()
	ok(t, approver.Sync(ctx))
	if got := approver.card(form.ID).Notification.State.Status; got != control.NotificationApproved {
		t.Errorf("it is %s", got)
	}
}

func closed(h *house) *signing.Key {
	k := h.key("approver", demo.Signing)
	ok(h.t, k.Close())
	return k
}

// TestTheFileThatIsSignedIsTheOneThatWasAskedFor: other bytes under its digest are refused.
func TestTheFileThatIsSignedIsTheOneThatWasAskedFor(t *testing.T) {
	h := given(t)
	auditor := h.marked()
	h.answering(func(w http.ResponseWriter, r *http.Request) bool {
		if filepath.Base(filepath.Dir(r.URL.Path)) != "files" {
			return false
		}
		w.Header().Set("Content-Type", "application/octet-stream")
		_, err := io.WriteString(w, "%PDF-1.7 another")
		return err == nil
	})
	_, err := auditor.PrepareCertificate(ctx, auditor.hero().Purchase.ID, control.D1)
	if !errors.Is(err, api.ErrOtherFile) {
		t.Errorf("got %v", err)
	}
	inWords(t, err)
}

// TestAnExportThatIsStoppedLeavesNothing: nothing is written before the report is whole.
func TestAnExportThatIsStoppedLeavesNothing(t *testing.T) {
	h := given(t)
	manager := h.enter("lot-manager")
	filter := api.GetReportParams{Method: "open_tender"}
	var whole bytes.Buffer
	rows := 0
	ok(t, manager.ExportReport(ctx, &whole, assets.RU, filter, func(n int) { rows = n }))
	if whole.Len() == 0 || rows == 0 {
		t.Fatalf("%d bytes of %d rows", whole.Len(), rows)
	}
	t.Run("by the person", func(t *testing.T) {
		stopped, stop := context.WithCancel(ctx)
		var file bytes.Buffer
		err := manager.ExportReport(stopped, &file, assets.RU, filter, func(int) { stop() })
		if !errors.Is(err, context.Canceled) || file.Len() != 0 {
			t.Errorf("got %v and %d bytes", err, file.Len())
		}
	})
	t.Run("by the line", func(t *testing.T) {
		h.down()
		var file bytes.Buffer
		err := manager.ExportReport(ctx, &file, assets.RU, filter, func(int) {})
		if !errors.Is(err, api.ErrOffline) || file.Len() != 0 {
			t.Errorf("got %v and %d bytes", err, file.Len())
		}
		inWords(t, err)
		h.up()
	})
}

// TestRunKeepsInStep: what happens at the centre comes in by itself, and what waits goes out.
func TestRunKeepsInStep(t *testing.T) {
	h := given(t)
	auditor := h.marked()
	h.down()
	form := auditor.form(0)
	queued(t, auditor.SaveForm(ctx, form))
	h.up()
	arrived := make(chan struct{}, 1)
	cancel := auditor.Watch(func() {
		if card, err := auditor.Card(form.ID); err == nil && card.Notification.Number != "" && !card.Unsent {
			select {
			case arrived <- struct{}{}:
			default:
			}
		}
	})
	defer cancel()
	running, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		auditor.Run(running)
	}()
	auditor.Kick()
	<-arrived
	stop()
	<-done
}
