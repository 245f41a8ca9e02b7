package localstore

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
)

func putText(t *testing.T, s *Store, text string) string {
	t.Helper()
	digest, err := s.PutFile(t.Context(), strings.NewReader(text))
	must(t, err)
	return digest
}

func fileOf(s *Store, digest string) ([]byte, error) {
	r, size, err := s.OpenFile(digest)
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(r)
	if err == nil && int64(len(content)) != size {
		err = fmt.Errorf("%d bytes, and said were %d", len(content), size)
	}
	return content, errors.Join(err, r.Close())
}

func TestAFileIsKeptWhateverItsSize(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s := openedAt(t, path)
	digests := map[string][]byte{}
	for _, size := range []int{0, 1, chunkSize - 1, chunkSize, chunkSize + 1, 2 * chunkSize, 5*chunkSize + 77} {
		content := make([]byte, size)
		for i := range content {
			content[i] = byte(rand.Uint32())
		}
		digest, err := s.PutFile(t.Context(), iotest.HalfReader(bytes.NewReader(content)))
		must(t, err)
		if sum := sha256.Sum256(content); digest != hex.EncodeToString(sum[:]) {
			t.Errorf("%d bytes are named %s", size, digest)
		}
		digests[digest] = content
		again, err := s.PutFile(t.Context(), bytes.NewReader(content))
		must(t, err)
		wantSame(t, again, digest)
	}
	must(t, s.Close())
	s = openedAt(t, path)
	for digest, content := range digests {
		got, err := fileOf(s, digest)
		if err != nil || !bytes.Equal(got, content) || !s.HasFile(digest) {
			t.Errorf("%d bytes come back as %d: %v", len(content), len(got), err)
		}
		must(t, s.DropFile(digest))
		must(t, s.DropFile(digest))
		if _, err := fileOf(s, digest); !errors.Is(err, ErrNoFile) || s.HasFile(digest) {
			t.Errorf("dropped, it gives %v", err)
		}
	}
	for _, name := range []string{"", "../x", strings.Repeat("A", 64), strings.Repeat("g", 64), strings.Repeat("a", 62)} {
		if _, err := fileOf(s, name); !errors.Is(err, ErrName) || s.HasFile(name) {
			t.Errorf("%q is a digest: %v", name, err)
		}
	}
}

// TestAFileThatWasTouchedGivesNothingFalse: whatever is changed in it, moved or cut, what is read is the beginning
// of what was put, and then a word of the damage.
func TestAFileThatWasTouchedGivesNothingFalse(t *testing.T) {
	s := opened(t)
	content := bytes.Repeat([]byte("мәтін"), 3*chunkSize/10)
	digest, err := s.PutFile(t.Context(), bytes.NewReader(content))
	must(t, err)
	other := putText(t, s, "басқа")
	name, err := s.files.name(digest)
	must(t, err)
	otherName, err := s.files.name(other)
	must(t, err)
	whole, err := os.ReadFile(name)
	must(t, err)
	otherWhole, err := os.ReadFile(otherName)
	must(t, err)
	const sealed = chunkSize + chunkOver
	spoiled := map[string][]byte{
		"nothing":                     nil,
		"only its head":               whole[:fileHeader],
		"a chunk less":                whole[:fileHeader+sealed],
		"cut within a chunk":          whole[:fileHeader+sealed+100],
		"cut by a byte":               whole[:len(whole)-1],
		"a byte more":                 append(bytes.Clone(whole), 0),
		"a chunk more":                append(bytes.Clone(whole), whole[fileHeader:fileHeader+sealed]...),
		"another file":                otherWhole,
		"another file's head":         append(bytes.Clone(otherWhole[:fileHeader]), whole[fileHeader:]...),
		"the first two chunks turned": bytes.Join([][]byte{whole[:fileHeader], whole[fileHeader+sealed : fileHeader+2*sealed], whole[fileHeader : fileHeader+sealed], whole[fileHeader+2*sealed:]}, nil),
		"the first chunk dropped":     append(bytes.Clone(whole[:fileHeader]), whole[fileHeader+sealed:]...),
	}
	for i := 0; i < len(whole); i += len(whole)/50 + 1 {
		altered := bytes.Clone(whole)
		altered[i] ^= 1
		spoiled[fmt.Sprintf("byte %d altered", i)] = altered
	}
	for what, file := range spoiled {
		must(t, os.WriteFile(name, file, 0o600))
		got, err := fileOf(s, digest)
		if !errors.Is(err, ErrFileDamaged) || !bytes.HasPrefix(content, got) {
			t.Errorf("%s: %d bytes, %v", what, len(got), err)
		}
	}
	again, err := s.PutFile(t.Context(), bytes.NewReader(content)) // which mends it
	must(t, err)
	if got, err := fileOf(s, again); err != nil || !bytes.Equal(got, content) {
		t.Errorf("put again, it gives %d bytes, %v", len(got), err)
	}
}

func TestNothingOfAFileCanBeReadInItsFolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s := openedAt(t, path)
	const secret = "құпия скан"
	digest := putText(t, s, secret)
	names, err := namesIn(path + filesSuffix)
	must(t, err)
	if len(names) != 1 {
		t.Fatalf("there are %v", names)
	}
	file, err := os.ReadFile(filepath.Join(path+filesSuffix, names[0]))
	must(t, err)
	if bytes.Contains(file, []byte(secret)) || strings.Contains(names[0], digest) {
		t.Error("it can be read, or known by its name")
	}
	elsewhere := openedAt(t, filepath.Join(t.TempDir(), "store.db"))
	if foreign, err := elsewhere.files.name(digest); err != nil || filepath.Base(foreign) != names[0] {
		t.Errorf("one key gives two names: %v", err) // both are opened by testKey
	}
}

func TestAFileThatCantBeReadToItsEndIsNotKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s := openedAt(t, path)
	stopped, stop := context.WithCancel(t.Context())
	stop()
	broken := errors.New("the scanner is gone")
	for name, put := range map[string]func() (string, error){
		"broken off": func() (string, error) {
			return s.PutFile(t.Context(), io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broken)))
		},
		"stopped": func() (string, error) { return s.PutFile(stopped, strings.NewReader("text")) },
	} {
		digest, err := put()
		if !errors.Is(err, broken) && !errors.Is(err, context.Canceled) || digest != "" {
			t.Errorf("%s: %q, %v", name, digest, err)
		}
	}
	if names, err := namesIn(path + filesSuffix); err != nil || len(names) != 0 {
		t.Errorf("there are %v, %v", names, err)
	}
}

func TestWhatNothingNamesIsSwept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s := openedAt(t, path)
	named, asked, old := putText(t, s, "named"), putText(t, s, "asked for"), putText(t, s, "old")
	if n, err := s.SweepFiles(nil); n != 0 || err != nil {
		t.Errorf("what was just put is swept: %d, %v", n, err)
	}
	must(t, s.Close())
	must(t, os.WriteFile(filepath.Join(path+filesSuffix, "0011.part"), []byte("half"), 0o600))
	s = openedAt(t, path)
	fresh := putText(t, s, "fresh")
	must(t, second(fileOf(s, asked)))
	n, err := s.SweepFiles([]string{named, strings.Repeat("0", 64)})
	must(t, err)
	if n != 1 || !s.HasFile(named) || !s.HasFile(asked) || !s.HasFile(fresh) || s.HasFile(old) {
		t.Errorf("%d are swept", n)
	}
	names, err := namesIn(path + filesSuffix)
	must(t, err)
	if len(names) != 3 {
		t.Errorf("there are %v", names)
	}
	if _, err := s.SweepFiles([]string{"no digest"}); err == nil {
		t.Error("a name that is none sweeps")
	}
}

func TestAReaderOutlivesItsStore(t *testing.T) {
	s := opened(t)
	digest := putText(t, s, "мәтін")
	r, _, err := s.OpenFile(digest)
	must(t, err)
	must(t, s.Close())
	if got, err := io.ReadAll(r); err != nil || string(got) != "мәтін" {
		t.Errorf("it reads %q, %v", got, err)
	}
	must(t, r.Close())
	for _, err := range []error{second(s.PutFile(t.Context(), strings.NewReader("x"))), second(fileOf(s, digest)), s.DropFile(digest), second(s.SweepFiles(nil))} {
		wantErr(t, err, ErrClosed)
	}
}
