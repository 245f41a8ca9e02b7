package app

import (
	"cmp"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"

	"baqylau/api"
	"baqylau/localstore"
)

// ErrClash means that what waits was written over an older text, and that a person has to decide what
// stays: see [Desk.Clash].
var ErrClash = errors.New("two texts clash")

// PastReason is why a text is in the history.
type PastReason string

// The reasons.
const (
	PastMine     PastReason = "mine"     // written here, and gave way in a conflict
	PastTheirs   PastReason = "theirs"   // written by others, and gave way in a conflict
	PastReplaced PastReason = "replaced" // written here, and gave way to an older text that was brought back
	PastEarlier  PastReason = "earlier"  // saved earlier than the one that an import brought, or found here
)

// Past is a text that gave way to another and may be brought back.
type Past struct {
	Text   Text       `json:"text"`
	Reason PastReason `json:"reason"`
	At     time.Time  `json:"-"`
}

// History is what gave way in a notification or a conclusion on this machine, the newest first.
func (d *Desk) History(f Form) ([]Past, error) {
	kept, err := d.store.History(string(f.kind()), f.ID)
	if err != nil {
		return nil, err
	}
	list := make([]Past, len(kept))
	for i, k := range kept {
		if err := json.Unmarshal(k.Body, &list[i]); err != nil {
			return nil, err
		}
		list[i].At = k.At
		list[i].Reason = cmp.Or(list[i].Reason, PastEarlier) // an import keeps the form as it is, which has none
	}
	return list, nil
}

// Restore brings a text of the history back; what is written now goes there in its place.
func (d *Desk) Restore(f Form, past Past) (Form, error) {
	gives := Past{Text: f.Text, Reason: PastReplaced}
	if f.Text == past.Text {
		return f, nil
	}
	f = d.lift(f).Write(past.Text)
	d.typing.Lock()
	defer d.typing.Unlock()
	return f, d.keepOver(f, []Past{gives})
}

// keepOver keeps a form with what gave way to it. The caller holds typing.
func (d *Desk) keepOver(f Form, gave []Past) error {
	draft, past, err := d.overDraft(f, gave)
	if err != nil {
		return err
	}
	return d.store.SaveDraftOver(draft, past...)
}

func (d *Desk) overDraft(f Form, gave []Past) (localstore.Draft, []localstore.Past, error) {
	past := make([]localstore.Past, len(gave))
	for i, g := range gave {
		body, err := json.Marshal(g)
		if err != nil {
			return localstore.Draft{}, nil, err
		}
		past[i] = localstore.Past{Body: body, At: d.Now()}
	}
	draft, err := formDraft(f)
	return draft, past, err
}

// Decide settles a conflict: text stays, over what the centre has, and what gave way is kept in the
// history. The form that was presented comes back to go on with. A command of it that waits
// for the decision takes the text along and is sent.
func (d *Desk) Decide(f Form, text Text) (Form, error) {
	c := f.Conflict()
	gave := c.gave(text)
	if f.Theirs != nil {
		d.step(f.ID, ownStep{from: f.Base, to: f.version, text: *f.Theirs, theirs: true})
		f = f.over(text, f.version, *f.Theirs)
		f.Theirs = nil
	} else {
		f = f.Write(text)
	}
	d.typing.Lock()
	defer d.typing.Unlock()
	waits, found, err := d.conflicting(f.ID)
	switch {
	case err != nil:
		return f, err
	case found:
		defer d.Kick()
		return f, d.rewrite(waits, f, text, gave)
	default:
		return f, d.keepOver(f, gave)
	}
}

// gave are the texts that something is left out of by a decision.
func (c Conflict) gave(decided Text) (gave []Past) {
	mine, theirs := c.lost(decided)
	if theirs {
		gave = append(gave, Past{Text: c.Theirs, Reason: PastTheirs})
	}
	if mine {
		gave = append(gave, Past{Text: c.Mine, Reason: PastMine})
	}
	return gave
}

// conflicting is the command of an aggregate that carries a text and waits for a decision.
func (d *Desk) conflicting(id string) (localstore.Command, bool, error) {
	outbox, err := d.store.Outbox()
	for _, c := range outbox {
		if c.Aggregate == id && c.State == localstore.Conflict && writes(c) {
			return c, true, err
		}
	}
	return localstore.Command{}, false, err
}

// writes says whether a command carries a text over another.
func writes(c localstore.Command) bool {
	return c.Path == step{api.ObjectKindNotification, stepEdit}.path(c.Aggregate) ||
		c.Path == step{api.ObjectKindConclusion, stepEdit}.path(c.Aggregate)
}

// rewrite puts a command with another text, over the form's version, in the place of one that is in
// conflict, and keeps the form with what gave way. The caller holds typing.
func (d *Desk) rewrite(waits localstore.Command, f Form, text Text, gave []Past) error {
	draft, past, err := d.overDraft(f, gave)
	if err != nil {
		return err
	}
	f.Text = text
	c := formCommand(f, draft)
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	by := waits
	by.ID, by.Base = id.String(), c.base
	if by.Body, err = json.Marshal(c.body); err != nil {
		return err
	}
	return d.store.ReplaceKeeping(waits.ID, by, draft, past...)
}

// remerge writes a command that was refused as written over an older text over the newer one, where the
// two leave each other's fields alone. [ErrClash] when a person has to decide.
func (d *Desk) remerge(c localstore.Command) error {
	d.typing.Lock()
	defer d.typing.Unlock()
	f, theirs, err := d.overtaken(c)
	if err != nil {
		return err
	}
	sent, err := sentText(c)
	if err != nil {
		return err
	}
	merged, clashes := merge(f.Was, sent, theirs.Body)
	typed, more := merge(f.Was, f.Text, theirs.Body) // what was typed since goes on over the same
	if len(clashes)+len(more) > 0 {
		return ErrClash
	}
	if err := d.rewrite(c, f.over(typed, theirs.Version, theirs.Body), merged, nil); err != nil {
		return err
	}
	d.step(f.ID, ownStep{from: f.Base, to: theirs.Version, text: theirs.Body, theirs: true})
	return nil
}

// overtaken is the draft of a command that was overtaken by another text, and that text. [ErrClash] when
// nobody knows any more what the command was written over.
func (d *Desk) overtaken(c localstore.Command) (f Form, theirs Versioned[Text], err error) {
	kind := api.ObjectKindNotification
	if c.Path == (step{api.ObjectKindConclusion, stepEdit}).path(c.Aggregate) {
		kind = api.ObjectKindConclusion
	}
	theirs, found, err := d.written(kind, c.Aggregate)
	if err != nil || !found || theirs.Version <= c.Base {
		return f, theirs, errors.Join(err, ErrClash)
	}
	draft, found, err := d.store.Draft(string(kind), c.Aggregate)
	if err != nil || !found {
		return f, theirs, errors.Join(err, ErrClash)
	}
	if err := json.Unmarshal(draft.Body, &f); err != nil {
		return f, theirs, err
	}
	if f.Base != c.Base {
		return f, theirs, ErrClash
	}
	return f, theirs, nil
}

// Clash is the form whose command waits in conflict, presented: see [Form.Conflict]. [ErrGone] when what
// was written is no longer here.
func (d *Desk) Clash(id string) (Form, error) {
	for _, kind := range []api.ObjectKind{api.ObjectKindNotification, api.ObjectKindConclusion} {
		if f, typed, err := d.typed(kind, id); err != nil || typed {
			return f, err
		}
	}
	return Form{}, ErrGone
}
