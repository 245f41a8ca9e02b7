package torture

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// stage is where a command is on its way, as seen from the line between client and centre.
type stage string

const (
	sent     stage = "sent, not yet at the centre"
	there    stage = "at the centre"
	answered stage = "answered there, not yet here"
	back     stage = "answer given to the client"
)

// line stands between the clients and the centre. It knows which commands are on their way, and fails as it is told.
type line struct {
	t      testing.TB
	server *http.Server
	origin string // of the line
	onward *http.Client

	mu     sync.Mutex
	chance *rand.Rand
	target string // of the centre
	faulty bool
	onWay  map[string]stage // commands, by key
	done   map[string]bool  // commands that the client was told are done
	counts map[string]int   // what the line did
	onStep func(key string, s stage)
	moved  chan struct{} // closed, and made anew, whenever a command went over the line
}

// lay lays a line to a centre at an address.
func lay(t testing.TB, target string, seed uint64) *line {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	ok(t, err)
	l := &line{
		t: t, origin: "http://" + listener.Addr().String(), target: target, chance: rand.New(rand.NewPCG(seed, 2)),
		onWay: map[string]stage{}, done: map[string]bool{}, counts: map[string]int{}, moved: make(chan struct{}),
		onward: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}},
	}
	l.server = &http.Server{Handler: l, ReadHeaderTimeout: 10 * time.Second}
	go l.server.Serve(listener)
	t.Cleanup(func() {
		_ = l.server.Close()
		l.onward.CloseIdleConnections()
	})
	return l
}

// at notes where a command is, and tells who watches, on this goroutine: a command stays where it is meanwhile.
func (l *line) at(key string, s stage) {
	l.mu.Lock()
	if s == back {
		delete(l.onWay, key)
	} else {
		l.onWay[key] = s
	}
	watch := l.onStep
	l.mu.Unlock()
	if watch != nil {
		watch(key, s)
	}
}

// watch has f called at each step of a command; nil ends it.
func (l *line) watch(f func(key string, s stage)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.onStep = f
}

// stages counts the commands that are on their way.
func (l *line) stages() map[stage]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	count := map[stage]int{}
	for _, s := range l.onWay {
		count[s]++
	}
	return count
}

// forget is called when the client is dead: nothing is on its way to it.
func (l *line) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	clear(l.onWay)
}

// told gives the commands that the client was told are done.
func (l *line) told() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Sorted(maps.Keys(l.done))
}

func (l *line) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return
	}
	key := r.Header.Get("Idempotency-Key")
	if key == "" {
		l.pass(w, r, body, "")
		return
	}
	l.at(key, sent)
	defer l.at(key, back)
	l.pass(w, r, body, l.fault())
}

// The ways in which the line fails a command.
const (
	resetsBefore = "reset before the centre"
	resetsAfter  = "reset after the centre"
	cuts         = "answer cut"
	delays       = "delayed"
	repeats      = "repeated"
	reorders     = "overtaken by a later one"
)

// fault is what befalls the next command: three in ten are reset, two are cut, one each is delayed, repeated and
// overtaken.
func (l *line) fault() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counts["commands on the line"]++
	if !l.faulty {
		return ""
	}
	kinds := []string{resetsBefore, resetsAfter, resetsBefore, cuts, cuts, delays, repeats, reorders, "", ""}
	if l.chance.IntN(2) == 0 {
		kinds[2] = resetsAfter
	}
	kind := kinds[l.chance.IntN(len(kinds))]
	if kind != "" {
		l.counts[kind]++
	}
	return kind
}

// pass brings a request to the centre and the answer back, unless it fails on the way.
func (l *line) pass(w http.ResponseWriter, r *http.Request, body []byte, fault string) {
	key := r.Header.Get("Idempotency-Key")
	switch fault {
	case resetsBefore:
		reset(w)
		return
	case delays:
		l.wait(r.Context(), 30*time.Millisecond, nil)
	case reorders:
		l.mu.Lock()
		moved := l.moved
		l.mu.Unlock()
		l.wait(r.Context(), 200*time.Millisecond, moved)
	}
	if key != "" {
		l.at(key, there)
	}
	answer, content, err := l.forward(r, body)
	if fault == repeats && err == nil {
		answer, content, err = l.forward(r, body)
	}
	if err != nil {
		reset(w)
		return
	}
	if key != "" {
		l.over(key, answer.StatusCode)
		l.at(key, answered)
	}
	maps.Copy(w.Header(), answer.Header)
	switch fault {
	case resetsAfter:
		reset(w)
		return
	case cuts:
		w.Header().Set("Content-Length", fmt.Sprint(len(content)))
		w.WriteHeader(answer.StatusCode)
		_, _ = w.Write(content[:len(content)/2])
		_ = http.NewResponseController(w).Flush()
		reset(w)
		return
	}
	w.WriteHeader(answer.StatusCode)
	if _, err := w.Write(content); err == nil && key != "" && answer.StatusCode == http.StatusOK {
		l.mu.Lock()
		l.done[key] = true
		l.mu.Unlock()
	}
}

// over lets those go on that wait to be overtaken.
func (l *line) over(_ string, status int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counts[fmt.Sprintf("answered with %d", status)]++
	close(l.moved)
	l.moved = make(chan struct{})
}

// wait waits for so long, or until something else has happened.
func (l *line) wait(ctx context.Context, most time.Duration, until <-chan struct{}) {
	timer := time.NewTimer(most)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-until:
	case <-ctx.Done():
	}
}

// forward asks the centre. It goes on when the client has left: so do requests on a real line.
func (l *line) forward(r *http.Request, body []byte) (*http.Response, []byte, error) {
	l.mu.Lock()
	target := l.target
	l.mu.Unlock()
	request, err := http.NewRequestWithContext(context.WithoutCancel(r.Context()), r.Method, "http://"+target+r.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	request.Header = r.Header.Clone()
	request.Header.Del("Accept-Encoding")
	answer, err := l.onward.Do(request)
	if err != nil {
		return nil, nil, err
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	answer.Header.Del("Content-Length")
	return answer, content, err
}

// reset breaks the connection to the client.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	if tcp, is := conn.(*net.TCPConn); is {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// histogram is counts in words, the largest first.
func histogram[K ~string](counts map[K]int) string {
	keys := slices.SortedFunc(maps.Keys(counts), func(a, b K) int { return counts[b] - counts[a] })
	lines := make([]string, len(keys))
	for i, k := range keys {
		lines[i] = fmt.Sprintf("%6d  %s", counts[k], k)
	}
	return strings.Join(lines, "\n")
}
