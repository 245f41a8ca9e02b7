package localstore

import (
	"cmp"
	"slices"
)

// queue is the outbox's order in memory: which command is next for each aggregate. It repeats what is in the
// file and is changed only after a commit. It isn't safe for use by many goroutines.
type queue struct {
	byID  map[string]*entry
	lines map[string][]*entry // by aggregate, in the order of seq
}

type entry struct {
	seq           uint64 // the command's place in the whole outbox, and its key in the file
	id, aggregate string
	after         string // see Command
	state         State
}

func newQueue() queue {
	return queue{byID: map[string]*entry{}, lines: map[string][]*entry{}}
}

// add puts e at the end of its line. Its seq is above all others'.
func (q *queue) add(e entry) {
	q.byID[e.id] = &e
	q.lines[e.aggregate] = append(q.lines[e.aggregate], &e)
}

func (q *queue) remove(id string) {
	e := q.byID[id]
	delete(q.byID, id)
	line := q.lines[e.aggregate]
	if len(line) == 1 {
		delete(q.lines, e.aggregate)
		return
	}
	q.lines[e.aggregate] = slices.DeleteFunc(line, func(other *entry) bool { return other == e })
}

func (q *queue) setState(id string, state State) { q.byID[id].state = state }

// replace puts another command, queued, in the place of one.
func (q *queue) replace(id string, by Command) {
	e := q.byID[id]
	delete(q.byID, id)
	e.id, e.after, e.state = by.ID, by.After, Queued
	q.byID[by.ID] = e
}

// isNext says whether nothing is before e in its line, and nothing at all in the one that it goes after.
func (q *queue) isNext(e *entry) bool {
	return q.lines[e.aggregate][0] == e && len(q.lines[e.after]) == 0
}

// behind gives what waits behind e in its line.
func (q *queue) behind(e *entry) []*entry {
	line := q.lines[e.aggregate]
	return line[slices.Index(line, e)+1:]
}

// heads gives the first of each line that may be sent, the oldest first: not what goes after another line.
func (q *queue) heads() []entry {
	var heads []entry
	for _, line := range q.lines {
		if head := line[0]; head.state.ready() && q.isNext(head) {
			heads = append(heads, *head)
		}
	}
	slices.SortFunc(heads, func(a, b entry) int { return cmp.Compare(a.seq, b.seq) })
	return heads
}

func (q *queue) counts() Counts {
	var c Counts
	for _, e := range q.byID {
		switch e.state {
		case Queued:
			c.Queued++
		case Sent:
			c.Sent++
		case Conflict:
			c.Conflict++
		case Refused:
			c.Refused++
		}
	}
	return c
}
