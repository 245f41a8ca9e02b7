package store

import (
	"context"
	"database/sql"
	"sync"
)

// statements are the prepared ones of a database, by their text: where the engine doesn't remember them by
// itself, reading the text takes longer than doing what it says. They can't be prepared while a transaction has
// the only connection, so a text that is new is noted, and prepared when the transaction is over.
type statements struct {
	mu     sync.Mutex
	ready  map[string]*sql.Stmt
	wanted []string
}

// What is kept: texts of this length at most, and so many of them. The others are made for one occasion.
const longestStatement, mostStatements = 1500, 200

func newStatements() *statements { return &statements{ready: map[string]*sql.Stmt{}} }

// of is the prepared statement of a text; nil when there is none yet.
func (s *statements) of(text string) *sql.Stmt {
	if s == nil || len(text) > longestStatement {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	known, found := s.ready[text]
	if !found && len(s.ready) < mostStatements {
		s.ready[text] = nil // wanted
		s.wanted = append(s.wanted, text)
	}
	return known
}

// prepare prepares what was asked for in vain. One that can't be is done without.
func (s *statements) prepare(ctx context.Context, db *sql.DB) {
	if s == nil {
		return
	}
	s.mu.Lock()
	wanted := s.wanted
	s.wanted = nil
	s.mu.Unlock()
	for _, text := range wanted {
		if made, err := db.PrepareContext(ctx, text); err == nil {
			s.mu.Lock()
			s.ready[text] = made
			s.mu.Unlock()
		}
	}
}
