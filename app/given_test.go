package app_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"baqylau/api"
	"baqylau/app"
	"baqylau/assets"
	"baqylau/control"
	"baqylau/control/calendar"
	"baqylau/localstore"
	"baqylau/server"
	"baqylau/server/portal"
	"baqylau/server/store"
	"baqylau/signing"
	"baqylau/signing/demo"
	"baqylau/signing/token"
)

// The test program serves as the process of a token's driver too, as the shipped programs do.
func TestMain(m *testing.M) {
	if token.Work(os.Args[1:]) {
		return
	}
	goleak.VerifyTestMain(m)
}

const (
	heroNumber    = "18400101-1"
	departmentBIN = "080440990010"

	otherDepartmentBIN = "090540990046"
)

// elsewhere is the second department, which has nothing to do with the demo, and whoever is everything there.
var (
	elsewhere = portal.DemoOrganisation{BIN: otherDepartmentBIN, Kind: "department", NameKK: "Басқа департамент", NameRU: "Другой департамент"}
	allAlone  = portal.DemoPerson{
		Key: "all-alone", IIN: "850101390010", Surname: "Жалғыз", Given: "Бәрі", Organisation: otherDepartmentBIN,
		Roles: []control.Role{control.LotManager, control.ControlReports, control.Auditor, control.AuditorApprover},
	}
)

// noon is when the tests play: a working Wednesday without holidays about.
func noon() time.Time { return time.Date(2026, 4, 15, 11, 0, 0, 0, time.FixedZone("Almaty", 5*60*60)) }

// made is the demo's people with their keys, and a store with them and the purchases in it: once for all tests.
type made struct {
	authority *demo.Authority
	people    map[string]portal.DemoPerson
	store     []byte
}

var demoMade = sync.OnceValues(func() (m made, err error) {
	ctx := context.Background()
	cast, err := portal.DemoPeople()
	if err != nil {
		return m, err
	}
	cast.Organisations, cast.People = append(cast.Organisations, elsewhere), append(cast.People, allAlone)
	m.people = map[string]portal.DemoPerson{}
	var holders []demo.Person
	for _, p := range cast.People {
		m.people[p.Key] = p
		holder := demo.Person{
			Login: p.Key, Surname: p.Surname, Name: p.Given, IIN: p.IIN, Organization: "Ұйым", BIN: p.Organisation, Position: demo.Employee,
		}
		switch p.Key {
		case "auditor":
			holder.Kinds = []demo.Kind{demo.Signing, demo.Auth, demo.Expired}
		case "lot-manager", "second-auditor", "approver", "organizer", "administrator", "objection-manager", "controller", "controller-approver", "order-manager", "all-alone":
		default:
			continue
		}
		holders = append(holders, holder)
	}
	if m.authority, err = demo.New(ctx, noon(), holders, nil); err != nil {
		return m, err
	}
	folder, err := os.MkdirTemp("", "baqylau-app")
	if err != nil {
		return m, err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "centre.db")
	st, err := store.OpenSQLite(ctx, path, store.Options{Demo: true})
	if err != nil {
		return m, err
	}
	if err := errors.Join(seed(ctx, st, cast), st.Close()); err != nil {
		return m, err
	}
	m.store, err = os.ReadFile(path)
	return m, err
})

func seed(ctx context.Context, st *store.Store, cast portal.DemoCast) error {
	office := server.Office{Store: st, Clock: noon, Name: "test"}
	for _, o := range cast.Organisations {
		var people []api.Person
		for _, p := range cast.People {
			if p.Organisation == o.BIN {
				people = append(people, api.Person{
					IIN: p.IIN, Surname: p.Surname, Given: p.Given, Patronymic: p.Patronymic,
					PositionKK: p.PositionKK, PositionRU: p.PositionRU, Organization: o.BIN, Roles: p.Roles,
				})
			}
		}
		err := office.Enrol(ctx, api.Organization{BIN: o.BIN, Kind: api.OrganizationKind(o.Kind), NameKK: o.NameKK, NameRU: o.NameRU}, people...)
		if err != nil {
			return err
		}
	}
	cal, err := calendar.Read(assets.WorkCalendar)
	if err != nil {
		return err
	}
	files, err := portal.DemoFiles(noon(), cal)
	if err != nil {
		return err
	}
	_, err = office.Import(ctx, files, portal.Limits{})
	return err
}

// house is a centre at noon, reached through a line that may fail, with the machine that people sit at.
type house struct {
	t      testing.TB
	made   made
	store  *store.Store
	origin string
	line   *toxiproxy.Proxy
	path   string // of the centre's store
	seats  string // local stores
	centre atomic.Pointer[http.Handler]
	// between, when it is set, sees each request before the centre; true says that it answered.
	between atomic.Pointer[func(http.ResponseWriter, *http.Request) bool]
}

func given(t testing.TB) *house {
	t.Helper()
	m, err := demoMade()
	if err != nil {
		t.Fatalf("making the demo: %v", err)
	}
	path := filepath.Join(t.TempDir(), "centre.db")
	if err := os.WriteFile(path, m.store, 0o600); err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, made: m, path: path, seats: t.TempDir()}
	if h.store, err = store.OpenSQLite(context.Background(), path, store.Options{Demo: true}); err != nil {
		t.Fatalf("opening the store: %v", err)
	}
	gate := httptest.NewUnstartedServer(nil)
	h.line = toxiproxy.NewProxy(toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop()), "line", "127.0.0.1:0", gate.Listener.Addr().String())
	if err := h.line.Start(); err != nil {
		t.Fatalf("laying the line: %v", err)
	}
	h.origin = "http://" + h.line.Listen
	h.serve()
	gate.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if answer := h.between.Load(); answer != nil && (*answer)(w, r) {
			return
		}
		(*h.centre.Load()).ServeHTTP(w, r)
	})
	gate.Start()
	t.Cleanup(func() {
		h.line.Toxics.ResetToxics(context.Background())
		h.line.Stop()
		gate.CloseClientConnections()
		gate.Close()
		if err := h.store.Close(); err != nil {
			t.Errorf("closing the store: %v", err)
		}
	})
	return h
}

// serve makes the centre of the store as it is now.
func (h *house) serve() {
	h.t.Helper()
	s, err := server.New(context.Background(), server.Config{
		Store: h.store, Book: server.BuiltInBook(), Trust: signing.DemoTrust(h.made.authority.Certificate), Origin: h.origin,
		NameKK: "Орталық", NameRU: "Центр", Clock: noon,
	})
	if err != nil {
		h.t.Fatalf("making the centre: %v", err)
	}
	centre := s.Handler()
	h.centre.Store(&centre)
}

// answering has a function stand between the line and the centre; nil takes it away.
func (h *house) answering(f func(http.ResponseWriter, *http.Request) bool) {
	if f == nil {
		h.between.Store(nil)
		return
	}
	h.between.Store(&f)
}

func (h *house) down() { h.line.Stop() }

func (h *house) up() {
	h.t.Helper()
	if err := h.line.Start(); err != nil {
		h.t.Fatalf("mending the line: %v", err)
	}
}

// spoil makes the line fail in a way of toxiproxy's; mend takes it away.
func (h *house) spoil(toxic string) {
	h.t.Helper()
	if _, err := h.line.Toxics.AddToxicJson(strings.NewReader(toxic)); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) mend() { h.line.Toxics.ResetToxics(context.Background()) }

func (h *house) key(login string, kind demo.Kind) *signing.Key {
	h.t.Helper()
	file, found := h.made.authority.Find(login, kind)
	if !found {
		h.t.Fatalf("%s has no %s key", login, kind)
	}
	k, err := signing.OpenPKCS12(file.Name, file.PKCS12, []byte(demo.Password))
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { _ = k.Close() })
	return k
}

// seat is a person at a machine.
type seat struct {
	*app.Desk
	h     *house
	login string
	gone  bool
}

func discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

// enter seats a person. It may be done again after leaving, at the same local store.
func (h *house) enter(login string) *seat { return h.enterAt(login, login) }

// enterAt seats a person at a machine of a name.
func (h *house) enterAt(login, machine string) *seat {
	h.t.Helper()
	s, err := h.tryEnter(login, machine)
	if err != nil {
		h.t.Fatalf("%s enters: %v", login, err)
	}
	return s
}

func (h *house) tryEnter(login, machine string) (*seat, error) {
	return h.tryEnterBy(login, nil, func(app.Owner, []byte) (*localstore.Store, error) {
		return localstore.Open(filepath.Join(h.seats, machine+".db"), localstore.Key{1})
	})
}

// tryEnterBy seats a person by a way to open their records.
func (h *house) tryEnterBy(login string, secret []byte, open app.StoreOpener) (*seat, error) {
	door, err := app.Knock(ctx, h.origin, discard())
	if err != nil {
		return nil, err
	}
	desk, err := door.Enter(ctx, h.key(login, demo.Signing), secret, open)
	if err != nil {
		return nil, err
	}
	s := &seat{Desk: desk, h: h, login: login}
	h.t.Cleanup(s.leave)
	return s, nil
}

// leave ends the session; the local store stays.
func (s *seat) leave() {
	if s.gone {
		return
	}
	s.gone = true
	if err := s.Leave(context.Background()); err != nil && !errors.As(err, new(api.Problem)) {
		s.h.t.Errorf("%s leaves: %v", s.login, err)
	}
}

// ok demands that something worked.
func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// queued demands that something was kept for later.
func queued(t testing.TB, err error) {
	t.Helper()
	if !errors.Is(err, app.ErrQueued) {
		t.Fatalf("got %v, want it kept in the outbox", err)
	}
}

// paused demands that something was kept until one enters again.
func paused(t testing.TB, err error) {
	t.Helper()
	if !errors.Is(err, app.ErrPaused) {
		t.Fatalf("got %v, want it kept until one enters again", err)
	}
	inWords(t, err)
}

// refused demands a refusal for a reason.
func refused(t testing.TB, err error, reason string) {
	t.Helper()
	var p api.Problem
	if !errors.As(err, &p) || p.Reason != reason {
		t.Fatalf("got %v, want %s", err, reason)
	}
	inWords(t, err)
}

// inWords demands that an error is told to a person in both languages, calmly.
func inWords(t testing.TB, err error) {
	t.Helper()
	for _, lang := range []assets.Lang{assets.KK, assets.RU} {
		text := app.Sentence(lang, err, "")
		switch {
		case strings.TrimSpace(text) == "":
			t.Errorf("%v: nothing is said in %s", err, lang)
		case strings.ContainsAny(text, "⟦⟧!{}"), strings.Contains(strings.ToLower(text), "error"):
			t.Errorf("%v: said in %s: %s", err, lang, text)
		}
	}
}

// hero is the purchase of the story as it is assigned to the seat, with its page in D1.
func (s *seat) hero() app.DeskPage {
	s.h.t.Helper()
	lots, err := s.MyLots()
	ok(s.h.t, err)
	for _, lot := range lots {
		if lot.Purchase.Number == heroNumber {
			page, found, err := s.Page(lot.Purchase.ID, control.D1)
			ok(s.h.t, err)
			if !found {
				s.h.t.Fatal("the purchase is not mirrored")
			}
			return page
		}
	}
	s.h.t.Fatal("the hero is not assigned")
	return app.DeskPage{}
}

// assigned has the lot manager assign the hero to the auditor.
func (h *house) assigned() *house {
	h.t.Helper()
	manager := h.enter("lot-manager")
	defer manager.leave()
	ok(h.t, manager.Assign(context.Background(), manager.heroRows(), h.made.people["auditor"].IIN))
	return h
}

func (s *seat) heroRows() []api.ReportRow {
	s.h.t.Helper()
	page, err := s.Report(context.Background(), api.GetReportParams{Method: "open_tender", Number: heroNumber})
	ok(s.h.t, err)
	if len(page.Rows) == 0 {
		s.h.t.Fatal("the hero is not in the report")
	}
	return page.Rows
}

// all marks every lot checked, and one profile violated.
func (s *seat) all() map[string][]control.Mark {
	marks := map[string][]control.Mark{}
	for _, lot := range s.hero().Lots {
		row := make([]control.Mark, len(lot.Marks))
		for n, m := range lot.Marks {
			row[n] = m.Set(true, m.Profile == 1)
		}
		marks[lot.Lot.ID] = row
	}
	return marks
}

func (s *seat) mark() error {
	p := s.hero().Purchase.ID
	ok(s.h.t, s.KeepMarks(p, control.D1, s.all()))
	_, err := s.SaveMarks(context.Background(), p, control.D1)
	return err
}

// marked has the auditor mark everything, and stay.
func (h *house) marked() *seat {
	h.t.Helper()
	auditor := h.assigned().enter("auditor")
	ok(h.t, auditor.mark())
	return auditor
}

// form is a new notification on the hero's lot, written.
func (s *seat) form(lot int) app.Form {
	s.h.t.Helper()
	page := s.hero()
	form, err := s.NewForm(page.Purchase.ID, page.Lots[lot].Lot.ID, control.D1)
	ok(s.h.t, err)
	form.Text = app.Text{KK: "Бұзушылық", RU: "Нарушение", Agreer: s.h.made.people["approver"].IIN}
	return form
}

// approved leads the notification on the first lot to its approval; the auditor stays.
func (h *house) approved() (*seat, string) {
	h.t.Helper()
	auditor := h.marked()
	form := auditor.form(0)
	ok(h.t, auditor.SendToAgreement(context.Background(), form))
	approver := h.enter("approver")
	defer approver.leave()
	ok(h.t, approver.approve(form.ID))
	ok(h.t, auditor.Sync(context.Background()))
	return auditor, form.ID
}

func (s *seat) approve(id string) error { return s.sign(s.PrepareApproval(context.Background(), id)) }

// sign signs a paper that was prepared, unless it was not.
func (s *seat) sign(paper app.Paper, err error) error {
	if err != nil {
		return err
	}
	for _, signed := range s.SignPapers(context.Background(), s.h.key(s.login, demo.Signing), []app.Paper{paper}, func(int, app.Signed) {}) {
		err = errors.Join(err, signed.Err)
	}
	return err
}

// events counts what has happened at the centre.
func (h *house) events() (n int64) {
	h.t.Helper()
	ok(h.t, h.store.View(context.Background(), func(tx *store.Tx) (err error) {
		n, err = tx.Head()
		return err
	}))
	return n
}

// notifications are those at the centre.
func (h *house) notifications() []store.Record {
	h.t.Helper()
	var list []store.Record
	ok(h.t, h.store.View(context.Background(), func(tx *store.Tx) (err error) {
		list, err = tx.Every("notification", "", 100)
		return err
	}))
	return list
}

// card is a notification as the seat sees it.
func (s *seat) card(id string) app.Card {
	s.h.t.Helper()
	c, err := s.Card(id)
	ok(s.h.t, err)
	return c
}

// Notifications is the whole journal of the seat.
func (s *seat) Notifications() ([]app.Card, error) {
	return cardsOf(s.FindNotifications(ctx, app.Journal{}))
}

// cardsOf reads everything that was found.
func cardsOf(found *app.Found, err error) ([]app.Card, error) {
	if err != nil {
		return nil, err
	}
	cards := make([]app.Card, found.Len())
	for i := range cards {
		if cards[i], err = found.Card(i); err != nil {
			return nil, err
		}
	}
	return cards, nil
}

// empty demands that nothing waits to be sent.
func (s *seat) empty() {
	s.h.t.Helper()
	outbox, err := s.Outbox()
	ok(s.h.t, err)
	for _, c := range outbox {
		s.h.t.Errorf("%s waits: %s %s %s", c.Label, c.State, c.Path, c.Answer)
	}
}

// drafts counts what is typed and not sent.
func (s *seat) drafts() int {
	s.h.t.Helper()
	all, err := s.Store().Drafts("")
	ok(s.h.t, err)
	return len(all)
}

// officeOf does what whoever holds the store may.
func officeOf(h *house) server.Office {
	return server.Office{Store: h.store, Clock: noon, Name: "test"}
}

func (h *house) department() api.Organization {
	return api.Organization{BIN: departmentBIN, Kind: api.Department, NameKK: "Департамент", NameRU: "Департамент"}
}

func endSessions(person string) func(*store.Tx) error {
	return func(tx *store.Tx) error { return tx.EndSessions(person) }
}
