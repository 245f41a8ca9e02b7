package app_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"baqylau/api"
	"baqylau/app"
	"baqylau/assets"
	"baqylau/control"
	"baqylau/control/calendar"
	"baqylau/localstore"
	"baqylau/signing"
)

// TestEveryFailureIsToldInWords: what happened, why, what next; in both languages, and of nothing that
// happened here is the centre accused.
func TestEveryFailureIsToldInWords(t *testing.T) {
	_, address := api.NewClient("ftp://nowhere")
	failures := map[string]error{
		"queued": app.ErrQueued, "offline": api.ErrOffline, "another centre": api.ErrOtherOrigin, "another file": api.ErrOtherFile,
		"gone": app.ErrGone, "a calendar's end": calendar.UnknownYear{Year: 2031}, "cancelled": context.Canceled, "an address": address,
		"in use": localstore.ErrInUse, "a wrong key": localstore.ErrWrongKey, "a full disk": localstore.ErrDiskFull,
		"a newer store": localstore.ErrNewerFormat, "a damaged store": &localstore.DamagedError{Path: "x", Cause: errors.New("y")},
		"no keyring": localstore.ErrNoKeyring, "a closed store": localstore.ErrClosed, "a value too large": localstore.ErrTooLarge,
		"no file": fs.ErrNotExist, "no right to a file": &fs.PathError{Op: "open", Path: "x", Err: fs.ErrPermission},
		"nothing prepared": app.ErrNotPrepared, "something else than was prepared": fmt.Errorf("%w: %w", app.ErrPreparedDamaged, localstore.ErrFileDamaged),
		"locked records": &localstore.LockedError{Path: "x"}, "a weak phrase": localstore.ErrWeakPhrase, "the last lock": localstore.ErrLastLock,
		"another phrase": localstore.ErrWrongPhrase, "no export": localstore.ErrNoExport, "a newer export": localstore.ErrNewerExport,
		"another's export": &localstore.OtherOwnerError{Owner: app.Owner{Name: "Сейтқали Айдос", CentreKK: "Орталық", CentreRU: "Центр"}},
		"a surprise":       errors.New("unexpected"), "too late": context.DeadlineExceeded,
		"a problem without words": api.Problem{Status: 409},
		"the centre's own fault":  fmt.Errorf("%w: %w", api.ErrOffline, api.Fault(500, "internal")),
		"a batch": &app.BatchError{Items: []api.ItemAnswer{
			{Done: true}, {Problem: api.Fault(412, "stale")}, {Problem: api.Fault(412, "stale")}, {Problem: api.Fault(404, "not_found")},
		}},
	}
	for _, err := range []error{
		signing.ErrNotPKCS12, signing.ErrDamaged, signing.ErrWrongPassword, signing.ErrNoKey, signing.ErrLegacyKey, signing.ErrUnsupportedKey,
		signing.ErrCostly, signing.ErrAuthKey, signing.ErrNotForSigning, signing.ErrExpired, signing.ErrNotYetValid, signing.ErrOtherPerson,
		signing.ErrLoginText, signing.ErrClosed, signing.ErrSelfCheck, signing.ErrBadLoginText, signing.ErrLoginExpired, signing.ErrInvalid,
		signing.ErrNotCertificate, signing.ErrNotPinned,
	} {
		failures["signing: "+err.Error()] = err
	}
	centres := map[string]bool{"the centre's own fault": true, "a problem without words": true}
	for name, err := range failures {
		wrapped := fmt.Errorf("doing something: %w", err)
		inWords(t, wrapped)
		for _, lang := range []assets.Lang{assets.KK, assets.RU} {
			text := app.Sentence(lang, wrapped, "")
			if internal := lang.T("refusal.internal"); (text == internal) != centres[name] && (text == internal || name == "the centre's own fault") {
				t.Errorf("%s: said in %s: %s", name, lang, text)
			}
		}
	}
	if a, b := app.Sentence(assets.RU, failures["a batch"], ""), app.Sentence(assets.RU, api.Fault(412, "stale"), ""); a == b || len(a) > 2*len(b)+400 {
		t.Errorf("a batch says %q", a)
	}
}

// reasons are read off the source: a new one can't be forgotten.
func reasons(t *testing.T) []control.Reason {
	t.Helper()
	source, err := os.ReadFile("../control/verdict.go")
	ok(t, err)
	var list []control.Reason
	for _, found := range regexp.MustCompile(`(?m)^\t\w+ +Reason += "(\w+)"`).FindAllSubmatch(source, -1) {
		list = append(list, control.Reason(found[1]))
	}
	if len(list) < 30 {
		t.Fatalf("only %d reasons are found", len(list))
	}
	return list
}

// TestEveryRefusalIsToldInWords: each reason, for each action, with and without what it speaks of.
func TestEveryRefusalIsToldInWords(t *testing.T) {
	actions := []control.Action{"", "assign", "mark", "certify", "prepare"}
	for _, step := range control.NotificationLife {
		actions = append(actions, step.Action)
	}
	for _, reason := range reasons(t) {
		for _, action := range actions {
			for _, subject := range []string{"", "90010001-ОК1", "auditor", "draft", "published", "author", "«\"'\\"} {
				v := control.Verdict{Rule: "R-3.10", Reason: reason, Subject: subject, Opens: noon(), Closes: noon().AddDate(0, 0, 5)}
				for _, lang := range []assets.Lang{assets.KK, assets.RU} {
					if text := app.Why(lang, v, action); !regexp.MustCompile(`R-3\.10`).MatchString(text) || regexp.MustCompile(`[⟦⟧!{}]`).MatchString(text) {
						t.Errorf("%s %s %q: said in %s: %s", reason, action, subject, lang, text)
					}
				}
			}
		}
	}
	if text := app.Why(assets.RU, control.Verdict{Allowed: true}, ""); text != "" {
		t.Errorf("what is allowed says %q", text)
	}
}

// TestEveryMessageIsToldInWords: whatever it is about, with its number and its last day.
func TestEveryMessageIsToldInWords(t *testing.T) {
	end := noon().Truncate(24 * time.Hour).Add(-5 * time.Hour) // 24:00 of 14 April in Almaty
	for _, code := range []api.AboutCode{
		api.Delivered, api.RemedyOpens, api.RemindExecution, api.Lapse, api.RemindConfirmation, api.ConfirmationOverdue, api.RemindReview, api.ReviewOverdue,
	} {
		for _, lang := range []assets.Lang{assets.KK, assets.RU} {
			text := app.MessageText(lang, api.Message{About: api.About{Code: code, Number: "2026-0007", Deadline: end}})
			if strings.ContainsAny(text, "⟦⟧!{}") || !strings.Contains(text, "2026-0007") || !strings.Contains(text, "14.04.2026") {
				t.Errorf("%s is told in %s as %s", code, lang, text)
			}
		}
	}
	if text := app.MessageText(assets.RU, api.Message{NotificationNumber: "2026-0003"}); !strings.Contains(text, "2026-0003") || strings.Contains(text, "⟦") {
		t.Errorf("of an older centre it is told as %s", text)
	}
	text := app.MessageText(assets.RU, api.Message{About: api.About{Code: "of tomorrow", Number: "2026-0003"}})
	if !strings.Contains(text, "2026-0003") || !strings.Contains(text, "обновите") {
		t.Errorf("of a newer centre it is told as %s", text)
	}
}
