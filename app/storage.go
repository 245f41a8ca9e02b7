package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"baqylau/assets"
	"baqylau/localstore"
)

// Lock is what opens a local store: see [localstore.Lock].
type Lock = localstore.Lock

// LockKind says what opens a lock.
type LockKind = localstore.LockKind

// The kinds of locks: see [localstore.LockKeyring].
const (
	LockKeyring = localstore.LockKeyring
	LockPhrase  = localstore.LockPhrase
	LockKey     = localstore.LockKey
)

// Storage says how a person's records lie on this computer.
type Storage struct {
	Size, Free int64 // of the file, and what of it holds nothing, in bytes
	Locks      []Lock
	Copied     time.Time // when the last snapshot was taken; zero when there is none
	Drafts     int
	Waiting    int // commands that have not reached the centre
}

// Storage tells it.
func (d *Desk) Storage() (Storage, error) {
	size, free, err := d.store.Room()
	if err != nil {
		return Storage{}, err
	}
	copied, err := d.store.LastSnapshot()
	if err != nil {
		return Storage{}, err
	}
	drafts, err := d.store.Drafts("")
	if err != nil {
		return Storage{}, err
	}
	drafts = slices.DeleteFunc(drafts, func(d localstore.Draft) bool { return d.Kind == draftPrepared })
	return Storage{
		Size: size, Free: free, Locks: d.store.Locks(), Copied: copied,
		Drafts: len(drafts), Waiting: d.store.Counts().All(),
	}, nil
}

// SetPhrase has a passphrase of the person's own open their records; former is the one until now, if any.
// Both are overwritten.
func (d *Desk) SetPhrase(former, phrase []byte) error {
	defer clear(former)
	defer clear(phrase)
	return d.store.SetPhrase(former, phrase)
}

// AllowKeyring has the system's keyring open the records.
func (d *Desk) AllowKeyring() error { return d.store.AllowKeyring() }

// RemoveLock has nothing of a kind open the records any more.
func (d *Desk) RemoveLock(kind LockKind) error { return d.store.RemoveLock(kind) }

// Compact gives the room of what was deleted back to the disk.
func (d *Desk) Compact() error { return d.store.Compact() }

// Exported is what an export carries: see [localstore.Exported].
type Exported = localstore.Exported

// Imported is what an import brought: see [localstore.Imported].
type Imported = localstore.Imported

// Export writes the records into one file for another computer, under a passphrase, which is overwritten.
// What is done in another's place is kept apart, and stays here.
func (d *Desk) Export(ctx context.Context, path string, phrase []byte) (Exported, error) {
	defer clear(phrase)
	return d.store.Export(ctx, path, phrase)
}

// Import takes in what Export wrote at another computer. The passphrase is overwritten. Marks that were set on
// both computers are laid together, cell by cell: of a cell that was set on both, the later one stands.
func (d *Desk) Import(ctx context.Context, path string, phrase []byte) (Imported, error) {
	defer clear(phrase)
	d.typing.Lock() // nobody writes over a draft that has just come
	defer d.typing.Unlock()
	done, err := d.store.Import(ctx, path, phrase)
	if err != nil {
		return done, err
	}
	var texts []localstore.Ref
	for _, ref := range done.GaveWay {
		switch ref.Kind {
		case draftMarks:
			err = errors.Join(err, d.layTogether(ref.ID))
		case draftPrepared: // what was prepared later is the one that may be signed
			err = errors.Join(err, d.store.ForgetHistory(ref.Kind, ref.ID))
		default:
			texts = append(texts, ref)
		}
	}
	done.GaveWay = texts
	return done, err
}

// layTogether brings the marks of a page that gave way to others into the draft, but for the cells that it has.
// The caller holds typing.
func (d *Desk) layTogether(page string) error {
	typed, err := d.unsaved(page)
	if err != nil {
		return err
	}
	past, err := d.store.History(draftMarks, page)
	if err != nil {
		return err
	}
	for _, p := range past {
		var before unsavedMarks
		if err := json.Unmarshal(p.Body, &before); err != nil {
			return err
		}
		for lot, cells := range before.Lots {
			typed.Lots[lot] = appendMissing(typed.Lots[lot], cells)
		}
	}
	if err := d.keepMarks(page, typed.Lots); err != nil {
		return err
	}
	return d.store.ForgetHistory(draftMarks, page)
}

// appendMissing adds the cells whose profiles are not there yet.
func appendMissing(cells, more []typedMark) []typedMark {
	for _, m := range more {
		if !slices.ContainsFunc(cells, func(c typedMark) bool { return c.Mark.Profile == m.Mark.Profile }) {
			cells = append(cells, m)
		}
	}
	return cells
}

// Owner is whose records these are, for [Stores.Forget]; false where the store doesn't say.
func (d *Desk) Owner() (Owner, bool) { return d.store.Owner() }

// copyEvery is how often a snapshot is taken: what was typed since the last one is what a damaged file costs.
const copyEvery = 4 * time.Hour

// snapshot takes a snapshot when the last one has grown old.
func (d *Desk) snapshot() {
	last, err := d.store.LastSnapshot()
	if err == nil && time.Since(last).Abs() >= copyEvery {
		_, err = d.store.Snapshot()
	}
	if err != nil && !errors.Is(err, localstore.ErrClosed) {
		d.log.Warn("no snapshot of the records", "cause", err)
	}
}

// storageSentence says why something with the records was not done; empty for what others put into words.
func storageSentence(lang assets.Lang, err error) string {
	var other *localstore.OtherOwnerError
	var locked *localstore.LockedError
	switch {
	case errors.As(err, &locked):
		return lang.T("storage.locked")
	case errors.Is(err, localstore.ErrWeakPhrase):
		return lang.T("storage.weak_phrase")
	case errors.Is(err, localstore.ErrLastLock):
		return lang.T("storage.last_lock")
	case errors.Is(err, localstore.ErrNoExport):
		return lang.T("storage.no_export")
	case errors.Is(err, localstore.ErrNewerExport):
		return lang.T("storage.newer_export")
	case errors.Is(err, localstore.ErrWrongPhrase):
		return lang.T("storage.wrong_phrase")
	case errors.As(err, &other):
		centre := other.Owner.CentreRU
		if lang == assets.KK {
			centre = other.Owner.CentreKK
		}
		return lang.T("storage.other_owner", "name", other.Owner.Name, "centre", centre)
	}
	return ""
}

// Brought says in words what an import brought.
func Brought(lang assets.Lang, i Imported) string {
	text := lang.T("storage.imported", "drafts", i.Drafts, "commands", i.Commands, "files", i.Files)
	if n := len(i.GaveWay); n > 0 {
		text = fmt.Sprintf("%s %s", text, lang.N("storage.gave_way", n))
	}
	return text
}

// Carried says in words what an export carries.
func Carried(lang assets.Lang, e Exported, path string) string {
	text := lang.T("storage.exported", "drafts", e.Drafts, "commands", e.Commands, "files", e.Files, "path", path)
	if e.Unreadable > 0 {
		text = fmt.Sprintf("%s %s", text, lang.N("storage.unreadable", e.Unreadable))
	}
	return text
}
