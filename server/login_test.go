package server_test

import (
	"net/http"
	"testing"
	"time"

	"baqylau/api"
	"baqylau/control"
	"baqylau/signing"
	"baqylau/signing/demo"
)

// challenge asks for a text to sign.
func (w *world) challenge() signing.LoginText {
	w.t.Helper()
	c := as[api.Challenge](w.t, w.post(who{}, "/v1/login/challenge", nil).ok(w.t))
	if c.Origin != origin {
		w.t.Errorf("the challenge names %q", c.Origin)
	}
	return signing.LoginText{Origin: c.Origin, Nonce: c.Nonce, Expires: c.ExpiresAt}
}

func (w *world) login(nonce string, cms []byte) answer {
	w.t.Helper()
	return w.post(who{}, "/v1/login", api.Login{Nonce: nonce, CMS: cms})
}

func loginCMS(t testing.TB, k *signing.Key, text signing.LoginText, at time.Time) []byte {
	t.Helper()
	cms, err := k.SignLogin(t.Context(), text, at)
	if err != nil {
		t.Fatalf("signing a login: %v", err)
	}
	return cms
}

func TestTheEnrolledEnterByTheirKey(t *testing.T) {
	for name, kind := range map[string]demo.Kind{"a signing key": demo.Signing, "an authentication key": demo.Auth} {
		t.Run(name, func(t *testing.T) {
			w := given(t)
			text := w.challenge()
			s := as[api.Session](t, w.login(text.Nonce, loginCMS(t, key(t, "auditor", kind), text, noon())).ok(t))
			if s.Me.Person.IIN != person("auditor").iin || s.Me.Organization.BIN != departmentBIN || len(s.Token) < 32 {
				t.Errorf("got the session %+v", s)
			}
			if !s.ExpiresAt.After(noon()) {
				t.Errorf("the session ends at %s", s.ExpiresAt)
			}
			if a := w.withToken(s.Token, "/v1/me"); a.status != http.StatusOK {
				t.Errorf("the session opens nothing: %s", a.body)
			}
		})
	}
}

// withToken reads with a session's token.
func (w *world) withToken(token, path string) answer {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.url+path, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	return read(w.t, resp)
}

func TestNobodyElseEnters(t *testing.T) {
	for name, c := range map[string]struct {
		sign   func(t *testing.T, w *world, text signing.LoginText) []byte
		status int
		reason string
	}{
		"an unknown person": {func(t *testing.T, _ *world, text signing.LoginText) []byte {
			return loginCMS(t, key(t, "stranger", demo.Signing), text, noon())
		}, 403, "unknown_certificate"},
		"a person of another organisation": {func(t *testing.T, _ *world, text signing.LoginText) []byte {
			return loginCMS(t, key(t, "moved", demo.Signing), text, noon())
		}, 403, "unknown_certificate"},
		"a private certificate": {func(t *testing.T, _ *world, text signing.LoginText) []byte {
			return loginCMS(t, key(t, "private", demo.Signing), text, noon())
		}, 403, "unknown_certificate"},
		"another authority's certificate": {func(t *testing.T, _ *world, text signing.LoginText) []byte {
			a, err := forged()
			if err != nil {
				t.Fatal(err)
			}
			return loginCMS(t, opened(t, a, "auditor", demo.Signing), text, noon())
		}, 403, "signature_invalid"},
		"an expired certificate": {func(t *testing.T, _ *world, text signing.LoginText) []byte {
			return loginCMS(t, key(t, "auditor", demo.Expired), text, noon().AddDate(0, -1, 0))
		}, 403, "signature_invalid"},
		"a text that names another centre": {func(t *testing.T, _ *world, text signing.LoginText) []byte {
			text.Origin = "https://other.example"
			return loginCMS(t, key(t, "auditor", demo.Signing), text, noon())
		}, 403, "signature_invalid"},
		"a text with another nonce": {func(t *testing.T, w *world, text signing.LoginText) []byte {
			text.Nonce = w.challenge().Nonce
			return loginCMS(t, key(t, "auditor", demo.Signing), text, noon())
		}, 403, "signature_invalid"},
		"a text that lives longer": {func(t *testing.T, _ *world, text signing.LoginText) []byte {
			text.Expires = text.Expires.Add(time.Hour)
			return loginCMS(t, key(t, "auditor", demo.Signing), text, noon())
		}, 403, "signature_invalid"},
		"a document's signature": {func(t *testing.T, _ *world, _ signing.LoginText) []byte {
			return signed(t, key(t, "auditor", demo.Signing), []byte("%PDF-1.7"))
		}, 403, "signature_invalid"},
		"no signature":    {func(*testing.T, *world, signing.LoginText) []byte { return []byte{} }, 403, "signature_invalid"},
		"junk":            {func(*testing.T, *world, signing.LoginText) []byte { return []byte("junk") }, 403, "signature_invalid"},
		"nested brackets": {func(*testing.T, *world, signing.LoginText) []byte { return bomb(40_000) }, 403, "signature_invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			w := given(t)
			text := w.challenge()
			w.login(text.Nonce, c.sign(t, w, text)).refusedAs(t, c.status, c.reason)
			// The challenge is used up, whoever tried.
			w.login(text.Nonce, loginCMS(t, key(t, "auditor", demo.Signing), text, noon())).refusedAs(t, 401, "session_expired")
		})
	}
}

func TestAChallengeIsGoodOnceAndShortly(t *testing.T) {
	w := given(t)
	text := w.challenge()
	cms := loginCMS(t, key(t, "auditor", demo.Signing), text, noon())
	w.login(text.Nonce, cms).ok(t)
	w.login(text.Nonce, cms).refusedAs(t, 401, "session_expired")

	text = w.challenge()
	cms = loginCMS(t, key(t, "auditor", demo.Signing), text, noon())
	w.clock.set(text.Expires.Add(time.Second))
	w.login(text.Nonce, cms).refusedAs(t, 401, "session_expired")

	w.login("made up", cms).refusedAs(t, 401, "session_expired")
}

// TestOneOfManyTakesAChallenge: the same signature at once opens one session.
func TestOneOfManyTakesAChallenge(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		text := w.challenge()
		login := request{method: http.MethodPost, path: "/v1/login", body: api.Login{
			Nonce: text.Nonce, CMS: loginCMS(t, key(t, "auditor", demo.Signing), text, noon()),
		}}
		answers, err := atOnce(10, func(int) (answer, error) { return w.try(who{}, login) })
		if err != nil {
			t.Fatal(err)
		}
		opened := 0
		for _, a := range answers {
			if a.status == http.StatusOK {
				opened++
			}
		}
		if opened != 1 {
			t.Errorf("%d sessions", opened)
		}
	})
}

func TestASessionEnds(t *testing.T) {
	auditor := person("auditor")
	for name, end := range map[string]struct {
		how    func(*world)
		reason string
	}{
		"by its term":          {func(w *world) { w.clock.set(noon().AddDate(1, 0, 0)) }, "session_expired"},
		"by leaving":           {func(w *world) { w.post(auditor, "/v1/logout", nil).ok(w.t) }, "unauthenticated"},
		"by a change of roles": {func(w *world) { w.enrol(auditor, control.Auditor, control.Administrator) }, "unauthenticated"},
	} {
		t.Run(name, func(t *testing.T) {
			w := given(t)
			w.get(auditor, "/v1/me").ok(t)
			end.how(w)
			w.get(auditor, "/v1/me").refusedAs(t, 401, end.reason)
			w.unchanged(func() {
				w.post(auditor, "/v1/admin/organizations", api.Organization{BIN: otherDepartmentBIN, Kind: api.Department}).refusedAs(t, 401, end.reason)
			})
		})
	}
}

// enrol has an administrator change somebody's roles.
func (w *world) enrol(p who, roles ...control.Role) {
	w.t.Helper()
	w.post(person("administrator"), "/v1/admin/people", api.Person{
		IIN: p.iin, Surname: "Тегі " + p.name, Given: "Аты", Organization: p.org, Roles: roles,
	}).ok(w.t)
}

func TestNoOtherTokenOpensASession(t *testing.T) {
	w := given(t)
	for _, token := range []string{
		"", " ", "x", digest([]byte(person("auditor").token())), "' OR 1=1 --", "\x80",
	} {
		if a := w.withToken(token, "/v1/me"); a.status != http.StatusUnauthorized {
			t.Errorf("%q opens: %d", token, a.status)
		}
	}
}
