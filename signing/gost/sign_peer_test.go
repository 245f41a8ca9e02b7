package gost

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// openSSL is OpenSSL's gost engine in a process of its own: build/peer/gost.c.
type openSSL struct {
	in  io.WriteCloser
	out *bufio.Reader
}

func startOpenSSL(t testing.TB) *openSSL {
	t.Helper()
	program := filepath.Join(t.TempDir(), "gost")
	compile := exec.Command("cc", "-O2", "-o", program, "../../build/peer/gost.c", "-lcrypto")
	if said, err := compile.CombinedOutput(); err != nil {
		t.Skipf("missing component: a C compiler and the headers of OpenSSL: %v\n%s", err, said)
	}
	run := exec.Command(program)
	in, err := run.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := run.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		_ = run.Wait()
	})
	return &openSSL{in, bufio.NewReader(out)}
}

func (p *openSSL) ask(t testing.TB, command string) string {
	t.Helper()
	if _, err := io.WriteString(p.in, command+"\n"); err != nil {
		t.Skip("missing component: OpenSSL's gost engine:", err)
	}
	answer, err := p.out.ReadString('\n')
	if err != nil {
		t.Skip("missing component: OpenSSL's gost engine:", err)
	}
	return strings.TrimSpace(answer)
}

func (p *openSSL) microseconds(t testing.TB, command string, times int) float64 {
	t.Helper()
	var each float64
	if _, err := fmt.Sscan(p.ask(t, fmt.Sprintf("%s %d", command, times)), &each); err != nil {
		t.Fatal(err)
	}
	return each
}

// Its signatures are the whole string of ours in reverse; digests and public keys are as ours.
func TestOpenSSLAcceptsWhatWeSignAndWeWhatItSigns(t *testing.T) {
	peer := startOpenSSL(t)
	theirs, err := NewPublicKey(ParamSet512A(), fromHex(t, peer.ask(t, "key")))
	if err != nil {
		t.Fatal(err)
	}
	ours := newKey(t, ParamSet512A())
	peer.ask(t, "with "+hex.EncodeToString(ours.PublicKey().Bytes()))
	for range 8 {
		digest := draw(t, 64)
		made := fromHex(t, peer.ask(t, "make "+hex.EncodeToString(digest)))
		slices.Reverse(made)
		if !Verify(theirs, digest, made) {
			t.Error("we refuse a signature of OpenSSL's")
		}
		made[7] ^= 1
		if Verify(theirs, digest, made) {
			t.Error("we accept a changed signature of OpenSSL's")
		}
		sig, err := ours.Sign(nil, digest, nil)
		if err != nil {
			t.Fatal(err)
		}
		slices.Reverse(sig)
		if peer.ask(t, "check "+hex.EncodeToString(digest)+" "+hex.EncodeToString(sig)) != "1" {
			t.Error("OpenSSL refuses a signature of ours")
		}
		sig[7] ^= 1
		if peer.ask(t, "check "+hex.EncodeToString(digest)+" "+hex.EncodeToString(sig)) != "0" {
			t.Error("OpenSSL accepts a changed signature of ours")
		}
	}
}

// BenchmarkGOSTBesideOpenSSL takes OpenSSL's gost engine and ours in turns, so that what else the machine does weighs
// on both alike, and compares the medians of twenty rounds. The promise is of ratios of time: 0.7 for signing, 0.65
// for verifying, 0.3 for verifying with a key whose table is made.
func BenchmarkGOSTBesideOpenSSL(b *testing.B) {
	const times = 50
	key := newKey(b, ParamSet512A())
	authority := newKey(b, ParamSet512A())
	authority.PublicKey().Precompute()
	digest := draw(b, 64)
	signed := func(k *PrivateKey) []byte {
		sig, err := k.Sign(nil, digest, nil)
		if err != nil {
			b.Fatal(err)
		}
		return sig
	}
	sig, authoritys := signed(key), signed(authority)
	for _, compared := range []struct {
		name, command string
		ours          func()
	}{
		{"sign", "sign", func() { signed(key) }},
		{"verify", "verify", func() { Verify(key.PublicKey(), digest, sig) }},
		{"verify with a table", "verify", func() { Verify(authority.PublicKey(), digest, authoritys) }},
	} {
		b.Run(compared.name, func(b *testing.B) {
			peer := startOpenSSL(b)
			var ours, theirs []float64
			for round := 0; round < 20 || b.Loop(); round++ {
				start := time.Now()
				for range times {
					compared.ours()
				}
				ours = append(ours, float64(time.Since(start).Nanoseconds())/1000/times)
				theirs = append(theirs, peer.microseconds(b, compared.command, times))
			}
			slices.Sort(ours)
			slices.Sort(theirs)
			our, their := ours[len(ours)/2], theirs[len(theirs)/2]
			b.ReportMetric(our, "µs")
			b.ReportMetric(their, "theirs-µs")
			b.ReportMetric(our/their, "ratio")
			b.ReportMetric(0, "ns/op")
		})
	}
}
