package localstore

import (
	"fmt"
	"maps"
	"strconv"
	"strings"
	"testing"
)

// stepModel is what a store holds after the first steps.
type stepModel struct {
	Drafts map[string]string // id → body
	Outbox []modelCommand
	Mirror map[string]string
}

// stepBody is the text of a step: some are smaller than a page, some larger.
func stepBody(i int) string { return fmt.Sprintf("%d:%s", i, strings.Repeat("ж", i*i%6000)) }

// doStep is one transaction; after puts its effect into the model.
func doStep(s *Store, i int) error {
	id := fmt.Sprint(i % 7)
	cmd := Command{ID: fmt.Sprint(i), Aggregate: fmt.Sprint(i % 3), Body: []byte(stepBody(i))}
	switch i % 5 {
	case 0:
		return s.SaveDraft(Draft{Kind: "k", ID: id, Body: []byte(stepBody(i))})
	case 1:
		return s.EnqueueKeeping(cmd, Draft{Kind: "k", ID: id, Body: []byte(stepBody(i))})
	case 2:
		return s.Enqueue(cmd, &Ref{"k", id})
	}
	next, err := s.Next(1)
	if err != nil {
		return err
	}
	if i%5 == 3 {
		return s.MarkSent(next[0].ID)
	}
	object := Object{Kind: "done", ID: next[0].ID, Version: 1, Body: next[0].Body}
	return s.Finish(next[0].ID, Outcome{State: Accepted, Apply: []Object{object}})
}

func (m stepModel) after(i int) stepModel {
	m = stepModel{maps.Clone(m.Drafts), append([]modelCommand(nil), m.Outbox...), maps.Clone(m.Mirror)}
	id, cmd := fmt.Sprint(i%7), modelCommand{fmt.Sprint(i), fmt.Sprint(i % 3), Queued}
	switch i % 5 {
	case 0:
		m.Drafts[id] = stepBody(i)
	case 1:
		m.Drafts[id] = stepBody(i)
		m.Outbox = append(m.Outbox, cmd)
	case 2:
		delete(m.Drafts, id)
		m.Outbox = append(m.Outbox, cmd)
	case 3:
		m.Outbox[0].State = Sent
	case 4:
		n, _ := strconv.Atoi(m.Outbox[0].ID)
		m.Mirror[m.Outbox[0].ID] = stepBody(n)
		m.Outbox = m.Outbox[1:]
	}
	return m
}

func contents(t *testing.T, s *Store) stepModel {
	t.Helper()
	m := stepModel{Drafts: map[string]string{}, Mirror: map[string]string{}}
	drafts, err := s.Drafts("k")
	must(t, err)
	for _, d := range drafts {
		m.Drafts[d.ID] = string(d.Body)
	}
	outbox, err := s.Outbox()
	must(t, err)
	for _, c := range outbox {
		n, _ := strconv.Atoi(c.ID)
		if string(c.Body) != stepBody(n) {
			t.Fatalf("command %s has another body", c.ID)
		}
		m.Outbox = append(m.Outbox, modelCommand{c.ID, c.Aggregate, c.State})
	}
	objects, err := s.Objects("done")
	must(t, err)
	for _, o := range objects {
		m.Mirror[o.ID] = string(o.Body)
	}
	return m
}
