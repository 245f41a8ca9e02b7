package server

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"baqylau/api"
	"baqylau/assets"
	"baqylau/control"
	"baqylau/control/calendar"
)

// Book is the rule book's data in the form in which it came: what clients are given to ask the same
// rules.
type Book struct {
	Calendar  []byte // calendar file
	Catalogue []byte // table of risk profiles, CSV
	Terms     *control.TermBook
}

// BuiltInBook is the book that the program comes with.
func BuiltInBook() Book {
	return Book{Calendar: assets.WorkCalendar, Catalogue: assets.RiskProfiles, Terms: control.BuiltInTerms()}
}

// Rules reads the book.
func (b Book) Rules() (*control.Rules, error) {
	cal, err := calendar.Read(b.Calendar)
	if err != nil {
		return nil, err
	}
	catalogue, err := control.ReadCatalogue(bytes.NewReader(b.Catalogue), shortDigest(b.Catalogue))
	if err != nil {
		return nil, err
	}
	return &control.Rules{Calendar: cal, Terms: b.Terms, Catalogue: catalogue}, nil
}

// Versions names all parts of the book: every decision records it.
func (b Book) Versions() string {
	return fmt.Sprintf("rules %s, terms %s, catalogue %s, calendar %s",
		control.RulesVersion, b.Terms.Version, shortDigest(b.Catalogue), shortDigest(b.Calendar))
}

func shortDigest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:4])
}

// GetRulebook gives the rule book in force.
func (s *Server) GetRulebook(context.Context, api.GetRulebookRequestObject) (api.GetRulebookResponseObject, error) {
	return api.GetRulebook200JSONResponse{
		RulesVersion: control.RulesVersion,
		Calendar:     string(s.book.Calendar),
		Catalogue:    string(s.book.Catalogue), CatalogueVersion: s.rules.Catalogue.Version,
		Terms: s.book.Terms.All(), TermsVersion: s.book.Terms.Version,
	}, nil
}
