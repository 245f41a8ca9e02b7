package server_test

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"baqylau/api"
	"baqylau/control"
	"baqylau/signing"
)

type ref struct{ kind, id string }

// life is what the log says of an aggregate so far.
type life struct {
	ref
	version int64
	gone    bool
	body    []byte
}

// event is an entry of the log.
type event struct {
	ref
	seq, version int64
	gone         bool
	actor        string
	action       string
	body         []byte
}

// log is the event log replayed.
type log struct {
	last    int64
	lives   map[ref]*life
	reached map[control.NotificationStatus]int
	sent    map[string]time.Time // when, by purchase and direction
}

func newLog() *log {
	return &log{lives: map[ref]*life{}, reached: map[control.NotificationStatus]int{}, sent: map[string]time.Time{}}
}

// read replays what has happened since, and returns how much that was.
func (l *log) read(rt *rapid.T, db *sql.DB) int {
	rows, err := db.Query(`SELECT seq, kind, object, version, gone, actor, action, body FROM event WHERE seq > $1 ORDER BY seq`, l.last)
	if err != nil {
		rt.Fatal(err)
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		var e event
		if err := rows.Scan(&e.seq, &e.kind, &e.id, &e.version, &e.gone, &e.actor, &e.action, &e.body); err != nil {
			rt.Fatal(err)
		}
		if e.seq != l.last+1 {
			rt.Fatalf("event %d comes after %d", e.seq, l.last)
		}
		l.last = e.seq
		l.follow(rt, e)
		n++
	}
	if err := rows.Err(); err != nil {
		rt.Fatal(err)
	}
	return n
}

// all lists the aggregates of a kind that are there, by id.
func (l *log) all(kind string) []*life {
	var list []*life
	for _, life := range l.lives {
		if life.kind == kind && !life.gone {
			list = append(list, life)
		}
	}
	slices.SortFunc(list, func(a, b *life) int { return strings.Compare(a.id, b.id) })
	return list
}

// follow takes an event up and demands that it may follow what was before.
func (l *log) follow(rt *rapid.T, e event) {
	was, known := l.lives[e.ref]
	if !known || was.gone {
		if e.gone || e.version != 1 {
			rt.Fatalf("%s %s begins with version %d, gone %v", e.kind, e.id, e.version, e.gone)
		}
		was = &life{ref: e.ref}
	} else if again := e.version == was.version && !e.gone && bytes.Equal(e.body, was.body); !again && e.version != was.version+1 {
		rt.Fatalf("%s %s: version %d follows %d", e.kind, e.id, e.version, was.version)
	}
	switch e.kind {
	case "notification":
		l.notification(rt, e, bodyOf[api.Notification](rt, was.body), bodyOf[api.Notification](rt, e.body))
	case "objection":
		l.objection(rt, e, bodyOf[api.Objection](rt, was.body), bodyOf[api.Objection](rt, e.body))
	case "conclusion":
		l.conclusion(rt, e, bodyOf[api.Conclusion](rt, was.body), bodyOf[api.Conclusion](rt, e.body))
	case "marks":
		l.marks(rt, bodyOf[api.Marks](rt, e.body))
	}
	l.lives[e.ref] = &life{ref: e.ref, version: e.version, gone: e.gone, body: e.body}
}

// bodyOf decodes a body; none is the zero value.
func bodyOf[T any](rt *rapid.T, data []byte) (v T) {
	if len(data) == 0 {
		return v
	}
	if err := json.Unmarshal(data, &v); err != nil {
		rt.Fatal(err)
	}
	return v
}

// leads says whether a table has a row of one of the actions between two statuses.
func leads[S ~string](table control.Life[S], from, to S, actions ...control.Action) bool {
	return slices.ContainsFunc(table, func(row control.Transition[S]) bool {
		return row.From == from && row.To == to && slices.Contains(actions, row.Action)
	})
}

// aside are the actions on a notification that leave its status as it is: its file is made, what it did to
// the purchase begins, or they are on its penalties.
var aside = []string{"prepare", "effect", "save_penalty", "complete_penalty", "suspend", "revoke_suspension"}

func (l *log) notification(rt *rapid.T, e event, was, is api.Notification) {
	from, to := was.State.Status, is.State.Status
	if e.gone {
		to = ""
	}
	actions := []control.Action{control.Action(e.action)}
	if e.action == string(control.ActionApproveConclusion) {
		actions = []control.Action{control.ActionAnnul, control.ActionResumePartly, control.ActionResumeRefused}
	}
	if still := slices.Contains(aside, e.action) && from == to; !still && !leads(control.NotificationLife, from, to, actions...) {
		rt.Fatalf("%s led a notification from %q to %q, which no row of the table does", e.action, from, to)
	}
	l.reached[to]++
	place := is.Purchase + " " + string(is.State.Direction)
	at, sent := l.sent[place]
	switch control.Action(e.action) {
	case control.ActionCreate:
		if sent {
			rt.Fatalf("%s was created after the shut-out", e.id)
		}
		for _, other := range l.all("notification") {
			if o := bodyOf[api.Notification](rt, other.body); o.Lot == is.Lot && o.State.Direction == is.State.Direction {
				rt.Fatalf("%s and %s are on one lot and direction", other.id, e.id)
			}
		}
	case control.ActionSend:
		if sent && !at.Equal(is.State.DeliveredAt) {
			rt.Fatalf("%s was sent at %v, after the shut-out of %v", e.id, is.State.DeliveredAt, at)
		}
		l.sent[place] = is.State.DeliveredAt
	case control.ActionAgree, control.ActionReject, control.ActionApprove:
		if from != control.NotificationInAgreement || e.actor != was.State.Agreer {
			rt.Fatalf("%s did %s on one that is %s, in the turn of %s", e.actor, e.action, from, was.State.Agreer)
		}
	case control.ActionApproveConclusion, control.ActionObject:
		if is.State.Deadline.Before(was.State.Deadline) {
			rt.Fatalf("%s shortened the deadline from %v to %v", e.action, was.State.Deadline, is.State.Deadline)
		}
	}
	if from.Sent() && (was.File != is.File || was.Signature != is.Signature || !was.State.DeliveredAt.Equal(is.State.DeliveredAt)) {
		rt.Fatalf("%s changed what was sent", e.action)
	}
}

func (l *log) objection(rt *rapid.T, e event, was, is api.Objection) {
	actions := []control.Action{control.Action(e.action)}
	if e.action == string(control.ActionApproveConclusion) {
		actions = []control.Action{control.ActionSatisfyObjection, control.ActionPartlySatisfy, control.ActionRefuseObjection}
	}
	from, to := was.State.Status, is.State.Status
	still := from == to && was.State.Conclusion != is.State.Conclusion // of its conclusion alone
	if !still && !leads(control.ObjectionLife, from, to, actions...) {
		rt.Fatalf("%s led an objection from %q to %q", e.action, from, to)
	}
}

func (l *log) conclusion(rt *rapid.T, e event, was, is api.Conclusion) {
	from, to := was.State.Status, is.State.Status
	if e.gone {
		to = ""
	}
	if still := e.action == "prepare_conclusion" && from == to; !still && !leads(control.ConclusionLife, from, to, control.Action(e.action)) {
		rt.Fatalf("%s led a conclusion from %q to %q", e.action, from, to)
	}
	switch control.Action(e.action) {
	case control.ActionAgreeConclusion, control.ActionRejectConclusion, control.ActionApproveConclusion:
		if from != control.ConclusionInAgreement || e.actor != was.State.Agreer {
			rt.Fatalf("%s did %s on one that is %s, in the turn of %s", e.actor, e.action, from, was.State.Agreer)
		}
	}
}

// marks are never violated without being checked, nor changed under a notification.
func (l *log) marks(rt *rapid.T, m api.Marks) {
	for _, mark := range m.Marks {
		if mark.Violated && !mark.Checked {
			rt.Fatalf("profile %d is violated and not checked", mark.Profile)
		}
	}
	for _, n := range l.all("notification") {
		if o := bodyOf[api.Notification](rt, n.body); o.Lot == m.Lot && o.State.Direction == m.Direction {
			rt.Fatalf("the marks of %s changed under the notification %s", m.Lot, n.id)
		}
	}
}

// isTheState demands that the log replayed is what the store keeps: nothing more, nothing less.
func (l *log) isTheState(rt *rapid.T, db *sql.DB) {
	rows, err := db.Query(`SELECT kind, id, version, body FROM aggregate`)
	if err != nil {
		rt.Fatal(err)
	}
	defer rows.Close()
	kept := map[ref]bool{}
	for rows.Next() {
		var is life
		if err := rows.Scan(&is.kind, &is.id, &is.version, &is.body); err != nil {
			rt.Fatal(err)
		}
		kept[is.ref] = true
		said, known := l.lives[is.ref]
		if !known || said.gone || said.version != is.version || !bytes.Equal(said.body, is.body) {
			rt.Fatalf("%s %s is kept in version %d and the log says %+v", is.kind, is.id, is.version, said)
		}
	}
	if err := rows.Err(); err != nil {
		rt.Fatal(err)
	}
	for _, said := range l.lives {
		if !said.gone && !kept[said.ref] {
			rt.Fatalf("the log says that %s %s is there", said.kind, said.id)
		}
	}
}

// signaturesHold demands that each signature is its signer's over exactly the file that it stands beside.
func (w *walk) signaturesHold(rt *rapid.T) {
	hold := func(what, id, file, signature, signer string, at time.Time) {
		if signature == "" {
			return
		}
		content, cms := w.file(file), w.file(signature)
		if digest(content) != file || digest(cms) != signature {
			rt.Fatalf("the %s %s has other bytes than its digests say", what, id)
		}
		report := signing.Verify(content, cms, at, signing.Policy{
			Trust: signing.DemoTrust(keys(w.t).Certificate), ExpectIIN: signer, RequireNonRepudiation: true, RequireSigningCertificate: true,
		})
		if !report.Valid() {
			rt.Fatalf("the signature of the %s %s doesn't hold: %+v", what, id, report.Steps)
		}
	}
	for _, life := range w.log.all("notification") {
		n := bodyOf[api.Notification](rt, life.body)
		if n.State.Status.Sent() != (n.Signature != "") && n.State.Status != control.NotificationApproved {
			rt.Fatalf("one that is %s has the signature %q", n.State.Status, n.Signature)
		}
		hold("notification", n.ID, n.File, n.Signature, n.Signer, n.SignedAt)
	}
	for _, life := range w.log.all("conclusion") {
		c := bodyOf[api.Conclusion](rt, life.body)
		if (c.State.Status == control.ConclusionDelivered) != (c.Signature != "") {
			rt.Fatalf("a conclusion that is %s has the signature %q", c.State.Status, c.Signature)
		}
		hold("conclusion", c.ID, c.File, c.Signature, c.Signer, c.State.DeliveredAt)
	}
	for _, life := range w.log.all("certificate") {
		c := bodyOf[api.Certificate](rt, life.body)
		if (c.State == control.Prepared) == (c.Signature != "") && c.State != control.Superseded {
			rt.Fatalf("a certificate that is %s has the signature %q", c.State, c.Signature)
		}
		hold("certificate", c.ID, c.File, c.Signature, c.Assignee, c.SignedAt)
	}
}

// basis names the marks that a certificate is to be made from now, as the centre does.
func (w *walk) basis(c *control.Case, cert api.Certificate) string {
	var parts []string
	for _, i := range c.Certified(cert.Assignee, cert.Direction) {
		id := api.MarksID(c.Purchase.Lots[i].ID, cert.Direction)
		parts = append(parts, fmt.Sprintf("%s@%d", id, w.version("marks", id)))
	}
	return strings.Join(parts, " ")
}
