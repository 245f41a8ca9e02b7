package localstore

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/fnv"
	"io"
	"os"
)

// checkStructure reads the bbolt file as what it is on the disk (go.etcd.io/bbolt, format 2) and follows every
// page from the newest valid meta page, with every offset, length and page number checked before it is used.
// It is there because bbolt follows them unchecked in mapped memory: a wild page number there is a fault or an
// endless recursion in a goroutine of bbolt's own, which ends the program and which nobody can catch. What
// passes here is safe to give to bbolt, whose Tx.Check then runs too.
func checkStructure(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	w, err := newWalk(f, info.Size())
	if err != nil {
		return err
	}
	return w.all()
}

// all follows everything.
func (w *walk) all() error {
	if err := w.freelist(); err != nil {
		return err
	}
	if err := w.page(w.meta.root, nil, nil, 0); err != nil {
		return err
	}
	for id := range w.use {
		if w.use[id] == unseen {
			return damaged("page %d is neither used nor free", id)
		}
	}
	return nil
}

// The sizes and flags of bbolt's format.
const (
	pageHeaderSize  = 16
	elementSize     = 16 // of branch and leaf pages alike
	bucketEntrySize = 16
	metaSize        = 64
	largestPage     = 64 << 10

	branchFlag   = 0x01
	leafFlag     = 0x02
	metaFlag     = 0x04
	freelistFlag = 0x10

	bucketElement = 0x01 // a leaf element whose value is a bucket

	boltMagic   = 0xED0CDAED
	boltVersion = 2

	// depthLimit is far above what a real tree needs (each level multiplies by tens), far below the stack.
	depthLimit = 64
)

type pageUse uint8

const (
	unseen pageUse = iota
	used
	free
)

type metaPage struct {
	pageSize             int64
	root, freelist, high uint64
	txid                 uint64
}

type walk struct {
	file io.ReaderAt
	meta metaPage
	use  []pageUse // by page number, below the high-water mark

	buffers [][]byte // by depth

	ending <-chan struct{} // when it is closed, the walk ends with errEnding; nil: never
}

func newWalk(f io.ReaderAt, size int64) (*walk, error) {
	meta, err := newestMeta(f, size)
	if err != nil {
		return nil, err
	}
	// No product: a page number comes from the file and may be anything.
	if pages := uint64(size / meta.pageSize); meta.high > pages || meta.high < 4 {
		return nil, damaged("the file has %d pages and should have %d", pages, meta.high)
	}
	w := &walk{file: f, meta: meta, use: make([]pageUse, meta.high)}
	w.use[0], w.use[1] = used, used
	return w, nil
}

// newestMeta gives the meta page that bbolt will go by: of the two, the valid one with the higher transaction.
// A page whose checksum is wrong was being written when the power went; one that isn't a meta page at all, or
// that knows another page size, is damage.
func newestMeta(f io.ReaderAt, size int64) (metaPage, error) {
	first, firstOK := readMeta(f, 0)
	pageSize := first.pageSize
	for at := int64(1 << 10); !firstOK && pageSize == 0 && at <= largestPage && at < size; at <<= 1 {
		if second, ok := readMeta(f, at); ok {
			pageSize = second.pageSize
		}
	}
	if pageSize < 1<<10 || pageSize > largestPage || pageSize&(pageSize-1) != 0 {
		return metaPage{}, damaged("neither meta page is valid")
	}
	second, secondOK := readMeta(f, pageSize)
	for id, at := range []int64{0, pageSize} {
		if err := isMetaPage(f, uint64(id), at); err != nil {
			return metaPage{}, err
		}
	}
	switch {
	case secondOK && second.pageSize != pageSize:
		return metaPage{}, damaged("the meta pages know different page sizes")
	case secondOK && (!firstOK || second.txid > first.txid):
		return second, nil
	case firstOK:
		return first, nil
	}
	return metaPage{}, damaged("neither meta page is valid")
}

// readMeta reads what bbolt takes for a valid meta page.
func readMeta(f io.ReaderAt, at int64) (metaPage, bool) {
	m, n := make([]byte, metaSize), binary.NativeEndian
	if _, err := f.ReadAt(m, at+pageHeaderSize); err != nil {
		return metaPage{}, false
	}
	sum := fnv.New64a()
	sum.Write(m[:metaSize-8])
	if n.Uint32(m) != boltMagic || n.Uint32(m[4:]) != boltVersion || n.Uint64(m[56:]) != sum.Sum64() {
		return metaPage{}, false
	}
	return metaPage{
		pageSize: int64(n.Uint32(m[8:])), root: n.Uint64(m[16:]),
		freelist: n.Uint64(m[32:]), high: n.Uint64(m[40:]), txid: n.Uint64(m[48:]),
	}, true
}

func isMetaPage(f io.ReaderAt, id uint64, at int64) error {
	var head [pageHeaderSize]byte
	if _, err := f.ReadAt(head[:], at); err != nil {
		return damaged("meta page %d: %w", id, err)
	}
	self, flags := binary.NativeEndian.Uint64(head[:]), binary.NativeEndian.Uint16(head[8:])
	if self != id || flags != metaFlag {
		return damaged("meta page %d calls itself %d, of kind %#x", id, self, flags)
	}
	return nil
}

// load reads the page with what overflows from it, and marks all of it as used. What it returns is good until
// the next page of this depth is loaded: a page's keys bound the pages below it, and only those.
func (w *walk) load(id uint64, depth int) ([]byte, error) {
	select {
	case <-w.ending:
		return nil, errEnding
	default:
	}
	if id < 2 || id >= w.meta.high {
		return nil, damaged("page %d is outside the file's %d", id, w.meta.high)
	}
	raw, at := w.buffer(depth, w.meta.pageSize), int64(id)*w.meta.pageSize
	if _, err := w.file.ReadAt(raw, at); err != nil {
		return nil, damaged("page %d: %w", id, err)
	}
	more := uint64(binary.NativeEndian.Uint32(raw[12:]))
	if self := binary.NativeEndian.Uint64(raw); self != id || more >= w.meta.high-id {
		return nil, damaged("page %d calls itself %d, with %d more", id, self, more)
	}
	for i := id; i <= id+more; i++ {
		if w.use[i] != unseen {
			return nil, damaged("page %d is used twice, or used and free", i)
		}
		w.use[i] = used
	}
	if more > 0 {
		raw = w.buffer(depth, int64(more+1)*w.meta.pageSize)
		if _, err := w.file.ReadAt(raw, at); err != nil {
			return nil, damaged("page %d: %w", id, err)
		}
	}
	return raw, nil
}

// buffer gives the memory for a page of this depth, used for one after the other.
func (w *walk) buffer(depth int, size int64) []byte {
	for len(w.buffers) <= depth {
		w.buffers = append(w.buffers, nil)
	}
	if int64(cap(w.buffers[depth])) < size {
		w.buffers[depth] = make([]byte, size)
	}
	return w.buffers[depth][:size]
}

// freelist marks the free pages. This package always writes the list to the file.
func (w *walk) freelist() error {
	raw, err := w.load(w.meta.freelist, 0)
	if err != nil {
		return err
	}
	if flags := binary.NativeEndian.Uint16(raw[8:]); flags != freelistFlag {
		return damaged("page %d is no freelist (%#x)", w.meta.freelist, flags)
	}
	count, list := uint64(binary.NativeEndian.Uint16(raw[10:])), raw[pageHeaderSize:]
	if count == 0xFFFF { // then the first number is the count
		count, list = binary.NativeEndian.Uint64(list), list[8:]
	}
	if count > uint64(len(list)/8) {
		return damaged("the freelist holds %d of %d pages", len(list)/8, count)
	}
	for i := range count {
		id := binary.NativeEndian.Uint64(list[8*i:])
		if id < 2 || id >= w.meta.high || w.use[id] != unseen {
			return damaged("page %d is free twice, or can't be free", id)
		}
		w.use[id] = free
	}
	return nil
}

// page follows a page of a tree whose keys are all at least low and below high (nil: no bound).
func (w *walk) page(id uint64, low, high []byte, depth int) error {
	if depth > depthLimit {
		return damaged("page %d is deeper than %d", id, depthLimit)
	}
	raw, err := w.load(id, depth)
	if err != nil {
		return err
	}
	err = w.elements(raw, low, high, depth)
	var d *damage
	if errors.As(err, &d) || errors.Is(err, errEnding) {
		return err
	}
	if err != nil {
		return damaged("page %d: %w", id, err)
	}
	return nil
}

var (
	errPageType = errors.New("neither branch nor leaf")
	errElement  = errors.New("an element reaches beyond it")
	errKeyOrder = errors.New("keys out of order")
	errBucket   = errors.New("a bucket's entry is cut short")
)

// elements follows what a branch or leaf page holds. raw begins with the page's header; it is a whole page, or
// the part of a leaf that is a small bucket's inline page.
func (w *walk) elements(raw, low, high []byte, depth int) error {
	flags, count := binary.NativeEndian.Uint16(raw[8:]), int(binary.NativeEndian.Uint16(raw[10:]))
	if flags != branchFlag && flags != leafFlag || flags == branchFlag && count == 0 {
		return errPageType
	}
	if pageHeaderSize+count*elementSize > len(raw) {
		return errElement
	}
	previous := low
	for i := range count {
		e, err := elementOf(raw, i, flags)
		if err != nil {
			return err
		}
		if c := bytes.Compare(previous, e.key); c > 0 || c == 0 && i > 0 || high != nil && bytes.Compare(e.key, high) >= 0 {
			return errKeyOrder
		}
		previous = e.key
		switch {
		case flags == branchFlag:
			upper := high
			if i+1 < count {
				next, err := elementOf(raw, i+1, flags)
				if err != nil {
					return err
				}
				upper = next.key
			}
			err = w.page(e.child, e.key, upper, depth+1)
		case e.flags&bucketElement != 0:
			err = w.bucket(e.value, depth)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

type element struct {
	key, value []byte
	flags      uint32 // of a leaf's
	child      uint64 // of a branch's
}

// elementOf takes the i-th element apart; pos counts from the element's own place.
func elementOf(raw []byte, i int, pageFlags uint16) (element, error) {
	at := pageHeaderSize + i*elementSize
	h, n := raw[at:at+elementSize], binary.NativeEndian
	var e element
	var pos, keySize, valueSize uint32
	if pageFlags == branchFlag {
		pos, keySize, e.child = n.Uint32(h), n.Uint32(h[4:]), n.Uint64(h[8:])
	} else {
		e.flags, pos, keySize, valueSize = n.Uint32(h), n.Uint32(h[4:]), n.Uint32(h[8:]), n.Uint32(h[12:])
	}
	from := uint64(at) + uint64(pos)
	middle := from + uint64(keySize)
	to := middle + uint64(valueSize)
	if pos < elementSize || keySize == 0 || to > uint64(len(raw)) {
		return element{}, errElement
	}
	e.key, e.value = raw[from:middle], raw[middle:to]
	return e, nil
}

// bucket follows a bucket's entry: the number of its root page, or zero and the page itself behind it.
func (w *walk) bucket(entry []byte, depth int) error {
	if len(entry) < bucketEntrySize {
		return errBucket
	}
	if root := binary.NativeEndian.Uint64(entry); root != 0 {
		return w.page(root, nil, nil, depth+1)
	}
	inline := entry[bucketEntrySize:]
	if len(inline) < pageHeaderSize || depth > depthLimit || binary.NativeEndian.Uint16(inline[8:]) != leafFlag {
		return errBucket
	}
	return w.elements(inline, nil, nil, depth+1)
}
