package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"baqylau/api"
	"baqylau/control"
	"baqylau/document"
	"baqylau/server/store"
)

const (
	actionCertify control.Action = "certify"

	typePDF = "application/pdf"
	typeCMS = "application/pkcs7-signature"
)

// PostCertificate prepares a certificate on the results: its file is rendered once, and those bytes
// are what will be signed.
func (s *Server) PostCertificate(ctx context.Context, r api.PostCertificateRequestObject) (api.PostCertificateResponseObject, error) {
	d, err := s.command(ctx, r.Params.IdempotencyKey, r, func(u *unit) error {
		if !validID(r.Body.ID) {
			return badInput("id")
		}
		d, err := u.dossier(r.Body.Purchase)
		if err != nil {
			return err
		}
		if err := demand(d.rules.Certify(u.caller.actor, r.Body.Direction), actionCertify); err != nil {
			return err
		}
		if err := u.supersede(d, r.Body.Direction, control.Prepared); err != nil {
			return err
		}
		return u.prepareCertificate(d, r.Body.ID, r.Body.Direction)
	})
	return api.PostCertificate200JSONResponse{DoneJSONResponse: d}, err
}

func (u *unit) prepareCertificate(d *dossier, id string, direction control.Direction) error {
	number, err := u.number("certificate", "А-%d-%04d")
	if err != nil {
		return err
	}
	lots := d.rules.Certified(u.caller.actor.Person, direction)
	pdf, err := document.RenderCertificate(u.certificateData(d, id, number, direction, lots))
	if err != nil {
		return fmt.Errorf("render certificate: %w", err)
	}
	c := api.Certificate{
		ID: id, Number: number, Purchase: d.purchase.ID, Direction: direction,
		Assignee: u.caller.actor.Person, Organization: u.caller.actor.Organization,
		State: control.Prepared, File: digestOf(pdf), Basis: d.basis(direction, lots), At: u.now,
	}
	for _, i := range lots {
		c.Lots = append(c.Lots, d.purchase.Lots[i].ID)
	}
	if err := u.PutFile(c.File, typePDF, pdf, kindCertificate, id); err != nil {
		return err
	}
	err = u.put(store.Record{Kind: kindCertificate, ID: id, Parent: d.purchase.ID, Owner: c.Organization}, 0, c,
		"prepare_certificate", controlScopes(c.Organization))
	if errors.Is(err, store.ErrStale) {
		return badInput("id") // an aggregate of this id is there already
	}
	return err
}

// number gives the next number of a series in the year of the command.
func (u *unit) number(series, format string) (string, error) {
	year := u.now.In(u.rules.Calendar.Zone()).Year()
	n, err := u.Next(fmt.Sprintf("%s %d", series, year))
	return fmt.Sprintf(format, year, n), err
}

// basis names the versions of the marks that a certificate is made from.
func (d *dossier) basis(direction control.Direction, lots []int) string {
	ids := make([]string, len(lots))
	for n, i := range lots {
		ids[n] = d.purchase.Lots[i].ID
	}
	return api.CertificateBasis(ids, direction, func(marks string) int64 { return d.marks[marks].record.Version })
}

func (u *unit) certificateData(d *dossier, id, number string, direction control.Direction, lots []int) document.Certificate {
	p := &d.purchase
	c := document.Certificate{
		ID: id, Number: number, PurchaseNumber: p.Number, NameKK: p.NameKK, NameRU: p.NameRU,
		Method: string(p.Method), Direction: string(direction),
		Department: documentOrganization(u.caller.me.Organization), Organizer: documentParty(p.AuditObject()),
		Assignee: documentPerson(u.caller.me.Person), RulesVersion: u.book.versions(), At: u.now, Demo: u.s.store.Demo(),
	}
	profiles := d.rules.Profiles(direction)
	for _, profile := range profiles {
		c.Profiles = append(c.Profiles, document.Profile{Number: profile.Number, NameKK: profile.NameKK, NameRU: profile.NameRU})
	}
	for _, i := range lots {
		lot := &p.Lots[i]
		row := document.CertificateRow{Lot: lot.Number, LotNameKK: lot.NameKK, LotNameRU: lot.NameRU, Amount: int64(lot.Amount)}
		marks := d.rules.Work[i].In(direction).Marks
		for _, profile := range profiles {
			at := slices.IndexFunc(marks, func(m control.Mark) bool { return m.Profile == profile.Number })
			cell := document.Mark{}
			if at >= 0 {
				cell = document.Mark{Checked: marks[at].Checked, Violated: marks[at].Violated}
			}
			row.Marks = append(row.Marks, cell)
		}
		c.Rows = append(c.Rows, row)
	}
	return c
}

func documentParty(p control.Party) document.Party {
	return document.Party{BIN: p.BIN, NameKK: p.NameKK, NameRU: p.NameRU}
}

func documentOrganization(o api.Organization) document.Party {
	return document.Party{BIN: o.BIN, NameKK: o.NameKK, NameRU: o.NameRU}
}

func documentPerson(p api.Person) document.Person {
	return document.Person{Name: p.FullName(), PositionKK: p.PositionKK, PositionRU: p.PositionRU}
}

// supersede puts the assignee's certificates of the direction that are in a state out of force; both
// old and new are kept.
func (u *unit) supersede(d *dossier, direction control.Direction, state control.CertificateStatus) error {
	newer := control.Certificate{Status: state, Direction: direction, Assignee: u.caller.actor.Person}
	for _, old := range sortedByID(d.certificates) {
		c := old.body
		if state := c.Rules(); !state.Yields(newer) {
			continue
		}
		c.State = control.Superseded
		if err := u.put(old.record, old.record.Version, c, "supersede_certificate", controlScopes(c.Organization)); err != nil {
			return err
		}
	}
	return nil
}

// PostCertificateSign finishes a prepared certificate with the assignee's signature.
func (s *Server) PostCertificateSign(ctx context.Context, r api.PostCertificateSignRequestObject) (api.PostCertificateSignResponseObject, error) {
	const rule = "R-2.5"
	d, err := s.command(ctx, r.Params.IdempotencyKey, r, func(u *unit) error {
		record, err := u.Get(kindCertificate, r.ID)
		if err != nil {
			return err
		}
		var c api.Certificate
		if err := decode(record, &c); err != nil {
			return err
		}
		visible, err := mayView(u.Tx, u.caller.actor, record)
		if err != nil {
			return err
		}
		if !visible {
			return errNotFound
		}
		if r.Params.IfMatch == "" {
			return errNoPrecondition
		}
		signature, err := u.handed(record, *r.Body, c.File, c.At)
		if err != nil {
			return err
		}
		d, err := u.dossierAt(c.Purchase, signature.at)
		if err != nil {
			return err
		}
		state, basis := c.Rules(), d.basis(c.Direction, d.rules.Certified(c.Assignee, c.Direction))
		if err := demand(d.rules.SignCertificate(u.caller.actor, &state, r.Body.Digest, basis), actionCertify); err != nil {
			return err
		}
		if err := u.matchSigned(record, r.Params.IfMatch, rule); err != nil {
			return err
		}
		if err := u.supersede(d, c.Direction, control.Signed); err != nil {
			return err
		}
		if c.Signature, err = u.accept(signature, kindCertificate, c.ID, rule); err != nil {
			return err
		}
		c.State, c.SignedAt = control.Signed, signature.at
		return u.put(record, record.Version, c, string(actionCertify), controlScopes(c.Organization))
	})
	return api.PostCertificateSign200JSONResponse{DoneJSONResponse: d}, err
}

func digestOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// sortedByID makes the order of changes the same every time.
func sortedByID[T any](m map[string]versioned[T]) []versioned[T] {
	list := make([]versioned[T], 0, len(m))
	for _, v := range m {
		list = append(list, v)
	}
	slices.SortFunc(list, func(a, b versioned[T]) int { return strings.Compare(a.record.ID, b.record.ID) })
	return list
}

// millisecond is the precision of what binds in law.
const millisecond = time.Millisecond
