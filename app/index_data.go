package app

import (
	"encoding/binary"
	"strings"
	"time"

	"baqylau/api"
	"baqylau/control"
	"baqylau/localstore"
)

// An entry is flags, instants, then texts each with its length before it. It is read far more often than it is
// written, and cut out of one string.

const (
	flagWaits = 1 << iota
	flagReceived
)

func noteData(n *api.Notification, waits, received bool) []byte {
	var flags byte
	if waits {
		flags |= flagWaits
	}
	if received {
		flags |= flagReceived
	}
	data := []byte{flags}
	for _, t := range []time.Time{n.CreatedAt, n.State.Deadline, n.State.DeliveredAt} {
		data = appendInstant(data, t)
	}
	data = appendTexts(
		data, string(n.State.Status), string(n.State.Direction), nulled(n.State.Author, n.AuthorName),
		nulled(n.State.Agreer, n.AgreerName), nulled(n.Organizer.BIN, n.Organizer.NameKK, n.Organizer.NameRU),
	)
	return append(data, nulled(n.Purchase, noteText(n))...)
}

// nulled puts texts behind each other with NUL between them.
func nulled(texts ...string) string { return strings.Join(texts, "\x00") }

// noteText is what is searched of a notification alone, in lower case, each part ended by NUL.
func noteText(n *api.Notification) string {
	var text strings.Builder
	for _, part := range []string{n.Number, n.PurchaseNumber, n.LotNumber, n.NameKK, n.NameRU} {
		text.WriteString(strings.ReplaceAll(strings.ToLower(part), "\x00", " "))
		text.WriteByte(0)
	}
	return text.String()
}

func readNote(e localstore.Indexed, words *pool) *note {
	r := reading(e.Data)
	n := &note{id: e.ID, version: e.Version}
	flags := r.byte()
	n.waits, n.received = flags&flagWaits != 0, flags&flagReceived != 0
	n.created, n.deadline, n.delivered = r.instant(), r.instant(), r.instant()
	n.status, n.direction = control.NotificationStatus(words.term(r.next())), control.Direction(words.term(r.next()))
	n.author, n.agreer, n.organizer = words.person(r.next()), words.person(r.next()), words.party(r.next())
	n.purchase, n.text, _ = strings.Cut(string(r), "\x00")
	rest := n.text
	for _, part := range []*string{&n.number, &n.announce, &n.lot, &n.kk, &n.ru} {
		*part, rest, _ = strings.Cut(rest, "\x00")
	}
	return n
}

// ownWords is where the numbers of words begin that are not of the shared pool: a note has three.
const ownWords = -3

// unsentNote is the note of what only this machine has.
func unsentNote(n *api.Notification) *note {
	words := newPool()
	words.n = ownWords
	return readNote(localstore.Indexed{Ref: localstore.Ref{ID: n.ID}, Data: noteData(n, false, false)}, &words)
}

func messageData(m *api.Message) []byte {
	data := appendInstant([]byte{0}, m.At)
	number := m.About.Number
	if m.About.Code == "" {
		number = m.NotificationNumber
	}
	return appendTexts(data, m.Notification, m.Objection, string(m.About.Code), strings.ToLower(number+"\x00"+m.PurchaseNumber))
}

func readMessage(e localstore.Indexed) *message {
	r := reading(e.Data)
	r.byte()
	m := &message{id: e.ID, at: r.instant()}
	m.notification, m.objection, m.code, m.text = string(r.next()), string(r.next()), api.AboutCode(r.next()), string(r.next())
	return m
}

func appendInstant(data []byte, t time.Time) []byte {
	data = binary.AppendVarint(data, t.Unix()) // of the zero time, too, it is a number
	return binary.AppendUvarint(data, uint64(t.Nanosecond()))
}

func appendTexts(data []byte, texts ...string) []byte {
	for _, text := range texts {
		data = append(binary.AppendUvarint(data, uint64(len(text))), text...)
	}
	return data
}

// reading cuts an entry up. What is cut short, which no entry of ours is, gives empty values.
type reading []byte

func (r *reading) byte() byte {
	if len(*r) == 0 {
		return 0
	}
	b := (*r)[0]
	*r = (*r)[1:]
	return b
}

func (r *reading) instant() time.Time {
	sec, n := binary.Varint(*r)
	*r = (*r)[max(n, 0):]
	nsec, n := binary.Uvarint(*r)
	*r = (*r)[max(n, 0):]
	return time.Unix(sec, int64(nsec)).UTC()
}

func (r *reading) next() []byte {
	size, n := binary.Uvarint(*r)
	*r = (*r)[max(n, 0):]
	size = min(size, uint64(len(*r)))
	text := (*r)[:size]
	*r = (*r)[size:]
	return text
}
