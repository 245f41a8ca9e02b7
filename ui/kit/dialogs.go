package kit

import (
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"baqylau/assets"
	"baqylau/ui/look"
)

// ConfirmSpec asks before something is done. The title names the thing («№ 2026-0117 хабарламаны жою»), the action is
// the verb. What destroys is never confirmed by Enter alone.
type ConfirmSpec struct {
	Title       string
	Text        string
	Action      string
	Icon        look.Icon
	Destructive bool
	Over        bool
	OnConfirm   func()
	OnCancel    func()
}

// Confirm asks and closes by itself.
func (c *Controller) Confirm(spec ConfirmSpec) *Dialog {
	var d *Dialog
	action := &Action{Text: spec.Action, Icon: spec.Icon, Destructive: spec.Destructive, OnTapped: func() {
		d.Close()
		if spec.OnConfirm != nil {
			spec.OnConfirm()
		}
	}}
	d = c.Show(DialogSpec{
		Title: spec.Title, Body: NewParagraph(spec.Text), Primary: action, Over: spec.Over,
		EnterConfirms: !spec.Destructive, OnCancel: spec.OnCancel, Width: 480,
	})
	return d
}

// Tell says something that has to be read, with one button that closes it.
func (c *Controller) Tell(title, text string) *Dialog {
	return c.Show(DialogSpec{Title: title, Body: NewParagraph(text), Cancel: c.lang.T("ui.understood"), Width: 480, Over: true})
}

// Progress is a dialog over long work that counts and can be cancelled. Report may be called from any goroutine; the
// screen follows ten times a second at most (fyne.md, trap 5). Everything else belongs to Fyne's goroutine.
type Progress struct {
	controller *Controller
	dialog     *Dialog
	bar        *progressBar
	text       *widget.Label
	count      *words

	mu      sync.Mutex
	latest  progressReport
	pending bool
	ended   bool
}

type progressReport struct {
	done, total int
	text        string
}

const reportEvery = 100 * time.Millisecond

// Progress opens the dialog; with onCancel nil it can't be cancelled.
func (c *Controller) Progress(title string, onCancel func()) *Progress {
	p := &Progress{controller: c, bar: newProgressBar(), text: NewParagraph(""), count: newWords("", 13, inkMuted)}
	p.text.Truncation = fyne.TextTruncateClip
	p.text.Wrapping = fyne.TextWrapOff
	body := newStack(8, p.text, p.bar, p.count)
	p.dialog = c.Show(DialogSpec{Title: title, Body: body, Locked: onCancel == nil, OnCancel: onCancel, Width: 480, Over: true})
	return p
}

// Report says how far the work is; total 0 means that nobody knows.
func (p *Progress) Report(done, total int, text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.latest = progressReport{done, total, text}
	if p.pending || p.ended {
		return
	}
	p.pending = true
	p.controller.After(reportEvery, p.show)
}

func (p *Progress) show() {
	p.mu.Lock()
	report, ended := p.latest, p.ended
	p.pending = false
	p.mu.Unlock()
	if ended {
		return
	}
	p.text.SetText(report.text)
	p.bar.set(report.done, report.total)
	if report.total > 0 {
		p.count.set(p.controller.lang.T("ui.progress", "done", assets.Number(int64(report.done)), "total", assets.Number(int64(report.total))))
	}
}

// Finish closes the dialog; reports that come later are dropped.
func (p *Progress) Finish() {
	p.mu.Lock()
	p.ended = true
	p.mu.Unlock()
	p.dialog.Close()
}

// progressBar is a bar of two rectangles; half of it is full when the total isn't known.
type progressBar struct {
	widget.BaseWidget
	share float32
}

func newProgressBar() *progressBar {
	b := &progressBar{}
	b.ExtendBaseWidget(b)
	return b
}

func (b *progressBar) set(done, total int) {
	b.share = 0.5
	if total > 0 {
		b.share = max(0, min(1, float32(done)/float32(total)))
	}
	b.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (b *progressBar) CreateRenderer() fyne.WidgetRenderer {
	under, over := canvas.NewRectangle(nil), canvas.NewRectangle(nil)
	r := &rendering{objects: []fyne.CanvasObject{under, over}}
	r.min = func() fyne.Size { return fyne.NewSize(120, 8) }
	r.layout = func(size fyne.Size) {
		under.Resize(size)
		over.Resize(fyne.NewSize(size.Width*b.share, size.Height))
	}
	r.refresh = func() {
		p := look.Now()
		under.FillColor, over.FillColor = p.Line, p.Primary
		under.CornerRadius, over.CornerRadius = 4, 4
		r.layout(b.Size())
		under.Refresh()
		over.Refresh()
	}
	r.refresh()
	return r
}

// Toast says in passing what has happened; a click takes it away, and so does time.
func (c *Controller) Toast(tone look.Tone, text string) {
	t := &toast{text: text, tone: tone}
	t.onTapped = func() {
		c.toasts.Remove(t)
		c.layer.Refresh()
	}
	t.ExtendBaseWidget(t)
	c.toasts.Add(t)
	for len(c.toasts.Objects) > maxToasts {
		c.toasts.Remove(c.toasts.Objects[0])
	}
	c.layer.Refresh()
	c.After(toastTime, t.onTapped)
}

// DropToasts takes every toast away, as when the language changes.
func (c *Controller) DropToasts() {
	c.toasts.RemoveAll()
	c.layer.Refresh()
}

const (
	toastTime = 6 * time.Second
	maxToasts = 3
)

// toastIcons gives the sign of a tone.
var toastIcons = map[look.Tone]look.Icon{
	look.Neutral: look.IconInfo, look.Info: look.IconInfo, look.Success: look.IconCheck,
	look.Warning: look.IconWarning, look.Danger: look.IconWarning, look.Objection: look.IconSpeech,
}

// toast takes no keys: it must not come between a person and a field.
type toast struct {
	widget.BaseWidget
	text     string
	tone     look.Tone
	onTapped func()
}

// Tapped implements fyne.Tappable.
func (t *toast) Tapped(*fyne.PointEvent) { t.onTapped() }

// CreateRenderer implements fyne.Widget.
func (t *toast) CreateRenderer() fyne.WidgetRenderer {
	label := NewParagraph(t.text)
	sign := padded(8, 0, container.NewCenter(newPicture(toastIcons[t.tone], iconUnits, inkOf(t.tone))))
	edge := newWide(4, 0, newEdge(t.tone))
	body := container.NewBorder(nil, nil, container.NewHBox(edge, sign), nil, newWide(look.Scaled(320), 0, label))
	return widget.NewSimpleRenderer(container.NewStack(newGround(groundSurface), body))
}
