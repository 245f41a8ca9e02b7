// Package story tells the manual of desk control from its first page to its last, without a window: real
// people of the demo at their desks, over the real API, with real signatures, on a clock that is moved
// forward between their days.
//
// Its promise: every line that it prints has happened, and after each the notification stands where the
// manual says; where it does not, the story stops and says at which line. It ends alike on whatever day
// it is told.
//
// Its limit: it plays on days that the working calendar knows, so its dates may lie some weeks back.
package story

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"baqylau/assets"
	"baqylau/control"
	"baqylau/control/calendar"
	"baqylau/localstore"
	"baqylau/server/centre"
	"baqylau/server/portal"
	"baqylau/signing/demo"
)

const (
	// goesOn is more than the story takes, whatever holidays lie in its way.
	goesOn = 90 * 24 * time.Hour
	// morning is the hour of the clock to which it is moved.
	morning = 10
	// ending is the time that the centre has to close.
	ending = 10 * time.Second
)

// Options say how the story is told.
type Options struct {
	Lang    assets.Lang
	Program string    // how baqctl is called, in what people are told to type
	Keys    Keys      // which keys people sign with; both when empty
	Out     string    // folder for the signed documents
	Say     io.Writer // where it is told
	Log     *slog.Logger
	Machine func() time.Time // the machine's clock
}

// Keys says which of their keys the people of the story sign with.
type Keys string

// With both, authors sign with RSA and approvers with GOST, so that either can be seen.
const (
	GOSTKeys Keys = "gost"
	RSAKeys  Keys = "rsa"
	BothKeys Keys = "both"
)

// of is the algorithm that a person signs with.
func (k Keys) of(login string) demo.Algorithm {
	switch {
	case k == GOSTKeys, k != RSAKeys && strings.Contains(login, "approver"):
		return demo.GOST
	}
	return demo.RSA
}

// Stopped is what the story ends with when something did not happen as the manual has it.
type Stopped struct {
	Chapter, Line int // the line that was to come
	Cause         error
}

// Error names the line.
func (s *Stopped) Error() string { return fmt.Sprintf("line %d.%d: %v", s.Chapter, s.Line, s.Cause) }

// Unwrap gives the cause.
func (s *Stopped) Unwrap() error { return s.Cause }

// Tell tells the whole story over a centre of its own, which is gone afterwards; the documents stay.
func Tell(ctx context.Context, o Options) error { return tell(ctx, o, tales()) }

func tell(ctx context.Context, o Options, tales []tale) (err error) {
	cal, err := calendar.Read(assets.WorkCalendar)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "baqylau-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	if err := os.MkdirAll(o.Out, 0o755); err != nil {
		return err
	}
	t := &teller{
		Options: o, ctx: ctx, cal: cal, clock: centre.NewClock(cal, o.Machine, goesOn), folder: folder,
		cast: map[string]string{}, met: map[string]bool{}, heard: map[string]bool{},
	}
	people, err := portal.DemoPeople()
	if err != nil {
		return err
	}
	for _, p := range people.People {
		t.cast[p.Key] = p.IIN
	}
	rand.Read(t.seal[:]) // the local stores go with the demo
	t.say("story.begin")
	if err := t.forward(t.clock.Now()); err != nil {
		return err
	}
	t.centre, err = centre.Start(ctx, centre.Options{Folder: filepath.Join(folder, "centre"), Demo: true, Clock: t.clock.Now, Log: o.Log})
	if err != nil {
		return err
	}
	defer func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), ending)
		defer cancel()
		err = errors.Join(err, t.centre.Close(closing))
	}()
	for i, tale := range tales {
		if err := t.chapter(i+1, tale); err != nil {
			return err
		}
	}
	if err := t.summary(); err != nil {
		return err
	}
	return t.verify()
}

// teller is who tells the story.
type teller struct {
	Options
	ctx    context.Context
	centre *centre.Centre
	clock  *centre.Clock
	cal    *calendar.Calendar
	folder string
	seal   localstore.Key
	cast   map[string]string // IINs of the demo's people, by login
	met    map[string]bool   // who has been introduced
	heard  map[string]bool   // ids of the messages that were told
	told   []*chapter
	papers []paper
}

// tale is a chapter before it is told.
type tale struct {
	title  string   // key of its words
	number string   // of the purchase that it is about
	also   []string // and of others
	method control.Method
	// direction is where it is controlled.
	direction control.Direction
	scenes    []scene
	ends      control.NotificationStatus // how the notification stands in the end
}

// scene is what one person does in one sitting, or what befalls them all.
type scene func(*chapter) error

func (t *teller) say(key string, args ...any) { fmt.Fprintln(t.Say, t.Lang.T(key, args...)) }

// chapter tells one, and demands its end.
func (t *teller) chapter(number int, what tale) error {
	c := &chapter{teller: t, tale: what, number: number, day: t.clock.Now()}
	fmt.Fprintf(t.Say, "\n%d. %s\n", number, t.Lang.T("story.heading", "title", t.Lang.T(what.title), "number", what.number, "date", assets.Date(c.day)))
	for _, play := range what.scenes {
		if err := play(c); err != nil {
			return &Stopped{number, c.line + 1, err}
		}
	}
	if err := demand("the notification in the end", c.card.Notification.State.Status, what.ends); err != nil {
		return &Stopped{number, c.line + 1, err}
	}
	t.told = append(t.told, c)
	return nil
}

// summary is the table of what became of each notification.
func (t *teller) summary() error {
	fmt.Fprintf(t.Say, "\n%s\n", t.Lang.T("story.summary"))
	table := tabwriter.NewWriter(t.Say, 0, 0, 2, ' ', 0)
	for _, c := range t.told {
		n := c.card.Notification
		outcome := t.Lang.T("notification." + string(n.State.Status))
		if n.State.Suspension != "" {
			outcome += "; " + t.Lang.T("orders."+string(n.State.Suspension))
		}
		fmt.Fprintf(table, "%2d\t%s\t%s\t%s\n", c.number, t.Lang.T(c.title), n.Number, outcome)
	}
	return table.Flush()
}

// forward moves the clock to the morning of the first working day that is not over, at or after an
// instant, and has the centre do what has fallen due.
func (t *teller) forward(to time.Time) error {
	for day := to; ; day = t.cal.EndOfDay(day) {
		works, err := t.cal.Working(day)
		if err != nil {
			return err
		}
		at := t.cal.EndOfDay(day).AddDate(0, 0, -1).Add(morning * time.Hour)
		if !works || at.Before(to) {
			continue
		}
		t.clock.Forward(at)
		if t.centre == nil { // it is made on this day
			return nil
		}
		return t.centre.CatchUp(t.ctx)
	}
}
