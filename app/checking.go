package app

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"baqylau/api"
	"baqylau/control"
)

// MyLot is a lot or plan point assigned to me, in one direction.
type MyLot struct {
	Purchase    control.Purchase
	Lot         control.Lot
	Direction   control.Direction
	Open        control.Verdict // may it be marked now
	DaysLeft    int             // working days until the window closes; -1 when it is over or there is none
	Checked     int             // profiles checked
	Violated    int
	Profiles    int               // profiles to check
	Certificate *api.Certificate  // signed, in force
	Standing    *api.Notification // if there is one
	Assigned    time.Time         // when it was assigned to me
}

// MyLots lists what is assigned to me: one row for each lot and direction that is open or has work in
// it; a lot that is open nowhere stands once. What closes first comes first.
func (d *Desk) MyLots() ([]MyLot, error) {
	if err := d.store.AtHand(); err != nil {
		return nil, err
	}
	var rows []MyLot
	for _, id := range d.index.Load().purchases() {
		f, found, err := d.file(id)
		if err != nil {
			return nil, err
		}
		if !found {
			continue
		}
		c, err := d.rulesFor(f)
		if err != nil {
			return nil, err
		}
		for i := range c.Purchase.Lots {
			if c.Work[i].Assignee == d.Principal().IIN {
				rows = append(rows, d.lotRows(f, c, i)...)
			}
		}
	}
	slices.SortFunc(rows, func(a, b MyLot) int {
		if c := compareDeadlines(a.Open.Closes, b.Open.Closes); c != 0 {
			return c
		}
		return strings.Compare(a.Purchase.Number+a.Lot.Number+string(a.Direction), b.Purchase.Number+b.Lot.Number+string(b.Direction))
	})
	return rows, nil
}

// compareDeadlines puts what closes first first, and what never closes last.
func compareDeadlines(a, b time.Time) int {
	switch {
	case a.IsZero() && b.IsZero():
		return 0
	case a.IsZero():
		return 1
	case b.IsZero():
		return -1
	default:
		return a.Compare(b)
	}
}

func (d *Desk) lotRows(f *file, c *control.Case, i int) []MyLot {
	var rows []MyLot
	directions := c.Purchase.Method.Directions()
	for n, direction := range directions {
		row := d.lotRow(f, c, i, direction)
		if row.Open.Allowed || row.Checked > 0 || row.Standing != nil || n == len(directions)-1 && len(rows) == 0 {
			rows = append(rows, row)
		}
	}
	return rows
}

func (d *Desk) lotRow(f *file, c *control.Case, i int, direction control.Direction) MyLot {
	lot := c.Purchase.Lots[i]
	row := MyLot{
		Purchase: *c.Purchase, Lot: lot, Direction: direction, Open: c.Mark(d.Actor(), i, direction), DaysLeft: -1,
		Profiles: len(c.Profiles(direction)), Assigned: f.assignments[lot.ID].Body.At,
	}
	for _, m := range c.Work[i].In(direction).Marks {
		if m.Checked {
			row.Checked++
		}
		if m.Violated {
			row.Violated++
		}
	}
	if row.Open.Allowed && !row.Open.Closes.IsZero() {
		row.DaysLeft = d.DaysLeft(row.Open.Closes)
	}
	row.Certificate = signedCertificate(f, direction, d.Principal().IIN)
	row.Standing = standing(f, lot.ID, direction)
	return row
}

func standing(f *file, lot string, direction control.Direction) *api.Notification {
	for _, n := range f.notifications {
		if n.Body.Lot == lot && n.Body.State.Direction == direction {
			return &n.Body
		}
	}
	return nil
}

func signedCertificate(f *file, direction control.Direction, assignee string) *api.Certificate {
	for _, c := range f.certificates {
		state := c.Body.Rules()
		if c.Body.Direction == direction && c.Body.Assignee == assignee && state.InForce() {
			return &c.Body
		}
	}
	return nil
}

// DaysLeft counts the working days until a term ends: 0 when it ends today, -1 when it is over or the
// calendar lacks the year.
func (d *Desk) DaysLeft(closes time.Time) int { return d.daysLeft(d.Now(), closes) }

func (d *Desk) daysLeft(now, closes time.Time) int {
	left, err := d.rules().Calendar.WorkingDaysLeft(now, closes)
	if err != nil {
		return -1
	}
	return left
}

// DeskPage is the desk-control page of a purchase in one direction: what its screen draws.
type DeskPage struct {
	Purchase   control.Purchase
	Directions []DirectionState
	Direction  control.Direction
	Profiles   []control.RiskProfile
	Lots       []DeskLot
	Unsaved    int // marks kept on this machine alone
	Certify    control.Verdict
	Certified  *api.Certificate
	Prepared   Prepared // my certificate that was prepared here, to be signed without the centre; zero when none was
	SendAll    control.Verdict
	Approved   bool // some notification that is known here is
	Now        time.Time
}

// DirectionState is a tab of the page.
type DirectionState struct {
	Direction control.Direction
	Window    control.Window
	Open      bool // some lot may be marked now
}

// DeskLot is a row of the grid.
type DeskLot struct {
	Lot          control.Lot
	Mine         bool
	Marks        []control.Mark // aligned to the page's profiles; unsaved ones over saved ones
	Saved        []control.Mark // aligned likewise; what was saved here and has not reached the centre is
	stored       []control.Mark // at the centre, aligned likewise
	Unsaved      int            // marks that differ from the saved ones
	Clash        bool           // one of them was set otherwise elsewhere since it was begun
	Version      int64          // of the saved marks
	Mark         control.Verdict
	Create       control.Verdict
	Notification *api.Notification
}

// Page shows a purchase's desk-control page. false when the mirror has not got the purchase.
func (d *Desk) Page(purchase string, direction control.Direction) (page DeskPage, found bool, err error) {
	f, found, err := d.file(purchase)
	if err != nil || !found {
		return page, false, err
	}
	p := f.purchase.Body
	c, err := d.rulesFor(f)
	if err != nil {
		return page, false, err
	}
	unsaved, err := d.unsaved(pageID(purchase, direction))
	if err != nil {
		return page, false, err
	}
	actor := d.Actor()
	page = DeskPage{
		Purchase: p, Direction: direction, Profiles: c.Profiles(direction), Now: d.Now(),
		Certify: c.Certify(actor, direction), SendAll: c.SendAll(actor, direction),
		Certified: signedCertificate(f, direction, actor.Person),
	}
	goes, _ := c.Dispatch(direction)
	page.Approved = len(goes) > 0
	for _, each := range p.Method.Directions() {
		state := DirectionState{Direction: each, Window: c.Window(each)}
		for i := range p.Lots {
			state.Open = state.Open || c.Mark(actor, i, each).Allowed
		}
		page.Directions = append(page.Directions, state)
	}
	for i := range p.Lots {
		lot := DeskLot{
			Lot: p.Lots[i], Mine: c.Work[i].Assignee == actor.Person, Version: f.marks[api.MarksID(p.Lots[i].ID, direction)].Version,
			Mark: c.Mark(actor, i, direction), Create: c.Create(actor, i, direction),
			Notification: standing(f, p.Lots[i].ID, direction),
		}
		lot.Saved = align(page.Profiles, c.Work[i].In(direction).Marks)
		lot.stored = align(page.Profiles, f.marks[api.MarksID(p.Lots[i].ID, direction)].Body.Marks)
		lot.lay(unsaved.Lots[p.Lots[i].ID])
		page.Unsaved += lot.Unsaved
		page.Lots = append(page.Lots, lot)
	}
	page.Prepared, _, err = d.PreparedCertificate(purchase, direction)
	return page, true, err
}

// align puts marks into the order of the profiles, with No for what is missing.
func align(profiles []control.RiskProfile, marks []control.Mark) []control.Mark {
	row := make([]control.Mark, len(profiles))
	for i, p := range profiles {
		row[i].Profile = p.Number
		for _, m := range marks {
			if m.Profile == p.Number {
				row[i] = m
			}
		}
	}
	return row
}

// PrepareCertificate has the centre make the certificate's file, to be seen and signed.
func (d *Desk) PrepareCertificate(ctx context.Context, purchase string, direction control.Direction) (Paper, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return Paper{}, err
	}
	err = d.attend(ctx, command{
		aggregate: id.String(), after: pageAggregate + pageID(purchase, direction), path: "/v1/certificates", label: "command.certificate",
		body: api.CertificateCommand{ID: id.String(), Purchase: purchase, Direction: direction},
	})
	if err != nil {
		return Paper{}, err
	}
	c, _, err := mirroredOne[api.Certificate](d, api.ObjectKindCertificate, id.String())
	if err != nil {
		return Paper{}, err
	}
	return d.paper(ctx, Paper{
		Kind: api.ObjectKindCertificate, ID: id.String(), Number: c.Body.Number, Version: c.Version, Digest: c.Body.File,
		Purchase: purchase, Direction: direction,
	})
}
