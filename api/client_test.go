package api_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"baqylau/api"
	"baqylau/assets"
	"baqylau/control"
)

// answering makes a client of a centre that answers all alike.
func answering(t *testing.T, status int, kind, body string) *api.Client {
	t.Helper()
	return dialling(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	})
}

func dialling(t *testing.T, handler http.HandlerFunc) *api.Client {
	t.Helper()
	h := httptest.NewServer(handler)
	t.Cleanup(h.Close)
	c, err := api.NewClient(h.URL + "/")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// TestARefusalIsTheCentresOwn: what anybody else says leaves the outcome unknown.
func TestARefusalIsTheCentresOwn(t *testing.T) {
	const problem = "application/problem+json"
	refusal := `{"type":"urn:baqylau:refusal","title":"refused","status":409,"rule":"R-3.10","reason":"shut_out"}`
	for name, c := range map[string]struct {
		status int
		kind   string
		body   string
		known  bool // the outcome
	}{
		"a refusal":                         {409, problem, refusal, true},
		"a refusal with a parameter":        {409, problem + "; charset=utf-8", refusal, true},
		"a refusal of another status":       {403, problem, refusal, false},
		"a refusal that is no JSON":         {409, problem, "<html>", false},
		"a refusal of another type":         {409, "application/json", refusal, false},
		"a page":                            {404, "text/html", "<html>", false},
		"the centre's own failure":          {500, problem, `{"type":"x","title":"t","status":500}`, false},
		"a gate's":                          {502, "text/plain", "bad gateway", false},
		"a redirect":                        {302, "text/plain", "", false},
		"a refusal cut short":               {409, problem, refusal[:20], false},
		"a refusal with a depth of 100 000": {409, problem, strings.Repeat("[", 100_000), false},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := answering(t, c.status, c.kind, c.body).Do(t.Context(), api.Call{Method: http.MethodPost, Path: "/v1/dispatches", Body: []byte("{}")})
			var p api.Problem
			if known := errors.As(err, &p) && !errors.Is(err, api.ErrOffline); known != c.known {
				t.Errorf("got %v", err)
			}
			if !c.known && !errors.Is(err, api.ErrOffline) {
				t.Errorf("the outcome is called known: %v", err)
			}
		})
	}
}

// TestTheSessionIsForTheCentreAlone: whatever path a command was kept with.
func TestTheSessionIsForTheCentreAlone(t *testing.T) {
	reached := false
	stranger := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer stranger.Close()
	c := answering(t, 200, "application/json", "{}")
	c.Use("secret")
	host := strings.TrimPrefix(stranger.URL, "http:")
	for _, path := range []string{stranger.URL + "/v1/notifications", "HTTP:" + host, host, "@" + host[2:], "." + host[2:], ""} {
		_, err := c.Do(t.Context(), api.Call{Method: http.MethodPost, Path: path, Body: []byte("{}")})
		var p api.Problem
		if away := !strings.HasPrefix(path, "/"); away != errors.As(err, &p) || reached {
			t.Errorf("%q: %v; a stranger was reached: %t", path, err, reached)
		}
	}
}

// TestAnAnswerIsBounded: an endless one fills no memory.
func TestAnAnswerIsBounded(t *testing.T) {
	c := dialling(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for chunk := bytes.Repeat([]byte(" "), 1<<20); r.Context().Err() == nil; {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	})
	if _, err := c.Centre(t.Context()); !errors.Is(err, api.ErrOffline) {
		t.Errorf("got %v", err)
	}
}

func TestAFileIsTheOneThatWasAskedFor(t *testing.T) {
	const digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08" // of "test"
	if body, err := answering(t, 200, "application/octet-stream", "test").File(t.Context(), digest); err != nil || string(body) != "test" {
		t.Errorf("got %q, %v", body, err)
	}
	for _, other := range []string{"", "tes", "test ", "Test"} {
		if _, err := answering(t, 200, "application/octet-stream", other).File(t.Context(), digest); !errors.Is(err, api.ErrOtherFile) {
			t.Errorf("%q: got %v", other, err)
		}
	}
}

func TestAChallengeOfAnotherCentreIsNotSigned(t *testing.T) {
	c := answering(t, 200, "application/json", `{"nonce":"n","origin":"https://other.example","expires_at":"2026-04-15T06:00:00Z"}`)
	if _, err := c.Challenge(t.Context()); !errors.Is(err, api.ErrOtherOrigin) {
		t.Errorf("got %v", err)
	}
}

func TestWhatACallCarriesArrives(t *testing.T) {
	var got *http.Request
	c := dialling(t, func(w http.ResponseWriter, r *http.Request) {
		got = r.Clone(r.Context())
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"rows":[]}`)
	})
	c.Use("token")
	yes := true
	if _, err := c.Report(t.Context(), api.GetReportParams{
		Method: "auction", Text: "мектеп & «үй»?", AmountFrom: 7, Assigned: &yes, Limit: 3, After: "1:2:a/b",
	}); err != nil {
		t.Fatal(err)
	}
	q := got.URL.Query()
	for name, want := range map[string]string{
		"method": "auction", "text": "мектеп & «үй»?", "amount_from": "7", "assigned": "true", "limit": "3", "after": "1:2:a/b", "region": "",
	} {
		if q.Get(name) != want {
			t.Errorf("%s is %q", name, q.Get(name))
		}
	}
	if got.Header.Get("Authorization") != "Bearer token" {
		t.Errorf("the token is %q", got.Header.Get("Authorization"))
	}
	if _, err := c.Do(t.Context(), api.Call{Method: http.MethodPost, Path: "/x", IdempotencyKey: "k", IfMatch: `"7"`}); err != nil {
		t.Fatal(err)
	}
	if got.Header.Get("Idempotency-Key") != "k" || got.Header.Get("If-Match") != `"7"` {
		t.Errorf("the headers are %v", got.Header)
	}
	if err := c.Logout(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Centre(t.Context()); err != nil || got.Header.Get("Authorization") != "" {
		t.Errorf("after leaving: %v, %q", err, got.Header.Get("Authorization"))
	}
}

// TestARefusalKeepsWhatTheVerdictKnows, rule, fact and window, over the wire.
func TestARefusalKeepsWhatTheVerdictKnows(t *testing.T) {
	v := control.Verdict{Rule: "R-3.1.1", Reason: control.WindowClosed, Subject: "18400101-1", Closes: almaty(2026, 4, 22), Opens: almaty(2026, 4, 14)}
	p := api.Refusal(v, control.ActionCreate)
	if p.Status != http.StatusConflict || p.Rule != "R-3.1.1" || p.Reason != "window_closed" || !p.Closes.Equal(v.Closes) || !p.Opens.Equal(v.Opens) {
		t.Errorf("got %+v", p)
	}
	for _, lang := range []assets.Lang{assets.KK, assets.RU} {
		// The window closes at 24:00 of its last day; people are told the day.
		if text := p.Detail(lang); !strings.Contains(text, "21.04.2026") || !strings.Contains(text, "R-3.1.1") {
			t.Errorf("said in %s: %s", lang, text)
		}
	}
	for reason, status := range map[control.Reason]int{
		control.MissingRole: 403, control.MissingRelation: 403, control.WrongStatus: 409, control.ShutOut: 409,
	} {
		if got := api.Refusal(control.Verdict{Rule: "R-1", Reason: reason}, "").Status; got != status {
			t.Errorf("%s is %d", reason, got)
		}
	}
}

// TestAnOlderClientSaysWhatANewerCentreTold: a reason that it doesn't know comes with its sentence.
func TestAnOlderClientSaysWhatANewerCentreTold(t *testing.T) {
	c := answering(t, 409, "application/problem+json", `{"type":"x","title":"refused","status":409,"reason":"of_tomorrow","detail_kk":"Ертең.","detail_ru":"Завтра."}`)
	_, err := c.Centre(t.Context())
	var p api.Problem
	if !errors.As(err, &p) || p.Detail(assets.KK) != "Ертең." || p.Detail(assets.RU) != "Завтра." {
		t.Errorf("got %v", err)
	}
}

// TestARefusalNamesItsSubjectInWords: a code stands in no sentence; and whose status it is, the rule tells.
func TestARefusalNamesItsSubjectInWords(t *testing.T) {
	status := func(rule control.Rule, subject string) control.Verdict {
		return control.Verdict{Rule: rule, Reason: control.WrongStatus, Subject: subject}
	}
	for name, c := range map[string]struct {
		v    control.Verdict
		key  string
		word string
	}{
		"a plan point's status":             {status("R-3.1.6", string(control.Approved)), "status.approved", "Утверждён"},
		"a purchase's status in sending":    {status("R-3.10", string(control.Completed)), "status.completed", "Завершено"},
		"a notification's status":           {status("R-3.7", string(control.NotificationApproved)), "notification.approved", "Утверждено"},
		"a notification's, executing":       {status("R-3.12", string(control.NotificationAnnulled)), "notification.annulled", "Аннулировано. Положительное заключение"},
		"an objection's status":             {status("R-4.2", string(control.ObjectionRefused)), "objection.refused", "Отказано в удовлетворении"},
		"an objection that is not assigned": {status("R-5.1", string(control.ObjectionNew)), "objection.new", "Новое"},
		"a conclusion's status":             {status("R-5.2", string(control.ConclusionInAgreement)), "conclusion.in_agreement", "На согласовании"},
		"penalties that are locked":         {status("R-10.1", string(control.PenaltyCompleted)), "penalty.completed", "Информация заполнена полностью"},
		"no penalties yet":                  {status("R-10.1", ""), "penalty.none", "Информация не заполнена"},
		"a notification without penalties":  {status("R-10.1", string(control.NotificationDelivered)), "notification.delivered", "Доставлено"},
		"no order yet":                      {status("R-10.2", ""), "orders.none", "Распоряжения нет"},
		"an order that is revoked":          {status("R-10.2", string(control.Revoked)), "orders.revoked", "Распоряжение отменено"},
		"a way that is not open": {
			control.Verdict{Rule: "R-3.11", Reason: control.NotARemedy, Subject: string(control.CancelPurchase)}, "remedy.cancel_purchase", "Отмена закупки",
		},
		"a way that was closed by another": {
			control.Verdict{Rule: "R-3.12", Reason: control.RemedyClosed, Subject: string(control.ContinueWithoutReview)},
			"remedy.continue_without_review", "Продолжить закупку без пересмотра",
		},
	} {
		if got := assets.RU.T(c.key); got != c.word {
			t.Errorf("%s: %s is %q", name, c.key, got)
		}
		for _, lang := range []assets.Lang{assets.KK, assets.RU} {
			if text := api.Sentence(lang, c.v, ""); !strings.Contains(text, "«"+lang.T(c.key)+"»") {
				t.Errorf("%s: said in %s: %s", name, lang, text)
			}
		}
	}
}

// TestAScanIsBroughtOnce: by what it is for and what it is; as bytes, with their digest beside them.
func TestAScanIsBroughtOnce(t *testing.T) {
	keys := map[string]bool{}
	c := dialling(t, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		sum := sha256.Sum256(body)
		if r.Header.Get("Content-Digest") != "sha-256=:"+base64.StdEncoding.EncodeToString(sum[:])+":" || r.Header.Get("Content-Type") != "application/octet-stream" {
			t.Errorf("the headers are %v", r.Header)
		}
		keys[r.URL.Query().Get("notification")+" "+r.Header.Get("Idempotency-Key")] = true
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"digest":"%x","type":"application/pdf","size":%d}`, sum, len(body))
	})
	for _, notification := range []string{"n/1?", "n/1?", "n2"} {
		upload, err := c.Upload(t.Context(), notification, []byte("%PDF-1.4"))
		if err != nil || upload.Size != 8 {
			t.Errorf("got %+v, %v", upload, err)
		}
	}
	if len(keys) != 2 {
		t.Errorf("brought as %v", keys)
	}
}
