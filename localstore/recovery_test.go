package localstore

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"
)

// damageGround is a closed store with something in it, and a snapshot from before the last of it.
type damageGround struct {
	file, header, snapshot []byte
	snapshotName           string
	atSnapshot, atEnd      stepModel
	pageSize               int
	pages                  int // in use, free ones among them
}

func newDamageGround(t *testing.T) damageGround {
	t.Helper()
	path := filepath.Join(t.TempDir(), "store.db")
	s := openedAt(t, path)
	s.db.NoSync = true
	for i := range 60 {
		must(t, doStep(s, i))
	}
	var lots []Object
	for i := range 400 {
		lots = append(lots, Object{Kind: "lot", ID: fmt.Sprint(i), Version: 1, Body: bytes.Repeat([]byte("л"), 100)})
	}
	must(t, s.ApplyChanges(t.Context(), "c", lots, nil))
	g := damageGround{atSnapshot: contents(t, s)}
	name, err := s.Snapshot()
	must(t, err)
	for i := 60; i < 70; i++ {
		must(t, doStep(s, i))
	}
	g.atEnd = contents(t, s)
	must(t, s.Close())
	g.snapshotName = filepath.Base(name)
	for _, read := range []struct {
		into *[]byte
		name string
	}{{&g.file, path}, {&g.header, path + ".header"}, {&g.snapshot, name}} {
		*read.into, err = os.ReadFile(read.name)
		must(t, err)
	}
	meta, err := newestMeta(bytes.NewReader(g.file), int64(len(g.file)))
	must(t, err)
	g.pageSize, g.pages = int(meta.pageSize), int(meta.high)
	return g
}

// place writes the ground into a folder of its own, with the given file in place of the good one.
func (g damageGround) place(t *testing.T, file []byte, snapshots map[string][]byte) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "store.db")
	must(t, os.Mkdir(path+".snapshots", 0o700))
	must(t, os.WriteFile(path+".header", g.header, 0o600))
	must(t, os.WriteFile(path+".snapshots/header", g.header, 0o600))
	for name, content := range snapshots {
		must(t, os.WriteFile(filepath.Join(path+".snapshots", name), content, 0o600))
	}
	if file != nil {
		must(t, os.WriteFile(path, file, 0o600))
	}
	return path
}

func (g damageGround) good() map[string][]byte {
	return map[string][]byte{g.snapshotName: g.snapshot}
}

// wantRecovered opens the store and wants the snapshot's contents, with the damaged file kept to the byte.
func (g damageGround) wantRecovered(t *testing.T, path string, file []byte) {
	t.Helper()
	s := openedAt(t, path)
	r := s.Recovery()
	if r == nil {
		t.Fatal("no word of the damage")
	}
	wantSame(t, contents(t, s), g.atSnapshot)
	wantSame(t, filepath.Base(r.Snapshot), g.snapshotName)
	if r.Path != path || r.Cause == nil || !r.SnapshotTaken.After(noon) {
		t.Errorf("recovery %+v", r)
	}
	kept, err := os.ReadFile(r.KeptAside)
	if err != nil || !bytes.Equal(kept, file) {
		t.Errorf("the damaged file is not kept as it was: %v", err)
	}
	must(t, s.SaveDraft(Draft{Kind: "k", ID: "after"}))
	must(t, s.Close())
	if s = openedAt(t, path); s.Recovery() != nil {
		t.Errorf("recovered again: %v", s.Recovery())
	}
}

func TestADamagedFileIsKeptAndTheSnapshotTakesItsPlace(t *testing.T) {
	g := newDamageGround(t)
	zeroed := func(pages ...int) []byte {
		file := bytes.Clone(g.file)
		for _, p := range pages {
			clear(file[p*g.pageSize : (p+1)*g.pageSize])
		}
		return file
	}
	meta, err := newestMeta(bytes.NewReader(g.file), int64(len(g.file)))
	must(t, err)
	noise := make([]byte, len(g.file))
	for i := range noise {
		noise[i] = byte(rand.Uint32())
	}
	cases := map[string][]byte{
		"both meta pages zeroed":      zeroed(0, 1),
		"the freelist zeroed":         zeroed(int(meta.freelist)),
		"the root zeroed":             zeroed(int(meta.root)),
		"noise":                       noise,
		"zeros":                       make([]byte, len(g.file)),
		"a text":                      []byte(strings.Repeat("not a store\n", 1000)),
		"a bolt file of somebody":     strangersFile(t),
		"the wrong order of pages":    append(bytes.Clone(g.file[:2*g.pageSize]), zeroed()[4*g.pageSize:]...),
		"a meta page only":            g.file[:g.pageSize],
		"one byte":                    g.file[:1],
		"one page less than it needs": g.file[:(g.pages-1)*g.pageSize],
	}
	for _, share := range []int{3, 10, 25, 50, 75, 90} {
		cases[fmt.Sprintf("cut to %d %%", share)] = g.file[:g.pages*g.pageSize*share/100]
	}
	for name, file := range cases {
		t.Run(name, func(t *testing.T) { g.wantRecovered(t, g.place(t, file, g.good()), file) })
	}
}

func strangersFile(t *testing.T) []byte {
	t.Helper()
	name := filepath.Join(t.TempDir(), "other.db")
	db, err := bbolt.Open(name, 0o600, nil)
	must(t, err)
	must(t, db.Update(func(tx *bbolt.Tx) error { _, err := tx.CreateBucket([]byte("theirs")); return err }))
	must(t, db.Close())
	file, err := os.ReadFile(name)
	must(t, err)
	return file
}

// TestAnyPageMayBeLost zeroes each page in turn: the store opens, with all there was, with the transaction before
// the last (a lost meta page), or from the snapshot.
func TestAnyPageMayBeLost(t *testing.T) {
	g := newDamageGround(t)
	recovered := 0
	for p := range g.pages {
		file := bytes.Clone(g.file)
		clear(file[p*g.pageSize : (p+1)*g.pageSize])
		if g.opensToSomethingWhole(t, fmt.Sprintf("page %d", p), file) {
			recovered++
		}
	}
	if recovered < g.pages/4 {
		t.Errorf("only %d of %d pages were missed: the checks see nothing", recovered, g.pages)
	}
}

// TestRandomDamageNeverPanics spoils some bytes anywhere, which bbolt itself would follow into a fault.
func TestRandomDamageNeverPanics(t *testing.T) {
	g := newDamageGround(t)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 0))
	for i := range 80 {
		file := bytes.Clone(g.file[:g.pages*g.pageSize])
		for range 1 << rnd.IntN(10) {
			at := rnd.IntN(len(file))
			if rnd.IntN(2) == 0 { // half of them where the structure is
				at = rnd.IntN(g.pages)*g.pageSize + rnd.IntN(200)
			}
			file[at] = byte(rnd.Uint32())
		}
		g.opensToSomethingWhole(t, fmt.Sprintf("seed %d, damage %d", seed, i), file)
	}
}

// opensToSomethingWhole opens a file that may be damaged where it matters or not. It says whether recovery was
// needed. A mirrored value may fail to open; a person's own work was set aside if so, and said.
func (g damageGround) opensToSomethingWhole(t *testing.T, name string, file []byte) (recovered bool) {
	t.Helper()
	path := g.place(t, file, g.good())
	s, err := Open(path, testKey, WithClock(ticking()))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	defer func() { must(t, s.Close()) }()
	r := s.Recovery()
	if r != nil && r.KeptAside != "" {
		wantSame(t, contents(t, s), g.atSnapshot)
		kept, err := os.ReadFile(r.KeptAside)
		if err != nil || !bytes.Equal(kept, file) {
			t.Errorf("%s: the damaged file is not kept as it was: %v", name, err)
		}
		return true
	}
	for _, err := range []error{second(s.Drafts("")), second(s.Outbox())} {
		if err != nil {
			t.Errorf("%s: own work that doesn't open: %v", name, err)
		}
	}
	var unseal *UnsealError
	if err := second(s.Objects("")); err != nil && !errors.As(err, &unseal) {
		t.Errorf("%s: the mirror: %v", name, err)
	}
	if err := errors.Join(s.ResetMirror(), s.SaveDraft(Draft{Kind: "k", ID: "after"})); err != nil {
		t.Errorf("%s: writing: %v", name, err)
	}
	return false
}

func second[T any](_ T, err error) error { return err }

func TestTheNewestGoodSnapshotIsTaken(t *testing.T) {
	g := newDamageGround(t)
	file := []byte("damaged")
	path := g.place(t, file, map[string][]byte{
		g.snapshotName:                          g.snapshot,
		"20991231T000000.000000000Z.snapshot":   g.snapshot[:len(g.snapshot)/2],
		"20991230T000000.000000000Z.snapshot":   nil,
		"20000101T000000.000000000Z.snapshot":   strangersFile(t),
		"not a snapshot":                        []byte("x"),
		"nonsense.snapshot":                     []byte("x"),
		"20991230T000000.000000000Z.snapshot.x": []byte("x"),
	})
	g.wantRecovered(t, path, file)
}

func TestWithoutASnapshotTheStoreBeginsAnew(t *testing.T) {
	g := newDamageGround(t)
	for name, snapshots := range map[string]map[string][]byte{
		"none":            nil,
		"only a bad one":  {g.snapshotName: g.snapshot[:5000]},
		"only an old one": {g.snapshotName: []byte("of another program")},
	} {
		t.Run(name, func(t *testing.T) {
			path := g.place(t, g.file[:9000], snapshots)
			s := openedAt(t, path)
			r := s.Recovery()
			if r == nil || r.Snapshot != "" || r.KeptAside == "" {
				t.Fatalf("recovery %+v", r)
			}
			wantSame(t, contents(t, s), stepModel{Drafts: map[string]string{}, Mirror: map[string]string{}})
		})
	}
}

func TestAMissingFileIsALossWhereTheStoreWasKnown(t *testing.T) {
	g := newDamageGround(t)
	s := openedAt(t, g.place(t, nil, g.good()))
	if r := s.Recovery(); r == nil || r.KeptAside != "" || r.Snapshot == "" {
		t.Fatalf("with a snapshot: %+v", r)
	}
	wantSame(t, contents(t, s), g.atSnapshot)
	s = openedAt(t, g.place(t, nil, nil))
	if r := s.Recovery(); r == nil || r.KeptAside != "" || r.Snapshot != "" {
		t.Fatalf("without: %+v", r)
	}
	s = openedAt(t, g.place(t, []byte{}, g.good()))
	if r := s.Recovery(); r == nil || r.KeptAside == "" || r.Snapshot == "" {
		t.Fatalf("cut to nothing: %+v", r)
	}
	if s = opened(t); s.Recovery() != nil {
		t.Fatalf("a first start: %v", s.Recovery())
	}
}

func TestAWrongKeyChangesNothing(t *testing.T) {
	g := newDamageGround(t)
	for name, file := range map[string][]byte{"a good file": g.file, "a damaged file": g.file[:9000], "no file": nil} {
		for _, header := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, header %v", name, header), func(t *testing.T) {
				path := g.place(t, file, g.good())
				if !header {
					must(t, errors.Join(os.Remove(path+".header"), os.Remove(path+".snapshots/header")))
				}
				before := listing(t, path)
				_, err := Open(path, Key{9})
				wantErr(t, err, ErrWrongKey)
				wantSame(t, listing(t, path), before)
			})
		}
	}
}

// listing gives every file of the store with its contents, but for the lock, which any try to open makes.
func listing(t *testing.T, path string) map[string]string {
	t.Helper()
	all := map[string]string{}
	must(t, filepath.WalkDir(filepath.Dir(path), func(name string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || strings.HasSuffix(name, ".lock") {
			return err
		}
		content, err := os.ReadFile(name)
		all[name] = string(content)
		return err
	}))
	return all
}

func TestAStoreOfANewerProgramIsLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s := openedAt(t, path)
	setFormat := func(format byte) {
		raw(t, s, func(tx *bbolt.Tx) error { return tx.Bucket([]byte(bucketMeta)).Put(formatKey, []byte{format}) })
	}
	setFormat(storeFormat + 1)
	must(t, s.Close())
	before := listing(t, path)
	_, err := Open(path, testKey)
	wantErr(t, err, ErrNewerFormat)
	wantSame(t, listing(t, path), before)
	db, err := openBolt(path)
	must(t, err)
	s.db = db
	setFormat(storeFormat)
	must(t, db.Close())
}

func TestAFileCutShortUnderAnOpenStoreIsDamageAndNoCrash(t *testing.T) {
	g := newDamageGround(t)
	path := g.place(t, g.file, g.good())
	s, err := Open(path, testKey)
	must(t, err)
	must(t, os.Truncate(path, int64(2*g.pageSize)))
	_, err = s.Objects("")
	var d *DamagedError
	if !errors.As(err, &d) || d.Path != path {
		t.Fatalf("reading: %v", err)
	}
	for _, err := range []error{s.SaveDraft(Draft{Kind: "k", ID: "1"}), second(s.Snapshot()), second(s.Next(0))} {
		var again *DamagedError
		if !errors.As(err, &again) {
			t.Errorf("afterwards: %v", err)
		}
	}
	must(t, s.Close())
	g.wantRecovered(t, path, g.file[:2*g.pageSize])
}

func TestSnapshotsAreWholeFewAndInOrder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "elsewhere")
	path := filepath.Join(t.TempDir(), "store.db")
	now := noon
	s := openedAt(t, path, WithSnapshots(dir, 2), WithClock(func() time.Time { return now }))
	var names []string
	for i := range 4 {
		must(t, s.SaveDraft(Draft{Kind: "k", ID: fmt.Sprint(i)}))
		name, err := s.Snapshot()
		must(t, err)
		names = append(names, name)
		now = noon.AddDate(0, 0, -i) // the clock is put back
	}
	found, err := s.snapshots.list()
	must(t, err)
	if len(found) != 2 || found[0].path != names[3] || found[1].path != names[2] {
		t.Fatalf("kept %v of %v", found, names)
	}
	checkEverything(t, names[3])
	must(t, s.Close())
	must(t, os.WriteFile(path, []byte("x"), 0o600))
	s = openedAt(t, path, WithSnapshots(dir, 2))
	drafts, err := s.Drafts("k")
	must(t, err)
	if len(drafts) != 4 || s.Recovery() == nil || s.Recovery().Snapshot != names[3] {
		t.Fatalf("%d drafts, %+v", len(drafts), s.Recovery())
	}
}

// reseal gives a meta page the checksum of what it says, as somebody would who means harm.
func reseal(file []byte, pageSize int) {
	for p := range 2 {
		m := file[p*pageSize+pageHeaderSize:]
		sum := fnv.New64a()
		sum.Write(m[:metaSize-8])
		binary.NativeEndian.PutUint64(m[metaSize-8:], sum.Sum64())
	}
}

func TestAStructureThatLeadsAstrayIsNotFollowed(t *testing.T) {
	g := newDamageGround(t)
	meta, err := newestMeta(bytes.NewReader(g.file), int64(len(g.file)))
	must(t, err)
	n := binary.NativeEndian
	root, free := int(meta.root)*g.pageSize, int(meta.freelist)*g.pageSize
	w, err := newWalk(bytes.NewReader(g.file), int64(len(g.file)))
	must(t, err)
	must(t, errors.Join(w.freelist(), w.page(meta.root, nil, nil, 0)))
	branch := 0
	for p := 2; p < g.pages && branch == 0; p++ {
		if w.use[p] == used && n.Uint16(g.file[p*g.pageSize+8:]) == branchFlag {
			branch = p * g.pageSize
		}
	}
	if branch == 0 || n.Uint16(g.file[free+10:]) < 2 {
		t.Fatal("the ground has no branch page, or fewer than two free ones, to spoil")
	}
	inMetas := func(offset int, value uint64) func([]byte) {
		return func(f []byte) {
			for p := range 2 {
				n.PutUint64(f[p*g.pageSize+pageHeaderSize+offset:], value)
			}
			reseal(f, g.pageSize)
		}
	}
	for name, spoil := range map[string]func(f []byte){
		"a root beyond the file":           inMetas(16, 1<<60),
		"a root that is a meta page":       inMetas(16, 1),
		"a freelist beyond the file":       inMetas(32, 1<<40),
		"no freelist":                      inMetas(32, 1<<64-1),
		"an end beyond the file":           inMetas(40, 1<<62),
		"an end that overflows":            inMetas(40, 1<<64-1),
		"an end before the beginning":      inMetas(40, 1),
		"a page size of nothing":           inMetas(8, 0),
		"a page size of no power of two":   inMetas(8, 4097),
		"a page size beyond reason":        inMetas(8, 1<<31),
		"a branch that leads to itself":    func(f []byte) { n.PutUint64(f[branch+24:], uint64(branch/g.pageSize)) },
		"a branch that leads out":          func(f []byte) { n.PutUint64(f[branch+24:], 1<<50) },
		"a branch that leads back":         func(f []byte) { n.PutUint64(f[branch+24:], meta.root) },
		"a branch of nothing":              func(f []byte) { n.PutUint16(f[branch+10:], 0) },
		"a page that overflows the file":   func(f []byte) { n.PutUint32(f[root+12:], 1<<32-1) },
		"more elements than fit":           func(f []byte) { n.PutUint16(f[root+10:], 1<<16-1) },
		"a key beyond its page":            func(f []byte) { n.PutUint32(f[root+16+4:], 1<<32-1) },
		"a key of nothing":                 func(f []byte) { n.PutUint32(f[root+16+8:], 0) },
		"a value beyond its page":          func(f []byte) { n.PutUint32(f[root+16+12:], 1<<32-1) },
		"an element upon its own header":   func(f []byte) { n.PutUint32(f[root+16+4:], 0) },
		"a bucket of two bytes":            func(f []byte) { n.PutUint32(f[root+16+12:], 2) },
		"a page of no kind":                func(f []byte) { n.PutUint16(f[root+8:], 0x40) },
		"a page of two kinds":              func(f []byte) { n.PutUint16(f[root+8:], 3) },
		"a page that calls itself another": func(f []byte) { n.PutUint64(f[root:], 3) },
		"a freelist of endless length":     func(f []byte) { n.PutUint16(f[free+10:], 0xFFFF); n.PutUint64(f[free+16:], 1<<60) },
		"a free page that is used":         func(f []byte) { n.PutUint64(f[free+16:], meta.root) },
		"a free page outside":              func(f []byte) { n.PutUint64(f[free+16:], 1<<60) },
		"a free page twice":                func(f []byte) { copy(f[free+24:free+32], f[free+16:free+24]) },
		"a page forgotten":                 func(f []byte) { n.PutUint16(f[free+10:], n.Uint16(f[free+10:])-1) },
		"a freelist that is a leaf":        func(f []byte) { n.PutUint16(f[free+8:], leafFlag) },
	} {
		t.Run(name, func(t *testing.T) {
			file := bytes.Clone(g.file)
			spoil(file)
			g.wantRecovered(t, g.place(t, file, g.good()), file)
		})
	}
}

// TestWhatPassesOurCheckIsSafeForBolt spoils structure at random and gives bbolt only what passes, as Open does.
// A fault in bbolt would end the test's process.
func TestWhatPassesOurCheckIsSafeForBolt(t *testing.T) {
	g := newDamageGround(t)
	const rounds = 600
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 0))
	name := filepath.Join(t.TempDir(), "file.db")
	passed, refused := 0, 0
	for range rounds {
		file := bytes.Clone(g.file[:g.pages*g.pageSize])
		at := rnd.IntN(g.pages)*g.pageSize + rnd.IntN(16)*4
		binary.NativeEndian.PutUint32(file[at:], []uint32{0, 1, 2, 0xFFFF, 1 << 31, 1<<32 - 1, rnd.Uint32(), rnd.Uint32N(256)}[rnd.IntN(8)])
		if rnd.IntN(3) == 0 {
			reseal(file, g.pageSize)
		}
		must(t, os.WriteFile(name, file, 0o600))
		if err := checkStructure(name); err != nil {
			var d *damage
			if !errors.As(err, &d) {
				t.Fatalf("seed %d: refused as something else: %v", seed, err)
			}
			refused++
			continue
		}
		passed++
		db, err := openBolt(name)
		if err != nil {
			t.Errorf("seed %d: bolt refuses what passed: %v", seed, err)
			continue
		}
		if err := db.View(checkPages); err != nil {
			t.Errorf("seed %d: bolt's check finds more: %v", seed, err)
		}
		must(t, db.Close())
	}
	t.Logf("%d passed, %d refused", passed, refused)
	if passed < 50 || refused < 50 {
		t.Error("the damage is all of one kind")
	}
}
