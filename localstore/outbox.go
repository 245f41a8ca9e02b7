package localstore

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// State is where a command is on its way.
type State string

// A command is queued, then sent: from there its outcome is unknown until the centre answers, and it is sent
// again under the same id. An accepted command leaves the outbox; one in conflict or refused stays, and those
// behind it for the same aggregate wait, and those of others that go after it, until Retry, Replace or Remove.
const (
	Queued   State = "queued"
	Sent     State = "sent"
	Accepted State = "accepted"
	Conflict State = "conflict"
	Refused  State = "refused"
)

// ready says whether a command in this state may be sent, or sent again.
func (s State) ready() bool { return s == Queued || s == Sent }

// waits says whether a command in this state is in the outbox.
func (s State) waits() bool { return s.ready() || s == Conflict || s == Refused }

// Command is a change that waits to be made at the centre.
type Command struct {
	ID        string   // UUIDv7; also its Idempotency-Key
	Aggregate string   // what it changes; commands of one aggregate are sent one after the other
	After     string   // another aggregate: as long as anything waits of that, this does too; empty for none
	Base      int64    // the version of the aggregate that it was made over
	Method    string   // of HTTP
	Path      string   // at the centre
	Body      []byte   // JSON
	Digest    [32]byte // SHA-256 of Body; set by Enqueue
	State     State
	Queued    time.Time // set by Enqueue when zero
	Updated   time.Time // when State last changed
	Attempts  int       // how often it was sent, since Retry
	Answer    []byte    // the centre's last answer, when it refused or found a conflict
	Label     string    // for the person: what it is
}

// Counts is how many commands of the outbox are in each state.
type Counts struct{ Queued, Sent, Conflict, Refused int }

// All is how many commands the outbox holds.
func (c Counts) All() int { return c.Queued + c.Sent + c.Conflict + c.Refused }

// Enqueue puts the command at the end of the outbox and, in the same transaction, drops the draft that it was
// made of (nil: none). A command that is there already with the same content is there once; with other content
// it is refused as ErrDuplicate.
func (s *Store) Enqueue(cmd Command, drop *Ref) error {
	return s.enqueue(cmd, func(t *txn) error {
		if drop == nil {
			return nil
		}
		return t.dropDraft(*drop)
	})
}

// EnqueueKeeping puts the command at the end of the outbox and, in the same transaction, saves the draft that
// it was made of, which stays open for typing.
func (s *Store) EnqueueKeeping(cmd Command, d Draft) error {
	return s.enqueue(cmd, func(t *txn) error { return t.putDraft(d, s.clock()) })
}

// EnqueueInstead puts commands at the end of the outbox, in their order, in the place of others, which leave it in
// the same transaction, and saves the draft that they were made of (nil: none). ErrNotQueued when one of the others
// isn't there.
func (s *Store) EnqueueInstead(cmds []Command, d *Draft, others ...string) error {
	return s.enqueueAll(cmds, func(t *txn) error {
		for _, id := range others {
			if err := s.changeOne(t, id, leave); err != nil {
				return err
			}
		}
		if d == nil {
			return nil
		}
		return t.putDraft(*d, s.clock())
	})
}

func (s *Store) enqueue(cmd Command, draft func(*txn) error) error {
	return s.enqueueAll([]Command{cmd}, draft)
}

func (s *Store) enqueueAll(cmds []Command, draft func(*txn) error) error {
	err := s.update(func(t *txn) error {
		if err := draft(t); err != nil {
			return err
		}
		for _, cmd := range cmds {
			if err := s.put(t, cmd); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("queueing a command: %w", err)
	}
	return nil
}

// put writes a new command at the end; one that is there already stays as it is.
func (s *Store) put(t *txn, cmd Command) error {
	if err := s.ready(&cmd); err != nil {
		return err
	}
	if e := s.queue.byID[cmd.ID]; e != nil {
		return t.sameCommand(e.seq, cmd)
	}
	seq, err := t.bucket(bucketOutbox).NextSequence()
	if err != nil {
		return err
	}
	e := entry{seq: seq, id: cmd.ID, aggregate: cmd.Aggregate, after: cmd.After, state: Queued}
	t.touch(Outbox)
	t.after = append(t.after, func() { s.queue.add(e) })
	return t.putCommand(seq, cmd)
}

// ready checks a new command and fills in what the store says of it.
func (s *Store) ready(cmd *Command) error {
	names := []struct{ what, text string }{{"command id", cmd.ID}, {"aggregate", cmd.Aggregate}}
	if cmd.After != "" {
		names = append(names, struct{ what, text string }{"aggregate to go after", cmd.After})
	}
	for _, name := range names {
		if err := checkName(name.what, name.text); err != nil {
			return err
		}
	}
	if err := checkSize("command", cmd.Body); err != nil {
		return err
	}
	now := s.clock()
	cmd.Digest, cmd.State, cmd.Updated, cmd.Attempts, cmd.Answer = sha256.Sum256(cmd.Body), Queued, now, 0, nil
	if cmd.Queued.IsZero() {
		cmd.Queued = now
	}
	return nil
}

func (t *txn) sameCommand(seq uint64, cmd Command) error {
	there, err := t.commandAt(seq)
	if err != nil {
		return err
	}
	if there.Digest != cmd.Digest || there.Aggregate != cmd.Aggregate || there.Method != cmd.Method || there.Path != cmd.Path {
		return ErrDuplicate
	}
	return nil
}

// Next gives what may be sent now, the oldest first, at most so many (0: all): of each aggregate the first command,
// when it is queued or sent, and nothing waits of the aggregate that it goes after. When to send it again after a
// failure is for the caller: see Backoff.
func (s *Store) Next(most int) ([]Command, error) {
	s.memory.RLock()
	heads := s.queue.heads()
	s.memory.RUnlock()
	if most > 0 && len(heads) > most {
		heads = heads[:most]
	}
	cmds := make([]Command, 0, len(heads))
	err := s.view(func(t *txn) error {
		for _, e := range heads {
			cmd, err := t.commandAt(e.seq)
			if err != nil && !errors.Is(err, ErrNotQueued) {
				return err
			}
			if err == nil && cmd.State.ready() { // else finished since
				cmds = append(cmds, cmd)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the outbox: %w", err)
	}
	return cmds, nil
}

// MarkSent says, before they are sent, that commands are being sent: all of them or, on an error, none.
// ErrOrder when one isn't the first of its aggregate, or waits for a decision.
func (s *Store) MarkSent(ids ...string) error {
	return s.change("marking commands as sent", ids, func(_ *txn, e *entry, cmd *Command) (fate, error) {
		if !s.queue.isNext(e) || !e.state.ready() {
			return stays, ErrOrder
		}
		cmd.State, cmd.Attempts = Sent, cmd.Attempts+1
		return stays, nil
	})
}

// Outcome is the centre's answer to a command.
type Outcome struct {
	State  State    // Accepted, Conflict or Refused
	Answer []byte   // what the centre said; kept with a conflict or a refusal
	Apply  []Object // objects that the answer carried, for the mirror
	// Version of the aggregate after an accepted command. The commands behind it that were made over the same
	// base were made on top of it, and are moved to this base; 0 leaves them alone.
	Version int64
	// What becomes of the draft that the command was made of; nil: nothing.
	Keep *Draft
	Drop *Ref
}

// Finish takes the outcome of a sent command: an accepted one leaves the outbox in the same transaction that
// writes the objects to the mirror, settles its draft and moves the commands behind it. ErrOrder when the command
// wasn't sent.
func (s *Store) Finish(id string, o Outcome) error { return s.FinishAll(Finished{ID: id, Outcome: o}) }

// Finished is a command with its outcome.
type Finished struct {
	ID string
	Outcome
}

// FinishAll takes the outcomes of commands of different aggregates in one transaction: all of them or, on an error,
// none.
func (s *Store) FinishAll(all ...Finished) error {
	const doing = "finishing a command"
	ids := make([]string, len(all))
	asked := make(map[string]entries, len(all))
	outcomes := make(map[string]Outcome, len(all))
	for i, f := range all {
		if f.State != Accepted && f.State != Conflict && f.State != Refused {
			return fmt.Errorf("%s: %q is no outcome", doing, f.State)
		}
		if f.State != Accepted { // of an accepted command it isn't kept: many objects may have changed
			if err := checkSize("answer", f.Answer); err != nil {
				return fmt.Errorf("%s: %w", doing, err)
			}
		}
		ids[i], outcomes[f.ID], asked[f.ID] = f.ID, f.Outcome, s.indexing.Load().entries(f.Apply)
	}
	return s.change(doing, ids, func(t *txn, e *entry, cmd *Command) (fate, error) {
		return s.finish(t, e, cmd, outcomes[e.id], asked[e.id])
	})
}

func (s *Store) finish(t *txn, e *entry, cmd *Command, o Outcome, asked entries) (fate, error) {
	if e.state != Sent {
		return stays, ErrOrder
	}
	for i, object := range o.Apply {
		if err := t.putObject(object, asked, i); err != nil {
			return stays, err
		}
	}
	if o.Keep != nil {
		if err := t.putDraft(*o.Keep, s.clock()); err != nil {
			return stays, err
		}
	}
	if o.Drop != nil {
		if err := t.dropDraft(*o.Drop); err != nil {
			return stays, err
		}
	}
	if o.State == Accepted {
		return leaves, s.moveBase(t, e, cmd.Base, o.Version)
	}
	cmd.State, cmd.Answer = o.State, o.Answer
	return stays, nil
}

func (s *Store) moveBase(t *txn, accepted *entry, from, to int64) error {
	if to == 0 {
		return nil
	}
	for _, e := range s.queue.behind(accepted) {
		cmd, err := t.commandAt(e.seq)
		if err != nil {
			return err
		}
		if cmd.Base != from {
			continue
		}
		cmd.Base = to
		if err := t.putCommand(e.seq, cmd); err != nil {
			return err
		}
	}
	return nil
}

// Retry makes a command that is in conflict or refused queued again, and any command's attempts zero.
func (s *Store) Retry(id string) error {
	return s.change("retrying a command", []string{id}, func(_ *txn, e *entry, cmd *Command) (fate, error) {
		if e.state != Sent {
			cmd.State = Queued
		}
		cmd.Attempts, cmd.Answer = 0, nil
		return stays, nil
	})
}

// Replace puts another command, under an id of its own, in the place of one that is in conflict or refused: the
// centre gives an id the answer that it gave before. The commands behind it that were made over the same base follow it
// to its base. ErrOrder for a command in another state, or when the aggregate is another.
func (s *Store) Replace(id string, by Command) error {
	return s.replace(id, by, func(*txn) error { return nil })
}

// ReplaceKeeping does so and, in the same transaction, saves the draft that the other command is made of, with
// what gave way to it.
func (s *Store) ReplaceKeeping(id string, by Command, d Draft, past ...Past) error {
	return s.replace(id, by, func(t *txn) error {
		if err := t.putPast(Ref{d.Kind, d.ID}, past, s.clock()); err != nil {
			return err
		}
		return t.putDraft(d, s.clock())
	})
}

func (s *Store) replace(id string, by Command, draft func(*txn) error) error {
	err := s.update(func(t *txn) error {
		if err := s.ready(&by); err != nil {
			return err
		}
		e := s.queue.byID[id]
		switch {
		case e == nil:
			return ErrNotQueued
		case s.queue.byID[by.ID] != nil:
			return ErrDuplicate
		case e.state != Conflict && e.state != Refused || e.aggregate != by.Aggregate:
			return ErrOrder
		}
		before, err := t.commandAt(e.seq)
		if err != nil {
			return err
		}
		if err := draft(t); err != nil {
			return err
		}
		if err := s.moveBase(t, e, before.Base, by.Base); err != nil {
			return err
		}
		t.touch(Outbox)
		t.after = append(t.after, func() { s.queue.replace(id, by) })
		return t.putCommand(e.seq, by)
	})
	if err != nil {
		return fmt.Errorf("replacing a command: %w", err)
	}
	return nil
}

// Remove takes commands out of the outbox, whatever their state: all of them or, on an error, none. One that was sent
// may have had its effect.
func (s *Store) Remove(ids ...string) error {
	return s.change("removing commands", ids, leave)
}

func leave(*txn, *entry, *Command) (fate, error) { return leaves, nil }

// fate says what becomes of a command that was changed.
type fate int

const (
	stays fate = iota
	leaves
)

// change has fn change each of the commands, in one transaction.
func (s *Store) change(doing string, ids []string, fn func(*txn, *entry, *Command) (fate, error)) error {
	err := s.update(func(t *txn) error {
		t.touch(Outbox)
		for _, id := range ids {
			if err := s.changeOne(t, id, fn); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}

func (s *Store) changeOne(t *txn, id string, fn func(*txn, *entry, *Command) (fate, error)) error {
	e := s.queue.byID[id]
	if e == nil {
		return ErrNotQueued
	}
	cmd, err := t.commandAt(e.seq)
	if err != nil {
		return err
	}
	next, err := fn(t, e, &cmd)
	if err != nil {
		return err
	}
	if next == leaves {
		t.after = append(t.after, func() { s.queue.remove(id) })
		return t.bucket(bucketOutbox).Delete(commandKey(e.seq))
	}
	cmd.Updated = s.clock()
	t.after = append(t.after, func() { s.queue.setState(id, cmd.State) })
	return t.putCommand(e.seq, cmd)
}

// Outbox gives all commands in the order in which they were queued.
func (s *Store) Outbox() ([]Command, error) {
	var all []Command
	err := s.view(func(t *txn) error {
		return t.bucket(bucketOutbox).ForEach(func(k, v []byte) error {
			cmd, err := t.command(k, v)
			all = append(all, cmd)
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("reading the outbox: %w", err)
	}
	return all, nil
}

// Of gives the commands of an aggregate, in their order: nothing of the file is read when there are none.
func (s *Store) Of(aggregate string) ([]Command, error) {
	s.memory.RLock()
	var seqs []uint64
	for _, e := range s.queue.lines[aggregate] {
		seqs = append(seqs, e.seq)
	}
	s.memory.RUnlock()
	if len(seqs) == 0 {
		return nil, nil
	}
	var all []Command
	err := s.view(func(t *txn) error {
		for _, seq := range seqs {
			cmd, err := t.commandAt(seq)
			if errors.Is(err, ErrNotQueued) {
				continue // gone since
			}
			if err != nil {
				return err
			}
			all = append(all, cmd)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the outbox: %w", err)
	}
	return all, nil
}

// Counts gives the numbers for the top bar, without touching the file.
func (s *Store) Counts() Counts {
	s.memory.RLock()
	defer s.memory.RUnlock()
	return s.queue.counts()
}

func commandKey(seq uint64) []byte { return binary.BigEndian.AppendUint64(nil, seq) }

func (t *txn) commandAt(seq uint64) (Command, error) {
	key := commandKey(seq)
	sealed := t.bucket(bucketOutbox).Get(key)
	if sealed == nil {
		return Command{}, ErrNotQueued
	}
	return t.command(key, sealed)
}

// commandFields is a Command without its Body and Answer, which follow it as they are.
type commandFields struct {
	ID, Aggregate, After, Method, Path, Label string
	Base                                      int64
	State                                     State
	Queued, Updated                           time.Time
	Attempts                                  int
	BodySize                                  int
}

// putCommand writes "length of the fields (4 bytes) · fields as JSON · body · answer".
func (t *txn) putCommand(seq uint64, cmd Command) error {
	fields, err := json.Marshal(commandFields{
		cmd.ID, cmd.Aggregate, cmd.After, cmd.Method, cmd.Path, cmd.Label, cmd.Base, cmd.State,
		cmd.Queued.UTC(), cmd.Updated.UTC(), cmd.Attempts, len(cmd.Body),
	})
	if err != nil {
		return err
	}
	plain := binary.BigEndian.AppendUint32(make([]byte, 0, 4+len(fields)+len(cmd.Body)+len(cmd.Answer)), uint32(len(fields)))
	plain = append(append(append(plain, fields...), cmd.Body...), cmd.Answer...)
	return t.put(bucketOutbox, commandKey(seq), uint64(cmd.Base), plain)
}

var errShortCommand = errors.New("a stored command is cut short")

func (t *txn) command(key, sealed []byte) (Command, error) {
	plain, _, err := t.open(bucketOutbox, key, sealed)
	if err != nil {
		return Command{}, err
	}
	return commandOf(plain)
}

func commandOf(plain []byte) (Command, error) {
	if len(plain) < 4 || uint64(binary.BigEndian.Uint32(plain)) > uint64(len(plain)-4) {
		return Command{}, errShortCommand
	}
	size := binary.BigEndian.Uint32(plain)
	var f commandFields
	if err := json.Unmarshal(plain[4:4+size], &f); err != nil {
		return Command{}, fmt.Errorf("a stored command: %w", err)
	}
	rest := plain[4+size:]
	if f.BodySize < 0 || f.BodySize > len(rest) {
		return Command{}, errShortCommand
	}
	body, answer := rest[:f.BodySize:f.BodySize], rest[f.BodySize:]
	if len(answer) == 0 {
		answer = nil
	}
	return Command{
		ID: f.ID, Aggregate: f.Aggregate, After: f.After, Base: f.Base, Method: f.Method, Path: f.Path, Label: f.Label,
		Body: body, Digest: sha256.Sum256(body), State: f.State, Queued: f.Queued, Updated: f.Updated,
		Attempts: f.Attempts, Answer: answer,
	}, nil
}
