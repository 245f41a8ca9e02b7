// Package ncalayer has NCALayer sign: the program of the national certification authority that
// every holder of a key in Kazakhstan has on their computer. It asks for the key and its password
// in a window of its own, and reaches the stores that it knows (files, Kaztoken, identity cards).
//
// What it promises:
//   - NCALayer's answer is verified against the very bytes, the purpose and the person before it is
//     returned; who signed is read off the signature.
//   - Each request has a connection of its own: an answer that comes late, or a second one, is never
//     taken for that of another request. Every message is bounded, and so is the wait.
//
// Its limits: it speaks to the loopback interface alone, by TLS as NCALayer wants, but does not check
// the certificate, which NCALayer issues to itself and renews as it pleases. A program of another
// user on the same computer that took NCALayer's port would see what is to be signed; it could not
// sign it, and would learn no key. Signatures are detached, and by the profile without a timestamp:
// that is added afterwards, as it is for every other key.
package ncalayer

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/coder/websocket"
)

// Client asks NCALayer. It is safe for use by many goroutines.
type Client struct {
	address  netip.AddrPort
	patience time.Duration
}

const (
	port       = 13579
	patience   = 5 * time.Minute // for a person to choose a key and type its password
	dialTime   = 5 * time.Second // NCALayer is on this very computer
	maxAnswer  = 16 << 20        // bytes: a signature with its certificates has a few thousand
	maxStrange = 64              // messages that are no answer: greeting, heartbeats
	module     = "kz.gov.pki.knca.basics"
)

// New asks the NCALayer of this computer.
func New() *Client {
	return &Client{address: netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), port), patience: patience}
}

// At asks at another port of the loopback interface.
func (c *Client) At(port uint16) *Client {
	moved := *c
	moved.address = netip.AddrPortFrom(c.address.Addr(), port)
	return &moved
}

// WithPatience waits no longer than this for a signature, five minutes if never called.
func (c *Client) WithPatience(patience time.Duration) *Client {
	patient := *c
	patient.patience = patience
	return &patient
}

// Running tells whether something listens at NCALayer's address, without troubling the person.
func (c *Client) Running(ctx context.Context) bool {
	dialer := net.Dialer{Timeout: time.Second}
	conn, err := dialer.DialContext(ctx, "tcp4", c.address.String())
	if err != nil {
		return false
	}
	_ = conn.Close() // it was opened to see that it opens
	return true
}

// request is what the module's method sign takes.
type request struct {
	Module    string    `json:"module"`
	Method    string    `json:"method"`
	Arguments arguments `json:"args"`
}

type arguments struct {
	AllowedStorages []string      `json:"allowedStorages"` // null: all that NCALayer knows
	Format          string        `json:"format"`
	Data            string        `json:"data"`
	SigningParams   signingParams `json:"signingParams"`
	SignerParams    signerParams  `json:"signerParams"`
	Locale          string        `json:"locale"`
}

type signingParams struct {
	Decode      bool      `json:"decode"`      // data is base64 of what is to be signed
	Encapsulate bool      `json:"encapsulate"` // put it into the signature
	Digested    bool      `json:"digested"`    // data is its digest
	TSAProfile  *struct{} `json:"tsaProfile"`  // null: without a timestamp
}

type signerParams struct {
	ExtKeyUsageOIDs []string `json:"extKeyUsageOids"`
	IIN             string   `json:"iin,omitempty"` // offer this person's keys alone
	Chain           []string `json:"chain"`
}

// What NCALayer offers keys by: the extended key usage of signing and of logging in.
const (
	usageSigning = "1.3.6.1.5.5.7.3.4" // e-mail protection (RFC 5280), which signing keys have
	usageLogin   = "1.3.6.1.5.5.7.3.2" // client authentication
)

// answer is what comes back: of the module, or (success, errorCode) of NCALayer in the module's place.
type answer struct {
	Status *bool `json:"status"`
	Body   *struct {
		Result json.RawMessage `json:"result"`
	} `json:"body"`
	Code    json.RawMessage `json:"code"`
	Message string          `json:"message"`

	Success   *bool  `json:"success"`
	ErrorCode string `json:"errorCode"`
}

// ask sends a request and gives the signature of the first answer.
func (c *Client) ask(ctx context.Context, r request) ([]byte, error) {
	message, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	patient, cancel := context.WithTimeoutCause(ctx, c.patience, ErrLate)
	defer cancel()
	conn, err := c.dial(patient)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.CloseNow() }() // whatever is said after the answer is of no interest
	conn.SetReadLimit(maxAnswer)
	if err := conn.Write(patient, websocket.MessageText, message); err != nil {
		return nil, failed(patient, err)
	}
	for range maxStrange {
		_, said, err := conn.Read(patient)
		if err != nil {
			return nil, failed(patient, err)
		}
		if signature, err, is := readAnswer(said); is {
			return signature, err
		}
	}
	return nil, ErrMalformed
}

// dial connects to the loopback interface, past any proxy, and follows nobody elsewhere.
func (c *Client) dial(ctx context.Context) (*websocket.Conn, error) {
	dialing, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	address := c.address.String()
	client := &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return ErrMalformed },
		Transport: &http.Transport{
			DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, "tcp4", address)
			},
			TLSClientConfig:   &tls.Config{InsecureSkipVerify: true}, // NCALayer's own; see the package's limits
			DisableKeepAlives: true,
		},
	}
	conn, _, err := websocket.Dial(dialing, "wss://"+address, &websocket.DialOptions{HTTPClient: client})
	if err == nil {
		return conn, nil
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	var refused *net.OpError
	if errors.As(err, &refused) && refused.Op == "dial" {
		return nil, fmt.Errorf("%w: %w", ErrAbsent, err)
	}
	return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
}

// failed says why a connection ended: the wait was over, somebody gave up, or NCALayer did.
func failed(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, websocket.ErrMessageTooBig), websocket.CloseStatus(err) == websocket.StatusMessageTooBig:
		return fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return fmt.Errorf("%w: %w", ErrBroken, err)
}

// readAnswer reads a message; is tells whether it is an answer at all, and not a greeting
// ({"result":{"version":…}}) or a heartbeat ("--heartbeat--", "{}").
func readAnswer(message []byte) (signature []byte, err error, is bool) {
	const heartbeat = "--heartbeat--"
	if string(message) == heartbeat {
		return nil, nil, false
	}
	var a answer
	if err := json.Unmarshal(message, &a); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err), true
	}
	switch {
	case a.ErrorCode == "MODULE_NOT_FOUND":
		return nil, ErrOutdated, true
	case a.Success != nil && !*a.Success:
		return nil, fmt.Errorf("%w: %q", ErrRefused, brief(a.ErrorCode)), true
	case a.Status == nil:
		return nil, nil, false
	case !*a.Status && strings.Contains(strings.ToLower(string(a.Code)+a.Message), "cancel"):
		return nil, ErrCancelled, true
	case !*a.Status:
		return nil, fmt.Errorf("%w: %q %q", ErrRefused, brief(string(a.Code)), brief(a.Message)), true
	case a.Body == nil || len(a.Body.Result) == 0 || string(a.Body.Result) == "null":
		return nil, ErrCancelled, true // it says yes and gives nothing: the window was closed
	}
	signature, err = readResult(a.Body.Result)
	return signature, err, true
}

// brief is as much of a stranger's words as the log needs.
func brief(words string) string { return words[:min(200, len(words))] }

// readResult reads a signature: base64, bare or as PEM, by itself or as the only one of a list.
func readResult(result json.RawMessage) ([]byte, error) {
	var text string
	var list []string
	if err := json.Unmarshal(result, &list); err == nil && len(list) == 1 {
		text = list[0]
	} else if err := json.Unmarshal(result, &text); err != nil {
		return nil, fmt.Errorf("%w: the result is no signature", ErrMalformed)
	}
	if block, _ := pem.Decode([]byte(text)); block != nil {
		return block.Bytes, nil
	}
	signature, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil || len(signature) == 0 {
		return nil, fmt.Errorf("%w: the result is no base64", ErrMalformed)
	}
	return signature, nil
}
