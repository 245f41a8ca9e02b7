package localstore

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"golang.org/x/crypto/chacha20poly1305"
)

// A sealed file is
//
//	format (1 byte, fileFormat) · id (32 random bytes) · chunks · seal
//
// where a chunk is
//
//	nonce (24 bytes) · ciphertext of chunkSize, the last one's of less, and its tag
//
// with the domain, the format, the id and the chunk's number as associated data, and the seal, under the same
// key, is of the digest of the whole and its size. Chunks can't be changed, moved, dropped, added or taken from
// another file; a whole file can't take the name of another, which is made of the digest.
const (
	fileFormat  = 1
	fileHeader  = 1 + 32
	chunkSize   = 64 << 10
	chunkOver   = chacha20poly1305.NonceSizeX + chacha20poly1305.Overhead
	fileSeal    = chunkOver + sha256.Size + 8
	sealNumber  = 1<<64 - 1 // the number of the seal among the chunks
	filesSuffix = ".files"
)

// MaxFile is the largest file that is taken, in bytes.
const MaxFile = 1 << 30

// The errors of files.
var (
	// ErrNoFile: no file of this digest is kept.
	ErrNoFile = errors.New("no such file is kept here")
	// ErrFileDamaged: the file was altered, cut or renamed.
	ErrFileDamaged = errors.New("the kept file is damaged")
)

// sealedFiles are the files beside a store, such as scans and prepared documents. They are named by a keyed
// digest of their content: a name tells nothing, and one content is there once.
type sealedFiles struct {
	folder string
	disk   disk
	seal   *sealer
	naming Key

	mu    sync.Mutex
	fresh map[string]bool // digests that were put or asked for since the store was opened
}

func newSealedFiles(path string, d disk, key Key) *sealedFiles {
	sealing := subkey(key, "files")
	defer sealing.Zero()
	return &sealedFiles{
		folder: path + filesSuffix, disk: d, seal: newSealer(sealing), naming: subkey(key, "file names"),
		fresh: map[string]bool{},
	}
}

func (f *sealedFiles) close() {
	f.seal.close()
	f.naming.Zero()
}

// name gives the path of the file with a digest, SHA-256 in hex.
func (f *sealedFiles) name(digest string) (string, error) {
	raw, err := hex.DecodeString(digest)
	if err != nil || len(raw) != sha256.Size || strings.ToLower(digest) != digest {
		return "", fmt.Errorf("%w: %q is no digest", ErrName, digest)
	}
	mac := hmac.New(sha256.New, f.naming[:])
	mac.Write(raw)
	return filepath.Join(f.folder, hex.EncodeToString(mac.Sum(nil))), nil
}

func (f *sealedFiles) keep(digest string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fresh[digest] = true
}

// PutFile keeps what r gives, sealed, and returns its SHA-256 in hex, by which it is asked for again. It is on
// the disk when PutFile returns; cut off before, there is nothing of it. ErrTooLarge beyond MaxFile.
func (s *Store) PutFile(ctx context.Context, r io.Reader) (digest string, err error) {
	s.life.RLock()
	defer s.life.RUnlock()
	if err := s.usable(); err != nil {
		return "", err
	}
	digest, _, err = s.files.put(ctx, r)
	if err != nil {
		return "", fmt.Errorf("keeping a file: %w", storageError(err))
	}
	return digest, nil
}

// put keeps a file; anew says that there was none of its content.
func (f *sealedFiles) put(ctx context.Context, r io.Reader) (digest string, anew bool, err error) {
	if err := os.MkdirAll(f.folder, 0o700); err != nil {
		return "", false, err
	}
	var id [32]byte
	rand.Read(id[:]) // crypto/rand never gives an error, it ends the program
	temp := filepath.Join(f.folder, hex.EncodeToString(id[:8])+partSuffix)
	whole := sha256.New()
	err = f.disk.write(temp, func(w io.Writer) error { return f.sealTo(ctx, w, io.TeeReader(r, whole), id, whole) })
	if err != nil {
		os.Remove(temp) // else the next sweep does
		return "", false, err
	}
	digest = hex.EncodeToString(whole.Sum(nil))
	name, err := f.name(digest)
	if err != nil {
		return "", false, err
	}
	f.keep(digest)
	anew = !there(name)
	return digest, anew, f.disk.move(temp, name)
}

// sealTo writes the file.
func (f *sealedFiles) sealTo(ctx context.Context, w io.Writer, r io.Reader, id [32]byte, whole hash.Hash) error {
	if _, err := w.Write(append([]byte{fileFormat}, id[:]...)); err != nil {
		return err
	}
	chunk := make([]byte, chunkSize)
	size := uint64(0)
	for number := uint64(0); ; number++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := readChunk(r, chunk)
		if err != nil {
			return err
		}
		if size += uint64(n); size > MaxFile {
			return fmt.Errorf("%w: a file beyond %d bytes", ErrTooLarge, MaxFile)
		}
		if _, err := w.Write(f.sealChunk(id, number, chunk[:n])); err != nil {
			return err
		}
		if n < chunkSize {
			break
		}
	}
	_, err := w.Write(f.sealChunk(id, sealNumber, binary.BigEndian.AppendUint64(whole.Sum(nil), size)))
	return err
}

func (f *sealedFiles) sealChunk(id [32]byte, number uint64, plain []byte) []byte {
	nonce := make([]byte, chacha20poly1305.NonceSizeX, len(plain)+chunkOver)
	rand.Read(nonce) // crypto/rand never gives an error, it ends the program
	return f.seal.aead.Seal(nonce, nonce, plain, chunkPlace(id, number))
}

// readChunk fills chunk as far as r goes.
func readChunk(r io.Reader, chunk []byte) (int, error) {
	n, err := io.ReadFull(r, chunk)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return n, err
}

// chunkPlace is the associated data of a chunk.
func chunkPlace(id [32]byte, number uint64) []byte {
	ad := append([]byte(sealDomain+" file"), fileFormat)
	ad = append(ad, id[:]...)
	return binary.BigEndian.AppendUint64(ad, number)
}

// HasFile says whether a file is kept, whole or not.
func (s *Store) HasFile(digest string) bool {
	s.life.RLock()
	defer s.life.RUnlock()
	if s.usable() != nil {
		return false
	}
	name, err := s.files.name(digest)
	if err != nil {
		return false
	}
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

// OpenFile gives the content of a kept file, and its size. Reading gives ErrFileDamaged, and never a byte that
// was altered; that nothing is missing is known when OpenFile returns. ErrNoFile when it isn't kept. Closing the
// store before the reader is allowed.
func (s *Store) OpenFile(digest string) (content io.ReadCloser, size int64, err error) {
	s.life.RLock()
	defer s.life.RUnlock()
	if err := s.usable(); err != nil {
		return nil, 0, err
	}
	name, err := s.files.name(digest)
	if err != nil {
		return nil, 0, fmt.Errorf("opening a kept file: %w", err)
	}
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, 0, ErrNoFile
	}
	if err != nil {
		return nil, 0, fmt.Errorf("opening a kept file: %w", err)
	}
	r, err := newFileReader(f, s.files.seal)
	if err == nil && hex.EncodeToString(r.digest) != digest {
		err = ErrFileDamaged
	}
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	s.files.keep(digest)
	return r, r.size, nil
}

// fileReader opens one chunk after the other. It has a cipher of its own, which outlives the store.
type fileReader struct {
	file   *os.File
	seal   *sealer
	id     [32]byte
	digest []byte
	size   int64
	chunks uint64

	next  uint64
	plain []byte
	read  hash.Hash
}

// newFileReader opens the seal first, which tells what the whole is.
func newFileReader(file *os.File, seal *sealer) (*fileReader, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	r := &fileReader{file: file, seal: newSealer(seal.key), read: sha256.New()}
	head := make([]byte, fileHeader)
	if _, err := file.ReadAt(head, 0); err != nil || head[0] != fileFormat || info.Size() < fileHeader+chunkOver+fileSeal {
		return nil, ErrFileDamaged
	}
	copy(r.id[:], head[1:])
	whole, err := r.open(sealNumber, info.Size()-fileSeal, fileSeal)
	if err != nil {
		return nil, err
	}
	r.digest, r.size = whole[:sha256.Size], int64(binary.BigEndian.Uint64(whole[sha256.Size:]))
	r.chunks = uint64(r.size/chunkSize + 1)
	if info.Size() != fileHeader+r.size+int64(r.chunks)*chunkOver+fileSeal {
		return nil, ErrFileDamaged
	}
	return r, nil
}

// chunk opens one; all are whole but the last.
func (r *fileReader) chunk(number uint64) ([]byte, error) {
	sealed := int64(chunkSize + chunkOver)
	at := fileHeader + int64(number)*sealed
	if number == r.chunks-1 {
		sealed = r.size%chunkSize + chunkOver
	}
	return r.open(number, at, sealed)
}

func (r *fileReader) open(number uint64, at, size int64) ([]byte, error) {
	sealed := make([]byte, size)
	if _, err := r.file.ReadAt(sealed, at); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFileDamaged, err)
	}
	nonce, box := sealed[:chacha20poly1305.NonceSizeX], sealed[chacha20poly1305.NonceSizeX:]
	plain, err := r.seal.aead.Open(box[:0], nonce, box, chunkPlace(r.id, number))
	if err != nil {
		return nil, ErrFileDamaged
	}
	return plain, nil
}

// Read gives what was put, and at the end makes sure once more that it has the digest.
func (r *fileReader) Read(p []byte) (int, error) {
	for len(r.plain) == 0 {
		if r.next == r.chunks {
			if !bytes.Equal(r.read.Sum(nil), r.digest) {
				return 0, ErrFileDamaged
			}
			return 0, io.EOF
		}
		plain, err := r.chunk(r.next)
		if err != nil {
			return 0, err
		}
		r.next++
		r.plain = plain
		r.read.Write(plain)
	}
	n := copy(p, r.plain)
	r.plain = r.plain[n:]
	return n, nil
}

// Close lets the file and the key go.
func (r *fileReader) Close() error {
	r.seal.close()
	return r.file.Close()
}

// DropFile throws a kept file away; none is no error.
func (s *Store) DropFile(digest string) error {
	s.life.RLock()
	defer s.life.RUnlock()
	if err := s.usable(); err != nil {
		return err
	}
	name, err := s.files.name(digest)
	if err == nil {
		err = s.files.disk.remove(name)
	}
	if err != nil {
		return fmt.Errorf("dropping a kept file: %w", err)
	}
	return nil
}

// SweepFiles throws away the kept files that nothing names: those whose digests aren't given, and that were
// neither put nor opened since the store was opened. It returns how many there were.
func (s *Store) SweepFiles(named []string) (swept int, err error) {
	s.life.RLock()
	defer s.life.RUnlock()
	if err := s.usable(); err != nil {
		return 0, err
	}
	swept, err = s.files.sweep(named)
	if err != nil {
		return swept, fmt.Errorf("sweeping the kept files: %w", err)
	}
	return swept, nil
}

func (f *sealedFiles) sweep(named []string) (swept int, err error) {
	f.mu.Lock() // nothing is put meanwhile that isn't fresh yet
	defer f.mu.Unlock()
	keep := map[string]bool{}
	for digest := range f.fresh {
		named = append(named, digest)
	}
	for _, digest := range named {
		name, err := f.name(digest)
		if err != nil {
			return 0, err
		}
		keep[name] = true
	}
	names, err := f.list()
	if err != nil {
		return 0, err
	}
	for _, name := range names {
		if keep[name] {
			continue
		}
		if err := f.disk.remove(name); err != nil {
			return swept, err
		}
		swept++
	}
	return swept, nil
}

// list gives the paths of the files.
func (f *sealedFiles) list() ([]string, error) {
	names, err := namesIn(f.folder)
	if err != nil {
		return nil, err
	}
	names = slices.DeleteFunc(names, func(name string) bool { return strings.HasSuffix(name, partSuffix) })
	for i, name := range names {
		names[i] = filepath.Join(f.folder, name)
	}
	return names, nil
}

// digests tells what is kept, and how many files are damaged.
func (s *Store) digests() (digests []string, damaged int, err error) {
	s.life.RLock()
	defer s.life.RUnlock()
	if err := s.usable(); err != nil {
		return nil, 0, err
	}
	names, err := s.files.list()
	for _, name := range names {
		digest, err := s.files.digestOf(name)
		if err != nil {
			damaged++
			continue
		}
		digests = append(digests, digest)
	}
	return digests, damaged, err
}

// readable reads a file to its end.
func (s *Store) readable(digest string) bool {
	content, _, err := s.OpenFile(digest)
	if err != nil {
		return false
	}
	_, err = io.Copy(io.Discard, content)
	return errors.Join(err, content.Close()) == nil
}

// digestOf reads the digest of a file whose name is right.
func (f *sealedFiles) digestOf(name string) (string, error) {
	file, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer file.Close()
	r, err := newFileReader(file, f.seal)
	if err != nil {
		return "", err
	}
	digest := hex.EncodeToString(r.digest)
	if right, err := f.name(digest); err != nil || right != name {
		return "", errors.Join(ErrFileDamaged, err)
	}
	return digest, nil
}

// sweepParts throws away what was being put when the program ended. Nothing is being put while a store opens.
func (f *sealedFiles) sweepParts() error {
	names, err := namesIn(f.folder)
	for _, name := range names {
		if strings.HasSuffix(name, partSuffix) {
			err = errors.Join(err, f.disk.remove(filepath.Join(f.folder, name)))
		}
	}
	if err != nil {
		return fmt.Errorf("sweeping half-kept files: %w", err)
	}
	return nil
}
