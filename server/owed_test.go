package server_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"baqylau/server"
	"baqylau/server/store"
	"baqylau/signing"
	"baqylau/signing/service"
	"baqylau/signing/testpki"
)

// authorities are services that are away until they are let answer.
type authorities struct {
	stamper *testpki.Party
	away    bool
	asked   int
	given   []signing.Evidence
}

func (a *authorities) Stamps() bool { return true }

func (a *authorities) Stamp(_ context.Context, cms []byte, signer int, _ signing.Trust, now time.Time) (*signing.Stamp, error) {
	a.asked++
	if a.away {
		return nil, service.ErrUnreachable
	}
	question, err := signing.NewStampRequest(cms, signer, "", []byte("0123456789abcdef"))
	if err != nil {
		return nil, err
	}
	der, err := question.Bytes()
	if err != nil {
		return nil, err
	}
	query, err := testpki.ReadQuery(der)
	if err != nil {
		return nil, err
	}
	stamp, err := signing.ParseStamp(a.stamper.Stamp(query.Token(now)))
	a.given = append(a.given, signing.Evidence{Stamps: []*signing.Stamp{stamp}})
	return stamp, err
}

func (a *authorities) Collect(_ context.Context, chain []*x509.Certificate, now time.Time) (signing.Evidence, error) {
	a.asked++
	if len(chain) != 2 {
		return signing.Evidence{}, errors.New("the chain isn't known")
	}
	list, err := signing.ParseCRL(a.stamper.CRL(testpki.List{Number: 1, At: now, Next: now.AddDate(0, 0, 1)}))
	a.given = append(a.given, signing.Evidence{Certificates: chain, CRLs: []*signing.CRL{list}})
	return a.given[len(a.given)-1], err
}

// TestWhatIsOwedToASignatureIsCollectedWhenTheServicesAnswer: nobody waits for them, what was accepted
// stays as it is, and each job has one effect.
func TestWhatIsOwedToASignatureIsCollectedWhenTheServicesAnswer(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		a := &authorities{stamper: testpki.NewRoot(testpki.ECDSA, "TSA", noon()), away: true}
		w = served(t, w.store, func(c *server.Config) { c.Authorities = a })
		w.play(certified)
		before := w.certificate()
		accepted := w.stored(before.Signature)

		if err := w.centre.CatchUp(t.Context()); !errors.Is(err, service.ErrUnreachable) || a.asked != 1 {
			t.Fatalf("asked %d times: %v", a.asked, err)
		}
		w.clock.set(w.clock.now().Add(30 * time.Second))
		w.unchanged(w.catchUp)
		a.away = false
		told := w.events()
		for range 3 {
			w.clock.set(w.clock.now().Add(10 * time.Minute))
			w.catchUp()
		}
		kept := accepted
		for _, evidence := range a.given {
			var err error
			if kept, err = signing.Enrich(kept, 0, evidence); err != nil {
				t.Fatal(err)
			}
			uses := w.uses(kept)
			if len(uses) != 1 || uses[0].ID != certificateID {
				t.Errorf("a signature with evidence belongs to %v", uses)
			}
			// with less evidence too: a mirror may lag
			if got := w.get(person("auditor"), "/v1/files/"+digest(kept)).ok(t); !bytes.Equal(got.body, kept) {
				t.Error("other bytes than the evidence makes")
			}
		}
		if len(a.given) != 2 || w.events() != told+2 {
			t.Errorf("%d kinds of evidence, told %d times", len(a.given), w.events()-told)
		}
		// what was accepted stays, and so does its version; the evidence stands beside it
		want := before
		want.SignatureWithEvidence = digest(kept)
		if diff := cmp.Diff(want, w.certificate()); diff != "" || before.SignatureWithEvidence != "" || !bytes.Equal(w.stored(before.Signature), accepted) {
			t.Errorf("the certificate (-want +got):\n%s", diff)
		}
		w.clock.set(w.clock.now().Add(24 * time.Hour))
		w.unchanged(w.catchUp)
		if a.asked != 3 {
			t.Errorf("asked %d times", a.asked)
		}
	})
}

// TestASignatureWithEvidenceGoesToWhoeverMayHaveTheSignature: and its digest is told without a new version, which
// would refuse what people are about to do.
func TestASignatureWithEvidenceGoesToWhoeverMayHaveTheSignature(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		a := &authorities{stamper: testpki.NewRoot(testpki.ECDSA, "TSA", noon())}
		w = served(t, w.store, func(c *server.Config) { c.Authorities = a })
		w.play(delivered)
		_, version := w.notification(notificationID)
		w.clock.set(w.clock.now().Add(time.Minute))
		w.catchUp()
		n, now := w.notification(notificationID)
		c := w.certificate()
		if now != version || n.SignatureWithEvidence == "" || c.SignatureWithEvidence == "" {
			t.Fatalf("version %d became %d, with evidence %q and %q", version, now, n.SignatureWithEvidence, c.SignatureWithEvidence)
		}
		w.sameReaders(n.SignatureWithEvidence, n.Signature)
		w.sameReaders(c.SignatureWithEvidence, c.Signature)
		if seen := w.seenBy(person("organizer")); seen.SignatureWithEvidence != n.SignatureWithEvidence {
			t.Errorf("the organiser is shown %q", seen.SignatureWithEvidence)
		}
	})
}

// sameReaders demands that the two files have the same readers, some and not all.
func (w *world) sameReaders(file, other string) {
	w.t.Helper()
	may, mayNot := 0, 0
	for _, p := range everybody() {
		got, want := w.get(p, "/v1/files/"+file).status, w.get(p, "/v1/files/"+other).status
		if got != want {
			w.t.Errorf("%s gets %d; of the signature %d", p.name, got, want)
		}
		if got == http.StatusOK {
			may++
		} else {
			mayNot++
		}
	}
	if may == 0 || mayNot == 0 {
		w.t.Errorf("%d may have it, %d not", may, mayNot)
	}
}

// uses tells what a file belongs to.
func (w *world) uses(file []byte) (records []store.Record) {
	w.t.Helper()
	err := w.store.View(w.t.Context(), func(tx *store.Tx) (err error) {
		records, err = tx.FileUses(fmt.Sprintf("%x", sha256.Sum256(file)))
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return records
}

// stored is a file of the centre's.
func (w *world) stored(digest string) (body []byte) {
	w.t.Helper()
	err := w.store.View(w.t.Context(), func(tx *store.Tx) (err error) {
		_, body, err = tx.File(digest)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return body
}
