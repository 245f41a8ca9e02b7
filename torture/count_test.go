package torture

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	_ "modernc.org/sqlite"

	"baqylau/api"
)

// full says whether the torture is done in full: make torture. Else in a short form.
func full() bool { return os.Getenv("BAQYLAU_TORTURE") == "full" }

// scale is one number for each form.
func scale(short, whole int) int {
	if full() {
		return whole
	}
	return short
}

// seedOf is by chance, or as it was told; it is printed.
func seedOf(t testing.TB) uint64 {
	t.Helper()
	seed := rand.Uint64()
	if text := os.Getenv(childSeed); text != "" {
		var err error
		seed, err = strconv.ParseUint(text, 10, 64)
		ok(t, err)
	}
	t.Logf("%s=%d", childSeed, seed)
	return seed
}

// effect is an event of a notification at the centre.
type effect struct {
	object, action string
	version        int64
	n              int // the number of its text
}

// effects are the events of the notifications at a centre that doesn't run, in their order.
func effects(t testing.TB, folder string) (list []effect) {
	t.Helper()
	query(t, folder, `SELECT object, action, version, body FROM event WHERE kind = 'notification' ORDER BY seq`, func(scan func(...any) error) error {
		var e effect
		var body []byte
		if err := scan(&e.object, &e.action, &e.version, &body); err != nil {
			return err
		}
		var n api.Notification
		err := json.Unmarshal(body, &n)
		e.n = numberOf(n.State.TextRU)
		list = append(list, e)
		return err
	})
	return list
}

// query reads rows of a centre's store.
func query(t testing.TB, folder, text string, each func(scan func(...any) error) error) {
	t.Helper()
	path := url.URL{Scheme: "file", OmitHost: true, Path: filepath.Join(folder, "centre.db")}
	db, err := sql.Open("sqlite", path.String())
	ok(t, err)
	defer db.Close()
	rows, err := db.Query(text)
	ok(t, err)
	defer rows.Close()
	for rows.Next() {
		ok(t, each(rows.Scan))
	}
	ok(t, rows.Err())
}

// one reads a number.
func one(t testing.TB, folder, text string) (n int) {
	t.Helper()
	query(t, folder, text, func(scan func(...any) error) error { return scan(&n) })
	return n
}

// tally is what a centre holds of what was done.
type tally struct {
	notifications, changes, missing, twice, disordered int
	last                                               map[string]int // the number of the text, by notification
}

func (c tally) String() string {
	return fmt.Sprintf("at the centre: %d notifications by %d changes; %d missing, %d twice, %d out of order",
		c.notifications, c.changes, c.missing, c.twice, c.disordered)
}

// count counts at a centre that doesn't run: each change of a notification once and in its order, each notification
// under a number of its own and one on a lot, each answer with its effect.
func count(t testing.TB, folder string) tally {
	t.Helper()
	c := tally{last: map[string]int{}}
	versions := map[string]int64{}
	seen := map[string]bool{}
	for _, e := range effects(t, folder) {
		c.changes++
		if e.version != versions[e.object]+1 {
			t.Errorf("version %d of %s follows %d", e.version, e.object, versions[e.object])
		}
		versions[e.object] = e.version
		name := fmt.Sprint(e.object, " ", e.n)
		if seen[name] {
			t.Errorf("text %d of %s came twice", e.n, e.object)
			c.twice++
		}
		if seen[name] = true; e.n < c.last[e.object] {
			t.Errorf("text %d of %s came after %d", e.n, e.object, c.last[e.object])
			c.disordered++
		}
		c.last[e.object] = e.n
	}
	c.notifications = len(c.last)
	for what, q := range map[string]string{
		"numbers":  `SELECT COUNT(DISTINCT json_extract(body, '$.number')) FROM aggregate WHERE kind = 'notification'`,
		"lots":     `SELECT COUNT(DISTINCT json_extract(body, '$.lot')) FROM aggregate WHERE kind = 'notification'`,
		"versions": `SELECT COUNT(*) FROM aggregate WHERE kind = 'notification'`,
	} {
		if n := one(t, folder, q); n != c.notifications {
			t.Errorf("%d notifications have %d %s", c.notifications, n, what)
		}
	}
	if n := one(t, folder, `SELECT COUNT(*) FROM answer WHERE body LIKE '%"kind":"notification"%'`); n != c.changes {
		t.Errorf("%d changes were answered %d times", c.changes, n)
	}
	var sound string
	query(t, folder, `PRAGMA integrity_check`, func(scan func(...any) error) error { return scan(&sound) })
	if sound != "ok" {
		t.Errorf("the centre's store: %s", sound)
	}
	return c
}
