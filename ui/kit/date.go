package kit

import (
	"image"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"baqylau/assets"
	"baqylau/ui/ink"
	"baqylau/ui/look"
)

// Day is a calendar day without an instant.
type Day struct {
	Year  int
	Month time.Month
	Day   int
}

// DayOf is the day that an instant falls on in Asia/Almaty.
func DayOf(t time.Time) Day {
	year, month, day := t.In(assets.Almaty()).Date()
	return Day{year, month, day}
}

// IsZero tells that no day is meant.
func (d Day) IsZero() bool { return d == Day{} }

// Start is the first instant of the day in Asia/Almaty.
func (d Day) Start() time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, assets.Almaty())
}

// Plus gives the day that many days later.
func (d Day) Plus(days int) Day {
	return DayOf(time.Date(d.Year, d.Month, d.Day+days, 12, 0, 0, 0, assets.Almaty()))
}

// plusMonths keeps the day of the month where the other month has it, else takes its last.
func (d Day) plusMonths(months int) Day {
	first := time.Date(d.Year, d.Month+time.Month(months), 1, 12, 0, 0, 0, assets.Almaty())
	last := first.AddDate(0, 1, -1).Day()
	return Day{first.Year(), first.Month(), min(d.Day, last)}
}

// String writes dd.mm.yyyy, and nothing for the zero day.
func (d Day) String() string {
	if d.IsZero() {
		return ""
	}
	return d.Start().Format("02.01.2006")
}

// ParseDay reads dd.mm.yyyy; a year of two digits is of this century, and blanks around it don't matter. The empty
// text is the zero day.
func ParseDay(text string) (Day, bool) {
	text = strings.TrimSpace(text)
	if text == "" {
		return Day{}, true
	}
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return Day{}, false
	}
	var numbers [3]int
	for i, part := range parts {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 || len(part) > 4 {
			return Day{}, false
		}
		numbers[i] = n
	}
	year := numbers[2]
	if len(parts[2]) == 2 {
		year += 2000
	}
	day := Day{year, time.Month(numbers[1]), numbers[0]}
	if year < 1900 || DayOf(day.Start()) != day {
		return Day{}, false
	}
	return day, true
}

// DateField takes a day, typed as dd.mm.yyyy or chosen from a month.
type DateField struct {
	widget.BaseWidget
	OnChanged func(day Day)

	lang    assets.Lang
	today   func() Day
	field   *Field
	note    *words
	popup   *widget.PopUp
	content fyne.CanvasObject
}

// NewDateField makes a field with a day (the zero Day for none); today marks the present day in the month.
func NewDateField(l assets.Lang, day Day, today func() Day) *DateField {
	d := &DateField{lang: l, today: today, note: newWords("", look.Caption, inkOf(look.Danger))}
	d.field = NewField(l.T("ui.date.format"))
	d.field.SetText(day.String())
	d.field.OnChanged = func(string) { d.typed() }
	open := NewIconButton(look.IconCalendar, l.T("ui.date.choose"), d.open)
	d.content = newStack(2, container.NewBorder(nil, nil, nil, open, newWide(look.Scaled(118), 0, d.field)), d.note)
	d.note.Hide()
	d.ExtendBaseWidget(d)
	return d
}

// CreateRenderer implements fyne.Widget.
func (d *DateField) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(d.content) }

// Day gives the day; ok is false while the text is none.
func (d *DateField) Day() (day Day, ok bool) { return ParseDay(d.field.Text) }

// SetDay puts a day into the field and calls back.
func (d *DateField) SetDay(day Day) { d.field.SetText(day.String()) }

// typed says what is wrong once the text is long enough to be a day, and calls back when it is one.
func (d *DateField) typed() {
	day, ok := d.Day()
	d.note.set(d.lang.T("ui.date.none"))
	d.note.Hidden = ok || len(d.field.Text) < len("1.1.2026")
	d.content.Refresh()
	if ok && d.OnChanged != nil {
		d.OnChanged(day)
	}
}

func (d *DateField) open() {
	c := canvasOf(d.field)
	if c == nil {
		return
	}
	day, ok := d.Day()
	if !ok || day.IsZero() {
		day = d.today()
	}
	month := newMonth(d.lang, day, d.today())
	month.onChosen = func(day Day) {
		d.close()
		d.SetDay(day)
		focusOn(d.field)
	}
	month.onEscape = d.close
	d.popup = widget.NewPopUp(container.NewPadded(month), c)
	d.popup.ShowAtRelativePosition(fyne.NewPos(0, d.field.Size().Height+2), d.field)
	c.Focus(month)
}

func (d *DateField) close() {
	if d.popup != nil {
		d.popup.Hide()
		d.popup = nil
	}
}

// month is the grid of a month: arrows move by a day or a week, PgUp and PgDn by a month, Enter and Space choose.
type month struct {
	control
	lang     assets.Lang
	day      Day
	today    Day
	onChosen func(Day)
	onEscape func()
	painter  *ink.Painter
	raster   *canvas.Raster
}

func newMonth(l assets.Lang, day, today Day) *month {
	m := &month{lang: l, day: day, today: today, painter: ink.New()}
	m.extend(m)
	return m
}

const weekDays, weekRows = 7, 6

// first is the Monday on which the grid begins.
func (m *month) first() Day {
	first := Day{m.day.Year, m.day.Month, 1}
	return first.Plus(-(int(first.Start().Weekday()) + 6) % weekDays)
}

// CreateRenderer implements fyne.Widget.
func (m *month) CreateRenderer() fyne.WidgetRenderer {
	m.raster = canvas.NewRaster(m.paint)
	r := &rendering{objects: []fyne.CanvasObject{m.raster}}
	r.layout = func(size fyne.Size) {
		m.raster.Resize(size)
	}
	r.min = func() fyne.Size {
		return fyne.NewSize(weekDays*look.Scaled(36), (weekRows+2)*look.Scaled(look.Row))
	}
	r.refresh = func() {
		m.raster.Refresh()
	}
	r.refresh()
	return r
}

// cell is the box of a day; row −2 is the title, −1 the names of the days.
func (m *month) cell(row, column int) ink.Box {
	w, h := m.Size().Width/weekDays, m.Size().Height/(weekRows+2)
	return ink.Box{X: float32(column) * w, Y: float32(row+2) * h, W: w, H: h}
}

func (m *month) paint(width, height int) image.Image {
	p, size := look.Now(), look.Scaled(look.Body)
	m.painter.Begin(width, height, m.Size().Width, p.Raised)
	title := m.cell(-2, 0)
	title.W = m.Size().Width
	name := m.lang.T("ui.date.month", "month", m.lang.T("month."+strconv.Itoa(int(m.day.Month))), "year", m.day.Year)
	m.painter.Text(title, name, ink.Style{Size: size, Bold: true, Color: p.Text, Align: ink.Center})
	m.painter.Icon(look.IconLeft, m.cell(-2, 0).Inset(8, 6), p.Muted)
	m.painter.Icon(look.IconRight, m.cell(-2, weekDays-1).Inset(8, 6), p.Muted)
	for column := range weekDays {
		day := m.lang.T("weekday.short." + strconv.Itoa(column+1))
		m.painter.Text(m.cell(-1, column), day, ink.Style{Size: look.Scaled(look.Caption), Color: p.Muted, Align: ink.Center})
	}
	first := m.first()
	for i := range weekDays * weekRows {
		day, box := first.Plus(i), m.cell(i/weekDays, i%weekDays)
		style := ink.Style{Size: size, Color: p.Text, Align: ink.Center}
		if day.Month != m.day.Month {
			style.Color = p.Muted
		}
		if day == m.today {
			m.painter.Frame(box.Inset(3, 2), 1, p.Primary)
		}
		if day == m.day {
			m.painter.Round(box.Inset(3, 2), 4, p.Primary)
			style.Color = p.OnPrimary
		}
		m.painter.Text(box, strconv.Itoa(day.Day), style)
	}
	paintRing(m.painter, m.Size(), m.focused)
	return m.painter.Picture()
}

// TypedKey implements fyne.Focusable.
func (m *month) TypedKey(key *fyne.KeyEvent) {
	switch key.Name {
	case fyne.KeyLeft:
		m.day = m.day.Plus(-1)
	case fyne.KeyRight:
		m.day = m.day.Plus(1)
	case fyne.KeyUp:
		m.day = m.day.Plus(-weekDays)
	case fyne.KeyDown:
		m.day = m.day.Plus(weekDays)
	case fyne.KeyPageUp:
		m.day = m.day.plusMonths(-1)
	case fyne.KeyPageDown:
		m.day = m.day.plusMonths(1)
	case fyne.KeyHome:
		m.day = m.today
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		m.onChosen(m.day)
		return
	case fyne.KeyEscape:
		m.onEscape()
		return
	}
	m.Refresh()
}

// Tapped implements fyne.Tappable.
func (m *month) Tapped(e *fyne.PointEvent) {
	for i := range weekDays * weekRows {
		if m.cell(i/weekDays, i%weekDays).Contains(e.Position.X, e.Position.Y) {
			m.onChosen(m.first().Plus(i))
			return
		}
	}
	switch {
	case m.cell(-2, 0).Contains(e.Position.X, e.Position.Y):
		m.day = m.day.plusMonths(-1)
	case m.cell(-2, weekDays-1).Contains(e.Position.X, e.Position.Y):
		m.day = m.day.plusMonths(1)
	}
	m.Refresh()
}
