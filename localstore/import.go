package localstore

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"filippo.io/age"
)

// The errors of an import. Whichever it is, nothing was changed.
var (
	// ErrNoExport: the file isn't an export, or it was altered or cut short.
	ErrNoExport = errors.New("the file is no export, or is damaged")
	// ErrNewerExport: a newer program wrote the file.
	ErrNewerExport = errors.New("the export was written by a newer program")
)

// OtherOwnerError says that the export is another person's, or of another centre.
type OtherOwnerError struct{ Owner Owner }

func (e *OtherOwnerError) Error() string {
	return fmt.Sprintf("the export is of %s at %s", e.Owner.Person, e.Owner.Epoch)
}

// Imported is what an import brought that wasn't here.
type Imported struct {
	Drafts, Commands, Objects, Files int
	GaveWay                          []Ref // drafts that were here too: the older text is in the history now
}

// Import takes in what Export wrote for the same person and centre, in one transaction. What is here stays:
// of a draft that is in both, the text saved last stands and the other goes into its history; commands go
// behind those that wait here, each once; the mirror is taken when there is none here yet. Commands may wait on
// both computers then: the centre does each once, by its id.
//
// ErrWrongPhrase for a wrong passphrase; ErrNoExport, ErrNewerExport, *OtherOwnerError.
func (s *Store) Import(ctx context.Context, name string, phrase []byte) (Imported, error) {
	f, err := os.Open(name)
	if err != nil {
		return Imported{}, fmt.Errorf("importing records: %w", err)
	}
	defer f.Close()
	in, err := openExport(f, phrase)
	if err != nil {
		return Imported{}, fmt.Errorf("importing records: %w", err)
	}
	owner, there := s.Owner()
	if !there {
		return Imported{}, fmt.Errorf("importing records: %w", errNoOwner)
	}
	if from := in.manifest.Owner; from.Person != owner.Person || from.Epoch != owner.Epoch {
		return Imported{}, fmt.Errorf("importing records: %w", &OtherOwnerError{from})
	}
	im := &importing{ctx: ctx, s: s, in: in, commands: map[string]bool{}}
	err = s.update(func(t *txn) error {
		err := im.all(t)
		if err != nil {
			im.dropFiles() // not when the commit fails: it may be in the file all the same, and name them
		}
		return err
	})
	if err != nil {
		return Imported{}, fmt.Errorf("importing records: %w", err)
	}
	return im.done, nil
}

// exportReader reads the frames of an export.
type exportReader struct {
	r        *bufio.Reader
	manifest exportManifest
	frame    []byte
}

// exportHead bounds what comes before the sealed part: one scrypt stanza takes some 150 bytes.
const exportHead = 4 << 10

func openExport(r io.Reader, phrase []byte) (*exportReader, error) {
	raw := bufio.NewReaderSize(r, 64<<10)
	if head, _ := raw.Peek(exportHead); !bytes.Contains(head, []byte("\n--- ")) { // a short one is peeked whole
		return nil, ErrNoExport
	}
	if len(phrase) == 0 {
		return nil, ErrWrongPhrase
	}
	identity, err := age.NewScryptIdentity(string(phrase))
	if err != nil {
		return nil, err
	}
	identity.SetMaxWorkFactor(scryptMost)
	plain, err := age.Decrypt(raw, identity)
	var wrong *age.NoIdentityMatchError
	if errors.As(err, &wrong) {
		return nil, ErrWrongPhrase
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoExport, err)
	}
	in := &exportReader{r: bufio.NewReaderSize(plain, 64<<10)}
	magic := make([]byte, len(exportMagic))
	if _, err := io.ReadFull(in.r, magic); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoExport, err)
	}
	if string(magic) != exportMagic {
		return nil, ErrNewerExport
	}
	kind, content, err := in.next()
	if err != nil {
		return nil, err
	}
	if kind != frameManifest || json.Unmarshal(content, &in.manifest) != nil {
		return nil, ErrNoExport
	}
	return in, nil
}

// next gives a frame, which is good until the next one.
func (in *exportReader) next() (kind byte, content []byte, err error) {
	var head [5]byte
	if _, err := io.ReadFull(in.r, head[:]); err != nil {
		return 0, nil, fmt.Errorf("%w: %w", ErrNoExport, err)
	}
	size := int(binary.BigEndian.Uint32(head[1:]))
	if size > frameLimit {
		return 0, nil, ErrNoExport
	}
	if cap(in.frame) < size {
		in.frame = make([]byte, size)
	}
	content = in.frame[:size]
	if _, err := io.ReadFull(in.r, content); err != nil {
		return 0, nil, fmt.Errorf("%w: %w", ErrNoExport, err)
	}
	return head[0], content, nil
}

// importing is one import, in its transaction.
type importing struct {
	ctx   context.Context
	s     *Store
	t     *txn
	in    *exportReader
	found exportEnd
	done  Imported

	mirror   bool // there is none here, so it is taken
	commands map[string]bool
	files    []string // that weren't here
}

// all reads to the end before anything is committed: a file that was cut short or altered gives an error there
// at the latest.
func (im *importing) all(t *txn) error {
	im.t = t
	im.mirror = t.bucket(bucketMeta).Get(cursorKey) == nil
	for {
		if err := im.ctx.Err(); err != nil {
			return err
		}
		kind, content, err := im.in.next()
		if err != nil {
			return err
		}
		switch kind {
		case frameValue:
			im.found.Values++
			err = im.value(content)
		case frameFile:
			im.found.Files++
			err = im.file(hex.EncodeToString(content))
		case frameEnd:
			return im.end(content)
		default:
			err = ErrNoExport
		}
		if err != nil {
			return err
		}
	}
}

// end compares the counts and wants nothing behind: age tells there whether the file's own end is there.
func (im *importing) end(content []byte) error {
	var said exportEnd
	if json.Unmarshal(content, &said) != nil || said != im.found {
		return ErrNoExport
	}
	if _, err := im.in.r.ReadByte(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: %w", ErrNoExport, err)
	}
	return nil
}

func (im *importing) value(content []byte) error {
	bucket, rest, found := bytes.Cut(content, []byte{0})
	if !found || len(rest) < 2 {
		return ErrNoExport
	}
	size := int(binary.BigEndian.Uint16(rest))
	if rest = rest[2:]; len(rest) < size+8 || size == 0 {
		return ErrNoExport
	}
	key, version, plain := bytes.Clone(rest[:size]), binary.BigEndian.Uint64(rest[size:]), rest[size+8:]
	switch string(bucket) {
	case bucketPreferences:
		return im.preference(key, plain)
	case bucketHistory:
		return im.past(key, plain)
	case bucketDrafts:
		return im.draft(key, version, plain)
	case bucketOutbox:
		return im.command(version, plain)
	case bucketMirror:
		return im.object(key, version, plain)
	case bucketMeta:
		return im.cursor(key, plain)
	}
	return ErrNoExport
}

func (im *importing) preference(name, value []byte) error {
	if checkName("preference", string(name)) != nil || im.t.bucket(bucketPreferences).Get(name) != nil {
		return nil
	}
	im.t.touch(Preferences)
	return im.t.put(bucketPreferences, name, 0, value)
}

// refIn gives what a key of drafts, mirror or history names.
func refIn(key []byte) (Ref, error) {
	ref := refOf(key)
	if _, err := ref.key(); err != nil {
		return Ref{}, fmt.Errorf("%w: %w", ErrNoExport, err)
	}
	return ref, nil
}

func (im *importing) past(key, plain []byte) error {
	if len(key) < 9 || key[len(key)-9] != 0 || len(plain) < 8 {
		return ErrNoExport
	}
	prefix := key[:len(key)-8]
	ref, err := refIn(prefix[:len(prefix)-1])
	if err != nil {
		return err
	}
	known := false
	err = im.t.each(bucketHistory, string(prefix), func(_, there []byte, _ uint64) error {
		known = known || bytes.Equal(there, plain)
		return nil
	})
	if err != nil || known {
		return err
	}
	return im.t.putPast(ref, []Past{pastOf(plain)}, im.s.clock())
}

func pastOf(plain []byte) Past {
	return Past{Body: plain[8:], At: time.UnixMicro(int64(binary.BigEndian.Uint64(plain))).UTC()}
}

// draft takes a draft, or lets the newer one of two stand.
func (im *importing) draft(key []byte, version uint64, plain []byte) error {
	ref, err := refIn(key)
	if err != nil {
		return err
	}
	theirs, err := draftOf(ref, plain, version)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoExport, err)
	}
	here, ours, found, err := im.t.get(bucketDrafts, key)
	if err != nil {
		return err
	}
	if !found {
		im.done.Drafts++
		return im.t.putDraft(theirs, im.s.clock())
	}
	mine, err := draftOf(ref, here, ours)
	if err != nil || bytes.Equal(mine.Body, theirs.Body) {
		return err
	}
	im.done.GaveWay = append(im.done.GaveWay, ref)
	older, newer := theirs, mine
	if theirs.Saved.After(mine.Saved) {
		older, newer = mine, theirs
	}
	if err := im.t.putPast(ref, []Past{{Body: older.Body, At: older.Saved}}, im.s.clock()); err != nil {
		return err
	}
	return im.t.putDraft(newer, im.s.clock())
}

// command puts a command behind those that are here, unless it is one of them.
func (im *importing) command(version uint64, plain []byte) error {
	cmd, err := commandOf(plain)
	if err == nil {
		err = errors.Join(checkName("command id", cmd.ID), checkName("aggregate", cmd.Aggregate))
	}
	if err != nil || !cmd.State.waits() || uint64(cmd.Base) != version {
		return fmt.Errorf("%w: %w", ErrNoExport, err)
	}
	if im.s.queue.byID[cmd.ID] != nil || im.commands[cmd.ID] {
		return nil
	}
	im.commands[cmd.ID] = true
	seq, err := im.t.bucket(bucketOutbox).NextSequence()
	if err != nil {
		return err
	}
	im.done.Commands++
	e := entry{seq: seq, id: cmd.ID, aggregate: cmd.Aggregate, after: cmd.After, state: cmd.State}
	im.t.touch(Outbox)
	im.t.after = append(im.t.after, func() { im.s.queue.add(e) })
	return im.t.put(bucketOutbox, commandKey(seq), version, plain)
}

func (im *importing) object(key []byte, version uint64, plain []byte) error {
	if !im.mirror {
		return nil
	}
	ref, err := refIn(key)
	if err != nil {
		return err
	}
	im.done.Objects++
	o := Object{Kind: ref.Kind, ID: ref.ID, Version: int64(version), Body: bytes.Clone(plain)}
	return im.t.putObject(o, im.s.indexing.Load().entries([]Object{o}), 0)
}

func (im *importing) cursor(key, plain []byte) error {
	if !bytes.Equal(key, cursorKey) {
		return ErrNoExport
	}
	if !im.mirror {
		return nil
	}
	cursor := string(plain)
	im.t.after = append(im.t.after, func() { im.s.cursor = cursor })
	return im.t.put(bucketMeta, cursorKey, 0, plain)
}

// file keeps a file before the transaction is committed; if it isn't, the file goes again.
func (im *importing) file(digest string) error {
	name, err := im.s.files.name(digest)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoExport, err)
	}
	content := &contentReader{in: im.in}
	if there(name) {
		_, err := io.Copy(io.Discard, content)
		return err
	}
	got, anew, err := im.s.files.put(im.ctx, content)
	if err != nil {
		return err
	}
	if anew { // the content may be another than is said, and here
		im.files = append(im.files, got)
	}
	if got != digest {
		return ErrNoExport
	}
	im.done.Files++
	return nil
}

// dropFiles takes away the files of an import that came to nothing. What can't be is swept later.
func (im *importing) dropFiles() {
	for _, digest := range im.files {
		if name, err := im.s.files.name(digest); err == nil {
			os.Remove(name)
		}
	}
}

// contentReader reads the content of a file from its frames.
type contentReader struct {
	in   *exportReader
	left []byte
	end  bool
}

func (r *contentReader) Read(p []byte) (int, error) {
	for len(r.left) == 0 {
		if r.end {
			return 0, io.EOF
		}
		kind, content, err := r.in.next()
		if err != nil {
			return 0, err
		}
		if kind != frameContent {
			return 0, ErrNoExport
		}
		r.left, r.end = content, len(content) == 0
	}
	n := copy(p, r.left)
	r.left = r.left[n:]
	return n, nil
}
