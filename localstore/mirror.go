package localstore

import (
	"context"
	"errors"
	"fmt"
)

// Object is what the centre last said of one object. Version counts up with each of its changes.
type Object struct {
	Kind, ID string
	Version  int64
	Body     []byte
}

// ApplyChanges takes a page of the centre's change feed: what changed, what is gone (or may be seen no more)
// and the cursor behind the page, in one transaction. An object that the mirror has in a newer version stays:
// an answer to a command may have been faster than the feed. When ctx ends, nothing of the page is taken.
func (s *Store) ApplyChanges(ctx context.Context, cursor string, changed []Object, gone []Ref) error {
	asked := s.indexing.Load().entries(changed)
	err := s.update(func(t *txn) error {
		for i, o := range changed {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := t.putObject(o, asked, i); err != nil {
				return err
			}
		}
		for _, ref := range gone {
			key, err := ref.key()
			if err != nil {
				return err
			}
			t.touch(Mirror)
			if err := errors.Join(t.bucket(bucketMirror).Delete(key), t.unindexObject(key)); err != nil {
				return err
			}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		t.after = append(t.after, func() { s.cursor = cursor })
		return t.put(bucketMeta, cursorKey, 0, []byte(cursor))
	})
	if err != nil {
		return fmt.Errorf("mirroring changes: %w", err)
	}
	return nil
}

// putObject writes the object unless the mirror has a newer one. A mirrored value that doesn't open is
// replaced, and so mended. It is the i-th that the indexer was asked about.
func (t *txn) putObject(o Object, asked entries, i int) error {
	key, err := Ref{o.Kind, o.ID}.key()
	if err != nil {
		return err
	}
	if err := checkSize("object", o.Body); err != nil {
		return err
	}
	if _, version, found, err := t.get(bucketMirror, key); found && err == nil && int64(version) > o.Version {
		return nil
	}
	t.touch(Mirror)
	if err := t.put(bucketMirror, key, uint64(o.Version), o.Body); err != nil {
		return err
	}
	return t.indexObject(key, o, asked, i)
}

// Cursor is the cursor given with the last page of changes; empty means: mirror from the beginning.
func (s *Store) Cursor() string {
	s.memory.RLock()
	defer s.memory.RUnlock()
	return s.cursor
}

// Object gives a mirrored object; false when the mirror hasn't got it.
func (s *Store) Object(kind, id string) (Object, bool, error) {
	key, err := Ref{kind, id}.key()
	if err != nil {
		return Object{}, false, err
	}
	o, found := Object{Kind: kind, ID: id}, false
	err = s.view(func(t *txn) error {
		body, version, ok, err := t.get(bucketMirror, key)
		o.Body, o.Version, found = body, int64(version), ok && err == nil
		return err
	})
	if err != nil {
		return Object{}, false, fmt.Errorf("reading the mirror: %w", err)
	}
	return o, found, nil
}

// Objects gives the mirrored objects of a kind (of all kinds, when it is empty) as of one moment, by kind and id.
func (s *Store) Objects(kind string) ([]Object, error) {
	var all []Object
	err := s.view(func(t *txn) error {
		return t.each(bucketMirror, kindPrefix(kind), func(key, plain []byte, version uint64) error {
			ref := refOf(key)
			all = append(all, Object{Kind: ref.Kind, ID: ref.ID, Version: int64(version), Body: plain})
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("reading the mirror: %w", err)
	}
	return all, nil
}

// Some gives those of a kind with these ids that the mirror has, in the order of ids, as of one moment.
func (s *Store) Some(kind string, ids []string) ([]Object, error) {
	var some []Object
	err := s.view(func(t *txn) error {
		for _, id := range ids {
			key, err := Ref{kind, id}.key()
			if err != nil {
				return err
			}
			body, version, found, err := t.get(bucketMirror, key)
			if err != nil {
				return err
			}
			if found {
				some = append(some, Object{Kind: kind, ID: id, Version: int64(version), Body: body})
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the mirror: %w", err)
	}
	return some, nil
}

// ResetMirror forgets all mirrored objects and the cursor, for the centre to send them anew: after "resync",
// a centre restored from a backup, or an UnsealError. Drafts, outbox and preferences stay.
func (s *Store) ResetMirror() error {
	err := s.update(func(t *txn) error {
		if err := t.tx.DeleteBucket([]byte(bucketMirror)); err != nil {
			return err
		}
		if _, err := t.tx.CreateBucket([]byte(bucketMirror)); err != nil {
			return err
		}
		if err := t.unindexAll(); err != nil {
			return err
		}
		t.touch(Mirror)
		t.after = append(t.after, func() { s.cursor = "" })
		return t.bucket(bucketMeta).Delete(cursorKey)
	})
	if err != nil {
		return fmt.Errorf("forgetting the mirror: %w", err)
	}
	return nil
}
