package server

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"baqylau/api"
	"baqylau/control"
	"baqylau/control/calendar"
	"baqylau/server/store"
)

// GetReport lists the lots and plan points that are subject to control now, newest purchase first,
// one row for each lot and direction. The store narrows by method; the rule decides.
func (s *Server) GetReport(ctx context.Context, r api.GetReportRequestObject) (api.GetReportResponseObject, error) {
	if err := demand(control.Report(callerOf(ctx).actor), "report"); err != nil {
		return nil, err
	}
	q := reportQuery{GetReportParams: r.Params}
	if err := q.check(); err != nil {
		return nil, err
	}
	page := api.ReportPage{Rows: []api.ReportRow{}}
	err := s.store.View(ctx, func(tx *store.Tx) error {
		return s.fillReport(tx, q, &page)
	})
	if err != nil {
		return nil, err
	}
	return api.GetReport200JSONResponse(page), nil
}

// reportQuery is the filter of a report. Every filter but the method is optional.
type reportQuery struct {
	api.GetReportParams
	after rowKey
}

// rowKey is the place of a row: the purchase's place, and that of its lot and direction in it, from 1.
// A row keeps its place when others leave the report.
type rowKey struct {
	purchase store.PurchaseCursor
	row      int
}

// placed is a row with its place in its purchase.
type placed struct {
	api.ReportRow
	at int
}

func (k rowKey) String() string {
	return fmt.Sprintf("%d:%d:%s", k.purchase.Published, k.row, k.purchase.ID)
}

func (q *reportQuery) check() error {
	if !slices.Contains(control.Methods(), control.Method(q.Method)) {
		return badInput("method")
	}
	if q.Limit <= 0 || q.Limit > 500 {
		q.Limit = 100
	}
	if q.After == "" {
		return nil
	}
	parts := strings.SplitN(q.After, ":", 3)
	if len(parts) != 3 {
		return badInput("after")
	}
	published, err1 := strconv.ParseInt(parts[0], 10, 64)
	row, err2 := strconv.Atoi(parts[1])
	if err1 != nil || err2 != nil || row < 0 {
		return badInput("after")
	}
	q.after = rowKey{store.PurchaseCursor{Published: published, ID: parts[2]}, row}
	return nil
}

// fillReport reads purchases page by page until the answer is full. A page may end within a
// purchase: its key then says which of the purchase's rows was the last.
func (s *Server) fillReport(tx *store.Tx, q reportQuery, page *api.ReportPage) error {
	people, now := map[string]personName{}, s.now()
	book, err := s.bookIn(tx)
	if err != nil {
		return err
	}
	if q.after.row > 0 {
		r, err := tx.Get(kindPurchase, q.after.purchase.ID)
		if err != nil {
			return err
		}
		rows, err := s.reportRows(tx, book.rules, q, r, now, people)
		if err != nil {
			return err
		}
		if full := add(page, rows, q.after.purchase, q.after.row, q.Limit); full {
			return nil
		}
	}
	place := q.after.purchase
	for {
		records, places, err := tx.Purchases(q.Method, place, 100)
		if err != nil || len(records) == 0 {
			return err
		}
		for i, r := range records {
			place = places[i]
			rows, err := s.reportRows(tx, book.rules, q, r, now, people)
			if err != nil {
				return err
			}
			if full := add(page, rows, place, 0, q.Limit); full {
				return nil
			}
		}
	}
}

// add appends a purchase's rows behind a place; when the page is full it notes where the next begins.
func add(page *api.ReportPage, rows []placed, purchase store.PurchaseCursor, behind, limit int) (full bool) {
	for _, row := range rows {
		if row.at <= behind {
			continue
		}
		if len(page.Rows) == limit {
			page.Next = page.Rows[limit-1].Key
			return true
		}
		row.Key = rowKey{purchase, row.at}.String()
		page.Rows = append(page.Rows, row.ReportRow)
	}
	return false
}

type personName struct{ name, organizationKK, organizationRU string }

func (s *Server) reportRows(tx *store.Tx, rules *control.Rules, q reportQuery, r store.Record, now time.Time, people map[string]personName) ([]placed, error) {
	var p control.Purchase
	if err := decode(r, &p); err != nil {
		return nil, err
	}
	if !q.purchaseFits(&p) {
		return nil, nil
	}
	d, err := loadDossier(tx, r.ID)
	if err != nil {
		return nil, err
	}
	c, err := d.ask(rules, now)
	var unknown calendar.UnknownYear
	if errors.As(err, &unknown) && unknown.Year < now.Year() {
		// Nobody can tell its windows, but they are of years ago: it must not hide all the others.
		s.log.Warn("a purchase is left out of the report", "purchase", r.ID, "cause", err)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var rows []placed
	for i := range p.Lots {
		assignment := d.assignments[p.Lots[i].ID]
		if !q.lotFits(&p.Lots[i], assignment.body.Assignee) {
			continue
		}
		directions := p.Method.Directions()
		for n, direction := range directions {
			verdict := c.Subject(i, direction)
			if !verdict.Allowed || q.Direction != "" && q.Direction != string(direction) {
				continue
			}
			row := reportRow(&p, &p.Lots[i], direction)
			row.Closes, row.AssignmentVersion = verdict.Closes, assignment.record.Version
			if row.Assignee = assignment.body.Assignee; row.Assignee != "" {
				name, err := nameOf(tx, row.Assignee, people)
				if err != nil {
					return nil, err
				}
				row.AssigneeName = name.name
				row.AssigneeOrganizationKK, row.AssigneeOrganizationRU = name.organizationKK, name.organizationRU
			}
			rows = append(rows, placed{row, i*len(directions) + n + 1})
		}
	}
	return rows, nil
}

func reportRow(p *control.Purchase, lot *control.Lot, d control.Direction) api.ReportRow {
	return api.ReportRow{
		Purchase: p.ID, Number: p.Number, Method: p.Method, Status: p.Status, NameKK: p.NameKK, NameRU: p.NameRU,
		Organizer: p.Organizer, Customer: p.Customer, PublishedAt: p.PublishedAt,
		Lot: lot.ID, LotNumber: lot.Number, LotStatus: lot.Status, LotNameKK: lot.NameKK, LotNameRU: lot.NameRU,
		EnsTRU: lot.EnsTru, Amount: lot.Amount, Direction: d,
	}
}

func nameOf(tx *store.Tx, person string, known map[string]personName) (personName, error) {
	if name, found := known[person]; found {
		return name, nil
	}
	c, err := callerFor(tx, person)
	name := personName{c.me.Person.FullName(), c.me.Organization.NameKK, c.me.Organization.NameRU}
	known[person] = name
	return name, err
}

func (q *reportQuery) purchaseFits(p *control.Purchase) bool {
	return partyFits(q.Organizer, p.Organizer) && partyFits(q.Customer, p.Customer) &&
		strings.HasPrefix(p.Region, q.Region) && strings.HasPrefix(p.Number, q.Number) &&
		(q.PublishedFrom.IsZero() || !p.PublishedAt.Before(q.PublishedFrom)) &&
		(q.PublishedTo.IsZero() || p.PublishedAt.Before(q.PublishedTo)) &&
		(q.Status == "" || q.Status == string(p.Status)) &&
		(q.Repeat == nil || *q.Repeat == p.Repeat) &&
		(q.Centralised == nil || *q.Centralised == p.Centralised) &&
		(q.Text == "" || contains(q.Text, p.NameKK, p.NameRU) || slices.ContainsFunc(p.Lots, func(l control.Lot) bool {
			return contains(q.Text, l.NameKK, l.NameRU)
		}))
}

func (q *reportQuery) lotFits(l *control.Lot, assignee string) bool {
	return strings.HasPrefix(l.Number, q.LotNumber) && strings.HasPrefix(l.EnsTru, q.EnsTRU) &&
		(q.AmountFrom == 0 || int64(l.Amount) >= q.AmountFrom) && (q.AmountTo == 0 || int64(l.Amount) <= q.AmountTo) &&
		(q.LotStatus == "" || q.LotStatus == string(l.Status)) &&
		(q.Assigned == nil || *q.Assigned == (assignee != "")) &&
		(q.Assignee == "" || q.Assignee == assignee)
}

func partyFits(wanted string, p control.Party) bool {
	return wanted == "" || strings.HasPrefix(p.BIN, wanted) || contains(wanted, p.NameKK, p.NameRU)
}

func contains(part string, texts ...string) bool {
	part = strings.ToLower(strings.TrimSpace(part))
	return slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(strings.ToLower(text), part) })
}
