package signing_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"runtime"
	"slices"
	"testing"
	"testing/iotest"

	"baqylau/signing"
	"baqylau/signing/demo"
)

// verifyAttached reads the signature a few bytes at a time.
func verifyAttached(t testing.TB, cms []byte, policy signing.Policy) ([]signing.Report, []byte) {
	t.Helper()
	var content bytes.Buffer
	reports, err := signing.VerifyAttached(iotest.OneByteReader(bytes.NewReader(cms)), &content, today(), policy)
	if err != nil {
		t.Fatal(err)
	}
	return reports, content.Bytes()
}

func attached(t testing.TB, key signing.Signatory, content signing.Content) []byte {
	t.Helper()
	var out bytes.Buffer
	returned, err := key.SignDocument(context.Background(), content, today(), signing.Options{Attached: true, Out: &out})
	if err != nil || returned != nil {
		t.Fatalf("%d bytes returned, %v", len(returned), err)
	}
	return out.Bytes()
}

func TestASignatureCarriesItsContent(t *testing.T) {
	gostKey, rsaKey := national(t, nil), open(t, "auditor", demo.Signing)
	for _, c := range []struct {
		name    string
		key     signing.Signatory
		policy  signing.Policy
		content signing.Content
	}{
		{"GOST, in DER", signatory(t, gostKey), trusting(gostKey.certificate), signing.Bytes(pdf())},
		{"RSA, in DER", rsaKey, document(t), signing.Bytes(pdf())},
		{"GOST, as a stream", signatory(t, gostKey), trusting(gostKey.certificate), signing.Stream(bytes.NewReader(pdf()), -1)},
		{"RSA, larger than one piece", rsaKey, document(t), signing.Stream(iotest.HalfReader(bytes.NewReader(pdf())), -1)},
		{"RSA, as a stream", rsaKey, document(t), signing.Stream(bytes.NewReader(pdf()), -1)},
	} {
		t.Run(c.name, func(t *testing.T) {
			cms := attached(t, c.key, c.content)
			for name, form := range map[string][]byte{"as it is": cms, "indefinite": indefinite(t, normalised(t, cms))} {
				reports, content := verifyAttached(t, form, c.policy)
				if len(reports) != 1 || !bytes.Equal(content, pdf()) {
					t.Fatalf("%s: %d reports, %d bytes", name, len(reports), len(content))
				}
				valid(t, reports[0])
				fails(t, signing.Verify(pdf(), form, today(), c.policy), signing.StepIntegrity, "attached")
			}
			changed := slices.Clone(cms)
			changed[bytes.Index(changed, []byte("хабарлама"))] ^= 1
			reports, _ := verifyAttached(t, changed, c.policy)
			fails(t, reports[0], signing.StepIntegrity, "digest_mismatch")
		})
	}
}

func normalised(t testing.TB, cms []byte) []byte {
	t.Helper()
	der, err := signing.Normalise(cms)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func TestAttachedSignaturesThatAreNone(t *testing.T) {
	own := national(t, nil)
	key, policy := signatory(t, own), trusting(own.certificate)
	cms := attached(t, key, signing.Bytes(pdf()))
	text := signing.LoginText{Origin: "https://x", Nonce: "n", Expires: today()}
	for _, c := range []struct {
		name   string
		cms    []byte
		reason string
	}{
		{"detached", signed(t, key, pdf()), "detached"},
		{"nothing", nil, "malformed"},
		{"a PDF", pdf(), "malformed"},
		{"a byte more", append(slices.Clone(cms), 0), "malformed"},
		{"a login text inside", forge(t, forgery{signer: own, content: text.Bytes(), attached: true}), "login_text"},
		{"attributes stripped off", forge(t, forgery{signer: own, content: pdf(), attached: true, stripped: true}), "no_attributes"},
		{"a hash that isn't announced", unannounced(cms), "unannounced_digest"},
		{"another type of content", forge(t, forgery{signer: own, content: pdf(), attached: true, contentType: idSignedData}), "content_type"},
		{"5 MB of 24 80 for the content", bomb([]byte{0x24, 0x80}), "malformed"},
		{"a piece that is longer than its string", bomb([]byte{0x24, 0x04, 0x04, 0x10}), "malformed"},
		{"a length of 2^62", bomb([]byte{0x04, 0x88, 0x40, 0, 0, 0, 0, 0, 0, 0}), "malformed"},
		{"a length of nine octets", bomb([]byte{0x04, 0x89, 0, 0, 0, 0, 0, 0, 0, 0, 1}), "malformed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			reports, _ := verifyAttached(t, c.cms, policy)
			fails(t, reports[0], signing.StepIntegrity, c.reason)
		})
	}
	for n := range cms {
		if n > 300 && n < len(cms)-600 {
			continue // the content
		}
		reports, err := signing.VerifyAttached(bytes.NewReader(cms[:n]), io.Discard, today(), policy)
		if err != nil || reports[0].Valid() {
			t.Fatalf("cut to %d of %d bytes: valid %v, %v", n, len(cms), err == nil, err)
		}
	}
}

// unannounced names another hash at the head of the signature than its signer does.
func unannounced(cms []byte) []byte {
	changed := slices.Clone(cms)
	streebog := der(idStreebog512)
	copy(changed[bytes.Index(changed, streebog):], der(idStreebog256))
	return changed
}

// bomb is the head of an attached signature with the pieces, over and over, as its content.
func bomb(pieces []byte) []byte {
	head := slices.Concat([]byte{0x30, 0x80}, der(idSignedData), []byte{0xa0, 0x80, 0x30, 0x80, 2, 1, 1, 0x31, 0, 0x30, 0x80},
		der(idData), []byte{0xa0, 0x80})
	return append(head, bytes.Repeat(pieces, 5<<20/len(pieces))...)
}

func TestAContentTooLargeForMemoryNeedsSomewhereToGo(t *testing.T) {
	key := open(t, "auditor", demo.Signing)
	_, err := key.SignDocument(context.Background(), signing.Stream(zeros(1), signing.InMemory+1), today(), signing.Options{Attached: true})
	if signing.Fault(err) != "too_large" {
		t.Errorf("%v", err)
	}
	_, err = key.SignDocument(context.Background(), signing.Stream(zeros(9), 10), today(), signing.Options{})
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a content that ends too soon: %v", err)
	}
	broken := errors.New("the disk is gone")
	_, err = key.SignDocument(context.Background(), signing.Stream(iotest.ErrReader(broken), -1), today(), signing.Options{})
	if !errors.Is(err, broken) {
		t.Errorf("a content that can't be read: %v", err)
	}
	_, err = signing.VerifyAttached(io.MultiReader(bytes.NewReader([]byte{0x30}), iotest.ErrReader(broken)), io.Discard, today(), document(t))
	if !errors.Is(err, broken) {
		t.Errorf("a signature that can't be read: %v", err)
	}
}

// zeros is a content of so many bytes.
func zeros(n int64) io.Reader { return io.LimitReader(zero{}, n) }

type zero struct{}

func (zero) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// A large content goes by without being held: what is in use afterwards and what was allocated on the way stay small.
func TestALargeContentIsSignedAndVerifiedInLittleMemory(t *testing.T) {
	const size = 256 << 20
	key, policy := open(t, "auditor", demo.Signing), document(t)
	var cms []byte
	var err error
	within(t, 16<<20, "signing apart", func() {
		cms, err = key.SignDocument(context.Background(), signing.Stream(zeros(size), size), today(), signing.Options{})
	})
	if err != nil {
		t.Fatal(err)
	}
	within(t, 16<<20, "verifying apart", func() {
		reports, err := signing.VerifyDetached(zeros(size), cms, today(), policy)
		if err != nil || len(reports) != 1 {
			t.Fatalf("%d reports, %v", len(reports), err)
		}
		valid(t, reports[0])
	})
	within(t, 16<<20, "both at once, the content inside", func() {
		read, write := io.Pipe()
		made := make(chan error, 1)
		go func() {
			_, err := key.SignDocument(context.Background(), signing.Stream(zeros(size), size), today(), signing.Options{Attached: true, Out: write})
			made <- errors.Join(err, write.Close())
		}()
		var seen counter
		reports, err := signing.VerifyAttached(read, &seen, today(), policy)
		if err = errors.Join(err, <-made); err != nil || seen != size {
			t.Fatalf("%d bytes, %v", seen, err)
		}
		valid(t, reports[0])
	})
}

type counter int64

func (c *counter) Write(p []byte) (int, error) { *c += counter(len(p)); return len(p), nil }

func within(t *testing.T, most uint64, what string, do func()) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > most {
		t.Errorf("%s allocated %d KB", what, used>>10)
	}
}
