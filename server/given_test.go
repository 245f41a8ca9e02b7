package server_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.uber.org/goleak"

	"baqylau/api"
	"baqylau/assets"
	"baqylau/control"
	"baqylau/control/calendar"
	"baqylau/internal/postgres"
	"baqylau/server"
	"baqylau/server/portal"
	"baqylau/server/store"
	"baqylau/signing"
)

func TestMain(m *testing.M) {
	// The server of PostgreSQL lives as long as the test binary.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("os/exec.(*Cmd).Start.func2"))
}

// The demo's organisations, and a second department that has nothing to do with the story.
const (
	departmentBIN = "080440990010"
	committeeBIN  = "080340990017"
	organizerBIN  = "050240990018"
	strangersBIN  = "991240990016" // another organiser
	heroNumber    = "18400101-1"
)

var (
	otherDepartmentBIN = numbered("09054099004")
	strangerIIN        = numbered("79010130045") // of nobody enrolled
)

// numbered puts the check digit behind eleven digits.
func numbered(eleven string) string {
	for digit := '0'; digit <= '9'; digit++ {
		if n := eleven + string(digit); control.ValidBIN(n) || control.ValidIIN(n) {
			return n
		}
	}
	panic("no number begins with " + eleven)
}

// noon is when the tests play: a working Wednesday without holidays about.
func noon() time.Time { return time.Date(2026, 4, 15, 11, 0, 0, 0, time.FixedZone("Almaty", 5*60*60)) }

// who is somebody at the centre, or nobody.
type who struct {
	name string // as failures call them: "auditor", "A/administrator"
	iin  string
	org  string
	role []control.Role
	// acting is what the requests name as Acting-For; none when nil.
	acting []string
}

func (w who) token() string { return "token of " + w.iin }

// inPlaceOf is the same person, acting for an absent one.
func (w who) inPlaceOf(absent who) who {
	w.acting = []string{absent.iin}
	return w
}

// cast is everybody: the demo's people, and for every role one person who has it alone in each of
// five organisations: the department A, the other department B, the audit object R, another
// organiser S, the committee C.
var cast = sync.OnceValue(func() map[string]who {
	people := map[string]who{"nobody": {name: "nobody"}}
	demo, err := portal.DemoPeople()
	if err != nil {
		panic(err)
	}
	for _, p := range demo.People {
		people[p.Key] = who{name: p.Key, iin: p.IIN, org: p.Organisation, role: p.Roles}
	}
	n := 0
	add := func(name, org string, roles ...control.Role) {
		n++
		for { // some serial numbers have no check digit
			iin, ok := tryNumber(fmt.Sprintf("8501013%04d", n))
			if ok {
				people[name] = who{name: name, iin: iin, org: org, role: roles}
				return
			}
			n++
		}
	}
	for letter, org := range map[string]string{
		"A": departmentBIN, "B": otherDepartmentBIN, "R": organizerBIN, "S": strangersBIN, "C": committeeBIN,
	} {
		for _, role := range control.Roles() {
			add(letter+"/"+string(role), org, role)
		}
	}
	add("B/lot-manager", otherDepartmentBIN, control.LotManager, control.ControlReports)
	add("all-alone", otherDepartmentBIN, control.LotManager, control.ControlReports, control.Auditor, control.AuditorApprover)
	return people
})

func tryNumber(eleven string) (n string, ok bool) {
	defer func() { ok = recover() == nil }()
	return numbered(eleven), true
}

func person(name string) who {
	p, found := cast()[name]
	if !found {
		panic("nobody is called " + name)
	}
	return p
}

// seed puts the cast and the demo's purchases into a store.
func seed(ctx context.Context, st *store.Store, clock func() time.Time) error {
	office := server.Office{Store: st, Clock: clock, Name: "test"}
	demo, err := portal.DemoPeople()
	if err != nil {
		return err
	}
	organizations := append(demo.Organisations, portal.DemoOrganisation{
		BIN: otherDepartmentBIN, Kind: "department", NameKK: "Басқа департамент", NameRU: "Другой департамент",
	})
	for _, o := range organizations {
		var people []api.Person
		for _, p := range cast() {
			if p.org == o.BIN && p.iin != "" {
				people = append(people, api.Person{
					IIN: p.iin, Surname: "Тегі " + p.name, Given: "Аты", Organization: p.org, Roles: p.role,
					PositionKK: "Маман", PositionRU: "Специалист",
				})
			}
		}
		err := office.Enrol(ctx, api.Organization{BIN: o.BIN, Kind: api.OrganizationKind(o.Kind), NameKK: o.NameKK, NameRU: o.NameRU}, people...)
		if err != nil {
			return err
		}
	}
	err = st.Update(ctx, func(tx *store.Tx) error {
		for _, p := range cast() {
			if p.iin == "" {
				continue
			}
			if err := tx.PutSession(digest([]byte(p.token())), p.iin, clock().AddDate(1, 0, 0)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	cal, err := calendar.Read(assets.WorkCalendar)
	if err != nil {
		return err
	}
	files, err := portal.DemoFiles(clock(), cal)
	if err != nil {
		return err
	}
	_, err = office.Import(ctx, files, portal.Limits{})
	return err
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// world is a centre with the cast in it, at noon.
type world struct {
	t     testing.TB
	store *store.Store
	url   string
	clock *clock
	// centre is the server itself, for what it does by its clock.
	centre *server.Server
	path   string // of the SQLite file
}

// clock stands still until a test moves it.
type clock struct{ at atomic.Pointer[time.Time] }

func (c *clock) now() time.Time    { return *c.at.Load() }
func (c *clock) set(at time.Time)  { c.at.Store(&at) }
func newClock(at time.Time) *clock { c := &clock{}; c.set(at); return c }

// seeded is a store file with the cast in it, made once.
var seeded = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "baqylau-seed")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "centre.db")
	st, err := store.OpenSQLite(context.Background(), path, store.Options{Demo: true})
	if err != nil {
		return nil, err
	}
	if err := seed(context.Background(), st, noon); err != nil {
		return nil, err
	}
	if err := st.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// given opens a centre over SQLite with the cast in it.
func given(t testing.TB) *world {
	t.Helper()
	file, err := seeded()
	if err != nil {
		t.Fatalf("seeding: %v", err)
	}
	return restored(t, file)
}

// restored opens a centre over a copy of a store file.
func restored(t testing.TB, file []byte) *world {
	t.Helper()
	path := filepath.Join(t.TempDir(), "centre.db")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	st, err := store.OpenSQLite(t.Context(), path, store.Options{Demo: true})
	if err != nil {
		t.Fatalf("opening the store: %v", err)
	}
	w := serving(t, st)
	w.path = path
	return w
}

// onBoth runs a test over SQLite and over PostgreSQL.
func onBoth(t *testing.T, test func(*testing.T, *world)) {
	t.Run("SQLite", func(t *testing.T) { test(t, given(t)) })
	t.Run("PostgreSQL", func(t *testing.T) {
		st, err := store.OpenPostgres(t.Context(), postgres.URL(t), store.Options{Demo: true})
		if err != nil {
			t.Fatalf("opening the store: %v", err)
		}
		w := serving(t, st)
		if err := seed(t.Context(), st, noon); err != nil {
			t.Fatalf("seeding: %v", err)
		}
		test(t, w)
	})
}

// origin is what login texts name.
const origin = "https://centre.example"

func serving(t testing.TB, st *store.Store) *world {
	t.Helper()
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Errorf("closing the store: %v", err)
		}
	})
	return served(t, st, func(*server.Config) {})
}

// served serves a store by a configuration that is changed first.
func served(t testing.TB, st *store.Store, change func(*server.Config)) *world {
	t.Helper()
	w := &world{t: t, store: st, clock: newClock(noon())}
	config := server.Config{
		Store: st, Book: server.BuiltInBook(), Trust: signing.DemoTrust(keys(t).Certificate), Origin: origin,
		NameKK: "Орталық", NameRU: "Центр", Clock: w.clock.now,
	}
	change(&config)
	s, err := server.New(t.Context(), config)
	if err != nil {
		t.Fatalf("making the centre: %v", err)
	}
	w.centre = s
	h := httptest.NewServer(s.Handler())
	w.url = h.URL
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		h.Close()
	})
	return w
}

// trust is in the demo's authority.
func (w *world) trust() signing.Trust { return signing.DemoTrust(keys(w.t).Certificate) }

// answer is what the centre said.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// request is a call to be made; the zero Key is filled in.
type request struct {
	method, path string
	body         any // JSON, or []byte as they are
	key, ifMatch string
	keyless      bool
	digest       string // Content-Digest
}

// send sends a request as somebody, and holds the answer against the contract.
func (w *world) send(as who, r request) answer {
	w.t.Helper()
	a, err := w.try(as, r)
	if err != nil {
		w.t.Fatalf("%s %s: %v", r.method, r.path, err)
	}
	keepsContract(w.t, r.method, r.path, a.status, a.header, a.body)
	return a
}

// try sends a request; it may be used by many goroutines.
func (w *world) try(as who, r request) (answer, error) {
	var body io.Reader
	switch b := r.body.(type) {
	case nil:
	case []byte:
		body = bytes.NewReader(b)
	default:
		data, err := json.Marshal(b)
		if err != nil {
			return answer{}, err
		}
		body = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(w.t.Context(), r.method, w.url+r.path, body)
	if err != nil {
		return answer{}, err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if as.iin != "" {
		req.Header.Set("Authorization", "Bearer "+as.token())
	}
	if r.key == "" && r.method == http.MethodPost && !r.keyless {
		r.key = uuid.NewString()
	}
	if r.key != "" {
		req.Header.Set("Idempotency-Key", r.key)
	}
	for _, absent := range as.acting {
		req.Header.Add("Acting-For", absent)
	}
	if r.digest != "" {
		req.Header.Set("Content-Digest", r.digest)
	}
	if r.ifMatch != "" {
		req.Header.Set("If-Match", r.ifMatch)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return answer{}, err
	}
	return readAll(resp)
}

func readAll(resp *http.Response) (answer, error) {
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, data}, err
}

func read(t testing.TB, resp *http.Response) answer {
	t.Helper()
	a, err := readAll(resp)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (w *world) get(as who, path string) answer {
	w.t.Helper()
	return w.send(as, request{method: http.MethodGet, path: path})
}

func (w *world) post(as who, path string, body any) answer {
	w.t.Helper()
	return w.send(as, request{method: http.MethodPost, path: path, body: body})
}

// postAt sends a command over a version.
func (w *world) postAt(as who, path string, version int64, body any) answer {
	w.t.Helper()
	return w.send(as, request{method: http.MethodPost, path: path, body: body, ifMatch: etag(version)})
}

func etag(version int64) string { return fmt.Sprintf("%q", fmt.Sprint(version)) }

// as decodes an answer.
func as[T any](t testing.TB, a answer) (value T) {
	t.Helper()
	if err := json.Unmarshal(a.body, &value); err != nil {
		t.Fatalf("reading %d %s: %v", a.status, a.body, err)
	}
	return value
}

func (a answer) problem(t testing.TB) api.Problem {
	t.Helper()
	return as[api.Problem](t, a)
}

// ok demands success.
func (a answer) ok(t testing.TB) answer {
	t.Helper()
	if a.status/100 != 2 {
		t.Fatalf("refused: %d %s", a.status, a.body)
	}
	return a
}

// refusedAs demands a refusal with a status and a reason, in words for people.
func (a answer) refusedAs(t testing.TB, status int, reason string) api.Problem {
	t.Helper()
	if a.status != status {
		t.Fatalf("got %d %s; want %d %s", a.status, a.body, status, reason)
	}
	p := a.problem(t)
	if p.Reason != reason {
		t.Errorf("got the reason %q, want %q: %s", p.Reason, reason, a.body)
	}
	inWords(t, p)
	return p
}

// events counts what has happened at the centre.
func (w *world) events() int64 {
	w.t.Helper()
	var n int64
	err := w.store.View(w.t.Context(), func(tx *store.Tx) (err error) {
		n, err = tx.Head()
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return n
}

// unchanged demands that f leaves no event behind.
func (w *world) unchanged(f func()) {
	w.t.Helper()
	before := w.events()
	f()
	if after := w.events(); after != before {
		w.t.Errorf("%d events happened", after-before)
	}
}

// copyTo copies the store's file as it is now.
func (w *world) copyTo(path string) {
	w.t.Helper()
	db, err := sql.Open("sqlite", w.path)
	if err != nil {
		w.t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("VACUUM INTO ?", path); err != nil {
		w.t.Fatalf("copying the store: %v", err)
	}
}

// rules are those that the centre asks.
func rules(t testing.TB) *control.Rules {
	t.Helper()
	r, err := server.BuiltInBook().Rules()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// dropSubstitution takes a substitution out of the store, for the next one of the same id.
func (w *world) dropSubstitution(id string) {
	w.t.Helper()
	err := w.store.Update(w.t.Context(), func(tx *store.Tx) error {
		r, err := tx.Get("substitution", id)
		if err != nil {
			return err
		}
		return tx.Delete(r.Kind, r.ID, r.Version)
	})
	if err != nil {
		w.t.Fatal(err)
	}
}
