package ui

import (
	"context"
	"errors"
	"path/filepath"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/widget"
	"github.com/ncruces/zenity"

	"baqylau/app"
	"baqylau/assets"
	"baqylau/ui/kit"
	"baqylau/ui/look"
)

// storagePage is how a person's records lie on this computer: what opens them, their room, carrying them to
// another computer, and forgetting them.
type storagePage struct {
	p     *Program
	known app.Storage
	body  *fyne.Container
	first *kit.Button   // has the keyboard at first
	size  *widget.Label // changes with each draft
}

func newStoragePage(p *Program) page { return &storagePage{p: p} }

func (s *storagePage) rail() string { return "" }
func (s *storagePage) crumbs() []kit.Crumb {
	return []kit.Crumb{s.p.home(), {Text: s.p.lang.T("storage.title")}}
}

func (s *storagePage) focus() {
	if s.first != nil {
		s.p.window.Canvas().Focus(s.first)
	}
}

func (s *storagePage) content() fyne.CanvasObject {
	s.body = kit.Stack(12)
	return container.NewVScroll(kit.Inset(4, 4, container.NewHBox(kit.Wide(storageWidth, 0, s.body))))
}

// storageWidth keeps lines short enough to be read.
const storageWidth = 760

func (s *storagePage) refresh() {
	p := s.p
	load(p, func(context.Context) (app.Storage, error) { return p.desk.Storage() }, func(known app.Storage, err error) {
		if err != nil {
			p.options.Log.Error("look at the storage", "cause", err)
			s.body.Objects = []fyne.CanvasObject{kit.NewNotice(look.IconWarning, app.Sentence(p.lang, err, ""), nil)}
			s.body.Refresh()
			return
		}
		before := s.known
		s.known = known
		if s.first != nil && slices.Equal(before.Locks, known.Locks) {
			s.size.SetText(s.sized()) // and what has the keyboard keeps it
			return
		}
		s.show()
	})
}

func (s *storagePage) show() {
	t := s.p.lang.T
	s.first = nil
	s.body.Objects = []fyne.CanvasObject{
		kit.NewMuted(t("storage.about")),
		s.part("storage.locks", s.locks()...),
		s.part("storage.carry",
			kit.NewMuted(t("storage.carry.about")),
			kit.Flow(8,
				kit.NewButton(t("storage.export"), look.IconExport, kit.Secondary, s.export),
				kit.NewButton(t("storage.import"), look.IconInbox, kit.Secondary, s.take))),
		s.part("storage.room", s.room()...),
		s.part("storage.forget",
			kit.NewMuted(t("storage.forget.about")),
			kit.Flow(8, kit.NewButton(t("storage.forget.do"), look.IconTrash, kit.Destructive, s.forget))),
	}
	s.body.Refresh()
}

func (s *storagePage) part(title string, content ...fyne.CanvasObject) fyne.CanvasObject {
	content = append([]fyne.CanvasObject{kit.NewSubheading(s.p.lang.T(title))}, content...)
	return kit.NewPanel(kit.Inset(12, 8, kit.Stack(8, content...)))
}

// locks are the ways to open the records, each with what may be done about it.
func (s *storagePage) locks() []fyne.CanvasObject {
	t := s.p.lang.T
	list := []fyne.CanvasObject{kit.NewMuted(t("storage.locks.about"))}
	for _, kind := range []app.LockKind{app.LockKeyring, app.LockKey, app.LockPhrase} {
		since := t("storage.lock.none")
		present := false
		for _, l := range s.known.Locks {
			if l.Kind == kind {
				present = true
				since = t("storage.lock.since", "time", assets.Date(l.Made))
				if l.Made.IsZero() {
					since = ""
				}
			}
		}
		name := t("storage.lock." + string(kind))
		actions := container.NewHBox()
		for _, b := range s.lockActions(kind, present) {
			actions.Add(b)
		}
		icon := look.IconLock
		if present {
			icon = look.IconKey
		}
		text := name
		if since != "" {
			text = name + " · " + since
		}
		list = append(list, container.NewBorder(nil, nil, container.NewCenter(kit.NewIcon(icon)), container.NewCenter(actions),
			kit.NewLines(text, t("storage.lock."+string(kind)+".about"))))
	}
	return list
}

func (s *storagePage) lockActions(kind app.LockKind, present bool) []*kit.Button {
	t := s.p.lang.T
	var list []*kit.Button
	switch {
	case kind == app.LockPhrase && present:
		list = append(list, kit.NewButton(t("storage.phrase.change"), "", kit.Secondary, s.phrase))
	case kind == app.LockPhrase:
		list = append(list, kit.NewButton(t("storage.phrase.set"), "", kit.Secondary, s.phrase))
	case kind == app.LockKeyring && !present:
		list = append(list, kit.NewButton(t("storage.lock.add"), "", kit.Secondary, func() {
			s.do(s.p.desk.AllowKeyring, "storage.lock.added")
		}))
	}
	if present {
		remove := kit.NewButton(t("storage.lock.remove"), "", kit.Quiet, func() { s.remove(kind) })
		list = append(list, remove)
	}
	if s.first == nil && len(list) > 0 {
		s.first = list[0]
	}
	return list
}

func (s *storagePage) room() []fyne.CanvasObject {
	s.size = kit.NewMuted(s.sized())
	return []fyne.CanvasObject{
		s.size,
		kit.Flow(8, kit.NewButton(s.p.lang.T("storage.compact"), look.IconRefresh, kit.Secondary, s.compact)),
	}
}

// sized says how large the records are, and when they were copied.
func (s *storagePage) sized() string {
	t := s.p.lang.T
	copied := t("storage.not_copied")
	if !s.known.Copied.IsZero() {
		copied = t("storage.copied", "time", assets.DateTime(s.known.Copied))
	}
	return t("storage.size", "size", s.p.size(int(s.known.Size)), "free", s.p.size(int(s.known.Free))) + " " + copied
}

// do does something with the records off Fyne's goroutine and says that it is done.
func (s *storagePage) do(work func() error, done string) {
	p, ctx := s.p, s.p.session
	p.start(func() {
		err := work()
		p.post(func() {
			if ctx.Err() != nil {
				return
			}
			s.refresh()
			if err != nil {
				p.options.Log.Info("storage", "cause", err)
				p.controller.Tell(p.lang.T("shell.not_done"), app.Sentence(p.lang, err, ""))
				return
			}
			p.tell(look.Success, p.lang.T(done))
		})
	})
}

func (s *storagePage) remove(kind app.LockKind) {
	t := s.p.lang.T
	s.p.controller.Confirm(kit.ConfirmSpec{
		Title: t("storage.lock.ask_remove.title"), Action: t("storage.lock.remove"), Destructive: true,
		Text:      t("storage.lock.ask_remove", "lock", t("storage.lock."+string(kind))),
		OnConfirm: func() { s.do(func() error { return s.p.desk.RemoveLock(kind) }, "storage.lock.removed") },
	})
}

func (s *storagePage) compact() {
	p, desk, before := s.p, s.p.desk, s.known.Size
	s.long("storage.compact", func(context.Context) (string, error) {
		if err := desk.Compact(); err != nil {
			return "", err
		}
		after, err := desk.Storage()
		return p.lang.T("storage.compacted", "before", p.size(int(before)), "after", p.size(int(after.Size))), err
	})
}

// long does what may take a while behind a dialog that ends it; what it came to is told there.
func (s *storagePage) long(title string, work func(context.Context) (string, error)) {
	p, session := s.p, s.p.session
	ctx, stop := context.WithCancel(session)
	progress := p.controller.Progress(p.lang.T(title), stop)
	progress.Report(0, 0, "")
	p.start(func() {
		defer stop()
		text, err := work(ctx)
		p.post(func() {
			progress.Finish()
			if session.Err() != nil || errors.Is(err, context.Canceled) {
				return
			}
			p.factsChanged()
			s.refresh()
			if err != nil {
				p.options.Log.Info("storage", "cause", err)
				p.controller.Tell(p.lang.T("shell.not_done"), app.Sentence(p.lang, err, ""))
				return
			}
			p.controller.Tell(p.lang.T("storage.title"), text)
		})
	})
}

// export asks for a passphrase and a place, and writes the records there.
func (s *storagePage) export() {
	t := s.p.lang.T
	s.p.askPhrase(phraseQuestion{
		title: t("storage.export.title"), hint: t("storage.export.hint"), twice: true, action: t("storage.export"),
		then: func(_, phrase []byte) {
			name := t("storage.export.name", "date", assets.Date(s.p.desk.Now()))
			s.p.pickSave(name, func(path string) { s.exportTo(path, phrase) })
		},
	})
}

func (s *storagePage) exportTo(path string, phrase []byte) {
	desk, lang := s.p.desk, s.p.lang
	s.long("storage.exporting", func(ctx context.Context) (string, error) {
		done, err := desk.Export(ctx, path, phrase)
		return app.Carried(lang, done, path), err
	})
}

// take asks for a file and its passphrase, and takes the records in it.
func (s *storagePage) take() {
	s.p.pickOpen(s.p.lang.T("storage.import.title"), s.p.lang.T("storage.import.file"), ".age", s.takeFrom)
}

func (s *storagePage) takeFrom(path string) {
	t := s.p.lang.T
	s.p.askPhrase(phraseQuestion{
		title: t("storage.import.title"), hint: t("storage.import.hint", "file", filepath.Base(path)),
		field: t("storage.import.phrase"), action: t("storage.import.take"),
		then: func(_, phrase []byte) {
			desk, lang := s.p.desk, s.p.lang
			s.long("storage.importing", func(ctx context.Context) (string, error) {
				brought, err := desk.Import(ctx, path, phrase)
				return app.Brought(lang, brought), err
			})
		},
	})
}

// phrase chooses the person's own passphrase, or changes it.
func (s *storagePage) phrase() {
	t := s.p.lang.T
	q := phraseQuestion{
		title: t("storage.phrase.title"), hint: t("storage.phrase.hint"), twice: true, action: t("storage.phrase.save"),
		then: func(former, phrase []byte) {
			s.do(func() error { return s.p.desk.SetPhrase(former, phrase) }, "storage.phrase.saved")
		},
	}
	if slices.ContainsFunc(s.known.Locks, func(l app.Lock) bool { return l.Kind == app.LockPhrase }) {
		q.former = t("storage.phrase.former")
	}
	s.p.askPhrase(q)
}

// forget asks, ends the session and deletes the records.
func (s *storagePage) forget() {
	p, t := s.p, s.p.lang.T
	owner, there := p.desk.Owner()
	if !there {
		return
	}
	p.controller.Confirm(kit.ConfirmSpec{
		Title: t("storage.forget.title"), Action: t("storage.forget.confirm"), Icon: look.IconTrash, Destructive: true,
		Text: t("storage.forget.ask", "drafts", s.known.Drafts, "waiting", s.known.Waiting),
		OnConfirm: func() {
			p.endSession()
			p.showLogin()
			p.start(func() {
				p.leaving.Wait() // until the store is closed
				err := p.options.Stores.Forget(owner)
				p.post(func() {
					if err != nil {
						p.options.Log.Error("forget a person", "cause", err)
						p.controller.Tell(p.lang.T("shell.not_done"), app.Sentence(p.lang, err, ""))
						return
					}
					p.controller.Tell(p.lang.T("storage.title"), p.lang.T("storage.forgotten"))
				})
			})
		},
	})
}

// phraseQuestion asks for a passphrase.
type phraseQuestion struct {
	title, hint, action string
	field               string // what one passphrase is; for twice it is the new one
	former              string // asks for the former one before; empty for none
	twice               bool   // a new one, typed twice
	then                func(former, phrase []byte)
}

// askPhrase asks, and asks again where the two differ.
func (p *Program) askPhrase(q phraseQuestion) {
	t := p.lang.T
	parts := []fyne.CanvasObject{kit.NewParagraph(q.hint)}
	var fields []*kit.PasswordField
	add := func(title string) *kit.PasswordField {
		f := kit.NewPasswordField(p.lang, "")
		parts = append(parts, kit.Stack(2, kit.NewSubheading(title), f))
		fields = append(fields, f)
		return f
	}
	var former *kit.PasswordField
	if q.former != "" {
		former = add(q.former)
	}
	if q.twice {
		q.field = t("storage.phrase.new")
	}
	phrase, again := add(q.field), (*kit.PasswordField)(nil)
	if q.twice {
		again = add(t("storage.phrase.again"))
	}
	message := container.NewStack()
	parts = append(parts, message)
	clearAll := func() {
		for _, f := range fields {
			f.Clear()
		}
	}
	var d *kit.Dialog
	answer := func() {
		first := phrase.Take()
		if again != nil {
			second := again.Take()
			same := string(first) == string(second)
			clear(second)
			if !same {
				clear(first)
				message.Objects = []fyne.CanvasObject{kit.NewBanner(look.Danger, look.IconWarning, t("storage.phrase.differ"), nil)}
				message.Refresh()
				phrase.Focus()
				return
			}
		}
		var before []byte
		if former != nil {
			before = former.Take()
		}
		d.Close()
		q.then(before, first)
	}
	d = p.controller.Show(kit.DialogSpec{
		Title: q.title, Body: kit.Stack(8, parts...), Width: 520, EnterConfirms: true, OnCancel: clearAll, Over: true,
		Primary: &kit.Action{Text: q.action, Icon: look.IconCheck, OnTapped: answer}, Focus: fields[0].Focusable(),
	})
}

// pickSave asks for the place of a new file by the system's own dialog, or by ours where there is none.
func (p *Program) pickSave(name string, then func(path string)) {
	ctx := p.session
	p.start(func() {
		path, err := zenity.SelectFileSave(zenity.Title(p.lang.T("shell.save_as")), zenity.ConfirmOverwrite(), zenity.Filename(fileName(name)))
		p.post(func() {
			switch {
			case ctx.Err() != nil || errors.Is(err, zenity.ErrCanceled):
			case err == nil:
				then(path)
			default:
				p.pickSaveHere(name, then)
			}
		})
	})
}

func (p *Program) pickSaveHere(name string, then func(path string)) {
	d := dialog.NewFileSave(func(to fyne.URIWriteCloser, err error) {
		if err != nil || to == nil {
			return
		}
		path := to.URI().Path()
		if err := to.Close(); err != nil { // it is written anew as a whole
			p.options.Log.Error("make a file", "cause", err)
		}
		then(path)
	}, p.window)
	d.SetFileName(fileName(name))
	d.Show()
	d.Resize(fyne.NewSize(900, 600))
}

// pickOpen asks for a file with an ending.
func (p *Program) pickOpen(title, what, ending string, then func(path string)) {
	ctx := p.session
	p.start(func() {
		path, err := zenity.SelectFile(zenity.Title(title), zenity.FileFilter{Name: what, Patterns: []string{"*" + ending}, CaseFold: true})
		p.post(func() {
			switch {
			case ctx.Err() != nil || errors.Is(err, zenity.ErrCanceled):
			case err == nil:
				then(path)
			default:
				p.pickOpenHere(ending, then)
			}
		})
	})
}

func (p *Program) pickOpenHere(ending string, then func(path string)) {
	d := dialog.NewFileOpen(func(file fyne.URIReadCloser, err error) {
		if err != nil || file == nil {
			return
		}
		path := file.URI().Path()
		if err := file.Close(); err != nil {
			p.options.Log.Error("close a file", "cause", err)
		}
		then(path)
	}, p.window)
	d.SetFilter(storage.NewExtensionFileFilter([]string{ending}))
	d.Show()
	d.Resize(fyne.NewSize(900, 600))
}
