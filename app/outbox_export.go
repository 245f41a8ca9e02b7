package app

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"baqylau/api"
	"baqylau/assets"
)

// outboxFile is the outbox for programs.
type outboxFile struct {
	Person   string          `json:"person"` // IIN
	Centre   string          `json:"centre"` // where it would go
	Epoch    string          `json:"epoch"`
	Exported time.Time       `json:"exported"`
	Commands []outboxCommand `json:"commands"`
}

type outboxCommand struct {
	ID       string          `json:"id"`
	Object   string          `json:"object"`
	Number   string          `json:"number,omitempty"`
	What     string          `json:"what"`
	State    ParcelState     `json:"state"`
	Queued   time.Time       `json:"queued"`
	Attempts int             `json:"attempts"`
	Base     int64           `json:"base"` // the version that it was made over
	Method   string          `json:"method"`
	Path     string          `json:"path"`
	Body     json.RawMessage `json:"body,omitempty"`
	Answer   json.RawMessage `json:"answer,omitempty"`
}

// ExportOutboxJSON writes everything that waits to reach the centre for a program to read. It is not
// sealed: whoever has the file can read it.
func (d *Desk) ExportOutboxJSON(w io.Writer) error {
	parcels, err := d.Parcels()
	if err != nil {
		return err
	}
	file := outboxFile{Person: d.Principal().IIN, Centre: d.Centre.Origin, Epoch: d.Centre.Epoch, Exported: d.Now().UTC(), Commands: []outboxCommand{}}
	for _, p := range parcels {
		c := p.command
		file.Commands = append(file.Commands, outboxCommand{
			ID: c.ID, Object: c.Aggregate, Number: p.Number, What: c.Label, State: p.State, Queued: c.Queued, Attempts: c.Attempts,
			Base: c.Base, Method: c.Method, Path: c.Path, Body: c.Body, Answer: c.Answer,
		})
	}
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	out.SetEscapeHTML(false)
	return out.Encode(file)
}

// ExportOutboxText writes the same for a person to read.
func (d *Desk) ExportOutboxText(w io.Writer, lang assets.Lang) error {
	parcels, err := d.Parcels()
	if err != nil {
		return err
	}
	people, err := d.Names()
	if err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	fmt.Fprintln(out, lang.T("outbox.export.title", "name", d.Principal().FullName(), "centre", d.Centre.Origin, "time", assets.DateTime(d.Now())))
	fmt.Fprintln(out, lang.T("outbox.about"))
	for i, p := range parcels {
		fmt.Fprintf(out, "\n%d. %s", i+1, lang.T(p.Label))
		if p.Number != "" {
			fmt.Fprintf(out, " · № %s", p.Number)
		}
		fmt.Fprintf(out, "\n   %s · %s\n", lang.T("outbox.state."+string(p.State)), lang.N("outbox.attempts", p.Attempts, "since", assets.DateTime(p.Since)))
		if why := p.Why(lang); why != "" {
			fmt.Fprintln(out, "   "+lang.T("outbox.column.why")+": "+why)
		}
		for _, part := range p.parts(lang, people) {
			fmt.Fprintln(out, "   "+part.name+":")
			for line := range strings.Lines(part.text) {
				fmt.Fprintln(out, "      "+strings.TrimRight(line, "\n"))
			}
		}
	}
	return out.Flush()
}

// Names are the full names of the people that are mirrored, by IIN.
func (d *Desk) Names() (map[string]string, error) {
	people, err := mirroredAll[api.Person](d, api.ObjectKindPerson)
	names := make(map[string]string, len(people))
	for _, p := range people {
		names[p.Body.IIN] = p.Body.FullName()
	}
	return names, err
}

type namedPart struct{ name, text string }

// parts are what a command carries: the fields of a text by their names, anything else as it is sent.
func (p Parcel) parts(lang assets.Lang, people map[string]string) (parts []namedPart) {
	if len(p.command.Body) == 0 {
		return nil
	}
	text, err := sentText(p.command)
	if err == nil && (writes(p.command) || p.command.Path == pathCreate || p.command.Path == pathConclude) {
		for _, f := range Fields() {
			if text.Part(f) != "" {
				parts = append(parts, namedPart{lang.T("text.field." + string(f)), text.Words(lang, f, people)})
			}
		}
		return parts
	}
	var indented bytes.Buffer
	if json.Indent(&indented, p.command.Body, "", "  ") != nil {
		indented.Write(p.command.Body)
	}
	return []namedPart{{lang.T("outbox.export.data"), indented.String()}}
}

// Words is a field of a text as people read it; people are names by IIN.
func (t Text) Words(lang assets.Lang, f Field, people map[string]string) string {
	part := t.Part(f)
	switch {
	case part == "":
		return ""
	case f == FieldAgreer:
		if name := people[part]; name != "" {
			return name
		}
		return part
	case f == FieldOutcome:
		return lang.T("outcome." + part)
	default:
		return part
	}
}
