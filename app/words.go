package app

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"time"

	"baqylau/api"
	"baqylau/assets"
	"baqylau/control"
	"baqylau/control/calendar"
	"baqylau/localstore"
	"baqylau/signing"
	"baqylau/signing/ncalayer"
	"baqylau/signing/token"
)

// Sentence puts a failure into words for a person: what happened, why, what next. action makes a
// rule's refusal name what was refused; it may be empty.
func Sentence(lang assets.Lang, err error, action control.Action) string {
	var p api.Problem
	var batch *BatchError
	var v control.Verdict
	var year calendar.UnknownYear
	switch {
	case errors.Is(err, ErrPaused):
		return lang.T("offline.paused")
	case errors.Is(err, ErrQueued):
		return lang.T("app.queued")
	case errors.As(err, &p): // before being offline: the centre's own failure is both
		return problemSentence(lang, p)
	case errors.Is(err, api.ErrOffline):
		return lang.T("refusal.offline")
	case errors.As(err, &batch):
		return batchSentence(lang, batch)
	case errors.As(err, &v):
		return api.Sentence(lang, v, action)
	case errors.As(err, &year):
		return lang.T("refusal.no_calendar", "year", year.Year)
	case errors.Is(err, api.ErrOtherOrigin):
		return lang.T("refusal.wrong_origin")
	case errors.Is(err, api.ErrOtherFile):
		return lang.T("refusal.wrong_document")
	case errors.Is(err, ErrNoSeat):
		return lang.T("offline.no_seat")
	case errors.Is(err, ErrOtherCentre):
		return lang.T("offline.other_centre")
	case errors.Is(err, ErrOtherPerson):
		return lang.T("offline.other_person")
	case errors.Is(err, ErrPreparedDamaged): // before what damaged it
		return lang.T("prepared.damaged")
	case errors.Is(err, ErrNotPrepared):
		return lang.T("prepared.none")
	case errors.Is(err, ErrGone):
		return lang.T("refusal.not_found")
	case errors.Is(err, ErrClash):
		return lang.T("app.clash")
	case errors.Is(err, api.ErrAddress):
		return lang.T("app.address")
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		return lang.T("app.file_unreadable")
	case errors.Is(err, context.Canceled):
		return lang.T("app.cancelled")
	}
	if code := token.Fault(err); code != "" {
		return lang.T("token.fault." + code)
	}
	if code := ncalayer.Fault(err); code != "" {
		return lang.T("ncalayer.fault." + code)
	}
	if code := signing.Fault(err); code != "" && code != "unknown" {
		return lang.T("signing.fault." + code)
	}
	if text := storageSentence(lang, err); text != "" {
		return text
	}
	return lang.T(storeKey(err))
}

// problemSentence is what the centre says; where it says nothing, that it could not.
func problemSentence(lang assets.Lang, p api.Problem) string {
	if text := p.Detail(lang); text != "" {
		return text
	}
	return lang.T("refusal.internal")
}

// storeKey is the text of what befell the local store, or of what nobody foresaw.
func storeKey(err error) string {
	var damaged *localstore.DamagedError
	switch {
	case errors.As(err, &damaged):
		return "app.store_damaged"
	case errors.Is(err, localstore.ErrNoKeyring):
		return "app.store_no_keyring"
	case errors.Is(err, localstore.ErrInUse):
		return "app.store_in_use"
	case errors.Is(err, localstore.ErrWrongKey):
		return "app.store_wrong_key"
	case errors.Is(err, localstore.ErrNewerFormat):
		return "app.store_newer"
	case errors.Is(err, localstore.ErrDiskFull):
		return "app.disk_full"
	case errors.Is(err, localstore.ErrTooLarge):
		return "app.too_large"
	default:
		return "app.failed"
	}
}

// batchSentence says each thing that was refused once.
func batchSentence(lang assets.Lang, e *BatchError) string {
	var lines []string
	seen := map[string]bool{}
	for _, item := range e.Items {
		line := problemSentence(lang, item.Problem)
		if item.Done || seen[line] {
			continue
		}
		seen[line] = true
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// MessageText is what a message of the cabinet says.
func MessageText(lang assets.Lang, m api.Message) string {
	about := m.About
	switch {
	case about.Code == "": // of an older centre, which told of deliveries alone
		return lang.T("app.message.untold", "number", m.NotificationNumber)
	case !about.Code.Valid(): // of a newer one
		return lang.T("app.message.other", "number", about.Number)
	case about.Deadline.IsZero():
		return lang.T("app.message.untold", "number", about.Number)
	}
	return lang.T("app.message."+string(about.Code), "number", about.Number, "deadline", assets.Date(about.Deadline.Add(-time.Nanosecond)))
}

// Why is why an action is off, in words; empty when it is on. While the facts are not of now, it says as of
// when they are.
func (d *Desk) Why(lang assets.Lang, v control.Verdict, action control.Action) string {
	return d.asOf(lang, Why(lang, v, action))
}

// Sentence is [Sentence], and says as of when the facts are where the verdict is this machine's own and they
// are not of now.
func (d *Desk) Sentence(lang assets.Lang, err error, action control.Action) string {
	text := Sentence(lang, err, action)
	if errors.As(err, new(control.Verdict)) && !errors.As(err, new(api.Problem)) {
		return d.asOf(lang, text)
	}
	return text
}

func (d *Desk) asOf(lang assets.Lang, text string) string {
	state := d.State()
	if text == "" || !state.Away() {
		return text
	}
	return lang.T("offline.as_of", "text", text, "time", Moment(state.Mirrored, d.Now()))
}

// Moment is when something was: the time alone on the same day.
func Moment(at, now time.Time) string {
	if assets.Date(at) == assets.Date(now) {
		return assets.Clock(at)
	}
	return assets.DateTime(at)
}

// ClockNotice says, each time once, that this computer's clock went astray; empty when it did not.
func (d *Desk) ClockNotice(lang assets.Lang) string {
	astray := d.clock.takeAstray()
	key := "offline.clock_ahead"
	switch {
	case astray == 0:
		return ""
	case astray < 0:
		key = "offline.clock_behind"
	}
	return lang.T(key, "span", span(lang, astray.Abs()), "time", assets.DateTime(d.Now()))
}

// span is how long something is, in the unit that fits.
func span(lang assets.Lang, d time.Duration) string {
	switch {
	case d >= 36*time.Hour:
		return lang.N("unit.days", int((d+12*time.Hour)/(24*time.Hour)))
	case d >= 90*time.Minute:
		return lang.N("unit.hours", int((d+30*time.Minute)/time.Hour))
	default:
		return lang.N("unit.minutes", int((d+30*time.Second)/time.Minute))
	}
}

// Why is why an action is off, in words; empty when it is on.
func Why(lang assets.Lang, v control.Verdict, action control.Action) string {
	if v.Allowed {
		return ""
	}
	return api.Sentence(lang, v, action)
}

// DaysLeft says in words how long a term still runs; a term that is over says so.
func DaysLeft(lang assets.Lang, days int) string {
	switch {
	case days < 0:
		return lang.T("app.overdue")
	case days == 0:
		return lang.T("deadline.today")
	default:
		return lang.N("deadline.workdays_left", days)
	}
}

// DaysLeftShort is the same for a list.
func DaysLeftShort(lang assets.Lang, days int) string {
	switch {
	case days < 0:
		return lang.T("app.overdue")
	case days == 0:
		return lang.T("app.today")
	default:
		return lang.T("app.days_left_short", "n", days)
	}
}
