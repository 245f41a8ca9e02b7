package portal

import (
	"strconv"

	"baqylau/control"
)

// take turns a record into an item of the file, or refuses it.
func (f *file) take(rec *record) {
	service := rec.tellKind()
	if service == "" || rec.flaw == RecordTooLarge {
		reason := rec.flaw
		if reason != RecordTooLarge {
			reason = UnknownKind
		}
		f.report.refuse(Refusal{Line: rec.line, Reason: reason})
		return
	}
	switch service {
	case announcements:
		f.takeAnnouncement(rec)
	case lots:
		if l := readLot(fieldsOf(rec)); f.sound(rec, service, l.Announcement) {
			f.add(l, rec.line)
			f.noteStatus(rec, l.name(), slotLotStatus, lotStatus)
		}
	case plans:
		if p := readPoint(fieldsOf(rec)); f.sound(rec, service, 0) {
			f.add(p, rec.line)
			f.noteStatus(rec, p.name(), slotPointStatus, pointStatus)
		}
	}
}

// takeAnnouncement takes an announcement with the lots that it may hold: all of it or nothing.
func (f *file) takeAnnouncement(rec *record) {
	a := readAnnouncement(fieldsOf(rec))
	sound := f.sound(rec, announcements, a.ID)
	if sound {
		f.add(a, rec.line)
		f.noteStatus(rec, a.name(), slotBuyStatus, buyStatus)
	}
	f.count += len(rec.values[slotLots].list)
	for _, v := range rec.values[slotLots].list {
		if v.kind != object {
			f.report.refuse(Refusal{Line: v.line, Record: a.name(), Field: fieldNames[slotLots], Reason: NotAnObject})
			f.wrecked[a.ID] = a.name()
			continue
		}
		inner := nested(v, lots)
		if inner.values[slotBuy].kind == absent {
			inner.values[slotBuy] = value{kind: number, line: inner.line, text: strconv.FormatInt(a.ID, 10)}
		}
		f.take(inner)
	}
}

func (f *file) add(i item, line int) {
	f.entries = append(f.entries, entry{item: i, file: f.index, line: line})
}

// sound refuses a record that has a flaw, and with it the announcement that it belongs to.
func (f *file) sound(rec *record, service string, announcement int64) bool {
	if rec.flaw == "" {
		return true
	}
	name := nameOf(rec, service)
	f.report.refuse(Refusal{
		Line:   rec.atLine,
		Record: name,
		Field:  fieldNames[rec.at],
		Reason: rec.flaw,
		Value:  cleanValue(rec.values[rec.at].text),
	})
	if announcement != 0 {
		f.wrecked[announcement] = name
	}
	return false
}

// nameOf is how people cite a record that was not taken, as far as it says.
func nameOf(rec *record, service string) string {
	cited := slotRoot
	switch service {
	case announcements:
		cited = slotNumber
	case lots:
		cited = slotLotNumber
	}
	if name := cleanValue(rec.values[cited].text); name != "" {
		return name
	}
	return cleanValue(rec.values[slotID].text)
}

func (f *file) noteStatus(rec *record, name string, s slot, tell func(int64) (control.Status, bool)) {
	id, _ := wholeOf(rec.values[s])
	if _, known := tell(id); !known {
		f.report.note(Refusal{
			Line: rec.values[s].line, Record: name, Field: fieldNames[s],
			Reason: UnknownStatus, Value: rec.values[s].text,
		})
	}
}
