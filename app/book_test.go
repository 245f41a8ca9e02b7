package app_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"baqylau/api"
	"baqylau/localstore"
	"baqylau/server"
	"baqylau/server/store"
	"baqylau/signing"
)

// amended puts a rule book in force that has a profile more: the one of a newer program.
func (h *house) amended() {
	h.t.Helper()
	book := server.BuiltInBook()
	book.Catalogue = append(slices.Clone(book.Catalogue), "\n19,D1,open_tender,cancel_purchase,Жаңа,Новый,sample\n"...)
	_, err := server.New(context.Background(), server.Config{
		Store: h.store, Book: book, Trust: signing.DemoTrust(h.made.authority.Certificate), Clock: noon,
	})
	ok(h.t, err)
}

// TestANewRuleBookIsAskedAtOnce, whoever looks after the change was told sees what it says.
func TestANewRuleBookIsAskedAtOnce(t *testing.T) {
	h := given(t).assigned()
	auditor := h.enter("auditor")
	before := auditor.profiles()
	seen := make(chan int, 100)
	defer auditor.Watch(func() { seen <- auditor.profiles() })()
	h.amended()
	ok(t, auditor.Sync(ctx))
	if after := auditor.profiles(); after != before+1 || len(seen) == 0 {
		t.Errorf("there are %d profiles, and there were %d; told %d times", after, before, len(seen))
	}
	for len(seen) > 0 {
		if n := <-seen; n != before+1 {
			t.Errorf("who was told of it saw %d", n)
		}
	}
	h.down()
	if err := auditor.Sync(ctx); !errors.Is(err, api.ErrOffline) {
		t.Fatalf("the line is down: %v", err)
	}
	if got := auditor.profiles(); got != before+1 {
		t.Errorf("without the centre there are %d", got)
	}
	h.up()
	auditor.leave()
	if got := h.enter("auditor").profiles(); got != before+1 {
		t.Errorf("after entering again there are %d", got)
	}
}

// TestARuleBookThatCannotBeReadLeavesTheFormer: a newer centre may say what this program doesn't know.
func TestARuleBookThatCannotBeReadLeavesTheFormer(t *testing.T) {
	h := given(t).assigned()
	auditor := h.enter("auditor")
	before := auditor.profiles()
	h.broken()
	ok(t, auditor.Sync(ctx))
	if got := auditor.profiles(); got != before {
		t.Errorf("there are %d profiles", got)
	}
	auditor.leave()
	if _, err := h.tryEnter("auditor", "auditor"); err == nil || !strings.Contains(err.Error(), "rule book") {
		t.Errorf("one enters with no rules: %v", err)
	}
}

// broken puts a rule book in force that nobody here can read.
func (h *house) broken() {
	h.t.Helper()
	ok(h.t, h.store.Update(ctx, func(tx *store.Tx) error {
		r, err := tx.Get(string(api.ObjectKindRulebook), api.RulebookID)
		if err != nil {
			return err
		}
		var book api.Rulebook
		if err := json.Unmarshal(r.Body, &book); err != nil {
			return err
		}
		book.Calendar.Text = `{"lunar": true}`
		if r.Body, err = json.Marshal(book); err != nil {
			return err
		}
		if r.Version, err = tx.Put(r, r.Version); err != nil {
			return err
		}
		return tx.Record(store.Event{Kind: r.Kind, Object: r.ID, Version: r.Version, Actor: "test", Action: "test", At: noon(), Body: r.Body, Scopes: []string{"all"}})
	}))
}

// TestAMirrorWithoutARuleBookIsMadeAnew: whatever took it away.
func TestAMirrorWithoutARuleBookIsMadeAnew(t *testing.T) {
	for name, spoil := range map[string]func(*localstore.Store, string) error{
		"gone": func(s *localstore.Store, cursor string) error {
			return s.ApplyChanges(ctx, cursor, nil, []localstore.Ref{{Kind: "rulebook", ID: api.RulebookID}})
		},
		"another": func(s *localstore.Store, cursor string) error {
			return s.ApplyChanges(ctx, cursor, []localstore.Object{{Kind: "rulebook", ID: api.RulebookID, Version: 1, Body: []byte("{}")}}, nil)
		},
		"nothing of JSON": func(s *localstore.Store, cursor string) error {
			return s.ApplyChanges(ctx, cursor, []localstore.Object{{Kind: "rulebook", ID: api.RulebookID, Version: 1, Body: []byte("?")}}, nil)
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := given(t).assigned()
			auditor := h.enter("auditor")
			before := auditor.profiles()
			ok(t, spoil(auditor.Store(), auditor.Store().Cursor()))
			auditor.leave()
			if got := h.enter("auditor").profiles(); got != before {
				t.Errorf("there are %d profiles", got)
			}
		})
	}
}

// profiles counts those of the first direction, on the desk-control page of the hero.
func (s *seat) profiles() int {
	s.h.t.Helper()
	return len(s.hero().Profiles)
}
