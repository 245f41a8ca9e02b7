package api

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-resty/resty/v2"

	"baqylau/control"
)

var (
	// ErrOffline means that the centre could not be reached, or that the answer was cut: whether a
	// command took effect is not known, and it may be repeated with the same key.
	ErrOffline = errors.New("the centre can't be reached")
	// ErrAddress means that a text is no address of a centre.
	ErrAddress = errors.New("no address of a centre")
	// ErrOtherFile means that a file's bytes are not the ones that its digest names.
	ErrOtherFile = errors.New("the file is not the one that was asked for")
	// ErrOtherOrigin means that the centre names another address than the one that was dialled.
	ErrOtherOrigin = errors.New("the centre names another address than its own")
)

const (
	// maxAnswer bounds an answer in memory.
	maxAnswer = 64 << 20
	// connections that are kept open at most, for the next request.
	connections = 64
	// patience is for an answer; uploadPatience for bringing 20 MiB over a line of 300 kbit/s.
	patience, uploadPatience = 30 * time.Second, 10 * time.Minute
)

// Client speaks to one centre. It is safe for use by many goroutines.
type Client struct {
	http   *resty.Client
	upload *resty.Client // the same connections, with more time
	origin string
	token  *atomic.Pointer[string] // of the session, which clients in other people's places share
	absent string                  // in whose place it asks; empty in one's own
}

// NewClient makes a client of the centre at an address such as https://centre.example:8443. It does
// not connect yet.
func NewClient(address string) (*Client, error) {
	u, err := url.Parse(strings.TrimRight(strings.TrimSpace(address), "/"))
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.User != nil {
		return nil, fmt.Errorf("%w: %q", ErrAddress, address)
	}
	c := &Client{origin: u.Scheme + "://" + u.Host, token: new(atomic.Pointer[string])}
	c.http = c.speak(resty.New(), patience)
	if line, is := c.http.GetClient().Transport.(*http.Transport); is {
		line.MaxIdleConnsPerHost = connections
	}
	c.upload = c.speak(resty.NewWithClient(&http.Client{Transport: c.http.GetClient().Transport}), uploadPatience)
	return c, nil
}

func (c *Client) speak(r *resty.Client, patience time.Duration) *resty.Client {
	return r.SetBaseURL(c.origin).
		SetTimeout(patience).
		SetResponseBodyLimit(maxAnswer).
		SetRedirectPolicy(resty.NoRedirectPolicy()).
		SetHeader("Accept", "application/json, application/problem+json")
}

// InPlaceOf is a client of the same session that asks in an absent person's place.
func (c *Client) InPlaceOf(absent string) *Client {
	acting := *c
	acting.absent = absent
	return &acting
}

// Origin is the address that the client dials.
func (c *Client) Origin() string { return c.origin }

// Close lets the idle connections go.
func (c *Client) Close() { c.http.GetClient().CloseIdleConnections() }

// Use sets the session's token for all later requests; empty forgets it.
func (c *Client) Use(token string) { c.token.Store(&token) }

// InSession tells whether requests go in a session. One that the centre no longer knows is forgotten when
// it says so.
func (c *Client) InSession() bool {
	token := c.token.Load()
	return token != nil && *token != ""
}

// Call is one request. Body is sent as it is: bytes, so that nothing can send it empty again.
type Call struct {
	Method, Path   string // Path is escaped already, with its query
	Body           []byte
	IdempotencyKey string
	IfMatch        string
}

// Do sends a call and returns the body of the answer. A refusal is a [Problem]; anything that leaves
// the outcome unknown is [ErrOffline]. A path that leads anywhere else than to this centre is refused here: a
// command may have been kept, and carried from another computer, and the session is for the centre alone.
func (c *Client) Do(ctx context.Context, call Call) ([]byte, error) {
	if !strings.HasPrefix(call.Path, "/") {
		return nil, Fault(http.StatusUnprocessableEntity, "bad_input", "field", "path")
	}
	r := c.http.R()
	if call.Body != nil {
		r.SetHeader("Content-Type", "application/json")
	}
	return c.do(ctx, r, call)
}

func (c *Client) do(ctx context.Context, r *resty.Request, call Call) ([]byte, error) {
	r.SetContext(ctx)
	token := c.token.Load()
	if token != nil && *token != "" {
		r.SetAuthToken(*token)
	}
	if c.absent != "" {
		r.SetHeader("Acting-For", c.absent)
	}
	if call.Body != nil {
		r.SetBody(call.Body)
	}
	if call.IdempotencyKey != "" {
		r.SetHeader("Idempotency-Key", call.IdempotencyKey)
	}
	if call.IfMatch != "" {
		r.SetHeader("If-Match", call.IfMatch)
	}
	answer, err := r.Execute(call.Method, call.Path)
	if err != nil {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("%w: %w", ErrOffline, context.Cause(ctx))
		}
		return nil, fmt.Errorf("%w: %w", ErrOffline, err)
	}
	if answer.IsSuccess() {
		return answer.Body(), nil
	}
	var p Problem
	if strings.HasPrefix(answer.Header().Get("Content-Type"), "application/problem+json") &&
		json.Unmarshal(answer.Body(), &p) == nil && p.Status == answer.StatusCode() {
		if p.Status >= http.StatusInternalServerError {
			return nil, fmt.Errorf("%w: %w", ErrOffline, p)
		}
		if p.Status == http.StatusUnauthorized {
			c.token.CompareAndSwap(token, nil) // not a session that began meanwhile
		}
		return nil, p
	}
	// Something between us and the centre answered: a proxy, a gate.
	return nil, fmt.Errorf("%w: status %d", ErrOffline, answer.StatusCode())
}

func get[T any](ctx context.Context, c *Client, path string) (T, error) {
	return send[T](ctx, c, Call{Method: http.MethodGet, Path: path})
}

func send[T any](ctx context.Context, c *Client, call Call) (answer T, err error) {
	body, err := c.Do(ctx, call)
	if err != nil {
		return answer, err
	}
	return read[T](body)
}

func read[T any](body []byte) (answer T, err error) {
	if err := json.Unmarshal(body, &answer); err != nil {
		return answer, fmt.Errorf("%w: read the answer: %w", ErrOffline, err)
	}
	return answer, nil
}

// Centre asks who the centre is.
func (c *Client) Centre(ctx context.Context) (Centre, error) {
	return get[Centre](ctx, c, "/v1/centre")
}

// Challenge asks for a text to sign, and refuses one that names another address than the one dialled.
func (c *Client) Challenge(ctx context.Context) (Challenge, error) {
	challenge, err := send[Challenge](ctx, c, Call{Method: http.MethodPost, Path: "/v1/login/challenge"})
	if err == nil && challenge.Origin != c.origin {
		err = ErrOtherOrigin
	}
	return challenge, err
}

// Login enters by the signed challenge and uses the session from then on.
func (c *Client) Login(ctx context.Context, login Login) (Session, error) {
	body, err := json.Marshal(login)
	if err != nil {
		return Session{}, err
	}
	session, err := send[Session](ctx, c, Call{Method: http.MethodPost, Path: "/v1/login", Body: body})
	if err == nil {
		c.Use(session.Token)
	}
	return session, err
}

// Logout ends the session at the centre and forgets its token in any case.
func (c *Client) Logout(ctx context.Context) error {
	if !c.InSession() {
		return nil
	}
	_, err := c.Do(ctx, Call{Method: http.MethodPost, Path: "/v1/logout"})
	c.Use("")
	return err
}

// Me asks who the session's person is, and in whose place the client asks.
func (c *Client) Me(ctx context.Context) (Me, error) { return get[Me](ctx, c, "/v1/me") }

// OpenWork lists what a person leaves open, for the administrator.
func (c *Client) OpenWork(ctx context.Context, person string) ([]OpenWork, error) {
	answer, err := get[OpenWorkList](ctx, c, "/v1/admin/people/"+url.PathEscape(person)+"/open-work")
	return answer.Work, err
}

// People lists the people of my organisation who have the role.
func (c *Client) People(ctx context.Context, role control.Role) ([]Person, error) {
	answer, err := get[People](ctx, c, "/v1/people?role="+url.QueryEscape(string(role)))
	return answer.People, err
}

// Changes reads the feed after a cursor.
func (c *Client) Changes(ctx context.Context, after string, limit int) (Changes, error) {
	q := url.Values{"limit": {strconv.Itoa(limit)}}
	if after != "" {
		q.Set("after", after)
	}
	return get[Changes](ctx, c, "/v1/changes?"+q.Encode())
}

// Dispatch asks what sending all would send and shut out.
func (c *Client) Dispatch(ctx context.Context, purchase string, direction control.Direction) (Dispatch, error) {
	q := url.Values{"purchase": {purchase}}
	if direction != control.Undirected {
		q.Set("direction", string(direction))
	}
	return get[Dispatch](ctx, c, "/v1/dispatches?"+q.Encode())
}

// Effects lists what the portal must be told, and where it contradicts what was sent.
func (c *Client) Effects(ctx context.Context) (Effects, error) {
	return get[Effects](ctx, c, "/v1/effects")
}

// Report reads a page of the report on lots and plan points under control.
func (c *Client) Report(ctx context.Context, filter GetReportParams) (ReportPage, error) {
	return get[ReportPage](ctx, c, "/v1/reports/lots?"+reportQuery(filter).Encode())
}

func reportQuery(f GetReportParams) url.Values {
	q := url.Values{"method": {f.Method}}
	for name, value := range map[string]string{
		"organizer": f.Organizer, "customer": f.Customer, "region": f.Region, "number": f.Number,
		"lot_number": f.LotNumber, "ens_tru": f.EnsTRU, "text": f.Text, "direction": f.Direction,
		"status": f.Status, "lot_status": f.LotStatus, "assignee": f.Assignee, "after": f.After,
	} {
		if value != "" {
			q.Set(name, value)
		}
	}
	for name, value := range map[string]int64{"amount_from": f.AmountFrom, "amount_to": f.AmountTo, "limit": int64(f.Limit)} {
		if value != 0 {
			q.Set(name, strconv.FormatInt(value, 10))
		}
	}
	for name, value := range map[string]time.Time{"published_from": f.PublishedFrom, "published_to": f.PublishedTo} {
		if !value.IsZero() {
			q.Set(name, value.Format(time.RFC3339))
		}
	}
	for name, value := range map[string]*bool{"repeat": f.Repeat, "centralised": f.Centralised, "assigned": f.Assigned} {
		if value != nil {
			q.Set(name, strconv.FormatBool(*value))
		}
	}
	return q
}

// File gets a file by its digest and refuses any other bytes.
func (c *Client) File(ctx context.Context, digest string) ([]byte, error) {
	body, err := c.Do(ctx, Call{Method: http.MethodGet, Path: "/v1/files/" + url.PathEscape(digest)})
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != digest {
		return nil, ErrOtherFile
	}
	return body, nil
}

// Upload brings the scan of an order on a notification. The same scan brought again is there once.
func (c *Client) Upload(ctx context.Context, notification string, scan []byte) (Upload, error) {
	sum := sha256.Sum256(scan)
	key := sha256.Sum256([]byte(notification + "\n" + string(sum[:])))
	r := c.upload.R().
		SetHeader("Content-Type", "application/octet-stream").
		SetHeader("Content-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(sum[:])+":")
	body, err := c.do(ctx, r, Call{
		Method: http.MethodPost, Path: "/v1/files?notification=" + url.QueryEscape(notification), Body: scan,
		IdempotencyKey: hex.EncodeToString(key[:]),
	})
	if err != nil {
		return Upload{}, err
	}
	return read[Upload](body)
}
