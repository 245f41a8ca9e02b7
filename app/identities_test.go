package app_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"baqylau/app"
	"baqylau/assets"
	"baqylau/localstore"
	"baqylau/signing"
	"baqylau/signing/demo"
	"baqylau/signing/ncalayer"
	"baqylau/signing/token"
)

// TestAKeyFileTellsItsOwnerOnceItWasOpened: and from then on says itself whether it can serve.
func TestAKeyFileTellsItsOwnerOnceItWasOpened(t *testing.T) {
	h := given(t)
	folder := t.TempDir()
	for _, kind := range []demo.Kind{demo.Signing, demo.Auth, demo.Expired} {
		file, found := h.made.authority.Find("auditor", kind)
		if !found {
			t.Fatalf("no %s key", kind)
		}
		ok(t, os.WriteFile(filepath.Join(folder, string(kind)+".p12"), file.PKCS12, 0o600))
	}
	keys := app.NewKeys(app.KeySources{Folders: []string{folder}})
	iin := h.made.people["auditor"].IIN
	why := func(name, whose string) string {
		list, err := keys.Identities(ctx)
		ok(t, err)
		for _, i := range list {
			if i.Name == name {
				return i.Unusable(assets.RU, signing.ForDocument, whose, noon())
			}
		}
		t.Fatalf("%s is not listed", name)
		return ""
	}
	for _, i := range keys.Files() {
		if i.Known() || why(i.Name, iin) != "" || !i.Secret() {
			t.Errorf("%s is known before it is opened", i.Name)
		}
		secret := []byte(demo.Password)
		key, err := keys.Open(ctx, i, secret, "", assets.RU)
		ok(t, err)
		ok(t, key.Close())
		if !bytes.Equal(secret, make([]byte, len(secret))) {
			t.Error("the password is not wiped")
		}
	}
	for name, want := range map[string]string{"signing.p12": "", "auth.p12": "только для входа", "expired.p12": "срок истёк"} {
		if got := why(name, iin); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if got := why("signing.p12", "780911397016"); got != "сертификат другого человека" {
		t.Errorf("another person's key: %q", got)
	}
	for _, i := range keys.Files() {
		for _, lang := range []assets.Lang{assets.KK, assets.RU} {
			text := app.Listed(lang, i) + app.Described(lang, i)
			if !strings.Contains(text, iin) || !strings.Contains(text, departmentBIN) || strings.Contains(text, "⟦") {
				t.Errorf("%s is described as %q", i.Name, text)
			}
		}
	}
	// Another file in its place is another key.
	ok(t, os.Chtimes(filepath.Join(folder, "auth.p12"), noon(), noon()))
	if got := why("auth.p12", iin); got != "" {
		t.Errorf("the new file is taken for the former one: %q", got)
	}
	elsewhere := filepath.Join(t.TempDir(), "other.p12")
	if keys.Take(elsewhere); keys.Take(elsewhere) != elsewhere || len(keys.Files()) != 4 {
		t.Errorf("%d files after one was added", len(keys.Files()))
	}
}

// signs is an NCALayer of this machine that signs with the key whatever it is asked to; nil closes its window.
func signs(t *testing.T, key *signing.Key) *ncalayer.Client {
	t.Helper()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer conn.CloseNow()
		conn.SetReadLimit(1 << 20)
		var request struct {
			Args struct {
				Data []byte `json:"data"`
			} `json:"args"`
		}
		_, message, err := conn.Read(context.Background())
		if err := errors.Join(err, json.Unmarshal(message, &request)); err != nil || key == nil {
			_ = conn.Write(context.Background(), websocket.MessageText, []byte(`{"status":true,"body":{}}`))
			return
		}
		cms, err := signed(key, request.Args.Data)
		if err != nil {
			t.Errorf("NCALayer: %v", err)
		}
		answer := `{"status":true,"body":{"result":["` + base64.StdEncoding.EncodeToString(cms) + `"]}}`
		_ = conn.Write(context.Background(), websocket.MessageText, []byte(answer))
	}))
	t.Cleanup(server.Close)
	return ncalayer.New().At(netip.MustParseAddrPort(server.Listener.Addr().String()).Port())
}

func signed(key *signing.Key, data []byte) ([]byte, error) {
	if !signing.IsLoginText(data) {
		return key.SignDocument(ctx, signing.Bytes(data), noon(), signing.Options{})
	}
	lines := strings.Split(string(data), "\n")
	expires, err := time.Parse(time.RFC3339, lines[3])
	if err != nil {
		return nil, err
	}
	return key.SignLogin(ctx, signing.LoginText{Origin: lines[1], Nonce: lines[2], Expires: expires}, noon())
}

// entry is the one of the store.
func entry(t *testing.T, keys *app.Keys, store signing.Store) app.Identity {
	t.Helper()
	list, err := keys.Identities(ctx)
	ok(t, err)
	for _, i := range list {
		if i.Store == store {
			return i
		}
	}
	t.Fatalf("the %s is not among %d entries", store, len(list))
	return app.Identity{}
}

// TestNCALayerEntersAndSigns: as any other key does, without a secret of its own.
func TestNCALayerEntersAndSigns(t *testing.T) {
	h := given(t)
	auditor := h.marked()
	form := auditor.form(0)
	ok(t, auditor.SendToAgreement(ctx, form))
	keys := app.NewKeys(app.KeySources{NCALayer: signs(t, h.key("approver", demo.Signing))})
	listed := entry(t, keys, signing.StoreNCALayer)
	if listed.Secret() || listed.Unusable(assets.RU, signing.ForLogin, "", noon()) != "" {
		t.Errorf("it is listed as %+v", listed)
	}
	key, err := keys.Open(ctx, listed, nil, "", assets.KK)
	ok(t, err)
	desk := h.entersWith(key)
	if got, want := desk.Me().Person.IIN, h.made.people["approver"].IIN; got != want {
		t.Fatalf("%s is in, want %s", got, want)
	}
	paper, err := desk.PrepareApproval(ctx, form.ID)
	ok(t, err)
	for name, c := range map[string]struct {
		client *ncalayer.Client
		want   error
	}{
		"another person's key": {signs(t, h.key("auditor", demo.Signing)), signing.ErrOtherPerson},
		"the window is closed": {signs(t, nil), ncalayer.ErrCancelled},
	} {
		other := app.NewKeys(app.KeySources{NCALayer: c.client})
		key, err := other.Open(ctx, entry(t, other, signing.StoreNCALayer), nil, desk.Me().Person.IIN, assets.KK)
		ok(t, err)
		for _, result := range desk.SignPapers(ctx, key, []app.Paper{paper}, func(int, app.Signed) {}) {
			if !errors.Is(result.Err, c.want) {
				t.Errorf("%s: %v", name, result.Err)
			}
			inWords(t, result.Err)
		}
	}
	key, err = keys.Open(ctx, listed, nil, desk.Me().Person.IIN, assets.KK)
	ok(t, err)
	for _, result := range desk.SignPapers(ctx, key, []app.Paper{paper}, func(int, app.Signed) {}) {
		ok(t, result.Err)
	}
}

// entersWith enters by a key that is open.
func (h *house) entersWith(key signing.Signatory) *app.Desk {
	h.t.Helper()
	door, err := app.Knock(ctx, h.origin, discard())
	ok(h.t, err)
	desk, err := door.Enter(ctx, key, nil, func(who app.Owner, _ []byte) (*localstore.Store, error) {
		return localstore.Open(filepath.Join(h.t.TempDir(), who.Person+".db"), localstore.Key{1})
	})
	ok(h.t, err)
	h.t.Cleanup(func() { ok(h.t, desk.Leave(ctx)) })
	return desk
}

func TestNCALayerThatDoesNotRunIsListedAndOff(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	port := netip.MustParseAddrPort(server.Listener.Addr().String()).Port()
	server.Close()
	keys := app.NewKeys(app.KeySources{NCALayer: ncalayer.New().At(port)})
	listed := entry(t, keys, signing.StoreNCALayer)
	if got := listed.Unusable(assets.RU, signing.ForLogin, "", noon()); got != "не запущен" {
		t.Errorf("it is off because %q", got)
	}
}

// TestADriverThatIsNotThereHidesNoOtherKey: it is said, and the files are listed all the same.
func TestADriverThatIsNotThereHidesNoOtherKey(t *testing.T) {
	program, err := os.Executable()
	ok(t, err)
	keys := app.NewKeys(app.KeySources{Module: filepath.Join(t.TempDir(), "none.so"), Program: program})
	keys.Take("a.p12")
	list, err := keys.Identities(ctx)
	if token.Fault(err) == "" || len(list) != 1 {
		t.Errorf("%d entries, %v", len(list), err)
	}
	inWords(t, err)
	ok(t, keys.SetModule(""))
	if list, err := keys.Identities(ctx); err != nil || len(list) != 1 {
		t.Errorf("%d entries without a driver, %v", len(list), err)
	}
	ok(t, keys.Close())
}
