package ncalayer

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"baqylau/signing"
)

// Storage is the [signing.Identity.Storage] of keys that NCALayer keeps.
const Storage = "NCALayer"

// Signatory is a [signing.Signatory] whose keys NCALayer keeps: it asks the person for every
// signature. Which of their keys it is becomes known by the first signature; those that follow must
// be the same person's.
type Signatory struct {
	client *Client
	locale string

	mu       sync.Mutex // one window at a time
	identity signing.Identity
	iin      string
	closed   bool
}

// Signatory signs as the person of the IIN, or, where it is "", as the one who signs first. The
// locale is that of NCALayer's window: "kk" or "ru".
func (c *Client) Signatory(iin, locale string) *Signatory {
	return &Signatory{client: c, locale: locale, iin: iin, identity: signing.Identity{IIN: iin, Storage: Storage}}
}

// Identity is whose key it is: without a certificate until the first signature.
func (s *Signatory) Identity() signing.Identity {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.identity
}

// SignDocument is the one of [signing.Signatory], over a content of at most [signing.InMemory]
// bytes. NCALayer puts the time of its own clock into the signature.
func (s *Signatory) SignDocument(ctx context.Context, content signing.Content, at time.Time, options signing.Options) ([]byte, error) {
	if options.Attached || len(options.Beside) > 0 {
		return nil, fmt.Errorf("signing a document: %w", ErrKind)
	}
	data, err := io.ReadAll(io.LimitReader(content.Reader(), signing.InMemory+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("signing a document: %w", err)
	case len(data) > signing.InMemory:
		return nil, fmt.Errorf("signing a document: %w", signing.ErrTooLarge)
	case signing.IsLoginText(data):
		return nil, fmt.Errorf("signing a document: %w", signing.ErrLoginText)
	}
	cms, err := s.sign(ctx, data, at, signing.ForDocument, func(cms []byte) (signing.Report, error) {
		reports, err := signing.VerifyDetached(bytes.NewReader(data), cms, at, signing.Policy{RequireSigningCertificate: true})
		if err == nil && len(reports) != 1 {
			err = fmt.Errorf("%w: %d signers", ErrOtherContent, len(reports))
		}
		if err != nil {
			return signing.Report{}, err
		}
		return reports[0], nil
	})
	if err != nil {
		return nil, fmt.Errorf("signing a document: %w", err)
	}
	if options.Out == nil {
		return cms, nil
	}
	_, err = options.Out.Write(cms)
	return nil, err
}

// SignLogin is the one of [signing.Signatory].
func (s *Signatory) SignLogin(ctx context.Context, text signing.LoginText, at time.Time) ([]byte, error) {
	if err := text.Check(); err != nil {
		return nil, fmt.Errorf("signing a login: %w", err)
	}
	cms, err := s.sign(ctx, text.Bytes(), at, signing.ForLogin, func(cms []byte) (signing.Report, error) {
		// Without anchors none is valid: the report says what of it is.
		_, err := signing.VerifyLogin(text, cms, signing.Trust{}, at)
		var invalid *signing.InvalidError
		if errors.As(err, &invalid) {
			return invalid.Report, nil
		}
		return signing.Report{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("signing a login: %w", err)
	}
	return cms, nil
}

// Close is the one of [signing.Signatory]; NCALayer keeps its keys as it will.
func (s *Signatory) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	return nil
}

// sign has the data signed; read verifies what comes back against them.
func (s *Signatory) sign(ctx context.Context, data []byte, at time.Time, purpose signing.Purpose, read func(cms []byte) (signing.Report, error)) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, signing.ErrClosed
	}
	usages := []string{usageSigning}
	if purpose == signing.ForLogin {
		usages = []string{usageLogin, usageSigning}
	}
	cms, err := s.client.ask(ctx, request{
		Module: module,
		Method: "sign",
		Arguments: arguments{
			Format:        "cms",
			Data:          base64.StdEncoding.EncodeToString(data),
			SigningParams: signingParams{Decode: true},
			SignerParams:  signerParams{ExtKeyUsageOIDs: usages, IIN: s.iin},
			Locale:        s.locale,
		},
	})
	if err != nil {
		return nil, err
	}
	report, err := read(cms)
	if err != nil {
		return nil, err
	}
	signer, err := signerOf(report, at, purpose, s.iin)
	if err != nil {
		return nil, err
	}
	signer.Storage = Storage
	s.identity, s.iin = signer, signer.IIN
	return cms, nil
}

// signerOf tells who signed, and that it may serve. Where the certificate comes from is for the centre
// to judge, which has the anchors.
func signerOf(report signing.Report, at time.Time, purpose signing.Purpose, iin string) (signing.Identity, error) {
	for _, name := range []signing.StepName{signing.StepIntegrity, signing.StepSignature} {
		if step := report.Step(name); step.Outcome != signing.Passed {
			return signing.Identity{}, fmt.Errorf("%w: %s: %s", ErrOtherContent, name, step.Reason)
		}
	}
	if unfit := report.Signer.FitFor(purpose, iin, at).Err(); unfit != nil {
		return signing.Identity{}, unfit
	}
	return report.Signer, nil
}
