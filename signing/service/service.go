// Package service asks the authorities' services over HTTP for what makes a signature stand for
// years: timestamps (RFC 3161), revocation answers (OCSP, RFC 6960) and revocation lists (RFC 5280).
//
// What it promises:
//   - Nothing unbounded: every request has a time limit, every answer a size limit, and an address is
//     http or https, before redirects and after; a redirect never changes the scheme.
//   - What it returns has been checked against what was asked: a stamp against the signature, the
//     nonce and the trust, an answer against the certificate, its authority, the nonce and the
//     clock, a list against its authority.
//   - One request is made once. Trying again, and how long to wait before, is the caller's;
//     [Again] tells whether there is any sense in it.
//
// Its limits: it trusts the transport with nothing, so plain http is taken, as the national
// services use it; what they see is a hash, or a serial number.
package service

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"

	"baqylau/signing"
)

// The national services.
const (
	NationalOCSP = "http://ocsp.pki.gov.kz/"
	NationalTSP  = "http://tsp.pki.gov.kz/"
)

// Bounds of a conversation.
const (
	answerTime   = 20 * time.Second
	listTime     = 3 * time.Minute
	answerBytes  = 1 << 20
	listBytes    = 128 << 20
	maxRedirects = 3
	nonceBytes   = 16
)

// ErrUnreachable means that a service gave no answer, or one that says to come again.
var ErrUnreachable = errors.New("service gives no answer")

// ErrNoPlace means that neither the settings nor the certificate say where to ask.
var ErrNoPlace = errors.New("nobody says where to ask")

// Again tells whether the same question may have an answer later.
func Again(err error) bool {
	switch signing.Refused(err) {
	case "ocsp_try_later", "ocsp_stale", "stamp_denied", "stamp_clock":
		return true
	}
	return errors.Is(err, ErrUnreachable) || errors.Is(err, context.DeadlineExceeded)
}

// Settings say where to ask; what is "" is looked up in the certificate in question, save for the
// timestamps, of which certificates say nothing.
type Settings struct {
	TSP       string
	TSPPolicy string // [signing.StampPolicyGOST], or "" for the service's own
	OCSP      string
	CRL       string
	Delta     string
	// NoNonce is for OCSP services that keep ready-made answers and echo no nonce.
	NoNonce bool
}

// Client asks the services. It is safe for use by several goroutines.
type Client struct {
	settings Settings
	http     *http.Client
}

// New makes a client over the transport, [http.DefaultTransport] when nil.
func New(settings Settings, transport http.RoundTripper) *Client {
	return &Client{settings, &http.Client{Transport: transport, CheckRedirect: checkRedirect}}
}

func checkRedirect(r *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects || r.URL.Scheme != via[0].URL.Scheme {
		return fmt.Errorf("redirect to %s refused", r.URL.Redacted())
	}
	return nil
}

// Stamps tells whether there is a timestamp service to ask.
func (c *Client) Stamps() bool { return c.settings.TSP != "" }

// Stamp has the time of a signature witnessed, of the CMS's signer of the number. now is the
// caller's clock.
func (c *Client) Stamp(ctx context.Context, cms []byte, signer int, trust signing.Trust, now time.Time) (*signing.Stamp, error) {
	if c.settings.TSP == "" {
		return nil, fmt.Errorf("asking for a timestamp: %w", ErrNoPlace)
	}
	nonce, err := newNonce()
	if err != nil {
		return nil, err
	}
	question, err := signing.NewStampRequest(cms, signer, c.settings.TSPPolicy, nonce)
	if err != nil {
		return nil, err
	}
	body, err := question.Bytes()
	if err != nil {
		return nil, err
	}
	answer, err := c.ask(ctx, c.settings.TSP, "application/timestamp-query", body)
	if err != nil {
		return nil, fmt.Errorf("asking for a timestamp: %w", err)
	}
	return question.Read(answer, trust, now)
}

// Status asks the authority whether the certificate, which it has issued, is revoked.
func (c *Client) Status(ctx context.Context, certificate, authority *x509.Certificate, now time.Time) (*signing.OCSPAnswer, error) {
	places := signing.PlacesOf(certificate).OCSP
	if c.settings.OCSP != "" {
		places = []string{c.settings.OCSP}
	}
	return first(places, "asking whether a certificate is revoked", func(place string) (*signing.OCSPAnswer, error) {
		var nonce []byte
		if !c.settings.NoNonce {
			var err error
			if nonce, err = newNonce(); err != nil {
				return nil, err
			}
		}
		question := signing.NewOCSPRequest(certificate, authority, nonce)
		body, err := question.Bytes()
		if err != nil {
			return nil, err
		}
		answer, err := c.ask(ctx, place, "application/ocsp-request", body)
		if err != nil {
			return nil, err
		}
		return question.Read(answer, now)
	})
}

// Lists fetches the authority's complete list and, where it says that there is one, the delta.
func (c *Client) Lists(ctx context.Context, certificate, authority *x509.Certificate, now time.Time) ([]*signing.CRL, error) {
	places := signing.PlacesOf(certificate)
	if c.settings.CRL != "" {
		places.CRL, places.Delta = []string{c.settings.CRL}, nil
	}
	if c.settings.Delta != "" {
		places.Delta = []string{c.settings.Delta}
	}
	fetch := func(place string) (*signing.CRL, error) {
		body, err := c.get(ctx, place)
		if err != nil {
			return nil, err
		}
		return signing.ReadCRL(body, authority, now)
	}
	complete, err := first(places.CRL, "fetching a revocation list", fetch)
	if err != nil {
		return nil, err
	}
	lists := []*signing.CRL{complete}
	if len(places.Delta) == 0 {
		return lists, nil
	}
	delta, err := first(places.Delta, "fetching the latest of a revocation list", fetch)
	if err != nil {
		return nil, err
	}
	return append(lists, delta), nil
}

// Collect gathers what shows whether the certificates of a checked chain, from a signer's to the
// anchor, are revoked: an answer for each, or else a list; and the certificates themselves.
func (c *Client) Collect(ctx context.Context, chain []*x509.Certificate, now time.Time) (signing.Evidence, error) {
	evidence := signing.Evidence{Certificates: slices.Clone(chain)}
	for i := range max(len(chain)-1, 0) {
		answer, noAnswer := c.Status(ctx, chain[i], chain[i+1], now)
		if noAnswer == nil {
			evidence.OCSP = append(evidence.OCSP, answer)
			continue
		}
		lists, err := c.Lists(ctx, chain[i], chain[i+1], now)
		if err != nil {
			return evidence, errors.Join(noAnswer, err)
		}
		evidence.CRLs = append(evidence.CRLs, lists...)
	}
	return evidence, nil
}

// first asks one place after the other, until one answers.
func first[T any](places []string, doing string, ask func(place string) (T, error)) (T, error) {
	var none T
	if len(places) == 0 {
		return none, fmt.Errorf("%s: %w", doing, ErrNoPlace)
	}
	var failed error
	for _, place := range places {
		answer, err := ask(place)
		if err == nil {
			return answer, nil
		}
		failed = errors.Join(failed, err)
	}
	return none, fmt.Errorf("%s: %w", doing, failed)
}

func newNonce() ([]byte, error) {
	nonce := make([]byte, nonceBytes)
	_, err := rand.Read(nonce)
	return nonce, err
}

func (c *Client) ask(ctx context.Context, place, kind string, question []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	return c.do(ctx, http.MethodPost, place, kind, question, answerBytes)
}

func (c *Client) get(ctx context.Context, place string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, listTime)
	defer cancel()
	return c.do(ctx, http.MethodGet, place, "", nil, listBytes)
}

func (c *Client) do(ctx context.Context, method, place, kind string, body []byte, most int64) ([]byte, error) {
	address, err := url.Parse(place)
	if err != nil || address.Scheme != "http" && address.Scheme != "https" || address.Host == "" {
		return nil, fmt.Errorf("%q is no http address", place)
	}
	request, err := http.NewRequestWithContext(ctx, method, place, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if kind != "" {
		request.Header.Set("Content-Type", kind)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	defer response.Body.Close()
	// any other status is a service that is down, or busy: theirs answer 403 now and then
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%w: %s says %s", ErrUnreachable, address.Host, response.Status)
	}
	answer, err := io.ReadAll(io.LimitReader(response.Body, most+1))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	if int64(len(answer)) > most {
		return nil, fmt.Errorf("answer of %s is longer than %d bytes", address.Host, most)
	}
	return answer, nil
}
