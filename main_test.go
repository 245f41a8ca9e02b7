package main

import (
	"path/filepath"
	"testing"

	application "baqylau/app"
	"baqylau/localstore"
)

// A renewed key, or a new password of it, must not shut its owner out on a machine without a keyring.
func TestARenewedKeyBeginsNewRecordsAndKeepsTheFormer(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent") // no keyring
	folder := t.TempDir()
	open := stores(folder)
	store, err := open("910622497010", "epoch", []byte("former"))
	if err != nil {
		t.Fatal(err)
	}
	if err := store.SaveDraft(localstore.Draft{Kind: "notification", ID: "1", Body: []byte("{}")}); err != nil {
		t.Fatal(err)
	}
	closes(t, store)

	for _, c := range []struct {
		name, secret string
		drafts       int
		told         bool
	}{
		{"the same password", "former", 1, false},
		{"another password", "renewed", 0, true},
	} {
		store, err := open("910622497010", "epoch", []byte(c.secret))
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		drafts, err := store.Drafts("notification")
		if err != nil || len(drafts) != c.drafts {
			t.Errorf("%s: %d drafts (%v), want %d", c.name, len(drafts), err, c.drafts)
		}
		if _, told, err := store.Preference(application.PreferenceFormer); err != nil || told != c.told {
			t.Errorf("%s: told of a former store: %v (%v)", c.name, told, err)
		}
		closes(t, store)
	}
	kept, err := filepath.Glob(filepath.Join(folder, "people", "epoch", "910622497010.db.former-*"))
	if err != nil || len(kept) < 2 {
		t.Errorf("kept are %v (%v), want the former file and its header", kept, err)
	}
}

func closes(t *testing.T, s *localstore.Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
