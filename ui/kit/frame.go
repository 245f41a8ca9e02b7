package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"baqylau/assets"
	"baqylau/ui/look"
)

// FrameSpec is what the frame around every page is made from.
type FrameSpec struct {
	Lang assets.Lang
	Rail []RailItem // what the roles of the person use
	User string
	Demo bool // demo keys are trusted: «ДЕМО» stands in red on every screen
	Menu func() []Choice

	OnLang       func(assets.Lang)
	OnSearch     func(text string)
	OnConnection func() // a click on the state of the connection
	OnGo         func(id string)
	OnBack       func()
	OnForward    func()
}

// Crumb is a step of the path to the page; the last one is the page itself.
type Crumb struct {
	Text     string
	OnTapped func()
}

// Frame is the window's frame: top bar, left rail, path with back and forward, the page, status line.
type Frame struct {
	widget.BaseWidget
	spec          FrameSpec
	search        *Field
	connection    *Button
	rail          *rail
	back, forward *Button
	crumbs        *fyne.Container
	notice        *fyne.Container
	page          *fyne.Container
	last, clock   *words
	content       fyne.CanvasObject
}

// NewFrame makes a frame without a page.
func NewFrame(spec FrameSpec) *Frame {
	f := &Frame{spec: spec, page: container.NewStack(), notice: container.NewStack(), crumbs: container.NewHBox()}
	l := spec.Lang
	f.rail = newRail(spec.Rail, spec.OnGo)
	hint := "ui.frame.search"
	if look.Scaled(1) > 1.25 {
		hint = "ui.frame.search_short"
	}
	f.search = NewSearchField(l.T(hint))
	f.search.OnSubmitted = func(text string) {
		if spec.OnSearch != nil {
			spec.OnSearch(text)
		}
	}
	f.connection = NewButton("", look.IconDot, Quiet, spec.OnConnection)
	f.back = NewIconButton(look.IconBack, l.T("ui.frame.back"), spec.OnBack)
	f.forward = NewIconButton(look.IconForward, l.T("ui.frame.forward"), spec.OnForward)
	f.back.compact, f.forward.compact = true, true
	f.last, f.clock = newWords("", look.Caption, inkMuted), newWords("", look.Caption, inkMuted)
	f.content = container.New(&frameLayout{}, f.topBar(), f.leftRail(), f.path(), f.notice, f.page, f.statusBar())
	f.SetHistory(false, false)
	f.ExtendBaseWidget(f)
	return f
}

// CreateRenderer implements fyne.Widget.
func (f *Frame) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewStack(newGround(groundPage), f.content))
}

func (f *Frame) topBar() fyne.CanvasObject {
	l := f.spec.Lang
	name := newWords(l.T("app.name"), 18, inkPrimary)
	name.bold = true
	left := container.NewHBox(newWide(look.Scaled(railWide)-16, 0, container.NewHBox(container.NewCenter(name))))
	user := NewMenuButton(f.spec.User, look.IconUser, Quiet, func() []Choice {
		if f.spec.Menu == nil {
			return nil
		}
		return f.spec.Menu()
	})
	right := container.NewHBox(f.languages(), f.connection, user)
	shrinking := &topLayout{shrink: []*Button{f.connection, &user.Button}}
	return bar(container.New(shrinking, newWide(look.Scaled(160), 0, f.search), left, right), true)
}

func (f *Frame) languages() fyne.CanvasObject {
	row := container.NewHBox()
	for _, l := range []assets.Lang{assets.KK, assets.RU} {
		button := NewButton(f.spec.Lang.T("language.short."+string(l)), "", Quiet, func() {
			if l != f.spec.Lang && f.spec.OnLang != nil {
				f.spec.OnLang(l)
			}
		})
		button.Hint, button.pressed = f.spec.Lang.T("language."+string(l)), l == f.spec.Lang
		row.Add(button)
	}
	return row
}

// bar is a strip of surface with a line at its lower or its upper edge.
func bar(content fyne.CanvasObject, lineBelow bool) fyne.CanvasObject {
	line := newGround(groundLine)
	inner := padded(12, barEdge, content)
	if lineBelow {
		return container.NewStack(newGround(groundBar), container.NewBorder(nil, line, nil, nil, inner))
	}
	return container.NewStack(newGround(groundBar), container.NewBorder(line, nil, nil, nil, inner))
}

func (f *Frame) leftRail() fyne.CanvasObject {
	scroll := container.NewVScroll(f.rail)
	scroll.SetMinSize(fyne.NewSize(look.Scaled(railWide), 0))
	return container.NewStack(newGround(groundBar), container.NewBorder(nil, nil, nil, newGround(groundLine), scroll))
}

func (f *Frame) path() fyne.CanvasObject {
	return padded(16, pathEdge, container.NewBorder(nil, nil, nil, container.NewHBox(f.back, f.forward), f.crumbs))
}

// The strips leave this much above and below what they hold.
const barEdge, pathEdge = 5, 4

// barHeight is how high the top bar is, its line with it.
func barHeight() float32 { return look.Scaled(look.Control) + 2*barEdge + 1 }

// pathHeight is how high the path is.
func pathHeight() float32 { return look.Scaled(look.Row) + 2*pathEdge }

func (f *Frame) statusBar() fyne.CanvasObject {
	right := container.NewHBox()
	if f.spec.Demo {
		demo := NewChip(f.spec.Lang.T("demo"), look.Status{Tone: look.Danger, Icon: look.IconWarning, Filled: true})
		right.Add(container.NewCenter(demo))
	}
	right.Add(container.NewCenter(padded(4, 0, f.clock)))
	return bar(container.NewBorder(nil, nil, nil, right, container.NewHBox(container.NewCenter(f.last))), false)
}

// SetPage shows a page and the path to it; id names the rail's entry that it belongs to.
func (f *Frame) SetPage(id string, crumbs []Crumb, page fyne.CanvasObject) {
	f.rail.active = id
	f.rail.Refresh()
	f.crumbs.Objects = nil
	for i, crumb := range crumbs {
		if i > 0 {
			f.crumbs.Add(container.NewCenter(newPicture(look.IconRight, 14, inkMuted)))
		}
		if i < len(crumbs)-1 && crumb.OnTapped != nil {
			button := NewButton(crumb.Text, "", Quiet, crumb.OnTapped)
			button.compact = true
			f.crumbs.Add(button)
			continue
		}
		f.crumbs.Add(container.NewCenter(padded(4, 0, newWords(crumb.Text, look.Body, inkMuted))))
	}
	f.page.Objects = []fyne.CanvasObject{padded(16, 8, page)}
	f.content.Refresh()
}

// SetRail changes the entries, for instance their counts.
func (f *Frame) SetRail(items []RailItem) {
	f.rail.items = items
	f.rail.cursor = max(0, min(f.rail.cursor, len(items)-1))
	f.rail.Refresh()
}

// SetConnection says how the centre is and what waits to be sent: "● орталық байланыста · жіберілмеген 2".
func (f *Frame) SetConnection(tone look.Tone, text string) {
	f.connection.tone = tone
	f.connection.SetText(text)
	f.connection.Refresh()
	f.content.Refresh()
}

// SetNotice shows, above every page, what holds for all that stands on them (action may be nil); without a
// sentence nothing is shown.
func (f *Frame) SetNotice(tone look.Tone, icon look.Icon, sentence string, action *Action) {
	f.notice.RemoveAll()
	if sentence != "" {
		f.notice.Add(padded(16, 2, newBanner(tone, icon, sentence, action)))
	}
	f.content.Refresh()
}

// SetHistory switches back and forward.
func (f *Frame) SetHistory(canBack, canForward bool) {
	f.back.setOff(!canBack)
	f.forward.setOff(!canForward)
}

// SetLast says the last thing that happened, in words.
func (f *Frame) SetLast(text string) { f.last.set(text) }

// SetClock shows the centre's time, already written: "Asia/Almaty 21.11.2026 14:05".
func (f *Frame) SetClock(text string) {
	f.clock.set(text)
	f.content.Refresh()
}

// FocusSearch gives the keyboard to the search field (Ctrl+K).
func (f *Frame) FocusSearch() { focusOn(f.search) }

// FocusRail gives the keyboard to the left rail.
func (f *Frame) FocusRail() { focusOn(f.rail) }

// frameLayout places top bar, rail, path, notice, page and status bar, in this order, which is that of Tab as well.
type frameLayout struct{}

// Layout implements fyne.Layout.
func (*frameLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	place := func(o fyne.CanvasObject, x, y, width, height float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(width, height))
	}
	top, left := o[0].MinSize().Height, o[1].MinSize().Width
	path, foot := o[2].MinSize().Height, o[5].MinSize().Height
	place(o[0], 0, 0, size.Width, top)
	place(o[1], 0, top, left, size.Height-top-foot)
	place(o[2], left, top, size.Width-left, path)
	place(o[3], left, top+path, size.Width-left, o[3].MinSize().Height)
	notice := o[3].MinSize().Height // as it wraps at this width
	place(o[3], left, top+path, size.Width-left, notice)
	place(o[4], left, top+path+notice, size.Width-left, size.Height-top-path-notice-foot)
	place(o[5], 0, size.Height-foot, size.Width, foot)
}

// MinSize implements fyne.Layout. The page is left out: a window may be smaller than what a page would like.
func (*frameLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(max(800, o[0].MinSize().Width), 480)
}

// topLayout places the search between what stands at the left and at the right of the top bar. Where
// that is too much for the window, buttons give up their text for their sign, the first ones first.
type topLayout struct{ shrink []*Button }

// Layout implements fyne.Layout.
func (t *topLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	before := make([]bool, len(t.shrink))
	for i, button := range t.shrink {
		before[i], button.shrunk = button.shrunk, false
	}
	for _, button := range t.shrink {
		button.shrunk = t.width(o) > size.Width
	}
	for i, button := range t.shrink {
		if button.shrunk != before[i] {
			button.Refresh()
		}
	}
	left, right := o[1].MinSize().Width, o[2].MinSize().Width
	pad := theme.Padding()
	for i, x := range []float32{left + pad, 0, size.Width - right} {
		width := []float32{size.Width - left - right - 2*pad, left, right}[i]
		o[i].Move(fyne.NewPos(x, 0))
		o[i].Resize(fyne.NewSize(width, size.Height))
	}
}

// MinSize implements fyne.Layout: with every sign alone.
func (t *topLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	before := make([]bool, len(t.shrink))
	for i, button := range t.shrink {
		before[i], button.shrunk = button.shrunk, true
	}
	size := fyne.NewSize(t.width(o), 0)
	for i, button := range t.shrink {
		button.shrunk = before[i]
	}
	for _, part := range o {
		size.Height = max(size.Height, part.MinSize().Height)
	}
	return size
}

func (t *topLayout) width(o []fyne.CanvasObject) float32 {
	width := 2 * theme.Padding()
	for _, part := range o {
		width += part.MinSize().Width
	}
	return width
}
