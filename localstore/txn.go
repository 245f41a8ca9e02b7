package localstore

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"go.etcd.io/bbolt"
)

// The buckets of the file. Keys are "kind NUL id" in drafts and mirror, a name in preferences, an ascending
// 8-byte number in outbox, "kind NUL id NUL" and such a number in history, "bucket NUL key" in setaside, whose values
// are as they were found.
const (
	bucketMeta        = "meta"
	bucketDrafts      = "drafts"
	bucketMirror      = "mirror"
	bucketOutbox      = "outbox"
	bucketPreferences = "preferences"
	bucketSetAside    = "setaside"
	bucketHistory     = "history"

	storeFormat = 1
)

var (
	// buckets are those that every store has; laterBuckets came after the first stores were made, and are
	// made on opening where they are missing.
	buckets      = []string{bucketMeta, bucketDrafts, bucketMirror, bucketOutbox, bucketPreferences, bucketSetAside}
	laterBuckets = []string{bucketHistory}

	formatKey = []byte("format") // one unsealed byte
	checkKey  = []byte("check")  // an empty sealed value, for the key to be tried on
	cursorKey = []byte("cursor")
)

// txn is a transaction whose values are sealed on their way in and opened on their way out.
type txn struct {
	tx    *bbolt.Tx
	seal  *sealer
	after []func() // changes of memory, made once the transaction is committed

	touched []Topic

	indexing *indexing // nil: there is no indexer
	there    []Indexed // what the index says now, for memory
	gone     []Ref
	groups   map[Ref][]byte // of the index, opened; see group
}

func (t *txn) touch(topic Topic) {
	if !slices.Contains(t.touched, topic) {
		t.touched = append(t.touched, topic)
	}
}

func (t *txn) bucket(name string) *bbolt.Bucket { return t.tx.Bucket([]byte(name)) }

func (t *txn) put(bucket string, key []byte, version uint64, plain []byte) error {
	return t.bucket(bucket).Put(key, t.seal.seal(bucket, key, version, plain))
}

// get opens a value. found is true, too, for one that is there and doesn't open.
func (t *txn) get(bucket string, key []byte) (plain []byte, version uint64, found bool, err error) {
	sealed := t.bucket(bucket).Get(key)
	if sealed == nil {
		return nil, 0, false, nil
	}
	plain, version, err = t.open(bucket, key, sealed)
	return plain, version, true, err
}

func (t *txn) open(bucket string, key, sealed []byte) ([]byte, uint64, error) {
	plain, version, err := t.seal.open(bucket, key, sealed)
	if err != nil {
		return nil, 0, &UnsealError{Bucket: bucket, Key: keyText(bucket, key)}
	}
	return plain, version, nil
}

// each opens, in the order of their keys, the values whose keys begin with prefix.
func (t *txn) each(bucket, prefix string, fn func(key, plain []byte, version uint64) error) error {
	c := t.bucket(bucket).Cursor()
	for k, v := c.Seek([]byte(prefix)); k != nil && bytes.HasPrefix(k, []byte(prefix)); k, v = c.Next() {
		plain, version, err := t.open(bucket, k, v)
		if err != nil {
			return err
		}
		if err := fn(k, plain, version); err != nil {
			return err
		}
	}
	return nil
}

// Ref names an object or a draft: a kind, and an id within it.
type Ref struct{ Kind, ID string }

const nameLimit = 256

func checkName(what, name string) error {
	if name == "" || len(name) > nameLimit || strings.ContainsRune(name, 0) {
		return fmt.Errorf("%w: %s", ErrName, what)
	}
	return nil
}

func checkSize(what string, value []byte) error {
	if len(value) > MaxValue {
		return fmt.Errorf("%w: %s of %d bytes", ErrTooLarge, what, len(value))
	}
	return nil
}

// key gives the key of drafts and mirror. A kind has no NUL in it, so no two refs have one key.
func (r Ref) key() ([]byte, error) {
	if err := checkName("kind", r.Kind); err != nil {
		return nil, err
	}
	if err := checkName("id", r.ID); err != nil {
		return nil, err
	}
	return []byte(r.Kind + "\x00" + r.ID), nil
}

func refOf(key []byte) Ref {
	kind, id, _ := strings.Cut(string(key), "\x00")
	return Ref{Kind: kind, ID: id}
}

// kindPrefix is what the keys of a kind begin with; of every kind, when it is empty.
func kindPrefix(kind string) string {
	if kind == "" {
		return ""
	}
	return kind + "\x00"
}

// keyText writes a key for people.
func keyText(bucket string, key []byte) string {
	if bucket == bucketOutbox && len(key) == 8 {
		return fmt.Sprint(binary.BigEndian.Uint64(key))
	}
	if n := len(key) - 8; bucket == bucketHistory && n > 0 {
		return keyText(bucketDrafts, key[:n]) + fmt.Sprint(binary.BigEndian.Uint64(key[n:]))
	}
	return strings.ReplaceAll(string(key), "\x00", "/")
}
