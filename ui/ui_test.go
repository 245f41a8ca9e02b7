package ui

import (
	"context"
	"fmt"
	"image/png"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	_ "time/tzdata"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
	"github.com/zalando/go-keyring"

	"baqylau/api"
	"baqylau/app"
	"baqylau/assets"
	"baqylau/control"
	"baqylau/localstore"
	"baqylau/server/centre"
	"baqylau/signing/demo"
	"baqylau/ui/kit"
	"baqylau/ui/look"
)

// The pages are tested over a real centre by HTTP. Its demo is made once for the binary; each test that asks has a
// copy of its own, whose clock begins on the same working morning.

// morning is when the demo of the tests begins: a Wednesday.
var morning = time.Date(2026, 3, 11, 10, 0, 0, 0, time.FixedZone("", 5*3600))

// heroNumber is the announcement that the demo's story is about: open to control in D1 on its first day.
const heroNumber = "18400101-1"

var made struct {
	sync.Once
	folder string
	err    error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if made.folder != "" {
		if err := os.RemoveAll(made.folder); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
	os.Exit(code)
}

// demoFolder holds the demo as it was made, nothing done in it yet.
func demoFolder(t testing.TB) string {
	t.Helper()
	made.Do(func() {
		if made.folder, made.err = os.MkdirTemp("", "baqylau-ui-"); made.err != nil {
			return
		}
		var c *centre.Centre
		clock := func() time.Time { return morning }
		if c, made.err = centre.Start(context.Background(), centre.Options{Folder: made.folder, Demo: true, Clock: clock}); made.err == nil {
			made.err = c.Close(context.Background())
		}
	})
	if made.err != nil {
		t.Fatal(made.err)
	}
	return made.folder
}

// house is a centre with the machine that people sit at.
type house struct {
	*centre.Centre
	t     testing.TB
	seats string // their local stores, which outlive a session
	away  bool
	clock func() time.Time
	ahead *atomic.Int64 // what a test has put the clock forward by, in nanoseconds
}

func givenCentre(t testing.TB) *house {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "centre")
	if err := os.CopyFS(folder, os.DirFS(demoFolder(t))); err != nil {
		t.Fatal(err)
	}
	started, ahead := time.Now(), new(atomic.Int64)
	clock := func() time.Time { return morning.Add(time.Since(started) + time.Duration(ahead.Load())) }
	c, err := centre.Start(context.Background(), centre.Options{Folder: folder, Demo: true, Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	h := &house{Centre: c, t: t, seats: t.TempDir(), clock: clock, ahead: ahead}
	t.Cleanup(h.goAway)
	return h
}

// goAway takes the centre down; nobody reaches it any more.
func (h *house) goAway() {
	h.t.Helper()
	if !h.away {
		h.away = true
		h.must(h.Close(context.Background()))
	}
}

// comeBack brings the centre up again at the address that it had.
func (h *house) comeBack() {
	h.t.Helper()
	c, err := centre.Start(context.Background(), centre.Options{
		Folder: filepath.Dir(h.KeysFolder()), Demo: true, Clock: h.clock, Listen: strings.TrimPrefix(h.Origin(), "http://"),
	})
	h.must(err)
	h.Centre, h.away = c, false
}

// machine is a computer with a keyring, whose local stores outlive a session.
func (h *house) machine() *localstore.Folder {
	aKeyring()
	return localstore.NewFolder(h.seats, slog.New(slog.DiscardHandler), localstore.WithDerivation(quickDerivation))
}

// aKeyring stands for the system's, one for all tests: a store's key is named by its centre and person.
var aKeyring = sync.OnceFunc(keyring.MockInit)

// quickDerivation is the least that is allowed.
func quickDerivation() localstore.Derivation {
	d := localstore.NewDerivation()
	d.Time, d.MemoryKiB, d.Threads = 2, 19<<10, 1
	return d
}

// enter logs a person of the demo in.
func (h *house) enter(login string) *app.Desk {
	h.t.Helper()
	ctx := context.Background()
	door, err := app.Knock(ctx, h.Origin(), slog.New(slog.DiscardHandler))
	h.must(err)
	key, err := app.OpenKey(filepath.Join(h.KeysFolder(), login+".p12"), []byte(demo.Password))
	h.must(err)
	desk, err := door.Enter(ctx, key, nil, h.machine().Open)
	h.must(err)
	h.must(key.Close())
	return desk
}

// as lets a person act without a window, to bring a test to where it begins.
func (h *house) as(login string, act func(context.Context, *app.Desk) error) {
	h.t.Helper()
	desk := h.enter(login)
	h.must(act(context.Background(), desk))
	h.must(desk.Leave(context.Background()))
}

// sign signs a paper for a person at their desk.
func (h *house) sign(desk *app.Desk, login string, papers ...app.Paper) {
	h.t.Helper()
	key, err := app.OpenKey(filepath.Join(h.KeysFolder(), login+".p12"), []byte(demo.Password))
	h.must(err)
	for _, signed := range desk.SignPapers(context.Background(), key, papers, func(int, app.Signed) {}) {
		h.must(signed.Err)
	}
	h.must(key.Close())
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// seat is the program with a person of the demo at it. What it starts runs off the test's goroutine, which is Fyne's;
// what comes back waits until settle lets it in, in the order in which it came.
type seat struct {
	*Program
	house *house
	t     testing.TB

	mu      sync.Mutex
	arrived *sync.Cond
	posted  []func()
	running int
}

func (h *house) seat(login string, lang assets.Lang) *seat {
	h.t.Helper()
	t := h.t
	a := test.NewTempApp(t)
	a.Settings().SetTheme(look.New(look.Light, 100))
	s := &seat{house: h, t: t}
	s.arrived = sync.NewCond(&s.mu)
	opened := make(chan struct{})
	s.Program = New(a, Options{
		Stores: h.machine(), Lang: lang, Log: slog.New(slog.DiscardHandler),
		Prepare: func(func(done, total int)) (Place, error) {
			<-opened // before that, what comes back would not come through take
			return Place{Address: h.Origin(), KeyFolders: []string{h.KeysFolder()}}, nil
		},
	})
	s.Program.post = s.take
	s.controller.After = func(_ time.Duration, f func()) { s.take(f) } // a toast is gone once all has settled
	close(opened)
	s.await()
	a.Preferences().SetString(preferenceKey, filepath.Join(h.KeysFolder(), login+".p12"))
	desk := h.enter(login)
	s.Program.stay = func(func()) {} // the tests bring the desk into step themselves
	s.Program.start = s.off
	s.Program.enter(desk)
	s.window.SetPadded(false)
	s.window.Resize(fyne.NewSize(1280, 800))
	t.Cleanup(func() {
		s.endSession()
		s.leaving.Wait()
	})
	s.settle()
	return s
}

func (s *seat) take(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.posted = append(s.posted, f)
	s.arrived.Broadcast()
}

func (s *seat) off(f func()) {
	s.mu.Lock()
	s.running++
	s.mu.Unlock()
	go func() {
		defer func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.running--
			s.arrived.Broadcast()
		}()
		f()
	}()
}

// await waits until something has come back, and lets it in.
func (s *seat) await() {
	s.mu.Lock()
	for len(s.posted) == 0 {
		s.arrived.Wait()
	}
	s.mu.Unlock()
	s.settle()
}

// settle waits until nothing runs and lets in what came back.
func (s *seat) settle() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		for len(s.posted) > 0 {
			f := s.posted[0]
			s.posted = s.posted[1:]
			s.mu.Unlock()
			f()
			s.mu.Lock()
		}
		if s.running == 0 {
			return
		}
		s.arrived.Wait()
	}
}

// sync brings what others did at the centre to this desk.
func (s *seat) sync() {
	s.t.Helper()
	if err := s.desk.Sync(context.Background()); err != nil {
		s.t.Fatal(err)
	}
	s.settle()
}

// visit goes to a page.
func (s *seat) visit(r route) {
	s.navigate(r)
	s.settle()
}

// press gives keys to what has the keyboard, else to the window.
func (s *seat) press(keys ...fyne.KeyName) {
	for _, key := range keys {
		event := &fyne.KeyEvent{Name: key}
		switch focused := s.window.Canvas().Focused(); {
		case key == fyne.KeyTab:
			s.window.Canvas().FocusNext()
		case focused != nil:
			focused.TypedKey(event)
		default:
			s.window.Canvas().OnTypedKey()(event)
		}
		s.settle()
	}
}

// shortcut gives a shortcut to what has the keyboard, else to the window.
func (s *seat) shortcut(shortcut fyne.Shortcut) {
	if focused, ok := s.window.Canvas().Focused().(fyne.Shortcutable); ok {
		focused.TypedShortcut(shortcut)
	} else if c, ok := s.window.Canvas().(fyne.Shortcutable); ok {
		c.TypedShortcut(shortcut)
	}
	s.settle()
}

// write types a text into what has the keyboard.
func (s *seat) write(text string) {
	s.t.Helper()
	focused := s.window.Canvas().Focused()
	if focused == nil {
		s.t.Fatalf("nothing takes %q", text)
	}
	for _, r := range text {
		focused.TypedRune(r)
	}
	s.settle()
}

// click presses the button with a text; one that is off or not there fails the test.
func (s *seat) click(text string) {
	s.t.Helper()
	b := s.button(text)
	switch {
	case b == nil:
		s.t.Fatalf("no button %q among: %s", text, s.words())
	case b.Disabled():
		s.t.Fatalf("the button %q is off: %s", text, s.words())
	}
	b.OnTapped()
	s.settle()
}

// button finds a button by its text in the dialog on top, or on the page when none is open; nil when it isn't there.
func (s *seat) button(text string) *kit.Button {
	var found *kit.Button
	walk(s.top(), func(o fyne.CanvasObject) bool {
		switch b := o.(type) {
		case *kit.Button:
			if b.Text == text && found == nil {
				found = b
			}
		case *kit.MenuButton:
			if b.Text == text && found == nil {
				found = &b.Button
			}
		}
		return true
	})
	return found
}

// top is what answers: the dialog on top, else the window's content.
func (s *seat) top() fyne.CanvasObject {
	if over := s.window.Canvas().Overlays().Top(); over != nil {
		return over
	}
	return s.window.Content()
}

// words is every text that is shown by what answers, but for what tables and grids draw as one picture.
func (s *seat) words() string { return wordsOf(s.top()) }

func wordsOf(o fyne.CanvasObject) string {
	var words []string
	walk(o, func(o fyne.CanvasObject) bool {
		switch w := o.(type) {
		case *widget.Label:
			words = append(words, w.Text)
			return false
		case *canvas.Text:
			if w.Text != "" {
				words = append(words, w.Text)
			}
		}
		return true
	})
	return strings.Join(words, " | ")
}

// sees demands texts on the screen.
func (s *seat) sees(texts ...string) {
	s.t.Helper()
	words := s.words()
	for _, text := range texts {
		if !strings.Contains(words, text) {
			s.t.Errorf("%q is not among: %s", text, words)
		}
	}
}

// walk visits what is visible, from the outside inwards; enter says whether to look into an object.
func walk(o fyne.CanvasObject, enter func(fyne.CanvasObject) bool) {
	if o == nil || !o.Visible() || !enter(o) {
		return
	}
	switch parent := o.(type) {
	case *fyne.Container:
		for _, child := range parent.Objects {
			walk(child, enter)
		}
	case fyne.Widget:
		for _, child := range test.WidgetRenderer(parent).Objects() {
			walk(child, enter)
		}
	}
}

// look keeps a picture of the window for a person to look at: in the folder BAQYLAU_GALLERY when that is set. It fails
// when a text on the screen lacks its words.
func (s *seat) look(name string) {
	s.t.Helper()
	if words := s.words(); strings.Contains(words, "⟦") {
		s.t.Errorf("%s: a text lacks its words: %s", name, words)
	}
	folder := os.Getenv("BAQYLAU_GALLERY")
	if folder == "" {
		folder = s.t.TempDir()
	}
	file, err := os.Create(filepath.Join(folder, name+"-"+string(s.lang)+".png"))
	s.house.must(err)
	s.house.must(png.Encode(file, s.window.Canvas().Capture()))
	s.house.must(file.Close())
}

// lookAround looks at the page in both languages and in both themes.
func (s *seat) lookAround(name string) {
	s.t.Helper()
	for _, lang := range []assets.Lang{assets.KK, assets.RU} {
		s.setLang(lang)
		s.settle()
		for _, mode := range []look.Mode{look.Light, look.Dark} {
			s.fyne.Preferences().SetString(preferenceTheme, string(mode))
			s.restyle()
			s.current.focus()
			s.settle()
			s.look(name + "-" + string(mode))
		}
	}
}

// hero is the purchase of the demo's story, its lots assigned to the auditor.
func (h *house) hero() (purchase string) {
	h.t.Helper()
	h.as("lot-manager", func(ctx context.Context, desk *app.Desk) error {
		people, err := desk.Colleagues(control.Auditor)
		if err != nil {
			return err
		}
		rows, err := reportRows(ctx, desk, heroNumber)
		if err != nil {
			return err
		}
		purchase = rows[0].Purchase
		for _, p := range people {
			if p.Surname == "Сейтқали" {
				return desk.Assign(ctx, rows, p.IIN)
			}
		}
		return app.ErrGone
	})
	return purchase
}

func reportRows(ctx context.Context, desk *app.Desk, number string) ([]api.ReportRow, error) {
	page, err := desk.Report(ctx, api.GetReportParams{Method: string(control.OpenTender), Number: number, Direction: string(control.D1)})
	if err == nil && len(page.Rows) == 0 {
		err = app.ErrGone
	}
	return page.Rows, err
}

func TestAPersonEntersAndSeesWhatWaits(t *testing.T) {
	h := givenCentre(t)
	h.hero()
	s := h.seat("auditor", assets.RU)
	s.sees("Сейтқали А.", "Кабинет", assets.RU.T("cabinet.tasks"))
	s.lookAround("cabinet")
}

// reportOf is the filter of a report of a type.
func reportOf(method control.Method) api.GetReportParams {
	return api.GetReportParams{Method: string(method)}
}
