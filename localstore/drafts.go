package localstore

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

// Draft is what a person typed and hasn't sent, kept until it is sent or thrown away.
type Draft struct {
	Kind, ID string
	Base     int64     // the version of the aggregate that it was written over; 0 for a new one
	Body     []byte    // as the form wrote it
	Saved    time.Time // set by SaveDraft when zero
}

// SaveDraft keeps the draft in place of the one with its kind and id.
func (s *Store) SaveDraft(d Draft) error {
	if err := s.update(func(t *txn) error { return t.putDraft(d, s.clock()) }); err != nil {
		return fmt.Errorf("saving a draft: %w", err)
	}
	return nil
}

// putDraft writes "saved (8 bytes, microseconds) · body", with the base as version.
func (t *txn) putDraft(d Draft, now time.Time) error {
	key, err := Ref{d.Kind, d.ID}.key()
	if err != nil {
		return err
	}
	if err := checkSize("draft", d.Body); err != nil {
		return err
	}
	if d.Saved.IsZero() {
		d.Saved = now
	}
	t.touch(Drafts)
	plain := binary.BigEndian.AppendUint64(make([]byte, 0, 8+len(d.Body)), uint64(d.Saved.UnixMicro()))
	return t.put(bucketDrafts, key, uint64(d.Base), append(plain, d.Body...))
}

var errShortDraft = errors.New("a stored draft is cut short")

func draftOf(ref Ref, plain []byte, version uint64) (Draft, error) {
	if len(plain) < 8 {
		return Draft{}, errShortDraft
	}
	saved := time.UnixMicro(int64(binary.BigEndian.Uint64(plain))).UTC()
	return Draft{Kind: ref.Kind, ID: ref.ID, Base: int64(version), Body: plain[8:], Saved: saved}, nil
}

// Draft gives a draft; false when there is none. Saved is in UTC, to the microsecond.
func (s *Store) Draft(kind, id string) (Draft, bool, error) {
	key, err := Ref{kind, id}.key()
	if err != nil {
		return Draft{}, false, err
	}
	var d Draft
	found := false
	err = s.view(func(t *txn) error {
		plain, version, ok, err := t.get(bucketDrafts, key)
		if err != nil || !ok {
			return err
		}
		found = true
		d, err = draftOf(Ref{kind, id}, plain, version)
		return err
	})
	if err != nil {
		return Draft{}, false, fmt.Errorf("reading a draft: %w", err)
	}
	return d, found, nil
}

// Drafts gives the drafts of a kind (of all kinds, when it is empty), by kind and id.
func (s *Store) Drafts(kind string) ([]Draft, error) {
	var all []Draft
	err := s.view(func(t *txn) error {
		return t.each(bucketDrafts, kindPrefix(kind), func(key, plain []byte, version uint64) error {
			d, err := draftOf(refOf(key), plain, version)
			all = append(all, d)
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("reading the drafts: %w", err)
	}
	return all, nil
}

// DropDraft throws a draft away; no draft is no error.
func (s *Store) DropDraft(kind, id string) error {
	if err := s.update(func(t *txn) error { return t.dropDraft(Ref{kind, id}) }); err != nil {
		return fmt.Errorf("dropping a draft: %w", err)
	}
	return nil
}

func (t *txn) dropDraft(ref Ref) error {
	key, err := ref.key()
	if err != nil {
		return err
	}
	t.touch(Drafts)
	return t.bucket(bucketDrafts).Delete(key)
}
