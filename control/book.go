package control

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"

	"baqylau/control/calendar"
)

// Part names a part of the rule book's data.
type Part string

const (
	PartCalendar  Part = "calendar"
	PartCatalogue Part = "catalogue"
	PartTerms     Part = "terms"
)

// Parts lists them.
func Parts() []Part { return []Part{PartCalendar, PartCatalogue, PartTerms} }

// Book is the data of the rule book, as the files that it comes in: what an administrator may replace,
// and clients are given to ask the same rules.
type Book struct {
	Calendar  []byte // see calendar.Read
	Catalogue []byte // see ReadCatalogue
	Terms     []byte // see ReadTerms
}

// BadFile says which part of a book can't be read. It wraps the *lines.Fault that says where and why.
type BadFile struct {
	Part  Part
	Fault error
}

func (e *BadFile) Error() string { return string(e.Part) + ": " + e.Fault.Error() }

func (e *BadFile) Unwrap() error { return e.Fault }

// Rules reads the book: whole, or with a *BadFile not at all.
func (b Book) Rules() (*Rules, error) {
	cal, err := calendar.Read(b.Calendar)
	if err != nil {
		return nil, &BadFile{PartCalendar, err}
	}
	catalogue, err := ReadCatalogue(bytes.NewReader(b.Catalogue), FileVersion(b.Catalogue))
	if err != nil {
		return nil, &BadFile{PartCatalogue, err}
	}
	terms, err := ReadTerms(b.Terms)
	if err != nil {
		return nil, &BadFile{PartTerms, err}
	}
	return &Rules{Calendar: cal, Terms: terms, Catalogue: catalogue}, nil
}

// File is the file of a part; nil when there is no such part.
func (b *Book) File(p Part) *[]byte {
	switch p {
	case PartCalendar:
		return &b.Calendar
	case PartCatalogue:
		return &b.Catalogue
	case PartTerms:
		return &b.Terms
	default:
		return nil
	}
}

// FileVersion names a file of the book by its content.
func FileVersion(file []byte) string {
	sum := sha256.Sum256(file)
	return hex.EncodeToString(sum[:4])
}
