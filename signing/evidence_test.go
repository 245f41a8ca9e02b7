package signing_test

import (
	"bytes"
	encoding "encoding/asn1"
	"slices"
	"testing"
	"time"

	"baqylau/signing"
	"baqylau/signing/testpki"
)

// Evidence beside the signers is shared by all of them and by their stamps: what it costs doesn't grow
// with signers times stamps times pieces.
func TestSharedEvidenceIsCheckedOnceForAllSignersAndStamps(t *testing.T) {
	w := newWorld(t, testpki.GOST)
	var answers []byte
	for range 32 {
		word := w.good(today())
		word.Certificate = w.stamper.Certificate
		answer, err := signing.ParseOCSPAnswer(w.responder.OCSP(word))
		if err != nil {
			t.Fatal(err)
		}
		choice := slices.Concat(der(encoding.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 16, 2}), answer.Raw())
		answers = append(answers, der(encoding.RawValue{Class: encoding.ClassContextSpecific, Tag: 1, IsCompound: true, Bytes: choice})...)
	}
	cms := signing.WithRevocations(t, w.cms, answers)
	for range 8 {
		var err error
		if cms, err = signing.AddUnsigned(cms, 0, idTimeStamp.String(), w.stamper.Stamp(w.token(t, today()))); err != nil {
			t.Fatal(err)
		}
	}
	cms = signing.WithSignerTimes(t, cms, 32)
	spent := processor(t)
	reports, err := signing.VerifyDetached(bytes.NewReader(w.document), cms, now(), w.policy())
	took := spent()
	if err != nil || len(reports) != 32 {
		t.Fatalf("%d reports, %v", len(reports), err)
	}
	for _, report := range reports {
		finds(t, report, signing.StepTimestamp, signing.Passed, "")
	}
	if took > 5*time.Second { // a tenth of what checking each piece anew takes
		t.Errorf("took %v", took)
	}
}
