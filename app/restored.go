package app

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"baqylau/api"
	"baqylau/assets"
	"baqylau/localstore"
)

// reasonRestored is the centre's answer to a cursor of a log that it no longer has.
const reasonRestored = "restored"

// preferenceRestored is the name under which a store remembers it until the person has seen it.
const preferenceRestored = "restored centre"

// Restored says that the centre was put back from a backup: what this machine had read of it is no longer
// what the centre knows. The mirror was made anew since; drafts and outbox stay, and what waits is sent
// again under the same keys. The zero value: nothing of the kind has happened.
type Restored struct {
	Read    time.Time `json:"read"`    // the last change that was read before
	Head    time.Time `json:"head"`    // the last change that the centre had when it was noticed
	Noticed time.Time `json:"noticed"` // by the centre's clock
	Kept    int       `json:"kept"`    // my texts that the centre has lost and that are drafts again
}

// RestoredSentence says it to the person; empty for the zero value.
func RestoredSentence(lang assets.Lang, r Restored) string {
	if r.Noticed.IsZero() {
		return ""
	}
	text := lang.T("refusal.restored", "read", assets.DateTime(r.Read), "head", assets.DateTime(r.Head))
	if r.Kept > 0 {
		text += " " + lang.N("app.restored_kept", r.Kept)
	}
	return text
}

// ForgetRestored is called when the person has seen that the centre was restored.
func (d *Desk) ForgetRestored() error { return d.rememberRestored(Restored{}) }

func (d *Desk) rememberRestored(r Restored) error {
	body, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if err := d.store.SetPreference(preferenceRestored, body); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.restored = r
	return nil
}

// recallRestored takes up what the store remembers of it.
func (d *Desk) recallRestored() error {
	body, found, err := d.store.Preference(preferenceRestored)
	if err != nil || !found {
		return err
	}
	return json.Unmarshal(body, &d.restored)
}

// lostLog is what was mirrored of a log that the centre no longer has, as far as it matters to me.
type lostLog struct {
	told  Restored
	forms []Form                       // what I wrote, as the centre had it
	bases map[string]localstore.Object // what waiting commands were made over, by aggregate
}

// restart forgets the mirror that the centre no longer goes on with. A centre that was restored is told of
// first, so that a crash on the way hides nothing; what must outlive the mirror is returned, else nil.
func (d *Desk) restart(p api.Problem) (lost *lostLog, err error) {
	if p.Reason == reasonRestored {
		d.log.Warn("the centre was restored from a backup", "read", p.Restored.Read, "head", p.Restored.Head)
		lost = &lostLog{told: Restored{Read: p.Restored.Read, Head: p.Restored.Head, Noticed: d.Now()}}
		if err := errors.Join(d.rememberRestored(lost.told), d.gather(lost)); err != nil {
			return nil, err
		}
		d.mu.Lock()
		d.own = map[string][]ownStep{} // its numbers of versions are given again
		d.mu.Unlock()
	}
	return lost, d.mirrorAnew()
}

// gather collects what must outlive the mirror.
func (d *Desk) gather(lost *lostLog) error {
	waiting, err := d.store.Outbox()
	if err != nil {
		return err
	}
	lost.bases = map[string]localstore.Object{}
	for _, c := range waiting {
		lost.bases[c.Aggregate] = localstore.Object{}
	}
	all, err := d.store.Objects("")
	if err != nil {
		return err
	}
	for _, o := range all {
		if _, waits := lost.bases[o.ID]; waits {
			lost.bases[o.ID] = o
		}
		form, mine, err := d.formOf(o)
		if err != nil {
			return err
		}
		if mine {
			lost.forms = append(lost.forms, form)
		}
	}
	return nil
}

// formOf is what I wrote of a mirrored object, if it is one that I wrote.
func (d *Desk) formOf(o localstore.Object) (f Form, mine bool, err error) {
	switch api.ObjectKind(o.Kind) {
	case api.ObjectKindNotification:
		var n api.Notification
		err = json.Unmarshal(o.Body, &n)
		f = Form{ID: o.ID, Purchase: n.Purchase, Lot: n.Lot, Direction: n.State.Direction, Text: textOf(n)}
		mine = n.State.Author == d.Me().Person.IIN
	case api.ObjectKindConclusion:
		var c api.Conclusion
		err = json.Unmarshal(o.Body, &c)
		f = Form{ID: o.ID, Objection: c.Objection, Text: conclusionText(c)}
		mine = c.State.Author == d.Me().Person.IIN
	}
	f.Base = o.Version
	return f, mine && err == nil, err
}

// mend is called when the mirror is whole again: what I wrote and the centre has lost becomes a draft, and a
// command over a version whose number was given again to something else waits for the person.
func (d *Desk) mend(lost *lostLog) error {
	for _, kind := range []string{draftNotification, draftConclusion} {
		if err := d.rebase(kind); err != nil {
			return err
		}
	}
	for _, f := range lost.forms {
		kept, err := d.keepLost(f)
		if err != nil {
			return err
		}
		if kept {
			lost.told.Kept++
		}
	}
	if lost.told.Kept > 0 {
		if err := d.rememberRestored(lost.told); err != nil {
			return err
		}
	}
	return d.holdBack(lost.bases)
}

// rebase puts what is typed over the versions that the centre has now: what it lost is new again, and a number
// that it gave to another text shows that text beside mine.
func (d *Desk) rebase(kind string) error {
	d.typing.Lock()
	defer d.typing.Unlock()
	drafts, err := d.store.Drafts(kind)
	if err != nil {
		return err
	}
	for _, draft := range drafts {
		var f Form
		if err := json.Unmarshal(draft.Body, &f); err != nil {
			return err
		}
		now, found, err := d.written(f.kind(), f.ID)
		switch {
		case err != nil:
			return err
		case f.New, found && now.Version > f.Base:
			continue
		case !found:
			f.New, f.Base, f.Was = true, 0, Text{}
		case now.Body == f.Was:
			f.Base = now.Version
		default:
			f.Base = now.Version - 1
		}
		if draft, err = formDraft(f); err != nil {
			return err
		}
		if err := d.store.SaveDraft(draft); err != nil {
			return err
		}
	}
	return nil
}

// keepLost makes a text that the centre has lost a draft, unless there is one.
func (d *Desk) keepLost(f Form) (kept bool, err error) {
	d.typing.Lock()
	defer d.typing.Unlock()
	now, found, err := d.written(f.kind(), f.ID)
	if err != nil || found && (now.Version >= f.Base || now.Body == f.Text) {
		return false, err
	}
	if _, typed, err := d.store.Draft(string(f.kind()), f.ID); err != nil || typed {
		return false, err
	}
	f.New, f.Base, f.Was = !found, now.Version, now.Body
	draft, err := formDraft(f)
	if err != nil {
		return false, err
	}
	return true, d.store.SaveDraft(draft)
}

// holdBack puts in conflict what waits to change a version that says something else now under its number: the
// centre would take it.
func (d *Desk) holdBack(bases map[string]localstore.Object) error {
	heads, err := d.store.Next(0) // what is behind one that is held waits with it
	if err != nil {
		return err
	}
	for _, c := range heads {
		was := bases[c.Aggregate]
		if was.ID == "" || c.Base != was.Version {
			continue
		}
		now, found, err := d.store.Object(was.Kind, was.ID)
		if err != nil {
			return err
		}
		if found && now.Version == c.Base && !bytes.Equal(was.Body, now.Body) {
			if err := d.hold(c, now); err != nil {
				return err
			}
		}
	}
	return nil
}

// hold puts a command in conflict with what is mirrored, in the words in which the centre says it.
func (d *Desk) hold(c localstore.Command, now localstore.Object) error {
	p := api.Fault(http.StatusPreconditionFailed, "stale")
	p.Current = api.Object{Kind: api.ObjectKind(now.Kind), ID: now.ID, Version: now.Version, Body: now.Body}
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	if err := d.store.MarkSent(c.ID); err != nil {
		return err
	}
	return d.store.Finish(c.ID, localstore.Outcome{State: localstore.Conflict, Answer: body})
}
