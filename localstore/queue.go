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

// rename gives the command at a place another id, and makes it queued.
func (q *queue) rename(id, next string) {
	e := q.byID[id]
	delete(q.byID, id)
	e.id, e.state = next, Queued
	q.byID[next] = e
}

// isHead says whether nothing is before e in its line.
func (q *queue) isHead(e *entry) bool { return q.lines[e.aggregate][0] == e }

// behind gives what waits behind e in its line.
func (q *queue) behind(e *entry) []*entry {
	line := q.lines[e.aggregate]
	return line[slices.Index(line, e)+1:]
}

// heads gives the first of each line that may be sent, the oldest first.
func (q *queue) heads() []entry {
	var heads []entry
	for _, line := range q.lines {
		if head := *line[0]; head.state.ready() {
			heads = append(heads, head)
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
