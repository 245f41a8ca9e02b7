package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Place is a place in the log: behind the event of a number. Its digest stands for all events up to it,
// each with its number, what it changed, who did it, when, and what came of it; so two logs that have the
// same digest at a number say the same up to there. The zero place is before the first event.
//
// The digests prove nothing against whoever can write the database: they could be made anew. They tell a
// centre that was restored from a backup and went on from the one whose feed was read before. What an
// event says can't be guessed from them, because its id, which is mostly chance, leaves the centre nowhere.
type Place struct {
	Seq    int64
	Digest string
	At     time.Time // of the event
}

// Place gives the place behind the event of a number, up to the log's head. ErrNotFound beyond it.
func (tx *Tx) Place(seq int64) (Place, error) {
	if seq == 0 {
		return Place{}, nil
	}
	var at int64
	p := Place{Seq: seq}
	err := tx.row(`SELECT chain, at FROM event WHERE seq = $1`, []any{seq}, &p.Digest, &at)
	p.At = time.UnixMicro(at)
	return p, err
}

// digest stands for all that an event says. Each part goes with its length, so that no two events look alike.
func (e Event) digest(id string) string {
	h := sha256.New()
	for _, part := range [...]string{
		id, e.Kind, e.Object, strconv.FormatInt(e.Version, 10), strconv.FormatBool(e.Gone),
		e.Actor, e.Action, strconv.FormatInt(micros(e.At), 10), string(e.Body),
	} {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// link is the digest of the log up to an event, of that before it and of the event's own.
func link(before string, seq int64, digest string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%d\n%s", before, seq, digest))
	return hex.EncodeToString(sum[:])
}

// chained is how many events are linked by one statement: what is bound to it has a limit.
const chained = 500

// unlinked is an event that is to be numbered.
type unlinked struct{ id, digest string }

// chain numbers the events that have no number yet, behind the last one that has, and links them to it. It
// returns how many they were.
func (tx *Tx) chain(last int64) (n int64, err error) {
	before, err := tx.Place(last)
	if err != nil {
		return 0, fmt.Errorf("find the log's head: %w", err)
	}
	for {
		var page []unlinked
		err := tx.each(`SELECT id, digest FROM event WHERE seq IS NULL ORDER BY id LIMIT $1`, []any{chained}, func(scan func(...any) error) error {
			var e unlinked
			err := scan(&e.id, &e.digest)
			page = append(page, e)
			return err
		})
		if err != nil || len(page) == 0 {
			return before.Seq - last, err
		}
		if before, err = tx.link(before, page); err != nil || len(page) < chained {
			return before.Seq - last, err
		}
	}
}

// link numbers events and links them to the place before them; it returns the place behind them.
func (tx *Tx) link(before Place, page []unlinked) (Place, error) {
	rows := make([]string, len(page))
	args := make([]any, 0, 3*len(page))
	for i, e := range page {
		before.Seq++
		before.Digest = link(before.Digest, before.Seq, e.digest)
		rows[i] = fmt.Sprintf("(CAST($%d AS TEXT), CAST($%d AS BIGINT), CAST($%d AS TEXT))", 3*i+1, 3*i+2, 3*i+3)
		args = append(args, e.id, before.Seq, before.Digest)
	}
	_, err := tx.exec(`WITH next (id, seq, chain) AS (VALUES `+strings.Join(rows, ", ")+`)
		UPDATE event SET seq = next.seq, chain = next.chain FROM next WHERE event.id = next.id`, args...)
	return before, err
}

// chainAll gives the events of a store that was made without digests theirs, and links the numbered ones.
func (s *Store) chainAll(ctx context.Context, begun *sql.Tx) error {
	tx := &Tx{ctx: ctx, tx: begun, store: s}
	for after := ""; ; {
		digests, last, err := tx.undigested(after)
		if err != nil {
			return err
		}
		for _, e := range digests {
			if _, err := tx.exec(`UPDATE event SET digest = $1 WHERE id = $2`, e.digest, e.id); err != nil {
				return err
			}
		}
		if after = last; len(digests) < chained {
			break
		}
	}
	return tx.chainNumbered()
}

// undigested gives a page of the events after an id, with the digests that they are to have, and the last id.
func (tx *Tx) undigested(after string) (page []unlinked, last string, err error) {
	last = after
	err = tx.each(`SELECT id, kind, object, version, gone, actor, action, at, body FROM event WHERE id > $1 ORDER BY id LIMIT $2`,
		[]any{after, chained}, func(scan func(...any) error) error {
			var e Event
			var gone, at int64
			err := scan(&last, &e.Kind, &e.Object, &e.Version, &gone, &e.Actor, &e.Action, &at, (*text)(&e.Body))
			if e.Gone = gone != 0; at != 0 {
				e.At = time.UnixMicro(at)
			}
			page = append(page, unlinked{last, e.digest(last)})
			return err
		})
	return page, last, err
}

// chainNumbered links the events that have numbers already, in their order.
func (tx *Tx) chainNumbered() error {
	var before Place
	for {
		var page []unlinked
		err := tx.each(`SELECT id, digest FROM event WHERE seq > $1 ORDER BY seq LIMIT $2`, []any{before.Seq, chained}, func(scan func(...any) error) error {
			var e unlinked
			err := scan(&e.id, &e.digest)
			page = append(page, e)
			return err
		})
		if err != nil || len(page) == 0 {
			return err
		}
		if before, err = tx.link(before, page); err != nil {
			return err
		}
	}
}
