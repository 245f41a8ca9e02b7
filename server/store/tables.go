package store

import (
	"database/sql"
	"errors"
	"time"
)

// PutFile stores a file under the SHA-256 of its content and notes what it belongs to. The same
// file may belong to several aggregates; it is never changed.
func (tx *Tx) PutFile(digest, mediaType string, body []byte, kind, id string) error {
	_, err := tx.tx.ExecContext(tx.ctx, `INSERT INTO file (digest, type, body) VALUES ($1, $2, $3)
		ON CONFLICT (digest) DO NOTHING`, digest, mediaType, body)
	if err != nil {
		return err
	}
	_, err = tx.tx.ExecContext(tx.ctx, `INSERT INTO file_use (digest, kind, id) VALUES ($1, $2, $3)
		ON CONFLICT (digest, kind, id) DO NOTHING`, digest, kind, id)
	return err
}

// File reads a file. ErrNotFound when there is none.
func (tx *Tx) File(digest string) (mediaType string, body []byte, err error) {
	err = tx.tx.QueryRowContext(tx.ctx, `SELECT type, body FROM file WHERE digest = $1`, digest).Scan(&mediaType, &body)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	return mediaType, body, err
}

// FileUses lists the aggregates that a file belongs to.
func (tx *Tx) FileUses(digest string) ([]Record, error) {
	return tx.records(`SELECT a.kind, a.id, a.version, a.parent, a.owner, a.body FROM file_use u
		JOIN aggregate a ON a.kind = u.kind AND a.id = u.id WHERE u.digest = $1 ORDER BY a.kind, a.id`, digest)
}

// PurchaseKey is what purchases are narrowed by.
type PurchaseKey struct {
	ID, Method, Status string
	Published          time.Time
	Plan               string // customer and year of a plan point, or empty
}

// IndexPurchase notes what a purchase is narrowed by.
func (tx *Tx) IndexPurchase(k PurchaseKey) error {
	_, err := tx.tx.ExecContext(tx.ctx, `INSERT INTO purchase_index (id, method, status, published, plan)
		VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO UPDATE SET method = excluded.method,
		status = excluded.status, published = excluded.published, plan = excluded.plan`,
		k.ID, k.Method, k.Status, micros(k.Published), k.Plan)
	return err
}

// PurchaseCursor is the place after which a page of purchases begins; the zero value is the start.
type PurchaseCursor struct {
	Published int64
	ID        string
}

// Purchases lists the purchases of a method, newest first, after a place and at most limit, with
// their places.
func (tx *Tx) Purchases(method string, after PurchaseCursor, limit int) (_ []Record, places []PurchaseCursor, err error) {
	rows, err := tx.tx.QueryContext(tx.ctx, `SELECT a.kind, a.id, a.version, a.parent, a.owner, a.body, i.published
		FROM purchase_index i JOIN aggregate a ON a.kind = 'purchase' AND a.id = i.id
		WHERE i.method = $1 AND ($2 = '' OR i.published < $3 OR (i.published = $3 AND i.id > $2))
		ORDER BY i.published DESC, i.id LIMIT $4`, method, after.ID, after.Published, limit)
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var list []Record
	for rows.Next() {
		var r Record
		var body string
		var published int64
		if err := rows.Scan(&r.Kind, &r.ID, &r.Version, &r.Parent, &r.Owner, &body, &published); err != nil {
			return nil, nil, err
		}
		r.Body = []byte(body)
		list = append(list, r)
		places = append(places, PurchaseCursor{published, r.ID})
	}
	return list, places, rows.Err()
}

// PlanPurchases lists the purchases of one annual plan (customer and year).
func (tx *Tx) PlanPurchases(plan string) ([]Record, error) {
	return tx.records(`SELECT a.kind, a.id, a.version, a.parent, a.owner, a.body FROM purchase_index i
		JOIN aggregate a ON a.kind = 'purchase' AND a.id = i.id WHERE i.plan = $1 ORDER BY i.id`, plan)
}

// Challenge keeps a nonce until it is used or expires.
func (tx *Tx) Challenge(nonce string, expires time.Time) error {
	_, err := tx.tx.ExecContext(tx.ctx, `INSERT INTO challenge (nonce, expires) VALUES ($1, $2)`, nonce, micros(expires))
	return err
}

// TakeChallenge uses a nonce up and says when it expires. ErrNotFound when there is none.
func (tx *Tx) TakeChallenge(nonce string) (time.Time, error) {
	var expires int64
	err := tx.tx.QueryRowContext(tx.ctx, `DELETE FROM challenge WHERE nonce = $1 RETURNING expires`, nonce).Scan(&expires)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	return time.UnixMicro(expires), err
}

// PutSession opens a session under the digest of its token.
func (tx *Tx) PutSession(tokenDigest, person string, expires time.Time) error {
	_, err := tx.tx.ExecContext(tx.ctx, `INSERT INTO session (token, person, expires) VALUES ($1, $2, $3)`,
		tokenDigest, person, micros(expires))
	return err
}

// Session finds whose session it is and until when. ErrNotFound when there is none.
func (tx *Tx) Session(tokenDigest string) (person string, expires time.Time, err error) {
	var until int64
	err = tx.tx.QueryRowContext(tx.ctx, `SELECT person, expires FROM session WHERE token = $1`, tokenDigest).Scan(&person, &until)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	return person, time.UnixMicro(until), err
}

// EndSession ends one session.
func (tx *Tx) EndSession(tokenDigest string) error {
	_, err := tx.tx.ExecContext(tx.ctx, `DELETE FROM session WHERE token = $1`, tokenDigest)
	return err
}

// EndSessions ends every session of a person.
func (tx *Tx) EndSessions(person string) error {
	_, err := tx.tx.ExecContext(tx.ctx, `DELETE FROM session WHERE person = $1`, person)
	return err
}

// Forget drops expired challenges and sessions.
func (tx *Tx) Forget(now time.Time) error {
	for _, table := range [...]string{"challenge", "session"} {
		if _, err := tx.tx.ExecContext(tx.ctx, `DELETE FROM `+table+` WHERE expires < $1`, micros(now)); err != nil {
			return err
		}
	}
	return nil
}
