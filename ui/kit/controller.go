package kit

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"baqylau/assets"
	"baqylau/ui/look"
)

// Controller owns the dialogs of one window, the queue that they wait in, Escape, and the toasts.
//
// One dialog answers at a time: what comes while one is open waits, unless it was asked for from that dialog (Over).
// Escape closes the one on top; Enter presses its main action where the dialog says that this is safe. Window shortcuts
// ask Busy first and do nothing while a dialog is open (fyne.md, trap 8).
type Controller struct {
	// After runs f once after a while on Fyne's goroutine; a test puts its own clock here.
	After func(d time.Duration, f func())
	// OnKey gets the keys that nothing else has a use for, while no dialog is open.
	OnKey func(key *fyne.KeyEvent)

	lang   assets.Lang
	window fyne.Window
	open   []*Dialog
	queue  []*Dialog
	toasts *fyne.Container
	layer  *fyne.Container // which holds the toasts in their corner
}

// NewController takes the keys that no widget of the window has a use for.
func NewController(l assets.Lang, w fyne.Window) *Controller {
	c := &Controller{lang: l, window: w, toasts: newStack(8), After: afterOnMain}
	w.Canvas().SetOnTypedKey(c.typedKey)
	return c
}

func afterOnMain(d time.Duration, f func()) {
	time.AfterFunc(d, func() { fyne.Do(f) })
}

// SetLang is for the dialogs and toasts to come.
func (c *Controller) SetLang(l assets.Lang) { c.lang = l }

// Lang is the language of the dialogs to come.
func (c *Controller) Lang() assets.Lang { return c.lang }

// Window is the window that the dialogs stand in.
func (c *Controller) Window() fyne.Window { return c.window }

// Busy tells whether a dialog is open.
func (c *Controller) Busy() bool { return len(c.open) > 0 }

// Layer lays the toasts over the content of the window; the window shows what it gives.
func (c *Controller) Layer(content fyne.CanvasObject) fyne.CanvasObject {
	c.layer = container.New(corner{}, c.toasts)
	return container.NewStack(content, c.layer)
}

// corner places the toasts at the upper right, below the top bar and the path: what a page offers to do
// stands at the lower right, and must not be covered.
type corner struct{}

const cornerGap = 16

// Layout implements fyne.Layout.
func (corner) Layout(o []fyne.CanvasObject, size fyne.Size) {
	least := o[0].MinSize()
	o[0].Resize(least)
	o[0].Move(fyne.NewPos(size.Width-least.Width-cornerGap, barHeight()+pathHeight()))
}

// MinSize implements fyne.Layout. Toasts never widen the window.
func (corner) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

// CloseAll closes every dialog and empties the queue without calling back, as when the session ends.
func (c *Controller) CloseAll() {
	c.queue = nil
	for len(c.open) > 0 {
		c.open[len(c.open)-1].Close()
	}
}

func (c *Controller) typedKey(key *fyne.KeyEvent) {
	if len(c.open) == 0 {
		if c.OnKey != nil {
			c.OnKey(key)
		}
		return
	}
	top := c.open[len(c.open)-1]
	switch key.Name {
	case fyne.KeyEscape:
		top.cancel()
	case fyne.KeyReturn, fyne.KeyEnter:
		if primary := top.spec.Primary; top.spec.EnterConfirms && primary != nil && primary.Reason == "" && primary.OnTapped != nil {
			primary.OnTapped()
		}
	}
}

// DialogSpec says what a dialog holds. Cancel names the button that closes it; empty takes «Болдырмау / Отмена», and
// Locked leaves it out together with Escape and the cross.
type DialogSpec struct {
	Title         string
	Body          fyne.CanvasObject
	Primary       *Action
	Secondary     []Action
	Cancel        string
	Locked        bool
	EnterConfirms bool // only where the main action is harmless or plainly meant
	Over          bool // asked for from the open dialog: stands on it instead of waiting
	OnCancel      func()
	Focus         fyne.Focusable // gets the keyboard; nil means the first that takes it
	Width, Height float32        // at the ordinary text size; 0 means as the content needs
}

// Dialog is an open or waiting dialog.
type Dialog struct {
	controller *Controller
	spec       DialogSpec
	actions    *ActionBar
	popup      *widget.PopUp
}

// Show opens a dialog, or puts it at the end of the queue.
func (c *Controller) Show(spec DialogSpec) *Dialog {
	d := &Dialog{controller: c, spec: spec}
	if len(c.open) > 0 && !spec.Over {
		c.queue = append(c.queue, d)
		return d
	}
	d.show()
	return d
}

// SetActions changes what may be done, for instance when what was missing is filled in.
func (d *Dialog) SetActions(primary *Action, secondary ...Action) {
	d.spec.Primary, d.spec.Secondary = primary, secondary
	if d.actions != nil {
		d.actions.Set(d.actionSpec())
	}
}

// Close takes the dialog away without calling OnCancel; the next in the queue opens. Dialogs over it go with it.
func (d *Dialog) Close() {
	c := d.controller
	for i, waiting := range c.queue {
		if waiting == d {
			c.queue = append(c.queue[:i:i], c.queue[i+1:]...)
			return
		}
	}
	for i, open := range c.open {
		if open != d {
			continue
		}
		for _, over := range c.open[i:] {
			over.popup.Hide()
		}
		c.open = c.open[:i]
		break
	}
	if len(c.open) == 0 && len(c.queue) > 0 {
		next := c.queue[0]
		c.queue = c.queue[1:]
		next.show()
	}
}

func (d *Dialog) cancel() {
	if d.spec.Locked {
		return
	}
	d.Close()
	if d.spec.OnCancel != nil {
		d.spec.OnCancel()
	}
}

func (d *Dialog) actionSpec() ActionBarSpec {
	spec := ActionBarSpec{Lang: d.controller.lang, Primary: d.spec.Primary, Secondary: d.spec.Secondary}
	if !d.spec.Locked {
		text := d.spec.Cancel
		if text == "" {
			text = d.controller.lang.T("ui.cancel")
		}
		spec.Secondary = append([]Action{{Text: text, OnTapped: d.cancel}}, spec.Secondary...)
	}
	return spec
}

func (d *Dialog) show() {
	c := d.controller
	d.actions = NewActionBar(d.actionSpec())
	title := NewSubheading(d.spec.Title)
	title.SizeName, title.Truncation = theme.SizeNameSubHeadingText, fyne.TextTruncateClip
	var cross fyne.CanvasObject
	if !d.spec.Locked {
		cross = NewIconButton(look.IconClose, c.lang.T("ui.close"), d.cancel)
	}
	head := container.NewBorder(nil, nil, nil, cross, title)
	inner := container.New(&dialogLayout{}, d.spec.Body, d.actions, head)
	panel := newWide(look.Scaled(d.spec.Width), look.Scaled(d.spec.Height), container.NewStack(newGround(groundRaised), padded(20, 12, inner)))
	d.popup = widget.NewModalPopUp(panel, c.window.Canvas())
	c.open = append(c.open, d)
	d.popup.Show()
	if d.spec.Focus != nil {
		c.window.Canvas().Focus(d.spec.Focus)
		return
	}
	c.window.Canvas().FocusNext()
}

// dialogLayout places body, actions and head: their order is that of Tab, so that the cross comes last.
type dialogLayout struct{}

const dialogGap = 8

// Layout implements fyne.Layout.
func (*dialogLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	head, foot := o[2].MinSize().Height, o[1].MinSize().Height
	o[2].Resize(fyne.NewSize(size.Width, head))
	o[0].Move(fyne.NewPos(0, head+dialogGap))
	o[0].Resize(fyne.NewSize(size.Width, size.Height-head-foot-2*dialogGap))
	o[1].Move(fyne.NewPos(0, size.Height-foot))
	o[1].Resize(fyne.NewSize(size.Width, foot))
}

// MinSize implements fyne.Layout.
func (*dialogLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	size := fyne.NewSize(0, 2*dialogGap)
	for _, part := range o {
		size = fyne.NewSize(max(size.Width, part.MinSize().Width), size.Height+part.MinSize().Height)
	}
	return size
}
