package story

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"baqylau/api"
	"baqylau/app"
	"baqylau/assets"
	"baqylau/control"
	"baqylau/localstore"
	"baqylau/server"
	"baqylau/server/portal"
	"baqylau/signing"
	"baqylau/signing/demo"
)

// chapter is one being told.
type chapter struct {
	*teller
	tale
	number, line  int
	day           time.Time // on which it begins
	purchases     []string  // ids; the first is what it is about
	notifications []string  // ids; likewise
	card          app.Card  // the first notification as it was seen last
}

// actor is a person of the demo at their desk.
type actor struct {
	*chapter
	*app.Desk
	key       signing.Signatory
	algorithm demo.Algorithm
}

// step tells what has happened, once it has.
func (c *chapter) step(who, key string, args ...any) {
	c.line++
	fmt.Fprintf(c.Say, "%6s  %s: %s\n", fmt.Sprintf("%d.%d", c.number, c.line), who, c.Lang.T(key, args...))
}

// step tells what this person has done.
func (a *actor) step(key string, args ...any) { a.chapter.step(a.name(), key, args...) }

// name is how the story calls a person: with the position, the first time.
func (a *actor) name() string {
	me := a.Me().Person
	if a.met[me.IIN] {
		return me.ShortName()
	}
	a.met[me.IIN] = true
	return a.Lang.T("story.met", "name", me.FullName(), "position", app.InLang(a.Lang, me.PositionKK, me.PositionRU))
}

// open opens the key file of the person with the algorithm.
func (c *chapter) open(login string, algorithm demo.Algorithm) (*signing.Key, error) {
	for _, name := range []string{filepath.Join(string(algorithm), login+".p12"), login + ".p12"} {
		key, err := app.OpenKey(filepath.Join(c.centre.KeysFolder(), name), []byte(demo.Password))
		if !errors.Is(err, fs.ErrNotExist) {
			return key, err
		}
	}
	return nil, fs.ErrNotExist
}

// by seats a person, who enters with their key, acts and leaves.
func by(login string, acts ...func(*actor) error) scene {
	return func(c *chapter) (err error) {
		if err := c.centre.CatchUp(c.ctx); err != nil { // with what the one before set going
			return err
		}
		door, err := app.Knock(c.ctx, c.centre.Origin(), c.Log)
		if err != nil {
			return err
		}
		algorithm := c.Keys.of(login)
		key, err := c.open(login, algorithm)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, key.Close()) }()
		desk, err := door.Enter(c.ctx, key, nil, func(who app.Owner, _ []byte) (*localstore.Store, error) {
			return localstore.Open(filepath.Join(c.folder, who.Person+".db"), c.seal)
		})
		if err != nil {
			return fmt.Errorf("%s enters: %w", login, err)
		}
		a := &actor{chapter: c, Desk: desk, key: key, algorithm: algorithm}
		for _, act := range append([]func(*actor) error{(*actor).read}, acts...) {
			if err = act(a); err != nil {
				err = fmt.Errorf("%s: %w", login, err)
				break
			}
		}
		return errors.Join(err, desk.Leave(context.WithoutCancel(c.ctx)))
	}
}

// read tells what has come into the person's cabinet since they were there last, on this chapter's
// notifications: deliveries are told where they are received.
func (a *actor) read() error {
	messages, err := a.Messages()
	if err != nil {
		return err
	}
	slices.Reverse(messages) // as they came
	for _, m := range messages {
		if a.heard[m.ID] || !slices.Contains(a.notifications, m.Notification) {
			continue
		}
		a.heard[m.ID] = true
		if m.About.Code != api.Delivered {
			a.step("story.message", "text", app.MessageText(a.Lang, m))
		}
	}
	return nil
}

// reported has the portal report a state of its purchases, and the operator take the file over.
func reported(name, key string) scene {
	return func(c *chapter) error {
		data, err := portal.DemoStory(name, c.day, c.cal)
		if err != nil {
			return err
		}
		path := filepath.Join(c.folder, name+".json")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			return err
		}
		office := server.Office{Store: c.centre.Store(), Clock: c.clock.Now, Name: "baqctl import"}
		took, err := office.Import(c.ctx, []portal.Source{portal.FromFile(path)}, portal.Limits{})
		if err != nil {
			return err
		}
		for _, f := range took.Files {
			if f.RefusedCount+len(f.Notes)+len(took.Waiting) > 0 {
				return fmt.Errorf("the portal's file is not taken whole: %+v, waiting %+v", f, took.Waiting)
			}
		}
		c.step(c.Lang.T("story.portal"), key, "new", took.New, "changed", took.Changed)
		return nil
	}
}

// days lets working days pass.
func days(n int) scene {
	return func(c *chapter) error {
		end, err := c.cal.WorkingDays(c.clock.Now(), n)
		if err != nil {
			return err
		}
		return c.pass(end.Add(-time.Nanosecond))
	}
}

// past lets the time pass until an instant of the notification is over.
func past(instant func(control.Notification) time.Time) scene {
	return func(c *chapter) error { return c.pass(instant(c.card.Notification.State)) }
}

// nearly lets the time pass until working days are left to execute the notification.
func nearly(left int) scene {
	return func(c *chapter) error {
		day, err := c.cal.WorkingDaysBefore(c.card.Notification.State.Deadline, left)
		if err != nil {
			return err
		}
		return c.pass(day)
	}
}

func (c *chapter) pass(to time.Time) error {
	day := c.cal.EndOfDay(to).AddDate(0, 0, -1)
	if err := c.forward(day); err != nil {
		return err
	}
	c.step(c.Lang.T("story.centre"), "story.days", "date", assets.Date(c.clock.Now()))
	return nil
}

// deadline is when the notification lapses, remedyOpens when it can be executed.
func deadline(n control.Notification) time.Time { return n.Deadline }

func remedyOpens(n control.Notification) time.Time { return n.Remedies[0].From }

// demand finds something in the status that the manual says.
func demand[S ~string](what string, got, want S) error {
	if got != want {
		return fmt.Errorf("%s is %q, not %q", what, got, want)
	}
	return nil
}

// stands demands a status of the first notification, and tells how it came to it.
func (a *actor) stands(want control.NotificationStatus, key string, args ...any) error {
	card, err := a.Card(a.notifications[0])
	if err != nil {
		return err
	}
	n := card.Notification
	if err := demand("notification "+n.Number, n.State.Status, want); err != nil {
		return err
	}
	a.card = card
	a.step(key, append(args, "number", n.Number, "status", a.Lang.T("notification."+string(want)))...)
	return nil
}

// denied demands a refusal for a reason, and tells its explanation.
func (a *actor) denied(key string, reason control.Reason, err error) error {
	var p api.Problem
	var v control.Verdict
	got := control.Reason("")
	switch {
	case errors.As(err, &p):
		got = control.Reason(p.Reason)
	case errors.As(err, &v):
		got = v.Reason
	}
	if got != reason {
		return fmt.Errorf("it is to be refused as %s, and was: %w", reason, errors.Join(err, errTaken))
	}
	a.step("story.denied", "what", a.Lang.T(key), "why", app.Sentence(a.Lang, err, ""))
	return nil
}

// errTaken stands beside the error, if any, of what should have been refused otherwise.
var errTaken = errors.New("not refused so")

func (a *actor) sign(papers ...app.Paper) error {
	var err error
	for _, signed := range a.SignPapers(a.ctx, a.key, papers, func(int, app.Signed) {}) {
		err = errors.Join(err, signed.Err)
	}
	return err
}
