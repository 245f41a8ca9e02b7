package ncalayer_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"

	"baqylau/signing"
	"baqylau/signing/demo"
	"baqylau/signing/ncalayer"
)

const (
	auditorIIN  = "850412300123"
	strangerIIN = "790101300456"
)

func today() time.Time { return time.Date(2026, 3, 10, 9, 30, 0, 0, time.UTC) }

// issued is one authority for all tests: its keys take a second or two to make.
var issued = sync.OnceValues(func() (*demo.Authority, error) {
	return demo.New(context.Background(), today(), []demo.Person{
		{Login: "auditor", Surname: "ӘБІЛОВА", Name: "АЙГҮЛ", IIN: auditorIIN, Position: demo.Individual, Kinds: []demo.Kind{demo.Signing, demo.Auth, demo.Expired}},
		{Login: "stranger", Surname: "ПЕТРОВ", Name: "ИВАН", IIN: strangerIIN, Position: demo.Individual},
	}, nil)
})

func key(t *testing.T, login string, kind demo.Kind) *signing.Key {
	t.Helper()
	authority, err := issued()
	must(t, err)
	file, ok := authority.Find(login, kind)
	if !ok {
		t.Fatalf("no %s key of %s", kind, login)
	}
	k, err := signing.OpenPKCS12(file.Name, file.PKCS12, []byte(demo.Password))
	must(t, err)
	t.Cleanup(func() { _ = k.Close() })
	return k
}

// fake is an NCALayer that the person signs with by the key; say decides what comes of it.
type fake struct {
	t    *testing.T
	key  *signing.Key
	at   time.Time // of the signer's clock
	conn *websocket.Conn
	ask  asked
	gone chan struct{} // closed when the test ends
}

// asked is a request as the real one reads it.
type asked struct {
	Module, Method string
	Args           struct {
		Format, Data, Locale string
		AllowedStorages      []string
		SigningParams        struct {
			Decode, Encapsulate, Digested bool
			TSAProfile                    any
		}
		SignerParams struct {
			ExtKeyUsageOIDs []string
			IIN             string
			Chain           []string
		}
	}
}

// running is the client of an NCALayer that behaves so.
func running(t *testing.T, k *signing.Key, say func(f *fake)) *ncalayer.Client {
	t.Helper()
	gone := make(chan struct{})
	var talking sync.WaitGroup
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		talking.Add(1)
		defer talking.Done()
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer conn.CloseNow()
		conn.SetReadLimit(64 << 20)
		f := &fake{t: t, key: k, at: today(), conn: conn, gone: gone}
		f.text(`{"result":{"version":"1.4"}}`)
		_, message, err := conn.Read(t.Context())
		if err != nil {
			return
		}
		if err := json.Unmarshal(message, &f.ask); err != nil {
			t.Errorf("the request is no JSON: %v", err)
		}
		say(f)
	}))
	t.Cleanup(func() {
		close(gone)
		server.Close()
		talking.Wait() // the server doesn't, for connections that became WebSockets
	})
	return ncalayer.New().At(netip.MustParseAddrPort(server.Listener.Addr().String()).Port())
}

func (f *fake) text(message string) {
	_ = f.conn.Write(f.t.Context(), websocket.MessageText, []byte(message)) // the client may have gone
}

// data is what is to be signed.
func (f *fake) data() []byte {
	data, err := base64.StdEncoding.DecodeString(f.ask.Args.Data)
	if err != nil {
		f.t.Errorf("the data is no base64: %v", err)
	}
	return data
}

// sign signs as the real one does, whatever it is.
func (f *fake) sign(data []byte) []byte {
	if login, is := bytes.CutPrefix(data, []byte("BAQYLAU-LOGIN-v1\n")); is {
		lines := strings.Split(string(login), "\n")
		expires, err := time.Parse(time.RFC3339, lines[2])
		if err != nil {
			f.t.Error(err)
		}
		cms, err := f.key.SignLogin(context.Background(), signing.LoginText{Origin: lines[0], Nonce: lines[1], Expires: expires}, f.at)
		if err != nil {
			f.t.Error(err)
		}
		return cms
	}
	cms, err := f.key.SignDocument(context.Background(), signing.Bytes(data), f.at, signing.Options{})
	if err != nil {
		f.t.Error(err)
	}
	return cms
}

func (f *fake) answer(cms []byte) {
	f.text(`{"status":true,"body":{"result":["` + base64.StdEncoding.EncodeToString(cms) + `"]}}`)
}

func honest(f *fake) { f.answer(f.sign(f.data())) }

var content = []byte("%PDF-1.7 notification")

func sign(t *testing.T, s *ncalayer.Signatory) ([]byte, error) {
	t.Helper()
	return s.SignDocument(t.Context(), signing.Bytes(content), today(), signing.Options{})
}

func TestNCALayerSigns(t *testing.T) {
	for name, say := range map[string]func(f *fake){
		"as it does": honest,
		"by itself, not in a list": func(f *fake) {
			f.text(`{"status":true,"body":{"result":"` + base64.StdEncoding.EncodeToString(f.sign(f.data())) + `"}}`)
		},
		"as PEM": func(f *fake) {
			block := pem.EncodeToMemory(&pem.Block{Type: "CMS", Bytes: f.sign(f.data())})
			result, err := json.Marshal([]string{string(block)})
			if err != nil {
				f.t.Error(err)
			}
			f.text(`{"status":true,"body":{"result":` + string(result) + `}}`)
		},
		"with heartbeats before": func(f *fake) {
			for range 5 {
				f.text("--heartbeat--")
				f.text("{}")
			}
			honest(f)
		},
		"twice": func(f *fake) {
			honest(f)
			f.answer(f.sign([]byte("something else")))
		},
	} {
		t.Run(name, func(t *testing.T) {
			k := key(t, "auditor", demo.Signing)
			s := running(t, k, say).Signatory(auditorIIN, "kk")
			cms, err := sign(t, s)
			must(t, err)
			authority, err := issued()
			must(t, err)
			policy := signing.Policy{Trust: signing.DemoTrust(authority.Certificate), ExpectIIN: auditorIIN, RequireNonRepudiation: true}
			if report := signing.Verify(content, cms, today(), policy); !report.Valid() {
				t.Errorf("the signature is not valid: %+v", report.Steps)
			}
			if got := s.Identity(); got.IIN != auditorIIN || got.Storage != ncalayer.Storage || got.Certificate == nil {
				t.Errorf("the signer is %+v", got)
			}
		})
	}
}

func TestNCALayerIsAskedAsItExpects(t *testing.T) {
	var got asked
	s := running(t, key(t, "auditor", demo.Signing), func(f *fake) {
		got = f.ask
		honest(f)
	}).Signatory(auditorIIN, "kk")
	_, err := sign(t, s)
	must(t, err)
	var want asked
	want.Module, want.Method = "kz.gov.pki.knca.basics", "sign"
	want.Args.Format, want.Args.Data, want.Args.Locale = "cms", base64.StdEncoding.EncodeToString(content), "kk"
	want.Args.SigningParams.Decode = true
	want.Args.SignerParams.ExtKeyUsageOIDs = []string{"1.3.6.1.5.5.7.3.4"}
	want.Args.SignerParams.IIN = auditorIIN
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestWhatIsNotTheSignatureIsRefused: each misbehaviour has an error of its own.
func TestWhatIsNotTheSignatureIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		key  [2]string
		say  func(f *fake)
		want error
	}{
		"the person closes the window": {say: func(f *fake) { f.text(`{"status":true,"body":{}}`) }, want: ncalayer.ErrCancelled},
		"the person closes the window, in words": {say: func(f *fake) {
			f.text(`{"status":false,"code":"500","message":"action.canceled"}`)
		}, want: ncalayer.ErrCancelled},
		"a null result":   {say: func(f *fake) { f.text(`{"status":true,"body":{"result":null}}`) }, want: ncalayer.ErrCancelled},
		"a failure":       {say: func(f *fake) { f.text(`{"status":false,"code":"SIGNING_FAILURE","message":"x"}`) }, want: ncalayer.ErrRefused},
		"another failure": {say: func(f *fake) { f.text(`{"success":false,"errorCode":"X"}`) }, want: ncalayer.ErrRefused},
		"no such module":  {say: func(f *fake) { f.text(`{"success":false,"errorCode":"MODULE_NOT_FOUND"}`) }, want: ncalayer.ErrOutdated},
		"no JSON":         {say: func(f *fake) { f.text(`<html>`) }, want: ncalayer.ErrMalformed},
		"a list":          {say: func(f *fake) { f.text(`[1]`) }, want: ncalayer.ErrMalformed},
		"no base64":       {say: func(f *fake) { f.text(`{"status":true,"body":{"result":["?"]}}`) }, want: ncalayer.ErrMalformed},
		"an empty result": {say: func(f *fake) { f.text(`{"status":true,"body":{"result":""}}`) }, want: ncalayer.ErrMalformed},
		"a number":        {say: func(f *fake) { f.text(`{"status":true,"body":{"result":7}}`) }, want: ncalayer.ErrMalformed},
		"two signatures":  {say: func(f *fake) { f.text(`{"status":true,"body":{"result":["AA==","AA=="]}}`) }, want: ncalayer.ErrMalformed},
		"a huge answer":   {say: func(f *fake) { f.text(`{"status":true,"body":{"result":"` + strings.Repeat("A", 20<<20) + `"}}`) }, want: ncalayer.ErrMalformed},
		"heartbeats alone": {say: func(f *fake) {
			for range 1000 {
				f.text("--heartbeat--")
			}
		}, want: ncalayer.ErrMalformed},
		"it closes in the middle": {say: func(f *fake) { f.conn.CloseNow() }, want: ncalayer.ErrBroken},
		"it says goodbye":         {say: func(f *fake) { f.conn.Close(websocket.StatusNormalClosure, "") }, want: ncalayer.ErrBroken},
		"it never answers":        {say: func(f *fake) { <-f.gone }, want: ncalayer.ErrLate},
		"no signature":            {say: func(f *fake) { f.answer([]byte("nonsense")) }, want: ncalayer.ErrOtherContent},
		"over other bytes":        {say: func(f *fake) { f.answer(f.sign([]byte("%PDF-1.7 another"))) }, want: ncalayer.ErrOtherContent},
		"a bent signature": {say: func(f *fake) {
			cms := f.sign(f.data())
			cms[len(cms)-1] ^= 1
			f.answer(cms)
		}, want: ncalayer.ErrOtherContent},
		"another person": {key: [2]string{"stranger", string(demo.Signing)}, say: honest, want: signing.ErrOtherPerson},
		"a key of logging in": {say: func(f *fake) {
			f.key = key(f.t, "auditor", demo.Auth)
			text := signing.LoginText{Origin: "https://x", Nonce: "n", Expires: today()}
			cms, err := f.key.SignLogin(f.t.Context(), text, f.at)
			if err != nil {
				f.t.Error(err)
			}
			f.answer(cms)
		}, want: ncalayer.ErrOtherContent},
		"an expired key": {say: func(f *fake) {
			f.key = key(f.t, "auditor", demo.Expired)
			f.at = f.key.Identity().NotAfter.Add(-time.Hour)
			honest(f)
		}, want: signing.ErrExpired},
	} {
		t.Run(name, func(t *testing.T) {
			login, kind := "auditor", demo.Signing
			if c.key[0] != "" {
				login, kind = c.key[0], demo.Kind(c.key[1])
			}
			client := running(t, key(t, login, kind), c.say)
			if errors.Is(c.want, ncalayer.ErrLate) {
				client = client.WithPatience(200 * time.Millisecond)
			}
			cms, err := sign(t, client.Signatory(auditorIIN, "ru"))
			if !errors.Is(err, c.want) || cms != nil {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
}

func TestALateAnswerIsNotTheNextOnes(t *testing.T) {
	late := make(chan struct{})
	var asked atomic.Int32
	client := running(t, key(t, "auditor", demo.Signing), func(f *fake) {
		if asked.Add(1) == 1 {
			<-late
			f.answer(f.sign([]byte("the first")))
			return
		}
		close(late)
		honest(f)
	})
	s := client.WithPatience(200*time.Millisecond).Signatory("", "ru")
	if _, err := s.SignDocument(t.Context(), signing.Bytes([]byte("the first")), today(), signing.Options{}); !errors.Is(err, ncalayer.ErrLate) {
		t.Fatalf("got %v", err)
	}
	s = client.Signatory("", "ru")
	_, err := sign(t, s)
	must(t, err)
}

func TestAPersonMayGiveUp(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	client := running(t, key(t, "auditor", demo.Signing), func(f *fake) {
		cancel()
		<-f.gone
	})
	_, err := client.Signatory("", "ru").SignDocument(ctx, signing.Bytes(content), today(), signing.Options{})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestNCALayerLogsIn(t *testing.T) {
	text := signing.LoginText{Origin: "https://centre.example", Nonce: "n", Expires: today().Add(time.Minute)}
	authority, err := issued()
	must(t, err)
	for _, kind := range []demo.Kind{demo.Signing, demo.Auth} {
		s := running(t, key(t, "auditor", kind), honest).Signatory("", "ru")
		cms, err := s.SignLogin(t.Context(), text, today())
		must(t, err)
		who, err := signing.VerifyLogin(text, cms, signing.DemoTrust(authority.Certificate), today())
		if err != nil || who.IIN != auditorIIN {
			t.Errorf("%s: %s, %v", kind, who.IIN, err)
		}
	}
}

// TestWhoSignsFirstSignsTheRest: nobody else's key is taken in the middle.
func TestWhoSignsFirstSignsTheRest(t *testing.T) {
	signers := []*signing.Key{key(t, "auditor", demo.Signing), key(t, "stranger", demo.Signing)}
	client := running(t, nil, func(f *fake) {
		f.key, signers = signers[0], signers[1:]
		honest(f)
	})
	s := client.Signatory("", "ru")
	_, err := sign(t, s)
	must(t, err)
	if _, err := sign(t, s); !errors.Is(err, signing.ErrOtherPerson) {
		t.Errorf("got %v", err)
	}
}

func TestWhatNCALayerIsNotAskedFor(t *testing.T) {
	client := running(t, key(t, "auditor", demo.Signing), func(f *fake) { f.t.Error("it was asked") })
	s := client.Signatory("", "ru")
	login := signing.LoginText{Origin: "https://x", Nonce: "n", Expires: today()}
	for name, c := range map[string]struct {
		content signing.Content
		options signing.Options
		want    error
	}{
		"a login text as a document": {signing.Bytes(login.Bytes()), signing.Options{}, signing.ErrLoginText},
		"a huge document":            {signing.Bytes(make([]byte, signing.InMemory+1)), signing.Options{}, signing.ErrTooLarge},
		"an attached signature":      {signing.Bytes(content), signing.Options{Attached: true}, ncalayer.ErrKind},
		"a signature beside another": {signing.Bytes(content), signing.Options{Beside: []byte{1}}, ncalayer.ErrKind},
	} {
		if _, err := s.SignDocument(t.Context(), c.content, today(), c.options); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := s.SignLogin(t.Context(), signing.LoginText{Origin: "a\nb", Nonce: "n"}, today()); !errors.Is(err, signing.ErrBadLoginText) {
		t.Errorf("a login text of many lines: %v", err)
	}
	must(t, s.Close())
	if _, err := sign(t, s); !errors.Is(err, signing.ErrClosed) {
		t.Errorf("after closing: %v", err)
	}
}

func TestNobodyIsThere(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	port := netip.MustParseAddrPort(server.Listener.Addr().String()).Port()
	client := ncalayer.New().At(port)
	if !client.Running(t.Context()) {
		t.Error("what listens is not seen")
	}
	if _, err := sign(t, client.Signatory("", "ru")); !errors.Is(err, ncalayer.ErrMalformed) {
		t.Errorf("another program: %v", err)
	}
	server.Close()
	if client.Running(t.Context()) {
		t.Error("who is gone is seen")
	}
	if _, err := sign(t, client.Signatory("", "ru")); !errors.Is(err, ncalayer.ErrAbsent) {
		t.Errorf("nobody: %v", err)
	}
}

// TestNobodyElsewhereIsFollowed: the content stays on this computer.
func TestNobodyElsewhereIsFollowed(t *testing.T) {
	elsewhere := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("it was followed") }))
	defer elsewhere.Close()
	server := httptest.NewUnstartedServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	server.TLS = &tls.Config{}
	server.StartTLS()
	defer server.Close()
	client := ncalayer.New().At(netip.MustParseAddrPort(server.Listener.Addr().String()).Port())
	if _, err := sign(t, client.Signatory("", "ru")); !errors.Is(err, ncalayer.ErrMalformed) {
		t.Errorf("got %v", err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestEveryFaultHasItsWords(t *testing.T) {
	want := ncalayer.Codes()
	for _, language := range []string{"kk", "ru"} {
		data, err := os.ReadFile(filepath.Join("..", "..", "assets", "words", language, "ncalayer.json"))
		must(t, err)
		var texts map[string]string
		must(t, json.Unmarshal(data, &texts))
		if diff := cmp.Diff(want, slices.Sorted(maps.Keys(texts))); diff != "" {
			t.Errorf("%s (-codes +texts):\n%s", language, diff)
		}
	}
}
