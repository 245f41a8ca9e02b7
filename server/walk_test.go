package server_test

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"baqylau/api"
	"baqylau/control"
	"baqylau/signing/demo"
)

// TestNobodyBringsTheCentreIntoAForbiddenState lets random people give random commands at random times to
// the real centre over its real store. Most commands are such as control allows, so that late states are
// reached; others are anybody's; some are wrong on purpose. After each of them:
//
//   - the centre did what control, asked beforehand of the same facts, said, and cited its rule;
//   - whoever was refused changed nothing at all;
//   - what the log says of every aggregate may follow what it said before (see log.follow);
//   - at the end the log replayed is the state, and every signature is over exactly its file.
func TestNobodyBringsTheCentreIntoAForbiddenState(t *testing.T) {
	rounds(t, map[string]string{"rapid.checks": "3", "rapid.steps": "45"}) // towards each status
	reached, given, refused := map[control.NotificationStatus]int{}, 0, 0
	for _, goal := range control.NotificationStatuses() {
		t.Run(string(goal), func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				w := begin(t, rt, goal)
				w.straight(rt)
				rt.Repeat(w.steps())
				w.log.isTheState(rt, w.watch)
				w.signaturesHold(rt)
				for s, n := range w.log.reached {
					reached[s] += n - w.before[s]
				}
				given, refused = given+w.given, refused+w.refused
			})
		})
	}
	t.Logf("%d commands were taken, %d refused", given, refused)
	for _, s := range control.NotificationStatuses() {
		t.Logf("%6d × %s", reached[s], s)
		if reached[s] == 0 {
			t.Errorf("nothing was ever %s", s)
		}
	}
	if given < 300 || refused < 300 {
		t.Error("that is too little to show anything")
	}
}

// rounds sets how long rapid goes on, where nobody said it on the command line: a centre takes longer to
// open than a value, and is worth more once it is.
func rounds(t *testing.T, settings map[string]string) {
	t.Helper()
	for name, value := range settings {
		f := flag.Lookup(name)
		if f == nil || f.Value.String() != f.DefValue {
			continue
		}
		if err := f.Value.Set(value); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = f.Value.Set(f.DefValue) })
	}
}

// steps are what may happen next, the more often the more names it has.
func (w *walk) steps() map[string]func(*rapid.T) {
	steps := map[string]func(*rapid.T){"wait": w.wait, "deadline": w.deadline}
	for name, step := range map[string]struct {
		times int
		do    func(*rapid.T)
	}{"likely": {6, w.likely}, "towards": {6, w.towards}, "anybody's": {4, w.anybodys}, "wrong": {2, w.wrong}} {
		for i := range step.times {
			steps[fmt.Sprintf("%s %d", name, i)] = step.do
		}
	}
	return steps
}

// walk is a centre on its way.
type walk struct {
	*world
	log       *log
	watch     *sql.DB // a connection of its own to the centre's store, to see what others committed
	purchases []control.Purchase
	rules     *control.Rules
	goal      control.NotificationStatus
	before    map[control.NotificationStatus]int // reached in the beginning
	ids       int
	given     int
	refused   int
}

// way is how a status is reached: from where, and by which commands, the last one first.
type way struct {
	from    func(testing.TB) *world
	by      []string
	outcome api.ChosenOutcome // of a conclusion
}

// ways lead to every status.
func ways() map[control.NotificationStatus]way {
	from := func(s stage) func(testing.TB) *world { return func(t testing.TB) *world { return at(t, s) } }
	conclude := []string{"approve conclusion", "prepare conclusion", "conclusion to agreement", "conclude"}
	return map[control.NotificationStatus]way{
		control.NotificationDraft:           {from: from(begun), by: []string{"create", "mark", "assign"}},
		control.NotificationInAgreement:     {from: from(marked), by: []string{"to agreement", "create"}},
		control.NotificationRejected:        {from: from(inAgreement), by: []string{"reject"}},
		control.NotificationApproved:        {from: from(inAgreement), by: []string{"approve", "prepare"}},
		control.NotificationDelivered:       {from: from(approved), by: []string{"send all"}},
		control.NotificationAcknowledged:    {from: sentInD3, by: []string{"acknowledge"}},
		control.NotificationObjectionSent:   {from: from(delivered), by: []string{"object"}},
		control.NotificationInExecution:     {from: from(acknowledged), by: []string{"begin"}},
		control.NotificationLapsedKnown:     {from: from(acknowledged), by: []string{lapsing}},
		control.NotificationLapsedUnknown:   {from: from(delivered), by: []string{lapsing}},
		control.NotificationExecuted:        {from: from(reported), by: []string{"confirm"}},
		control.NotificationAwaiting:        {from: from(notConfirmed), by: []string{"execute " + string(control.AmendDocumentation)}},
		control.NotificationNotConfirmed:    {from: from(reported), by: []string{"not confirm"}},
		control.NotificationAnnulled:        {from: from(objectionAssigned), by: conclude, outcome: api.ChosenOutcomeSatisfied},
		control.NotificationObjectionPartly: {from: from(objectionAssigned), by: conclude, outcome: api.ChosenOutcomePartlySatisfied},
		control.NotificationObjectionLost:   {from: from(objectionAssigned), by: conclude, outcome: api.ChosenOutcomeRefused},
	}
}

// lapsing is no command: it is to wait for the deadline.
const lapsing = "lapse"

// sentInD3 has a notification on a preliminary admission delivered.
func sentInD3(t testing.TB) *world {
	const name = "sent in D3"
	if file, found := reached.Load(name); found {
		return restored(t, file.([]byte))
	}
	w := given(t)
	w.notify("18391866-1", control.D3, 0)
	copied := filepath.Join(t.TempDir(), "copy.db")
	w.copyTo(copied)
	file, err := os.ReadFile(copied)
	if err != nil {
		t.Fatal(err)
	}
	reached.Store(name, file)
	return w
}

// round is a test's own TB for one round of rapid: it fails the round and cleans up at its end.
type round struct {
	testing.TB
	rt *rapid.T
}

func (r round) Helper()                   {}
func (r round) Errorf(f string, a ...any) { r.rt.Errorf(f, a...) }
func (r round) Fatalf(f string, a ...any) { r.rt.Fatalf(f, a...) }
func (r round) Error(a ...any)            { r.rt.Error(a...) }
func (r round) Fatal(a ...any)            { r.rt.Fatal(a...) }
func (r round) Cleanup(f func())          { r.rt.Cleanup(f) }
func (r round) Context() context.Context  { return context.Background() }
func (r round) TempDir() string {
	folder, err := os.MkdirTemp("", "baqylau-walk")
	if err != nil {
		r.rt.Fatal(err)
	}
	r.rt.Cleanup(func() { _ = os.RemoveAll(folder) })
	return folder
}

// begin opens a centre on the way to a status, and reads what has happened there.
func begin(t *testing.T, rt *rapid.T, goal control.NotificationStatus) *walk {
	tb := round{t, rt}
	w := &walk{world: ways()[goal].from(tb), rules: rules(t), goal: goal}
	watch, err := sql.Open("sqlite", w.path)
	if err != nil {
		rt.Fatal(err)
	}
	rt.Cleanup(func() { _ = watch.Close() })
	watch.SetMaxOpenConns(1)
	w.watch, w.log = watch, newLog()
	w.log.read(rt, watch)
	w.before = maps.Clone(w.log.reached)
	for _, number := range []string{heroNumber, "18391866-1"} { // D1 with three lots, D3
		for _, p := range w.log.all("purchase") {
			if facts := bodyOf[control.Purchase](rt, p.body); facts.Number == number {
				w.purchases = append(w.purchases, facts)
			}
		}
	}
	return w
}

// undoing are the commands that lead back.
var undoing = []string{"unassign", "delete", "recall", "reject", "delete conclusion", "reject conclusion"}

// likely does what control allows somebody now.
func (w *walk) likely(rt *rapid.T) {
	undo := rapid.IntRange(0, 3).Draw(rt, "undo") == 0
	w.draw(rt, slices.DeleteFunc(w.moves(), func(m move) bool {
		return !m.verdict.Allowed || !undo && slices.Contains(undoing, m.name)
	})).carryOut(rt, w)
}

// straight goes to the goal before all else, mostly.
func (w *walk) straight(rt *rapid.T) {
	if rapid.IntRange(0, 15).Draw(rt, "straight") == 0 {
		return
	}
	for !w.there() {
		if !w.next(rt) {
			rt.Fatalf("no way leads to %s", w.goal)
		}
	}
}

func (w *walk) there() bool { return w.log.reached[w.goal] > w.before[w.goal] }

// towards does the next thing on the way to the walk's goal; once there, it does what is likely.
func (w *walk) towards(rt *rapid.T) {
	switch {
	case w.there():
		w.likely(rt)
	case !w.next(rt):
		rt.Skip("there is no way any more")
	}
}

// next does the next thing on the way; false when there is none.
func (w *walk) next(rt *rapid.T) bool {
	moves := w.moves()
	for _, name := range ways()[w.goal].by {
		if name == lapsing {
			w.deadline(rt)
			return true
		}
		next := slices.DeleteFunc(slices.Clone(moves), func(m move) bool { return m.name != name || !m.verdict.Allowed })
		if len(next) > 0 {
			w.draw(rt, next).carryOut(rt, w)
			return true
		}
	}
	return false
}

// deadline lets time pass to the next deadline of a notification.
func (w *walk) deadline(rt *rapid.T) {
	var next time.Time
	for _, life := range w.log.all("notification") {
		at := bodyOf[api.Notification](rt, life.body).State.Deadline
		if at.After(w.clock.now()) && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	if next.IsZero() {
		rt.Skip("there is no deadline")
	}
	w.until(rt, next)
}

// until sets the clock, and has the centre do what that brings.
func (w *walk) until(rt *rapid.T, at time.Time) {
	w.clock.set(at)
	if err := w.centre.CatchUp(context.Background()); err != nil {
		rt.Fatalf("what was due: %v", err)
	}
	w.log.read(rt, w.watch)
}

// anybodys does anything whatsoever.
func (w *walk) anybodys(rt *rapid.T) { w.draw(rt, w.moves()).carryOut(rt, w) }

// draw chooses what is done, then who does it to what.
func (w *walk) draw(rt *rapid.T, from []move) move {
	names := map[string][]move{}
	for _, m := range from {
		names[m.name] = append(names[m.name], m)
	}
	if len(names) == 0 {
		rt.Skip("nothing can be done")
	}
	name := rapid.SampledFrom(slices.Sorted(maps.Keys(names))).Draw(rt, "what")
	return names[name][rapid.IntRange(0, len(names[name])-1).Draw(rt, "which")]
}

// wrong does what would be allowed, but for one thing: an old version, another file, a signature over other
// bytes or of somebody else.
func (w *walk) wrong(rt *rapid.T) {
	m := w.draw(rt, slices.DeleteFunc(w.moves(), func(m move) bool {
		return !m.verdict.Allowed || !m.guarded
	}))
	r := m.ask(rt, w)
	ways := map[string]string{"an old version": "stale"}
	if m.paper != "" {
		ways["another file"], ways["other bytes"], ways["somebody else's key"] = "digest_changed", "wrong_document", "wrong_signer"
	}
	way := rapid.SampledFrom(slices.Sorted(maps.Keys(ways))).Draw(rt, "wrong")
	sign, _ := r.body.(api.SignCommand)
	switch way {
	case "an old version":
		r.ifMatch = etag(rapid.SampledFrom([]int64{0, 99}).Draw(rt, "version"))
	case "another file":
		sign.Digest = digest([]byte("another"))
		r.body = sign
	case "other bytes":
		sign.CMS = w.signed(m.by, []byte("other bytes"))
		r.body = sign
	case "somebody else's key":
		other := person("auditor")
		if m.by.name == other.name {
			other = person("approver")
		}
		sign.CMS = w.signed(other, w.file(m.paper))
		r.body = sign
	}
	a := w.unmoved(rt, m, r)
	if p := a.problem(w.t); a.status < 400 || p.Reason != ways[way] {
		rt.Fatalf("%s by %s with %s: %d %s, want %s", m.name, m.by.name, way, a.status, a.body, ways[way])
	}
}

// wait lets time pass by some hours, or to an instant at which something may change.
func (w *walk) wait(rt *rapid.T) {
	now := w.clock.now()
	hours := []time.Time{now.Add(time.Hour), now.Add(26 * time.Hour)}
	for _, n := range w.log.all("notification") {
		s := bodyOf[api.Notification](rt, n.body).State
		hours = append(hours, s.Deadline, s.ObjectionUntil, s.Deadline.Add(-time.Second))
		for _, open := range s.Remedies {
			hours = append(hours, open.From)
		}
	}
	hours = slices.DeleteFunc(hours, func(at time.Time) bool { return !at.After(now) || at.After(noon().AddDate(0, 4, 0)) })
	if len(hours) == 0 {
		rt.Skip("it is late")
	}
	w.until(rt, rapid.SampledFrom(hours).Draw(rt, "until"))
}

// carryOut sends a command and holds the answer against what control said of it.
func (m move) carryOut(rt *rapid.T, w *walk) {
	r := m.ask(rt, w)
	if !m.verdict.Allowed {
		a := w.unmoved(rt, m, r)
		p := a.problem(w.t)
		if item, of := firstRefused(a); of {
			p = item
		}
		known := p.Rule == string(m.verdict.Rule) && p.Reason == string(m.verdict.Reason)
		if outcome(a) < 400 || m.seen && !known {
			rt.Fatalf("%s by %s: control says %q, the centre %d %s", m.name, m.by.name, m.verdict.Error(), a.status, a.body)
		}
		return
	}
	a := w.send(m.by, r)
	if outcome(a) != http.StatusOK {
		rt.Fatalf("%s by %s: control allows it, the centre answers %d %s", m.name, m.by.name, a.status, a.body)
	}
	w.given++
	if w.log.read(rt, w.watch) == 0 {
		rt.Fatalf("%s by %s left nothing in the log", m.name, m.by.name)
	}
}

// unmoved sends a command that must be refused, and demands that nothing changed.
func (w *walk) unmoved(rt *rapid.T, m move, r request) answer {
	before := w.changes()
	a := w.send(m.by, r)
	w.refused++
	if _, batch := firstRefused(a); batch { // its answer is kept under its key, and nothing else
		if w.log.read(rt, w.watch) > 0 {
			rt.Fatalf("%s by %s was refused and left events: %s", m.name, m.by.name, a.body)
		}
	} else if after := w.changes(); after != before {
		rt.Fatalf("%s by %s was refused, and something was committed: %d %s", m.name, m.by.name, a.status, a.body)
	}
	return a
}

// changes tells whether anything was committed since it was asked before: SQLite's own count of what
// other connections commit.
func (w *walk) changes() (version int64) {
	if err := w.watch.QueryRow(`PRAGMA data_version`).Scan(&version); err != nil {
		w.t.Fatal(err)
	}
	return version
}

func (w *walk) id() string {
	w.ids++
	return fmt.Sprintf("01900000-0000-7000-8000-%012d", w.ids)
}

// file is what the centre keeps under a digest.
func (w *walk) file(digest string) (content []byte) {
	if err := w.watch.QueryRow(`SELECT body FROM file WHERE digest = $1`, digest).Scan(&content); err != nil {
		w.t.Fatalf("reading the file %s: %v", digest, err)
	}
	return content
}

// signed is somebody's signature; of who has no key, none.
func (w *walk) signed(by who, content []byte) []byte {
	if _, found := keys(w.t).Find(by.name, demo.Signing); !found {
		return []byte(bad)
	}
	return signedAt(w.t, key(w.t, by.name, demo.Signing), content, w.clock.now())
}
