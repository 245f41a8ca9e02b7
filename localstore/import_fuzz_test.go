package localstore

import (
	"bufio"
	"bytes"
	"errors"
	"testing"
)

var errUndone = errors.New("undone")

// FuzzWhatAnExportHolds takes in anything that somebody with the passphrase may have sealed. Whatever it is, it is taken
// or refused; a panic there would pass for damage of the store.
func FuzzWhatAnExportHolds(f *testing.F) {
	const manifest = `{}`
	for _, frames := range [][]any{
		{'m', manifest, 'e', `{"values":0,"files":0}`},
		{'m', manifest, 'v', "drafts\x00\x00\x03k\x001\x00\x00\x00\x00\x00\x00\x00\x0112345678text"},
		{'m', manifest, 'v', "history\x00\x00\x0ck\x001\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x0012345678text"},
		{'m', manifest, 'v', "outbox\x00\x00\x08\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x38{\"ID\":\"1\",\"Aggregate\":\"a\",\"State\":\"queued\",\"BodySize\":1}x"},
		{'m', manifest, 'v', "mirror\x00\x00\x03k\x001\x00\x00\x00\x00\x00\x00\x00\x01text", 'v', "meta\x00\x00\x06cursor\x00\x00\x00\x00\x00\x00\x00\x00c"},
		{'m', manifest, 'v', "preferences\x00\x00\x01p\x00\x00\x00\x00\x00\x00\x00\x00v", 'f', "0123456789abcdef0123456789abcdef", 'c', "text", 'c', ""},
	} {
		f.Add(framed(frames...)[len(exportMagic):])
	}
	s := opened(f)
	must(f, s.SaveDraft(Draft{Kind: "k", ID: "1", Body: []byte("here")}))
	f.Fuzz(func(t *testing.T, frames []byte) {
		in := &exportReader{r: bufio.NewReader(bytes.NewReader(frames))}
		if _, _, err := in.next(); err != nil {
			return
		}
		im := &importing{ctx: t.Context(), s: s, in: in, commands: map[string]bool{}}
		err := s.update(func(tx *txn) error {
			err := im.all(tx)
			im.dropFiles()
			return errors.Join(err, errUndone)
		})
		if !errors.Is(err, errUndone) || s.broken.Load() != nil {
			t.Fatalf("it ended with %v", err)
		}
	})
}
