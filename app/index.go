package app

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"

	"baqylau/api"
	"baqylau/control"
	"baqylau/localstore"
)

// index keeps in memory what lists and searches ask of mirrored objects, so that only what is shown is decoded.
// localstore keeps it sealed beside the objects; see localstore.Indexer.
type index struct {
	actor control.Actor // whose work is done here: what waits for them is needed at once

	mu       sync.Mutex
	words    pool
	notes    map[string]*note
	waiting  map[string]*note
	mine     map[string]string // purchases of the lots that are assigned to me, by lot
	messages map[string]*message
	windows  map[string]windowsOf // of purchases, once somebody asked
	shifts   int                  // how often a purchase has changed

	fresh []*note // not in order yet
	stale bool    // something in order is dead
	order []*note // newest first; never changed in place
}

// windowsOf are the windows of a purchase by a rule book.
type windowsOf struct {
	book   int64
	closes map[control.Direction]time.Time
}

// note is what a journal asks of a notification. What is searched is in lower case. It never changes.
type note struct {
	id, purchase     string
	version          int64
	status           control.NotificationStatus
	direction        control.Direction
	created          time.Time
	deadline         time.Time // to execute it; zero when there is none
	delivered        time.Time // zero while it is not
	waits            bool      // something of it may be mine to do
	received         bool      // it came to my organisation
	author, agreer   *person
	organizer        *party
	text             string // number, announcement, lot, the lot's names; each ended by NUL
	number, announce string // parts of text
	lot, kk, ru      string

	dead bool // replaced or gone; guarded by index.mu
}

// person is somebody whom many notes name.
type person struct {
	n                int // of all words in the pool
	iin, name, lower string
}

// party is an organisation that many notes name.
type party struct {
	n                  int
	bin, kk, ru, lower string
}

// message is what the inbox asks of one.
type message struct {
	id, notification, objection string
	code                        api.AboutCode
	at                          time.Time
	text                        string // in lower case: its number and its announcement's
}

// pool keeps what many notes name once.
type pool struct {
	terms   map[string]string
	people  map[string]*person
	parties map[string]*party
	n       int // of people and parties
}

func newPool() pool {
	return pool{terms: map[string]string{}, people: map[string]*person{}, parties: map[string]*party{}}
}

func (p *pool) term(text []byte) string {
	term, known := p.terms[string(text)]
	if !known {
		term = string(text)
		p.terms[term] = term
	}
	return term
}

// person takes an IIN and a name with NUL between them.
func (p *pool) person(key []byte) *person {
	known := p.people[string(key)]
	if known == nil {
		known = &person{n: p.n}
		known.iin, known.name, _ = strings.Cut(string(key), "\x00")
		known.lower = strings.ToLower(known.name)
		p.people[string(key)] = known
		p.n++
	}
	return known
}

// party takes a BIN and names with NUL between them.
func (p *pool) party(key []byte) *party {
	known := p.parties[string(key)]
	if known == nil {
		known = &party{n: p.n, lower: strings.ToLower(string(key))}
		var names string
		known.bin, names, _ = strings.Cut(string(key), "\x00")
		known.kk, known.ru, _ = strings.Cut(names, "\x00")
		p.parties[string(key)] = known
		p.n++
	}
	return known
}

func newIndex(principal api.Person) *index {
	x := &index{actor: principal.Actor()}
	x.Reset()
	return x
}

// useIndex reads or makes the index for who sits here now. What it says of another is of no use.
func (d *Desk) useIndex() error {
	fresh := newIndex(d.Principal())
	if used := d.index.Load(); used != nil && used.Version() == fresh.Version() {
		return nil
	}
	if err := d.store.Index(fresh); err != nil {
		return err
	}
	d.index.Store(fresh)
	return nil
}

// indexFormat is the version of what Entry writes.
const indexFormat = "1"

// Version implements localstore.Indexer: what waits for somebody depends on who they are.
func (x *index) Version() string {
	roles := make([]string, len(x.actor.Roles))
	for i, role := range x.actor.Roles {
		roles[i] = string(role)
	}
	slices.Sort(roles)
	return strings.Join(append([]string{indexFormat, x.actor.Person, x.actor.Organization}, roles...), " ")
}

// Entry implements localstore.Indexer. What can't be read has an entry like others: whoever comes upon it reads
// it and says so.
func (x *index) Entry(o localstore.Object) localstore.Entry {
	switch api.ObjectKind(o.Kind) {
	case api.ObjectKindNotification:
		var n api.Notification
		err := json.Unmarshal(o.Body, &n)
		n.ID = o.ID
		waits := err != nil || x.waits(&n.State)
		return localstore.Entry{Group: n.Purchase, First: waits, Data: noteData(&n, waits, n.State.Received(x.actor))}
	case api.ObjectKindCertificate:
		var c api.Certificate
		_ = json.Unmarshal(o.Body, &c) // one that can't be read is of no purchase
		return localstore.Entry{Group: c.Purchase}
	case api.ObjectKindAssignment:
		var a api.Assignment
		if err := json.Unmarshal(o.Body, &a); err != nil || a.Assignee != x.actor.Person {
			return localstore.Entry{}
		}
		return localstore.Entry{First: true, Data: []byte(a.Purchase)}
	case api.ObjectKindMessage:
		var m api.Message
		_ = json.Unmarshal(o.Body, &m) // see above
		return localstore.Entry{Data: messageData(&m)}
	default:
		return localstore.Entry{}
	}
}

// waits says whether a notification may be a task of mine, whatever the time: see cardTask.
func (x *index) waits(s *control.Notification) bool {
	for _, action := range []control.Action{
		control.ActionAcknowledge, control.ActionApprove, control.ActionAgree, control.ActionSendToAgreement, control.ActionSend,
	} {
		if s.May(x.actor, action).Allowed {
			return true
		}
	}
	return false
}

// Apply implements localstore.Indexer.
func (x *index) Apply(there []localstore.Indexed, gone []localstore.Ref) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, e := range there {
		x.drop(e.Ref)
		if len(e.Data) == 0 {
			continue
		}
		switch api.ObjectKind(e.Kind) {
		case api.ObjectKindNotification:
			x.keep(readNote(e, &x.words))
		case api.ObjectKindAssignment:
			x.mine[e.ID] = string(e.Data)
		case api.ObjectKindMessage:
			x.messages[e.ID] = readMessage(e)
		}
	}
	for _, ref := range gone {
		x.drop(ref)
	}
}

func (x *index) keep(n *note) {
	x.notes[n.id] = n
	x.fresh = append(x.fresh, n)
	if n.waits {
		x.waiting[n.id] = n
	}
}

func (x *index) drop(ref localstore.Ref) {
	switch api.ObjectKind(ref.Kind) {
	case api.ObjectKindNotification:
		if n := x.notes[ref.ID]; n != nil {
			n.dead, x.stale = true, true
			delete(x.notes, ref.ID)
			delete(x.waiting, ref.ID)
		}
	case api.ObjectKindAssignment:
		delete(x.mine, ref.ID)
	case api.ObjectKindMessage:
		delete(x.messages, ref.ID)
	case api.ObjectKindPurchase:
		delete(x.windows, ref.ID)
		x.shifts++
	}
}

// windowsBy gives the windows of a purchase as they were computed, and after how many changes of purchases that is.
func (x *index) windowsBy(book int64, purchase string) (w windowsOf, known bool, shifts int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	w, known = x.windows[purchase]
	return w, known && w.book == book, x.shifts
}

// keepWindows remembers windows, unless a purchase has changed since they were asked for.
func (x *index) keepWindows(purchase string, w windowsOf, shifts int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.shifts == shifts {
		x.windows[purchase] = w
	}
}

// Reset implements localstore.Indexer.
func (x *index) Reset() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.words = newPool()
	x.notes, x.waiting, x.mine = map[string]*note{}, map[string]*note{}, map[string]string{}
	x.messages, x.windows = map[string]*message{}, map[string]windowsOf{}
	x.fresh, x.order, x.stale = nil, nil, false
	x.shifts++
}

// newest gives all notes, the newest first, and how many words they share.
func (x *index) newest() (all []*note, words int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if len(x.fresh) > 0 || x.stale {
		fresh := slices.DeleteFunc(x.fresh, func(n *note) bool { return n.dead })
		slices.SortFunc(fresh, compareNewest)
		merged := make([]*note, 0, len(x.order)+len(fresh))
		for _, n := range x.order {
			if n.dead {
				continue
			}
			for len(fresh) > 0 && compareNewest(fresh[0], n) < 0 {
				merged, fresh = append(merged, fresh[0]), fresh[1:]
			}
			merged = append(merged, n)
		}
		x.order, x.fresh, x.stale = append(merged, fresh...), nil, false
	}
	return x.order, x.words.n
}

// compareNewest puts the newest first.
func compareNewest(a, b *note) int {
	return cmp.Or(b.created.Compare(a.created), strings.Compare(b.id, a.id))
}

// tasks are the notifications of which something may wait for me, by id.
func (x *index) tasks() []string {
	x.mu.Lock()
	defer x.mu.Unlock()
	ids := make([]string, 0, len(x.waiting))
	for id := range x.waiting {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// purchases are those in which a lot is assigned to me, by id.
func (x *index) purchases() []string {
	x.mu.Lock()
	defer x.mu.Unlock()
	seen := map[string]bool{}
	var ids []string
	for _, id := range x.mine {
		if !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// note gives one; nil when it isn't mirrored.
func (x *index) note(id string) *note {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.notes[id]
}

// inbox lists the messages, in no order.
func (x *index) inbox() []*message {
	x.mu.Lock()
	defer x.mu.Unlock()
	all := make([]*message, 0, len(x.messages))
	for _, m := range x.messages {
		all = append(all, m)
	}
	return all
}
