package app

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"baqylau/api"
	"baqylau/assets"
	"baqylau/control"
)

// Due is a filter by the term that runs: to send a notification while it is not sent, then to execute it.
type Due string

// Terms that end within [Soon], and terms that are over.
const (
	DueSoon   Due = "soon"
	DuePassed Due = "passed"
)

// Soon is how many working days before its end a term is near (ui.md, status families).
const Soon = 3

// Journal is what of the journal of notifications is asked for. What is empty asks for nothing.
type Journal struct {
	Text           string // part of a number, a name or a BIN
	Number         string // parts of the numbers
	Announcement   string
	Lot            string
	Organizer      string // part of its BIN or of its name
	Author, Agreer string // persons
	Status         control.NotificationStatus
	Direction      control.Direction
	Due            Due
	From, Until    time.Time // of its creation; Until is exclusive
	Sort           JournalColumn
	Descending     bool
	Lang           assets.Lang // in whose alphabet words are sorted, and which of two names
}

// JournalColumn is a column to sort by; the empty one is by creation, the newest first.
type JournalColumn string

// The columns. Statuses are in the manual's order; in the column of terms what ends first is first and what has
// no term last.
const (
	ByNumber       JournalColumn = "number"
	ByAnnouncement JournalColumn = "purchase"
	ByLot          JournalColumn = "lot"
	ByDirection    JournalColumn = "direction"
	ByStatus       JournalColumn = "status"
	ByAgreer       JournalColumn = "agreer"
	ByOrganizer    JournalColumn = "organizer"
	ByDue          JournalColumn = "due"
	ByAuthor       JournalColumn = "author"
	ByName         JournalColumn = "name"
)

// Found are the notifications that a search found, in order. A card is made when it is asked for. It isn't safe
// for use by many goroutines.
type Found struct {
	Total int // of all that I may see

	desk  *Desk
	rows  []*note
	forms map[string]Form // typed here and not taken by the centre
	cards map[int]Card    // made lately
}

// cardsKept is how many cards a list remembers: more than a screen shows.
const cardsKept = 200

// Len is how many were found.
func (f *Found) Len() int { return len(f.rows) }

// ID names the i-th.
func (f *Found) ID(i int) string { return f.rows[i].id }

// Card shows the i-th as it is now. [ErrGone] when it is no longer there.
func (f *Found) Card(i int) (Card, error) {
	if c, made := f.cards[i]; made {
		return c, nil
	}
	n := f.rows[i]
	c, err := f.desk.cardOf(n.id, f.forms)
	if err != nil {
		return Card{}, err
	}
	if len(f.cards) >= cardsKept {
		clear(f.cards)
	}
	f.cards[i] = c
	return c, nil
}

// FindNotifications searches the journal of what I may see, with drafts that only this machine has. It
// waits until the mirror's index is in memory.
func (d *Desk) FindNotifications(ctx context.Context, asked Journal) (*Found, error) {
	if err := d.store.Ready(ctx); err != nil {
		return nil, err
	}
	all, words := d.index.Load().newest()
	f := &Found{desk: d, cards: map[int]Card{}}
	var err error
	if f.forms, err = d.unsent(api.ObjectKindNotification); err != nil {
		return nil, err
	}
	only, err := d.onlyHere(f.forms)
	if err != nil {
		return nil, err
	}
	f.Total = len(all) + len(only)
	s := d.search(asked, words)
	for _, n := range all {
		for len(only) > 0 && compareNewest(only[0], n) < 0 {
			f.take(s, only[0])
			only = only[1:]
		}
		f.take(s, n)
	}
	for _, n := range only {
		f.take(s, n)
	}
	if s.failed != nil {
		return nil, s.failed
	}
	s.sort(f.rows)
	return f, s.failed
}

func (f *Found) take(s *search, n *note) {
	if s.fits(n) {
		f.rows = append(f.rows, n)
	}
}

// onlyHere are the notes of forms that the centre has not got, the newest first.
func (d *Desk) onlyHere(forms map[string]Form) ([]*note, error) {
	var notes []*note
	for id, form := range forms {
		if d.index.Load().note(id) != nil {
			continue
		}
		card, known, err := d.unsentCard(form)
		if err != nil {
			return nil, err
		}
		if known {
			notes = append(notes, unsentNote(&card.Notification))
		}
	}
	slices.SortFunc(notes, compareNewest)
	return notes, nil
}

// search is a journal's question being answered, at one instant.
type search struct {
	Journal
	desk      *Desk
	now       time.Time
	people    []answer // of words, by number
	parties   []answer
	organizer []answer
	left      map[time.Time]int
	failed    error
}

// answer is whether a word fits, once it was asked.
type answer int8

const (
	unasked answer = iota
	fits
	fitsNot
)

func (d *Desk) search(asked Journal, words int) *search {
	for _, text := range []*string{&asked.Text, &asked.Number, &asked.Announcement, &asked.Lot, &asked.Organizer} {
		*text = strings.ToLower(strings.TrimSpace(*text))
	}
	return &search{
		Journal: asked, desk: d, now: d.Now(), left: map[time.Time]int{},
		people: make([]answer, words), parties: make([]answer, words), organizer: make([]answer, words),
	}
}

// once asks about a word of the pool once; words that came since are asked each time.
func once(asked []answer, n int, ask func() bool) bool {
	if n < 0 || n >= len(asked) {
		return ask()
	}
	if asked[n] == unasked {
		asked[n] = fitsNot
		if ask() {
			asked[n] = fits
		}
	}
	return asked[n] == fits
}

// fits says whether a note passes every filter, those that are cheap first.
func (s *search) fits(n *note) bool {
	switch {
	case s.Status != "" && n.status != s.Status,
		s.Direction != "" && n.direction != s.Direction,
		s.Author != "" && n.author.iin != s.Author,
		s.Agreer != "" && n.agreer.iin != s.Agreer,
		!s.From.IsZero() && n.created.Before(s.From),
		!s.Until.IsZero() && !n.created.Before(s.Until):
		return false
	}
	return s.fitsTexts(n) && s.fitsDue(n)
}

func (s *search) fitsTexts(n *note) bool {
	return strings.Contains(n.number, s.Number) && strings.Contains(n.announce, s.Announcement) && strings.Contains(n.lot, s.Lot) &&
		(s.Organizer == "" || once(s.organizer, n.organizer.n, func() bool { return strings.Contains(n.organizer.lower, s.Organizer) })) &&
		(s.Text == "" || s.matches(n))
}

// matches says whether the text is part of a number, a name or a BIN.
func (s *search) matches(n *note) bool {
	return once(s.parties, n.organizer.n, func() bool { return strings.Contains(n.organizer.lower, s.Text) }) ||
		once(s.people, n.author.n, func() bool { return strings.Contains(n.author.lower, s.Text) }) ||
		once(s.people, n.agreer.n, func() bool { return strings.Contains(n.agreer.lower, s.Text) }) ||
		strings.Contains(n.text, s.Text)
}

func (s *search) fitsDue(n *note) bool {
	if s.Due == "" {
		return true
	}
	days, runs := s.days(n)
	return runs && (s.Due == DuePassed && days < 0 || s.Due == DueSoon && days >= 0 && days <= Soon)
}

// days counts the working days until the term of a note ends; false when none runs. See [Desk.TermOf].
func (s *search) days(n *note) (int, bool) {
	closes := n.deadline
	if !n.status.Settled() && !n.status.Sent() {
		var err error
		if closes, err = s.desk.closes(n.purchase, n.direction); err != nil && s.failed == nil {
			s.failed = err
		}
	}
	if n.status.Settled() || closes.IsZero() {
		return 0, false
	}
	days, counted := s.left[closes]
	if !counted {
		days = s.desk.daysLeft(s.now, closes)
		s.left[closes] = days
	}
	return days, true
}

// TermOf counts the working days until the next term of a notification ends: to send it while it is not sent,
// then to execute it. false when no term runs any more.
func (d *Desk) TermOf(c Card) (days int, runs bool) {
	switch s := &c.Notification.State; {
	case s.Status.Settled():
		return 0, false
	case s.Status.Sent():
		return c.DaysLeft, !s.Deadline.IsZero()
	case c.Window.Closes.IsZero():
		return 0, false
	default:
		return d.DaysLeft(c.Window.Closes), true
	}
}

// closes is when the window of a purchase closes in a direction; zero where none does, or where the purchase
// isn't mirrored.
func (d *Desk) closes(purchase string, direction control.Direction) (time.Time, error) {
	inForce := d.book.Load()
	computed, known, shifts := d.index.Load().windowsBy(inForce.version, purchase)
	if known {
		return computed.closes[direction], nil
	}
	p, found, err := mirroredOne[control.Purchase](d, api.ObjectKindPurchase, purchase)
	if err != nil {
		return time.Time{}, err
	}
	fresh := windowsOf{book: inForce.version, closes: map[control.Direction]time.Time{}}
	if found {
		if rules, err := inForce.rules.Case(&p.Body, nil, d.Now()); err == nil { // else the calendar lacks the year
			for _, each := range []control.Direction{control.Undirected, control.D1, control.D2, control.D3, control.D4} {
				fresh.closes[each] = rules.Window(each).Closes
			}
		}
	}
	d.index.Load().keepWindows(purchase, fresh, shifts)
	return fresh.closes[direction], nil
}

// sort puts what was found, the newest first, into the order that is asked for.
func (s *search) sort(rows []*note) {
	switch s.Sort {
	case "":
		return
	case ByStatus:
		place := map[control.NotificationStatus]int{}
		for i, status := range control.NotificationStatuses() {
			place[status] = i + 1
		}
		sortBy(s, rows, func(n *note) int { return place[n.status] }, cmp.Compare[int])
	case ByDue:
		type term struct {
			days int
			runs bool
		}
		sortBy(s, rows, func(n *note) term { days, runs := s.days(n); return term{days, runs} }, func(a, b term) int {
			if a.runs != b.runs {
				return map[bool]int{true: -1, false: 1}[a.runs]
			}
			return cmp.Compare(a.days, b.days)
		})
	default:
		text := s.sortText()
		if text == nil {
			return
		}
		alphabet, made := collate.New(language.Make(string(s.Lang))), map[string][]byte{} // «Ә» stands after «А», not after «Я»
		var buffer collate.Buffer
		sortBy(s, rows, func(n *note) []byte {
			word := text(n)
			key, known := made[word]
			if !known {
				key = alphabet.KeyFromString(&buffer, word)
				made[word] = key
			}
			return key
		}, bytes.Compare)
	}
}

// sortBy computes each row's key once.
func sortBy[K any](s *search, rows []*note, key func(*note) K, compare func(a, b K) int) {
	type keyed struct {
		row *note
		key K
	}
	all := make([]keyed, len(rows))
	for i, row := range rows {
		all[i] = keyed{row, key(row)}
	}
	slices.SortStableFunc(all, func(a, b keyed) int {
		if s.Descending {
			a, b = b, a
		}
		return compare(a.key, b.key)
	})
	for i := range all {
		rows[i] = all[i].row
	}
}

// sortText is what a column sorts by as words; nil for a column that isn't words.
func (s *search) sortText() func(*note) string {
	inLang := func(kk, ru string) string { return InLang(s.Lang, kk, ru) }
	switch s.Sort {
	case ByNumber:
		return func(n *note) string { return n.number }
	case ByAnnouncement:
		return func(n *note) string { return n.announce }
	case ByLot:
		return func(n *note) string { return n.lot }
	case ByDirection:
		return func(n *note) string { return string(n.direction) }
	case ByAgreer:
		return func(n *note) string { return n.agreer.name }
	case ByAuthor:
		return func(n *note) string { return n.author.name }
	case ByOrganizer:
		return func(n *note) string { return inLang(n.organizer.kk, n.organizer.ru) }
	case ByName:
		return func(n *note) string { return inLang(n.kk, n.ru) }
	default:
		return nil
	}
}
