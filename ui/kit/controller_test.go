package kit

import (
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"baqylau/assets"
	"baqylau/ui/look"
)

// clock collects what is to run later, so that a test runs it when it likes.
type clock struct{ later []func() }

func (c *clock) after(_ time.Duration, f func()) { c.later = append(c.later, f) }

func (c *clock) run() {
	due := c.later
	c.later = nil
	for _, f := range due {
		f()
	}
}

func givenController(t *testing.T) (*Controller, fyne.Window, *clock) {
	app := test.NewTempApp(t)
	app.Settings().SetTheme(look.New(look.Light, 100))
	w := test.NewTempWindow(t, container.NewStack())
	c := NewController(assets.RU, w)
	later := &clock{}
	c.After = later.after
	w.SetContent(c.Layer(NewButton("x", "", Secondary, nil)))
	w.Resize(fyne.NewSize(800, 600))
	return c, w, later
}

// typeKey gives a key to what has the focus, else to the window, as the driver does.
func typeKey(w fyne.Window, key fyne.KeyName) {
	event := &fyne.KeyEvent{Name: key}
	if focused := w.Canvas().Focused(); focused != nil {
		focused.TypedKey(event)
		return
	}
	w.Canvas().OnTypedKey()(event)
}

func TestEscapeClosesTheDialogFromWithinAnyControl(t *testing.T) {
	for name, body := range map[string]fyne.CanvasObject{
		"field": NewField(""), "area": NewTextArea("", 3), "button": NewButton("b", "", Secondary, nil),
		"menu": NewMenuButton("m", "", Secondary, nil), "nothing": widget.NewLabel("l"),
		"tabs": NewDirectionTabs([]Tab{{Text: "t", State: Open}}, 0, nil),
	} {
		t.Run(name, func(t *testing.T) {
			c, w, _ := givenController(t)
			cancelled := 0
			c.Show(DialogSpec{Title: "t", Body: body, OnCancel: func() { cancelled++ }})
			typeKey(w, fyne.KeyEscape)
			if c.Busy() || cancelled != 1 || w.Canvas().Overlays().Top() != nil {
				t.Errorf("busy %v, cancelled %d times", c.Busy(), cancelled)
			}
		})
	}
	t.Run("password", func(t *testing.T) {
		c, w, _ := givenController(t)
		field := NewPasswordField(assets.RU, "")
		c.Show(DialogSpec{Body: field, Focus: field.Focusable()})
		typeKey(w, fyne.KeyEscape)
		if c.Busy() {
			t.Error("the dialog is still open")
		}
	})
}

func TestEnterConfirmsOnlyWhereItIsSafe(t *testing.T) {
	for _, c := range []struct {
		name        string
		destructive bool
		want        int
	}{{"harmless", false, 1}, {"destructive", true, 0}} {
		t.Run(c.name, func(t *testing.T) {
			controller, w, _ := givenController(t)
			done := 0
			controller.Confirm(ConfirmSpec{Title: "t", Action: "a", Destructive: c.destructive, OnConfirm: func() { done++ }})
			w.Canvas().Unfocus()
			typeKey(w, fyne.KeyReturn)
			if done != c.want || controller.Busy() == (c.want == 1) {
				t.Errorf("done %d times, busy %v", done, controller.Busy())
			}
		})
	}
}

func TestEnterInAFieldPressesNothingThatIsOff(t *testing.T) {
	c, w, _ := givenController(t)
	done, field := 0, NewField("")
	d := c.Show(DialogSpec{Body: field, Focus: field, EnterConfirms: true, Primary: &Action{Text: "a", Reason: "r", OnTapped: func() { done++ }}})
	typeKey(w, fyne.KeyReturn)
	d.SetActions(&Action{Text: "a", OnTapped: func() { done += 10 }})
	typeKey(w, fyne.KeyReturn)
	if done != 10 {
		t.Errorf("done %d, want only the action that is on", done)
	}
}

func TestDialogsWaitForEachOtherUnlessAskedFromTheOpenOne(t *testing.T) {
	c, w, _ := givenController(t)
	var order []string
	show := func(name string, over bool) {
		c.Show(DialogSpec{Title: name, Body: widget.NewLabel(name), Over: over, OnCancel: func() { order = append(order, name) }})
	}
	show("first", false)
	show("second", false)
	show("over", true)
	for c.Busy() {
		typeKey(w, fyne.KeyEscape)
	}
	if want := []string{"over", "first", "second"}; !slices.Equal(order, want) {
		t.Errorf("closed in the order %v, want %v", order, want)
	}
}

func TestLockedDialogIgnoresEscape(t *testing.T) {
	c, w, _ := givenController(t)
	d := c.Show(DialogSpec{Body: widget.NewLabel("l"), Locked: true})
	typeKey(w, fyne.KeyEscape)
	if !c.Busy() {
		t.Error("a locked dialog was closed by Escape")
	}
	d.Close()
	if c.Busy() {
		t.Error("Close doesn't close")
	}
}

func TestCloseAllEmptiesTheQueueWithoutCallingBack(t *testing.T) {
	c, _, _ := givenController(t)
	for range 3 {
		c.Show(DialogSpec{Body: widget.NewLabel("l"), OnCancel: func() { t.Error("called back") }})
	}
	c.CloseAll()
	if c.Busy() {
		t.Error("a dialog is open")
	}
}

func TestKeysReachThePageOnlyWhileNoDialogIsOpen(t *testing.T) {
	c, w, _ := givenController(t)
	var keys []fyne.KeyName
	c.OnKey = func(key *fyne.KeyEvent) { keys = append(keys, key.Name) }
	typeKey(w, fyne.KeyF5)
	d := c.Tell("t", "x")
	typeKey(w, fyne.KeyF6)
	d.Close()
	typeKey(w, fyne.KeyF7)
	if want := []fyne.KeyName{fyne.KeyF5, fyne.KeyF7}; !slices.Equal(keys, want) {
		t.Errorf("the page got %v, want %v", keys, want)
	}
}

func TestFocusReturnsToWhereItWasBeforeTheDialog(t *testing.T) {
	c, w, _ := givenController(t)
	w.Canvas().FocusNext()
	before := w.Canvas().Focused()
	c.Confirm(ConfirmSpec{Title: "t", Text: "x", Action: "a"})
	if w.Canvas().Focused() == before {
		t.Error("the dialog has no focus")
	}
	typeKey(w, fyne.KeyEscape)
	if w.Canvas().Focused() != before {
		t.Error("the focus is lost")
	}
}

func TestProgressCountsAtMostOnceAWhileAndDropsWhatIsLate(t *testing.T) {
	c, _, later := givenController(t)
	p := c.Progress("t", func() {})
	for i := range 50 {
		p.Report(i, 50, "x")
	}
	if len(later.later) != 1 {
		t.Errorf("%d redraws are due, want 1", len(later.later))
	}
	later.run()
	if p.bar.share != 49.0/50 {
		t.Errorf("the bar is at %v, want 49 of 50", p.bar.share)
	}
	p.Report(50, 50, "late")
	p.Finish()
	later.run()
	if p.text.Text == "late" || c.Busy() {
		t.Errorf("text %q, busy %v after the end", p.text.Text, c.Busy())
	}
}

func TestCancelledProgressCallsBackOnce(t *testing.T) {
	c, w, _ := givenController(t)
	cancelled := 0
	p := c.Progress("t", func() { cancelled++ })
	typeKey(w, fyne.KeyEscape)
	p.Finish()
	if cancelled != 1 {
		t.Errorf("cancelled %d times", cancelled)
	}
}

func TestToastsGoByThemselvesAndStayFew(t *testing.T) {
	c, w, later := givenController(t)
	w.Canvas().FocusNext()
	before := w.Canvas().Focused()
	for range 5 {
		c.Toast(look.Success, "x")
	}
	if n := len(c.toasts.Objects); n != maxToasts {
		t.Errorf("%d toasts, want %d", n, maxToasts)
	}
	if w.Canvas().Focused() != before {
		t.Error("a toast took the focus")
	}
	later.run()
	if n := len(c.toasts.Objects); n != 0 {
		t.Errorf("%d toasts stay", n)
	}
}

func TestToastsLeaveTheLowerRightToTheActions(t *testing.T) {
	c, w, _ := givenController(t)
	for range maxToasts {
		c.Toast(look.Success, "x")
	}
	top := c.toasts.Position().Y
	bottom, right := top+c.toasts.Size().Height, c.toasts.Position().X+c.toasts.Size().Width
	if size := w.Canvas().Size(); top < barHeight()+pathHeight() || bottom > size.Height*2/3 || right > size.Width {
		t.Errorf("the toasts stand at %v and are %v large in %v", c.toasts.Position(), c.toasts.Size(), size)
	}
}
