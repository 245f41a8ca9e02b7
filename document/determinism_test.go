package document

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestEqualInputGivesEqualBytes(t *testing.T) {
	for name, n := range map[string]Notification{"a notification": given(), "a hostile notification": given(hostile)} {
		first := must(t)(RenderNotification(n))
		for range 19 {
			if !bytes.Equal(must(t)(RenderNotification(n)), first) {
				t.Fatalf("%s differs from one rendering to the next", name)
			}
		}
	}
	c := givenCertificate(20, 12)
	first := must(t)(RenderCertificate(c))
	for range 19 {
		if !bytes.Equal(must(t)(RenderCertificate(c)), first) {
			t.Fatal("a certificate differs from one rendering to the next")
		}
	}
}

// fingerprints is a line for each case, so that two processes can be compared.
func fingerprints(t *testing.T) string {
	t.Helper()
	pdfs := rendered(t)
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(pdfs)) {
		fmt.Fprintf(&b, "%x %s\n", sha256.Sum256(pdfs[name]), name)
	}
	return b.String()
}

const otherProcess = "BAQYLAU_TEST_FINGERPRINTS"

// The other process runs this same test in another time zone and another locale, and prints instead of comparing.
func TestAnotherProcessGivesEqualBytes(t *testing.T) {
	mine := fingerprints(t)
	if os.Getenv(otherProcess) != "" {
		fmt.Print("\n" + mine)
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestAnotherProcessGivesEqualBytes$")
	cmd.Env = append(os.Environ(), otherProcess+"=1", "TZ=America/New_York", "LC_ALL=C")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(out), "\n"+mine) {
		t.Errorf("another process gave\n%s\nthis one\n%s", out, mine)
	}
}

func TestManyAtOnceGiveEqualBytes(t *testing.T) {
	want := must(t)(RenderNotification(given()))
	results := make(chan []byte)
	for range 8 {
		go func() {
			pdf, err := RenderNotification(given())
			if err != nil {
				pdf = []byte(err.Error())
			}
			results <- pdf
		}()
	}
	for range 8 {
		if !bytes.Equal(<-results, want) {
			t.Error("a concurrent rendering differs")
		}
	}
}

func TestDigestFollowsTheData(t *testing.T) {
	base, err := given().Digest()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*Notification)
		same   bool
	}{
		"the same data":                    {func(*Notification) {}, true},
		"the same instant in another zone": {func(n *Notification) { n.At = n.At.In(time.FixedZone("", 3600)) }, true},
		"another number":                   {func(n *Notification) { n.Number = "2026-0118" }, false},
		"a word moved to the other text":   {func(n *Notification) { n.TextKK, n.TextRU = n.TextKK+n.TextRU, "" }, false},
		"another violation":                {func(n *Notification) { n.Violations[1].Number = 4 }, false},
		"a moment later":                   {func(n *Notification) { n.At = n.At.Add(time.Millisecond) }, false},
		"without the approver":             {unapproved, false},
		"the demo":                         {inDemo, false},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := given(c.change).Digest()
			if err != nil {
				t.Fatal(err)
			}
			if (got == base) != c.same || len(got) != 64 {
				t.Errorf("digest %s, of the base %s", got, base)
			}
		})
	}
}

func TestKindsOfDocumentsHaveDigestsOfTheirOwn(t *testing.T) {
	seen := map[string]bool{}
	for _, data := range []content{Notification{At: noon}, Certificate{At: noon}, Conclusion{At: noon}} {
		digest, err := data.Digest()
		if err != nil {
			t.Fatal(err)
		}
		if seen[digest] {
			t.Errorf("an empty %T has the digest of another kind", data)
		}
		seen[digest] = true
	}
}

func BenchmarkRenderNotification(b *testing.B) {
	n := given()
	b.ReportAllocs()
	for b.Loop() {
		must(b)(RenderNotification(n))
	}
}

func BenchmarkRenderCertificate200Lots12Profiles(b *testing.B) {
	c := givenCertificate(200, 12)
	b.ReportAllocs()
	for b.Loop() {
		must(b)(RenderCertificate(c))
	}
}
