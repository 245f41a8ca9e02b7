package api

import "baqylau/control"

// RulebookID is the id of the one object of the kind rulebook: the book in force. Its version is the
// book's number.
const RulebookID = "rulebook"

// Files are the book's parts as files.
func (b Rulebook) Files() control.Book {
	return control.Book{Calendar: []byte(b.Calendar.Text), Catalogue: []byte(b.Catalogue.Text), Terms: []byte(b.Terms.Text)}
}

// Part is the part that is so called; nil when none is.
func (b *Rulebook) Part(name control.Part) *RulebookPart {
	switch name {
	case control.PartCalendar:
		return &b.Calendar
	case control.PartCatalogue:
		return &b.Catalogue
	case control.PartTerms:
		return &b.Terms
	default:
		return nil
	}
}
