package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"baqylau/api"
	"baqylau/assets"
	"baqylau/control"
	"baqylau/server/store"
)

// kindFormerBook is the kind of the books that were in force, each under its number. Decisions name it,
// so it is kept for ever.
const kindFormerBook = "former_rulebook"

// BuiltInBook is the book that the program comes with.
func BuiltInBook() control.Book {
	return control.Book{Calendar: assets.WorkCalendar, Catalogue: assets.RiskProfiles, Terms: assets.Terms}
}

// inForce is the rule book by which a transaction decides.
type inForce struct {
	number int64
	body   api.Rulebook
	rules  *control.Rules
}

// versions names the book and all parts of it: every decision records it.
func (b *inForce) versions() string {
	return fmt.Sprintf("rules %s, book %d, terms %s, catalogue %s, calendar %s",
		control.RulesVersion, b.number, b.rules.Terms.Version, b.body.Catalogue.Version, b.body.Calendar.Version)
}

// bookIn is the book in force as a transaction sees it: whichever server brought it, all that the
// transaction decides is decided by it. It is read anew only when its number is another one; so that no
// number ever stands for two books, a transaction that has set a book must not ask here any more.
func (s *Server) bookIn(tx *store.Tx) (*inForce, error) {
	number, err := tx.Version(kindRulebook, api.RulebookID)
	if err != nil {
		return nil, fmt.Errorf("find the rule book: %w", err)
	}
	if known := s.book.Load(); known != nil && known.number == number {
		return known, nil
	}
	record, err := tx.Get(kindRulebook, api.RulebookID)
	if err != nil {
		return nil, fmt.Errorf("read the rule book: %w", err)
	}
	b := &inForce{number: record.Version}
	if err := decode(record, &b.body); err != nil {
		return nil, err
	}
	if b.rules, err = b.body.Files().Rules(); err != nil {
		return nil, fmt.Errorf("read the rule book %d: %w", b.number, err)
	}
	s.book.Store(b)
	return b, nil
}

// GetRulebook gives the rule book in force, or one that was.
func (s *Server) GetRulebook(ctx context.Context, r api.GetRulebookRequestObject) (api.GetRulebookResponseObject, error) {
	var object api.Object
	err := s.store.View(ctx, func(tx *store.Tx) error {
		record, err := tx.Get(kindRulebook, api.RulebookID)
		if err != nil {
			return err
		}
		if asked := r.Params.Version; asked != 0 && asked != record.Version {
			former, err := tx.Get(kindFormerBook, strconv.FormatInt(asked, 10))
			if err != nil {
				return err
			}
			record.Body, record.Version = former.Body, asked
		}
		object, err = objectFor(tx, callerOf(ctx).actor, record)
		return err
	})
	if err == nil && r.Params.IfNoneMatch == etag(object.Version) {
		return api.GetRulebook304Response{}, nil
	}
	one := api.OneJSONResponse{Body: object, Headers: api.OneResponseHeaders{ETag: etag(object.Version)}}
	return api.GetRulebook200JSONResponse{OneJSONResponse: one}, err
}

// openBook has the store hold a rule book. A new store takes the one that the program comes with; a store
// that has one takes what is newer of the program, part by part, where the administrator brought
// nothing of his own. What a former program came with is never put back by it.
func (s *Server) openBook(ctx context.Context, builtIn control.Book) error {
	if _, err := builtIn.Rules(); err != nil {
		return fmt.Errorf("the built-in rule book: %w", err)
	}
	var taken, left []control.Part
	var number int64
	err := s.store.Update(ctx, func(tx *store.Tx) (err error) {
		taken, left, number = nil, nil, 0
		u := &unit{Tx: tx, s: s, now: s.now(), caller: caller{actor: control.Actor{Person: system}}}
		record, err := tx.Get(kindRulebook, api.RulebookID)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		number = record.Version
		book := api.Rulebook{}
		if number > 0 {
			if err := decode(record, &book); err != nil {
				return err
			}
		}
		for _, name := range control.Parts() {
			file := *builtIn.File(name)
			part := book.Part(name)
			switch known, err := u.had(number, name, file); {
			case err != nil:
				return err
			case known:
			case part.Origin == api.Administrator:
				left = append(left, name)
			default:
				*part = partOf(file, api.Program, u.now)
				taken = append(taken, name)
			}
		}
		if len(taken) == 0 {
			return nil
		}
		number++
		return u.setBook(record, book, "take_built_in_book")
	})
	if err != nil {
		return fmt.Errorf("take the built-in rule book over: %w", err)
	}
	if len(taken) > 0 {
		s.log.Info("the program's rule book is taken over", "book", number, "parts", taken)
	}
	if len(left) > 0 {
		s.log.Warn("the program comes with a newer rule book; the administrator's stays in force", "book", number, "parts", left)
	}
	return nil
}

func partOf(file []byte, origin api.RulebookPartOrigin, at time.Time) api.RulebookPart {
	return api.RulebookPart{Text: string(file), Version: control.FileVersion(file), Origin: origin, At: at}
}

// had says whether a part was ever as a file is.
func (u *unit) had(last int64, name control.Part, file []byte) (bool, error) {
	for n := last; n > 0; n-- {
		kind, id := kindFormerBook, strconv.FormatInt(n, 10)
		if n == last {
			kind, id = kindRulebook, api.RulebookID
		}
		book, err := read[api.Rulebook](u.Tx, kind, id)
		if err != nil {
			return false, err
		}
		if bytes.Equal([]byte(book.Part(name).Text), file) {
			return true, nil
		}
	}
	return false, nil
}

// setBook puts a book in force in the place of the one that record is, which is kept under its number.
func (u *unit) setBook(record store.Record, book api.Rulebook, action string) error {
	if record.Version > 0 {
		former := store.Record{Kind: kindFormerBook, ID: strconv.FormatInt(record.Version, 10), Body: record.Body}
		if _, err := u.Put(former, 0); err != nil {
			return err
		}
	}
	return u.put(store.Record{Kind: kindRulebook, ID: api.RulebookID}, record.Version, book, action, []string{allScope})
}
