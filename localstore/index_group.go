package localstore

import (
	"bytes"
	"fmt"
	"slices"
)

// A group's value is the ids in it, each ended by NUL, under "kind NUL group". A transaction writes it once.

func (t *txn) joinGroup(key []byte, kind, group string) error {
	if group == "" {
		return nil
	}
	place := Ref{kind, group}
	ids, err := t.group(place)
	if err != nil {
		return err
	}
	id := append([]byte(refOf(key).ID), 0)
	if member(ids, id) < 0 {
		t.groups[place] = append(ids, id...)
	}
	return nil
}

func (t *txn) leaveGroup(key []byte, group string) error {
	ref := refOf(key)
	place := Ref{ref.Kind, group}
	ids, err := t.group(place)
	if err != nil {
		return err
	}
	id := append([]byte(ref.ID), 0)
	if at := member(ids, id); at >= 0 {
		t.groups[place] = slices.Delete(ids, at, at+len(id))
	}
	return nil
}

// group gives the ids of a group as the transaction has them, and has it written at its end.
func (t *txn) group(place Ref) ([]byte, error) {
	if ids, open := t.groups[place]; open {
		return ids, nil
	}
	key, err := place.key()
	if err != nil {
		return nil, err
	}
	ids, _, _, err := t.get(bucketIndexGroup, key)
	if err != nil {
		return nil, err
	}
	if t.groups == nil {
		t.groups = map[Ref][]byte{}
	}
	t.groups[place] = ids
	return ids, nil
}

// writeGroups writes the groups that the transaction opened.
func (t *txn) writeGroups() error {
	for place, ids := range t.groups {
		key, err := place.key()
		if err != nil {
			return err
		}
		if len(ids) == 0 {
			err = t.bucket(bucketIndexGroup).Delete(key)
		} else {
			err = t.put(bucketIndexGroup, key, 0, ids)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// member finds an id with its NUL in a group's value; -1 when it isn't there.
func member(ids, id []byte) int {
	if bytes.HasPrefix(ids, id) {
		return 0
	}
	if at := bytes.Index(ids, append([]byte{0}, id...)); at >= 0 {
		return at + 1
	}
	return -1
}

// Group gives the mirrored objects of a kind that the index has in a group, by id, as of one moment.
func (s *Store) Group(kind, group string) ([]Object, error) {
	place, err := Ref{kind, group}.key()
	if err != nil {
		return nil, err
	}
	if err := s.AtHand(); err != nil {
		return nil, err
	}
	var all []Object
	err = s.view(func(t *txn) error {
		if t.bucket(bucketIndexGroup) == nil {
			return nil
		}
		ids, _, _, err := t.get(bucketIndexGroup, place)
		if err != nil {
			return err
		}
		for id := range bytes.SplitSeq(ids, []byte{0}) {
			if len(id) == 0 {
				continue // behind the last
			}
			body, version, found, err := t.get(bucketMirror, []byte(kind+"\x00"+string(id)))
			if err != nil {
				return err
			}
			if found {
				all = append(all, Object{Kind: kind, ID: string(id), Version: int64(version), Body: body})
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the mirror: %w", err)
	}
	slices.SortFunc(all, func(a, b Object) int { return bytes.Compare([]byte(a.ID), []byte(b.ID)) })
	return all, nil
}
