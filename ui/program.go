// Package ui is the desktop: the window, its pages and dialogs (ui.md).
//
// Its promise: a page shows what package app tells and asks package app to act; it decides nothing.
// What is off says why. Nothing here waits on the window's goroutine: work goes off it and comes back
// by [Program.post]. A change of language or of facts builds the page anew from the same route.
//
// Its limit: Fyne gives assistive programs labels for a few widgets on Windows and macOS alone.
package ui

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"baqylau/app"
	"baqylau/assets"
	"baqylau/control"
	"baqylau/signing/ncalayer"
	"baqylau/ui/kit"
	"baqylau/ui/look"
)

// Options say what the desktop is run with.
type Options struct {
	// Prepare finds the centre, or starts the embedded one, while the window is open already; progress
	// is told how far it is and may be called from any goroutine.
	Prepare  func(progress func(done, total int)) (Place, error)
	Stores   app.Stores
	Program  string           // that serves as the process of the tokens' driver; none without tokens
	NCALayer *ncalayer.Client // nil for none
	Lang     assets.Lang
	Log      *slog.Logger
}

// Place is where one works: a centre and where its keys may be.
type Place struct {
	Address    string   // of the centre
	KeyFolders []string // where key files are looked for
	// DemoPassword opens the demo's keys: shown to whoever enters a demo centre. Empty elsewhere.
	DemoPassword string
}

// Program is the desktop. Its methods belong to Fyne's goroutine, but for post.
type Program struct {
	options    Options
	place      Place
	fyne       fyne.App
	window     fyne.Window
	controller *kit.Controller
	lang       assets.Lang

	// start and post carry work off Fyne's goroutine and back, stay what goes on as long as the session;
	// tests run the first two in order, and the third not at all.
	start func(func())
	post  func(func())
	stay  func(func())

	keys    *app.Keys      // of this machine
	login   *login         // the first screen, while nobody is in
	leaving sync.WaitGroup // for who has left, until nothing of theirs is open
	viewed  *viewedFiles   // of the session

	desk     *app.Desk
	own      *app.Desk          // mine, while the desk in front is in another's place; else nil
	leave    context.CancelFunc // ends what runs for the desk
	session  context.Context
	frame    *kit.Frame
	current  page
	route    route
	back     []route
	forward  []route
	loads    int // generation of what is loaded for the page in front
	last     string
	apart    bool // as the page in front was last told: the facts are not of now
	notice   notice
	restored app.Restored // that was told

	counts     map[string]int // of what waits, by the rail's entries
	counting   bool           // they are being counted
	countAgain bool           // something has changed since counting began
}

// New makes the desktop in a window of the application and shows its first screen. The window is not
// shown yet.
func New(a fyne.App, o Options) *Program {
	w := a.NewWindow(o.Lang.T("app.name"))
	p := &Program{
		options: o, fyne: a, window: w, lang: o.Lang,
		start: func(f func()) { go f() }, post: fyne.Do, stay: func(f func()) { go f() },
	}
	p.controller = kit.NewController(p.lang, w)
	p.controller.OnKey = p.key
	p.speak()
	w.Resize(fyne.NewSize(1280, 800))
	w.SetMaster()
	w.SetCloseIntercept(p.quit)
	p.shortcuts()
	p.prepare()
	return p
}

// prepare shows the first screen while the centre is being found or made.
func (p *Program) prepare() {
	text := kit.NewMuted(p.lang.T("first.preparing"))
	text.Alignment = fyne.TextAlignCenter
	p.window.SetContent(p.controller.Layer(container.NewCenter(kit.Wide(480, 0, kit.Stack(12, kit.NewIcon(look.IconHourglass), text)))))
	p.start(func() {
		if err := removeViewed(os.TempDir()); err != nil {
			p.options.Log.Error("remove what was viewed before a crash", "cause", err)
		}
		place, err := p.options.Prepare(func(done, total int) {
			p.post(func() { text.SetText(p.lang.T("first.keys", "done", done, "total", total)) })
		})
		p.post(func() {
			if err != nil {
				p.options.Log.Error("prepare", "cause", err)
				again := &kit.Action{Text: p.lang.T("first.again"), Icon: look.IconRefresh, OnTapped: p.prepare}
				p.window.SetContent(p.controller.Layer(kit.NewNotice(look.IconWarning, p.lang.T("first.failed", "cause", err), again)))
				return
			}
			p.place = place
			p.keys = app.NewKeys(app.KeySources{
				Folders: place.KeyFolders, Program: p.options.Program, NCALayer: p.options.NCALayer,
				Module: p.fyne.Preferences().String(preferenceDriver),
			})
			p.showLogin()
		})
	})
}

// Window is the program's window.
func (p *Program) Window() fyne.Window { return p.window }

// quit asks for what is not saved, then ends the session and the program. The window goes at once, the
// program when nothing of the session is open any more.
func (p *Program) quit() {
	p.away(func() {
		p.endSession()
		p.window.Hide()
		p.start(func() {
			p.leaving.Wait()
			p.closeKeys()
			p.post(func() {
				p.window.Close()
				p.fyne.Quit()
			})
		})
	})
}

// closeKeys leaves the tokens' driver. Who quits at once has no keys yet.
func (p *Program) closeKeys() {
	if p.keys == nil {
		return
	}
	if err := p.keys.Close(); err != nil {
		p.options.Log.Error("leave the token driver", "cause", err)
	}
}

// enter takes a desk and shows its cabinet.
func (p *Program) enter(desk *app.Desk) {
	p.desk, p.login, p.viewed = desk, nil, &viewedFiles{root: os.TempDir()}
	p.fyne.Preferences().SetString(preferencePerson, desk.Me().Person.IIN)
	p.session, p.leave = context.WithCancel(context.Background())
	p.back, p.forward = nil, nil
	p.apart, p.restored = false, app.Restored{}
	session := p.session
	p.stay(func() { desk.Run(session) })
	cancel := desk.Watch(func() { p.post(p.factsChanged) })
	context.AfterFunc(session, cancel)
	p.stay(func() { p.tick(session) })
	p.buildFrame()
	p.showRail()
	p.show(route{name: pageCabinet})
	if text := desk.OpeningNotice(p.lang); text != "" {
		p.controller.Tell(p.lang.T("shell.records"), text)
	}
}

// endSession leaves the desk; what waits to be sent stays on this machine. Nothing that was said to this
// person or viewed by them is left for the next one.
func (p *Program) endSession() {
	if p.desk == nil {
		return
	}
	desks := []*app.Desk{p.desk}
	if p.own != nil {
		desks = append(desks, p.own) // the session is this one's, and ends last
	}
	p.own = nil
	p.putAway(p.standUp(), desks...)
}

// standUp ends what runs for the desk in front and leaves nothing of it on the screen. What was viewed
// at it is for the caller to remove.
func (p *Program) standUp() *viewedFiles {
	p.leave()
	p.desk, p.current, p.frame, p.last, p.counts = nil, nil, nil, "", nil
	p.controller.CloseAll()
	p.controller.DropToasts()
	return p.viewed
}

// putAway removes what was viewed and leaves desks, in their order.
func (p *Program) putAway(viewed *viewedFiles, desks ...*app.Desk) {
	p.leaving.Add(1)
	p.start(func() {
		defer p.leaving.Done()
		p.forget(viewed)
		ctx, cancel := context.WithTimeout(context.Background(), leaveTime)
		defer cancel()
		for _, desk := range desks {
			if err := desk.Leave(ctx); err != nil {
				p.options.Log.Error("leave the desk", "cause", err)
			}
		}
	})
}

func (p *Program) forget(viewed *viewedFiles) {
	if err := viewed.remove(); err != nil {
		p.options.Log.Error("remove what was viewed", "cause", err)
	}
}

// leaveTime is how long the centre may take to say goodbye.
const leaveTime = 3 * time.Second

// exit ends the session and shows the login.
func (p *Program) exit() {
	p.away(func() {
		p.endSession()
		p.showLogin()
	})
}

// tick keeps the clock and the state of the connection on the frame.
func (p *Program) tick(ctx context.Context) {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			p.post(p.showState)
		}
	}
}

// factsChanged brings what the mirror now says onto the screen.
func (p *Program) factsChanged() {
	if p.desk == nil {
		return
	}
	p.showState()
	p.showRail()
	if p.current != nil {
		p.current.refresh()
	}
}

// showState shows how the centre is and what waits to be sent.
func (p *Program) showState() {
	if p.desk == nil || p.frame == nil {
		return
	}
	state := p.desk.State()
	tone, text := look.Success, p.lang.T("shell.online")
	switch {
	case state.Over:
		tone, text = look.Danger, p.lang.T("shell.substitution_over")
	case state.Other:
		tone, text = look.Danger, p.lang.T("offline.state.other")
	case !state.Online:
		tone, text = look.Warning, p.lang.T("shell.offline", "time", app.Moment(state.Mirrored, p.desk.Now()))
	case state.Expired:
		tone, text = look.Warning, p.lang.T("shell.expired")
	}
	if n := state.Waiting(); n > 0 {
		text += " · " + p.lang.N("shell.waiting", n)
	}
	p.frame.SetConnection(tone, text)
	p.frame.SetClock(p.lang.T("shell.clock", "time", assets.DateTime(p.desk.Now())))
	p.showNotice(state)
	p.tellRestored(state.Restored)
	if astray := p.desk.ClockNotice(p.lang); astray != "" {
		p.tell(look.Warning, astray)
	}
	if state.Away() != p.apart {
		p.apart = state.Away()
		if p.current != nil {
			p.current.refresh()
		}
	}
}

// setLang shows everything in another language, at once.
func (p *Program) setLang(l assets.Lang) {
	if l == p.lang {
		return
	}
	p.lang = l
	p.fyne.Preferences().SetString(preferenceLang, string(l))
	p.controller.SetLang(l)
	p.controller.DropToasts()
	p.last = "" // it was said in the other language
	p.speak()
	p.window.SetTitle(l.T("app.name"))
	p.shortcuts()
	if p.desk == nil {
		p.login.show()
		return
	}
	if k, ok := p.current.(keeper); ok {
		k.keep()
	}
	p.buildFrame()
	p.build()
}

// speak has the toolkit use the program's language; without it only its own few words are foreign.
func (p *Program) speak() {
	if err := speak(p.lang); err != nil {
		p.options.Log.Error("translate the toolkit", "cause", err)
	}
}

const preferenceLang = "language"

// Language is the language that the person chose, Kazakh at first.
func Language(preferences fyne.Preferences) assets.Lang {
	if assets.Lang(preferences.String(preferenceLang)) == assets.RU {
		return assets.RU
	}
	return assets.KK
}

// act does something that may take time and may be refused. Its end is told in passing; a refusal is
// told in a dialog, for it has to be read. then runs when it was done or is kept to be sent.
func (p *Program) act(action control.Action, done string, work func(context.Context) error, then func()) {
	ctx := p.session
	p.start(func() {
		err := work(ctx)
		p.post(func() {
			if ctx.Err() != nil {
				return
			}
			switch {
			case errors.Is(err, app.ErrQueued):
				p.tell(look.Warning, app.Sentence(p.lang, err, action))
			case err != nil:
				p.options.Log.Info("refused", "action", action, "cause", err)
				p.controller.Tell(p.lang.T("shell.not_done"), p.desk.Sentence(p.lang, err, action))
				p.factsChanged()
				return
			case done != "":
				p.tell(look.Success, done)
			}
			p.factsChanged()
			if then != nil {
				then()
			}
		})
	})
}

// tell says something in passing and keeps it in the status line.
func (p *Program) tell(tone look.Tone, text string) {
	p.last = text
	p.controller.Toast(tone, text)
	if p.frame != nil {
		p.frame.SetLast(text)
	}
}

// load gets something off Fyne's goroutine and brings it back, unless the page has been left since.
func load[T any](p *Program, work func(context.Context) (T, error), show func(T, error)) {
	p.loads++
	generation, ctx := p.loads, p.session
	p.start(func() {
		result, err := work(ctx)
		p.post(func() {
			if generation == p.loads && ctx.Err() == nil {
				show(result, err)
			}
		})
	})
}
