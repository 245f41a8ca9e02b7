package localstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
)

var carrying = []byte("жол сөзі ұзақ")

// ownedAt opens a person's store in a folder of its own.
func owned(t *testing.T, who Owner) *Store {
	t.Helper()
	s := openedAt(t, filepath.Join(t.TempDir(), "store.db"), WithOwner(who))
	s.scryptWork = 10
	return s
}

// packed is an export of a store with something of each kind in it.
func packed(t *testing.T) (s *Store, name string) {
	t.Helper()
	s = owned(t, person)
	for i := range 23 {
		must(t, doStep(s, i))
	}
	must(t, s.SaveDraftOver(Draft{Kind: "k", ID: "0", Body: []byte("now")}, Past{Body: []byte("before")}, Past{Body: []byte("then")}))
	must(t, s.SetPreference("width", []byte("7")))
	must(t, s.ApplyChanges(t.Context(), "cursor", []Object{{Kind: "lot", ID: "1", Version: 3, Body: []byte("group:first:lot")}}, nil))
	putText(t, s, "")
	putText(t, s, strings.Repeat("скан", 50_000))
	name = filepath.Join(t.TempDir(), "records.age")
	done, err := s.Export(t.Context(), name, carrying)
	must(t, err)
	if drafts, err := s.Drafts(""); err != nil || done.Drafts != len(drafts) || done.Commands != s.Counts().All() || done.Files != 2 || done.Unreadable != 0 || done.Objects < 2 {
		t.Fatalf("exported are %+v, %v", done, err)
	}
	return s, name
}

func TestAnExportBringsEverythingToAnotherComputer(t *testing.T) {
	from, name := packed(t)
	to, x := owned(t, person), newShelf("a")
	must(t, to.Index(x))
	done, err := to.Import(t.Context(), name, carrying)
	must(t, err)
	if there := x.all(); there[Ref{"lot", "1"}] != "3 alot" {
		t.Errorf("the index has %v", there)
	}
	if done.Drafts == 0 || done.Commands == 0 || done.Objects == 0 || done.Files != 2 || done.GaveWay != nil {
		t.Errorf("imported are %+v", done)
	}
	wantAlike(t, to, from)
	again, err := to.Import(t.Context(), name, carrying)
	must(t, err)
	wantSame(t, again, Imported{})
	wantAlike(t, to, from)
	must(t, to.Close())
	wantAlike(t, openedAt(t, to.Path()), from)
}

// wantAlike wants one store to hold what another holds.
func wantAlike(t *testing.T, got, want *Store) {
	t.Helper()
	wantSame(t, contents(t, got), contents(t, want))
	wantSame(t, got.Cursor(), want.Cursor())
	wantSame(t, got.Counts(), want.Counts())
	wantSame(t, pastBodies(t, got, "k", "0"), pastBodies(t, want, "k", "0"))
	width, _, err := got.Preference("width")
	if string(width) != "7" || err != nil {
		t.Errorf("the preference is %q, %v", width, err)
	}
	digests, _, err := want.digests()
	must(t, err)
	for _, digest := range digests {
		there, err := fileOf(got, digest)
		must(t, err)
		here, err := fileOf(want, digest)
		must(t, err)
		if !bytes.Equal(there, here) {
			t.Errorf("a file of %d bytes came as %d", len(here), len(there))
		}
	}
	next, err := got.Next(0)
	must(t, err)
	ours, err := want.Next(0)
	must(t, err)
	wantSame(t, len(next), len(ours))
}

func TestWhatIsHereStaysWhenMoreIsImported(t *testing.T) {
	_, name := packed(t)
	to := owned(t, person)
	must(t, to.SaveDraft(Draft{Kind: "k", ID: "0", Body: []byte("typed here"), Saved: noon.AddDate(0, 0, 1)}))
	must(t, to.SaveDraft(Draft{Kind: "k", ID: "2", Body: []byte("typed here long ago"), Saved: noon.AddDate(0, 0, -1)}))
	must(t, to.SaveDraft(Draft{Kind: "mine", ID: "1", Body: []byte("mine")}))
	must(t, to.Enqueue(Command{ID: "mine", Aggregate: "0"}, nil))
	must(t, to.SetPreference("width", []byte("9")))
	must(t, to.ApplyChanges(t.Context(), "of this computer", []Object{{Kind: "lot", ID: "2", Version: 1}}, nil))
	done, err := to.Import(t.Context(), name, carrying)
	must(t, err)
	wantSame(t, done.GaveWay, []Ref{{"k", "0"}, {"k", "2"}})
	for _, c := range []struct{ id, body, past string }{{"0", "typed here", "now"}, {"2", "16:", "typed here long ago"}} {
		d, found, err := to.Draft("k", c.id)
		if err != nil || !found || !strings.HasPrefix(string(d.Body), c.body) {
			t.Errorf("the draft %s is %q, %v", c.id, d.Body, err)
		}
		past := pastBodies(t, to, "k", c.id)
		if !strings.Contains(strings.Join(past, "|"), c.past) {
			t.Errorf("the history of %s is %q", c.id, past)
		}
	}
	if _, found, err := to.Draft("mine", "1"); !found || err != nil {
		t.Errorf("my own draft is gone: %v", err)
	}
	outbox, err := to.Outbox()
	must(t, err)
	if outbox[0].ID != "mine" || len(outbox) != 1+done.Commands || done.Objects != 0 || to.Cursor() != "of this computer" {
		t.Errorf("%d commands, %d objects, cursor %q", len(outbox), done.Objects, to.Cursor())
	}
	if width, _, err := to.Preference("width"); string(width) != "9" || err != nil {
		t.Errorf("the preference is %q, %v", width, err)
	}
}

// TestNoImportIsHalfDone: whatever is wrong with a file, nothing here changes.
func TestNoImportIsHalfDone(t *testing.T) {
	_, name := packed(t)
	file, err := os.ReadFile(name)
	must(t, err)
	stopped, stop := context.WithCancel(t.Context())
	stop()
	flipped := func(at int) []byte { f := bytes.Clone(file); f[at] ^= 1; return f }
	type try struct {
		file   []byte
		phrase []byte
		ctx    context.Context
		want   error
	}
	cases := map[string]try{
		"a wrong phrase":       {file: file, phrase: []byte("жол сөзі қысқа"), want: ErrWrongPhrase},
		"no phrase":            {file: file, phrase: []byte{}, want: ErrWrongPhrase},
		"stopped":              {file: file, ctx: stopped, want: context.Canceled},
		"empty":                {file: nil, want: ErrNoExport},
		"a text":               {file: []byte(strings.Repeat("not an export\n", 9999)), want: ErrNoExport},
		"an endless head":      {file: append([]byte("age-encryption.org/v1\n-> scrypt "), bytes.Repeat([]byte("A"), 1<<20)...), want: ErrNoExport},
		"another age file":     {file: sealedBy(t, []byte("some text that is long enough")), want: ErrNewerExport},
		"nothing in it":        {file: sealedBy(t, nil), want: ErrNoExport},
		"no end":               {file: sealedBy(t, framed('m', manifestOf(person))), want: ErrNoExport},
		"no manifest":          {file: sealedBy(t, framed('e', `{"values":0,"files":0}`)), want: ErrNoExport},
		"other counts":         {file: sealedBy(t, framed('m', manifestOf(person), 'e', `{"values":1,"files":0}`)), want: ErrNoExport},
		"more behind":          {file: sealedBy(t, append(framed('m', manifestOf(person), 'e', `{"values":0,"files":0}`), 'x')), want: ErrNoExport},
		"an unknown frame":     {file: sealedBy(t, framed('m', manifestOf(person), 'z', "")), want: ErrNoExport},
		"an unknown bucket":    {file: sealedBy(t, framed('m', manifestOf(person), 'v', "setaside\x00\x00\x01k\x00\x00\x00\x00\x00\x00\x00\x00")), want: ErrNoExport},
		"a value cut short":    {file: sealedBy(t, framed('m', manifestOf(person), 'v', "drafts\x00\x00\x09k")), want: ErrNoExport},
		"a draft of no kind":   {file: sealedBy(t, framed('m', manifestOf(person), 'v', "drafts\x00\x00\x01k\x00\x00\x00\x00\x00\x00\x00\x0112345678")), want: ErrNoExport},
		"no command":           {file: sealedBy(t, framed('m', manifestOf(person), 'v', "outbox\x00\x00\x01k\x00\x00\x00\x00\x00\x00\x00\x01\xff\xff\xff\xff")), want: ErrNoExport},
		"the key of the check": {file: sealedBy(t, framed('m', manifestOf(person), 'v', "meta\x00\x00\x05check\x00\x00\x00\x00\x00\x00\x00\x00")), want: ErrNoExport},
		"a file of a path":     {file: sealedBy(t, framed('m', manifestOf(person), 'f', "../../x", 'c', "")), want: ErrName},
		"a file of another":    {file: sealedBy(t, framed('m', manifestOf(person), 'f', strings.Repeat("d", 32), 'c', "text", 'c', "")), want: ErrNoExport},
		"a frame beyond bound": {file: sealedBy(t, append(framed('m', manifestOf(person)), 'v', 0xff, 0xff, 0xff, 0xff)), want: ErrNoExport},
	}
	for i := 1; i < len(file); i += len(file)/40 + 1 {
		cases[fmt.Sprintf("cut to %d", i)] = try{file: file[:i], want: ErrNoExport}
		if i > 200 { // the head says how the phrase is tried: altered, it may open nothing
			cases[fmt.Sprintf("byte %d altered", i)] = try{file: flipped(i), want: ErrNoExport}
		}
	}
	to := owned(t, person)
	for i := range 13 {
		must(t, doStep(to, i))
	}
	before := contents(t, to)
	for what, c := range cases {
		must(t, os.WriteFile(name, c.file, 0o600))
		if c.phrase == nil {
			c.phrase = carrying
		}
		if c.ctx == nil {
			c.ctx = t.Context()
		}
		if done, err := to.Import(c.ctx, name, c.phrase); !errors.Is(err, c.want) {
			t.Errorf("%s: %+v, %v", what, done, err)
		}
		wantSame(t, contents(t, to), before)
		if names, err := namesIn(to.Path() + filesSuffix); err != nil || len(names) != 0 {
			t.Errorf("%s: the files %v are left, %v", what, names, err)
		}
	}
	if len(before.Outbox) != to.Counts().All() || to.Cursor() != "" {
		t.Errorf("in memory there are %+v, %q", to.Counts(), to.Cursor())
	}
}

// TestACommandThatCameWaitsForWhatItGoesAfter: a notification is not sent before the marks that it stands on.
func TestACommandThatCameWaitsForWhatItGoesAfter(t *testing.T) {
	from, to := owned(t, person), owned(t, person)
	must(t, from.Enqueue(Command{ID: "marks", Aggregate: "page"}, nil))
	must(t, from.Enqueue(Command{ID: "notification", Aggregate: "n", After: "page"}, nil))
	name := filepath.Join(t.TempDir(), "records.age")
	must(t, second(from.Export(t.Context(), name, carrying)))
	must(t, second(to.Import(t.Context(), name, carrying)))
	next, err := to.Next(0)
	if err != nil || len(next) != 1 || next[0].ID != "marks" {
		t.Errorf("next are %v, %v", next, err)
	}
}

// TestAFileUnderAFalseNameTakesNothingAway: what an export says wrongly of a file that is here is no reason to drop it.
func TestAFileUnderAFalseNameTakesNothingAway(t *testing.T) {
	to := owned(t, person)
	digest := putText(t, to, "kept here")
	name := filepath.Join(t.TempDir(), "records.age")
	crafted := framed('m', manifestOf(person), 'f', strings.Repeat("x", 32), 'c', "kept here", 'c', "", 'e', `{"files":1}`)
	must(t, os.WriteFile(name, sealedBy(t, crafted), 0o600))
	if _, err := to.Import(t.Context(), name, carrying); !errors.Is(err, ErrNoExport) {
		t.Errorf("it ended with %v", err)
	}
	if content, err := fileOf(to, digest); string(content) != "kept here" || err != nil {
		t.Errorf("the file is %q, %v", content, err)
	}
}

func manifestOf(who Owner) string {
	return fmt.Sprintf(`{"owner":{"person":%q,"epoch":%q}}`, who.Person, who.Epoch)
}

// framed gives what an export holds: kinds and contents in turn.
func framed(parts ...any) []byte {
	out := []byte(exportMagic)
	for i := 0; i < len(parts); i += 2 {
		content := parts[i+1].(string)
		n := len(content)
		out = append(out, byte(parts[i].(rune)), byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
		out = append(out, content...)
	}
	return out
}

// sealedBy is an age file under the phrase.
func sealedBy(t *testing.T, content []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	recipient, err := age.NewScryptRecipient(string(carrying))
	must(t, err)
	recipient.SetWorkFactor(10)
	w, err := age.Encrypt(&out, recipient)
	must(t, err)
	must(t, second(w.Write(content)))
	must(t, w.Close())
	return out.Bytes()
}

func TestAnotherPersonsExportIsRefused(t *testing.T) {
	_, name := packed(t)
	for what, change := range map[string]func(*Owner){
		"another person": func(o *Owner) { o.Person = "850101300123" },
		"another centre": func(o *Owner) { o.Epoch = "epoch-2" },
	} {
		who := person
		change(&who)
		to := owned(t, who)
		_, err := to.Import(t.Context(), name, carrying)
		var other *OtherOwnerError
		if !errors.As(err, &other) || other.Owner.Person != person.Person || other.Owner.Name != person.Name {
			t.Errorf("%s: %v", what, err)
		}
		if drafts, err := to.Drafts(""); err != nil || len(drafts) != 0 {
			t.Errorf("%s: %v are here, %v", what, drafts, err)
		}
	}
}

func TestAnExportTellsNothingWithoutItsPhrase(t *testing.T) {
	s := owned(t, person)
	const secret = "құпия мәтін"
	must(t, s.SaveDraft(Draft{Kind: "k", ID: secret, Body: []byte(secret)}))
	name := filepath.Join(t.TempDir(), "records.age")
	_, err := s.Export(t.Context(), name, []byte("қысқа"))
	wantErr(t, err, ErrWeakPhrase)
	must(t, second(s.Export(t.Context(), name, carrying)))
	file, err := os.ReadFile(name)
	must(t, err)
	for _, word := range []string{secret, person.Person, person.Name, exportMagic} {
		if bytes.Contains(file, []byte(word)) {
			t.Errorf("%q can be read", word)
		}
	}
	info, err := os.Stat(name)
	must(t, err)
	if info.Mode().Perm() != 0o600 {
		t.Errorf("its mode is %v", info.Mode())
	}
	identity, err := age.NewScryptIdentity(string(carrying)) // any program that knows age reads it
	must(t, err)
	plain, err := age.Decrypt(bytes.NewReader(file), identity)
	must(t, err)
	if text, err := io.ReadAll(plain); err != nil || !bytes.Contains(text, []byte(secret)) {
		t.Errorf("with it nothing can be read either: %v", err)
	}
}

func TestADamagedFileIsLeftOutOfTheExportAndSaid(t *testing.T) {
	s := owned(t, person)
	good, bad, worse := putText(t, s, "good"), putText(t, s, strings.Repeat("bad", chunkSize)), putText(t, s, "worse")
	for digest, at := range map[string]int64{bad: 100, worse: -1} {
		name, err := s.files.name(digest)
		must(t, err)
		file, err := os.ReadFile(name)
		must(t, err)
		if at < 0 {
			at += int64(len(file))
		}
		file[at] ^= 1
		must(t, os.WriteFile(name, file, 0o600))
	}
	name := filepath.Join(t.TempDir(), "records.age")
	done, err := s.Export(t.Context(), name, carrying)
	must(t, err)
	wantSame(t, done, Exported{Files: 1, Unreadable: 2})
	to := owned(t, person)
	must(t, second(to.Import(t.Context(), name, carrying)))
	if !to.HasFile(good) || to.HasFile(bad) || to.HasFile(worse) {
		t.Error("another file came")
	}
}

func TestAnExportIsWholeOrNotThere(t *testing.T) {
	s, name := packed(t)
	before, err := os.ReadFile(name)
	must(t, err)
	stopped, stop := context.WithCancel(t.Context())
	stop()
	_, err = s.Export(stopped, name, carrying)
	wantErr(t, err, context.Canceled)
	if after, err := os.ReadFile(name); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the former export is gone: %v", err)
	}
	if there(name + partSuffix) {
		t.Error("half of the new one is left")
	}
	nameless := opened(t)
	_, err = nameless.Export(t.Context(), name, carrying)
	wantErr(t, err, errNoOwner)
	_, err = nameless.Import(t.Context(), name, carrying)
	wantErr(t, err, errNoOwner)
}
