package store

import (
	"math"
	"time"
)

// PutFile stores a file under the SHA-256 of its content and notes what it belongs to. The same
// file may belong to several aggregates; it is never changed.
func (tx *Tx) PutFile(digest, mediaType string, body []byte, kind, id string) error {
	if body == nil {
		body = []byte{} // an empty file is not no file
	}
	_, err := tx.exec(`INSERT INTO file (digest, type, body) VALUES ($1, $2, $3)
		ON CONFLICT (digest) DO NOTHING`, digest, mediaType, body)
	if err != nil {
		return err
	}
	return tx.NoteFile(digest, kind, id)
}

// NoteFile notes that a stored file belongs to one aggregate more.
func (tx *Tx) NoteFile(digest, kind, id string) error {
	_, err := tx.exec(`INSERT INTO file_use (digest, kind, id) VALUES ($1, $2, $3)
		ON CONFLICT (digest, kind, id) DO NOTHING`, digest, kind, id)
	return err
}

// NotedFile gives the type of a file that was noted to belong to an aggregate, whether or not there is
// such an aggregate. ErrNotFound when it was not.
func (tx *Tx) NotedFile(digest, kind, id string) (mediaType string, err error) {
	err = tx.row(`SELECT f.type FROM file_use u JOIN file f ON f.digest = u.digest
		WHERE u.digest = $1 AND u.kind = $2 AND u.id = $3`, []any{digest, kind, id}, &mediaType)
	return mediaType, err
}

// File reads a file. ErrNotFound when there is none.
func (tx *Tx) File(digest string) (mediaType string, body []byte, err error) {
	err = tx.row(`SELECT type, body FROM file WHERE digest = $1`, []any{digest}, &mediaType, &body)
	return mediaType, body, err
}

// FileUses lists the aggregates that a file belongs to.
func (tx *Tx) FileUses(digest string) ([]Record, error) {
	return tx.records(`SELECT `+recordColumns+` FROM file_use u
		JOIN aggregate a ON a.kind = u.kind AND a.id = u.id WHERE u.digest = $1 ORDER BY a.kind, a.id`, digest)
}

// PurchaseKey is what purchases are narrowed by.
type PurchaseKey struct {
	ID, Method, Status string
	Published          time.Time
}

// IndexPurchase notes what a purchase is narrowed by.
func (tx *Tx) IndexPurchase(k PurchaseKey) error {
	_, err := tx.exec(`INSERT INTO purchase_index (id, method, status, published)
		VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO UPDATE SET method = excluded.method,
		status = excluded.status, published = excluded.published`,
		k.ID, k.Method, k.Status, micros(k.Published))
	return err
}

// PurchaseCursor is the place after which a page of purchases begins; the zero value is the start.
type PurchaseCursor struct {
	Published int64
	ID        string
}

// Purchases lists the purchases of a method, newest first, after a place and at most limit, with
// their places.
func (tx *Tx) Purchases(method string, after PurchaseCursor, limit int) (list []Record, places []PurchaseCursor, err error) {
	if after.ID == "" {
		after.Published = math.MaxInt64
	}
	err = tx.each(purchasesQuery, []any{method, after.Published, after.ID, limit},
		func(scan func(...any) error) error {
			var r Record
			var place PurchaseCursor
			err := scan(r.into(&place.Published)...)
			place.ID = r.ID
			list, places = append(list, r), append(places, place)
			return err
		})
	return list, places, err
}

const purchasesQuery = `SELECT ` + recordColumns + `, i.published
	FROM purchase_index i JOIN aggregate a ON a.kind = 'purchase' AND a.id = i.id
	WHERE i.method = $1 AND i.published <= $2 AND (i.published < $2 OR i.id > $3)
	ORDER BY i.published DESC, i.id LIMIT $4`

// Challenge keeps a nonce until it is used or expires. ErrTaken when there is such a one.
func (tx *Tx) Challenge(nonce string, expires time.Time) error {
	return tx.one(ErrTaken, `INSERT INTO challenge (nonce, expires) VALUES ($1, $2) ON CONFLICT (nonce) DO NOTHING`,
		nonce, micros(expires))
}

// TakeChallenge uses a nonce up and says when it expires. ErrNotFound when there is none. A nonce is
// used up by a change that is committed: who must not try twice commits before he looks at the rest.
func (tx *Tx) TakeChallenge(nonce string) (time.Time, error) {
	var expires int64
	err := tx.row(`DELETE FROM challenge WHERE nonce = $1 RETURNING expires`, []any{nonce}, &expires)
	return time.UnixMicro(expires), err
}

// PutSession opens a session under the digest of its token. ErrTaken when there is such a one.
func (tx *Tx) PutSession(tokenDigest, person string, expires time.Time) error {
	return tx.one(ErrTaken, `INSERT INTO session (token, person, expires) VALUES ($1, $2, $3)
		ON CONFLICT (token) DO NOTHING`, tokenDigest, person, micros(expires))
}

// Session finds whose session it is and until when. ErrNotFound when there is none. An expired one
// is found until it is forgotten.
func (tx *Tx) Session(tokenDigest string) (person string, expires time.Time, err error) {
	var until int64
	err = tx.row(`SELECT person, expires FROM session WHERE token = $1`, []any{tokenDigest}, &person, &until)
	return person, time.UnixMicro(until), err
}

// EndSession ends one session.
func (tx *Tx) EndSession(tokenDigest string) error {
	_, err := tx.exec(`DELETE FROM session WHERE token = $1`, tokenDigest)
	return err
}

// EndSessions ends every session of a person.
func (tx *Tx) EndSessions(person string) error {
	_, err := tx.exec(`DELETE FROM session WHERE person = $1`, person)
	return err
}

// Forget drops expired challenges and sessions.
func (tx *Tx) Forget(now time.Time) error {
	for _, table := range [...]string{"challenge", "session"} {
		if _, err := tx.exec(`DELETE FROM `+table+` WHERE expires < $1`, micros(now)); err != nil {
			return err
		}
	}
	return nil
}
