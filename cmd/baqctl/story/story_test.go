package story

import (
	"bytes"
	"errors"
	"log/slog"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"baqylau/assets"
	"baqylau/control"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// given are options to tell a story on a machine whose clock says at, and runs.
func given(t *testing.T, at time.Time) (Options, *bytes.Buffer) {
	t.Helper()
	var told bytes.Buffer
	began := time.Now()
	return Options{
		Lang: assets.RU, Out: filepath.Join(t.TempDir(), "out"), Say: &told, Log: slog.New(slog.DiscardHandler),
		Machine: func() time.Time { return at.Add(time.Since(began)) },
	}, &told
}

// dated is all that a story says otherwise on another day.
var dated = regexp.MustCompile(`\d\d\.\d\d\.\d{4}( \d\d:\d\d)?|\b20\d\d-\d{4}\b|[0-9a-f]{16}…|-attime \d+|/\S+`)

// TestItEndsAlikeOnAnyDay: whatever the machine's clock says, the same lines with the same outcomes.
func TestItEndsAlikeOnAnyDay(t *testing.T) {
	days := map[string]string{
		"the last days of the calendar": "2026-12-30T09:30:00+05:00",
		"a year that it lacks":          "2027-03-03T12:00:00+05:00",
		"before Nauryz, after hours":    "2026-03-20T19:00:00+05:00",
		"a Sunday":                      "2026-06-14T11:00:00+05:00",
		"over New Year":                 "2025-11-24T08:00:00+05:00",
		"today":                         time.Now().Format(time.RFC3339),
	}
	lines := make(chan [2]string, len(days))
	t.Run("on", func(t *testing.T) {
		for name, day := range days {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				at, err := time.Parse(time.RFC3339, day)
				if err != nil {
					t.Fatal(err)
				}
				o, told := given(t, at)
				if err := Tell(t.Context(), o); err != nil {
					t.Fatalf("%v\n%s", err, told)
				}
				lines <- [2]string{name, dated.ReplaceAllString(told.String(), "…")}
			})
		}
	})
	close(lines)
	first := <-lines
	for other := range lines {
		if other[1] != first[1] {
			t.Errorf("%s it is told otherwise than %s:\n%s\n%s", other[0], first[0], other[1], first[1])
		}
	}
}

// TestItTellsTheWholeManual: every stage, outcome and turn that it promises stands in a chapter.
func TestItTellsTheWholeManual(t *testing.T) {
	directions, methods, ends := map[control.Direction]bool{}, map[control.Method]bool{}, map[control.NotificationStatus]bool{}
	for _, c := range tales() {
		directions[c.direction], methods[c.method], ends[c.ends] = true, true, true
		if assets.KK.T(c.title) == "⟦"+c.title+"⟧" {
			t.Errorf("%s has no title", c.number)
		}
	}
	for _, d := range []control.Direction{control.D1, control.D2, control.D3, control.D4, control.Undirected} {
		if !directions[d] {
			t.Errorf("direction %q is not told", d)
		}
	}
	for _, m := range []control.Method{control.OpenTender, control.PriceQuotations, control.SingleSource, control.CommodityExchange} {
		if !methods[m] {
			t.Errorf("%s is not told", m)
		}
	}
	for _, s := range []control.NotificationStatus{
		control.NotificationExecuted, control.NotificationAnnulled, control.NotificationLapsedKnown, control.NotificationLapsedUnknown,
	} {
		if !ends[s] {
			t.Errorf("no chapter ends as %s", s)
		}
	}
}

// TestItStopsWhereTheManualIsNotKept: with the line that was to come, and what had happened stays told.
func TestItStopsWhereTheManualIsNotKept(t *testing.T) {
	wrong := errors.New("not as in the manual")
	o, told := given(t, time.Now())
	story := tale{title: "story.title.discussed", number: "18400101-1", method: control.OpenTender, direction: control.D1}
	for name, c := range map[string]struct {
		scenes []scene
		ends   control.NotificationStatus
		line   int
	}{
		"an act fails":            {[]scene{by("lot-manager", (*actor).assign), func(*chapter) error { return wrong }}, "", 3},
		"a person may not":        {[]scene{by("auditor", (*actor).assign)}, "", 1},
		"it is not refused":       {[]scene{by("lot-manager", func(a *actor) error { return a.denied("story.what.send", control.ShutOut, nil) })}, "", 1},
		"it is refused otherwise": {[]scene{by("lot-manager", func(a *actor) error { return a.denied("story.what.send", control.ShutOut, wrong) })}, "", 1},
		"it ends otherwise":       {[]scene{by("lot-manager", (*actor).assign)}, control.NotificationExecuted, 3},
	} {
		told.Reset()
		story.scenes, story.ends = c.scenes, c.ends
		err := tell(t.Context(), o, []tale{story})
		var stopped *Stopped
		if !errors.As(err, &stopped) || stopped.Chapter != 1 || stopped.Line != c.line {
			t.Errorf("%s: got %v", name, err)
		}
		if strings.Contains(told.String(), assets.RU.T("story.summary")) {
			t.Errorf("%s: it goes on: %s", name, told)
		}
	}
}
