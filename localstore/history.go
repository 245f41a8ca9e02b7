package localstore

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"time"
)

// HistoryMost is how many texts are kept of one draft; the oldest go first.
const HistoryMost = 100

// Past is what was written and gave way to something else. It outlives the draft.
type Past struct {
	Body []byte    // as the form wrote it
	At   time.Time // when it gave way; set by the store when zero
}

// SaveDraftOver keeps the draft in place of the one with its kind and id and, in the same transaction, puts
// what gave way to it into its history.
func (s *Store) SaveDraftOver(d Draft, past ...Past) error {
	err := s.update(func(t *txn) error {
		if err := t.putPast(Ref{d.Kind, d.ID}, past, s.clock()); err != nil {
			return err
		}
		return t.putDraft(d, s.clock())
	})
	if err != nil {
		return fmt.Errorf("saving a draft with its history: %w", err)
	}
	return nil
}

// pastPrefix is what the keys of a draft's history begin with; no id has a NUL in it.
func pastPrefix(ref Ref) ([]byte, error) {
	key, err := ref.key()
	return append(key, 0), err
}

func (t *txn) putPast(ref Ref, past []Past, now time.Time) error {
	if len(past) == 0 {
		return nil
	}
	prefix, err := pastPrefix(ref)
	if err != nil {
		return err
	}
	b := t.bucket(bucketHistory)
	for _, p := range past {
		if err := checkSize("past text", p.Body); err != nil {
			return err
		}
		if p.At.IsZero() {
			p.At = now
		}
		n, err := b.NextSequence()
		if err != nil {
			return err
		}
		plain := binary.BigEndian.AppendUint64(make([]byte, 0, 8+len(p.Body)), uint64(p.At.UnixMicro()))
		key := binary.BigEndian.AppendUint64(slices.Clone(prefix), n)
		if err := t.put(bucketHistory, key, 0, append(plain, p.Body...)); err != nil {
			return err
		}
	}
	t.touch(Drafts)
	keys := t.keys(bucketHistory, string(prefix))
	for _, key := range keys[:max(0, len(keys)-HistoryMost)] {
		if err := b.Delete(key); err != nil {
			return err
		}
	}
	return nil
}

// keys gives the keys of a bucket that begin with prefix, in order.
func (t *txn) keys(bucket, prefix string) (keys [][]byte) {
	c := t.bucket(bucket).Cursor()
	for k, _ := c.Seek([]byte(prefix)); k != nil && strings.HasPrefix(string(k), prefix); k, _ = c.Next() {
		keys = append(keys, slices.Clone(k))
	}
	return keys
}

// History gives what gave way in the draft of a kind and id, the newest first. At is in UTC, to the microsecond.
func (s *Store) History(kind, id string) ([]Past, error) {
	prefix, err := pastPrefix(Ref{kind, id})
	if err != nil {
		return nil, err
	}
	var all []Past
	err = s.view(func(t *txn) error {
		return t.each(bucketHistory, string(prefix), func(_, plain []byte, _ uint64) error {
			if len(plain) < 8 {
				return errShortDraft
			}
			at := time.UnixMicro(int64(binary.BigEndian.Uint64(plain))).UTC()
			all = append(all, Past{Body: plain[8:], At: at})
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("reading a draft's history: %w", err)
	}
	slices.Reverse(all)
	return all, nil
}

// ForgetHistory throws the history of a draft away.
func (s *Store) ForgetHistory(kind, id string) error {
	prefix, err := pastPrefix(Ref{kind, id})
	if err != nil {
		return err
	}
	err = s.update(func(t *txn) error {
		for _, key := range t.keys(bucketHistory, string(prefix)) {
			if err := t.bucket(bucketHistory).Delete(key); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("forgetting a draft's history: %w", err)
	}
	return nil
}
