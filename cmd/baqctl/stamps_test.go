package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"baqylau/signing"
	"baqylau/signing/testpki"
)

// TestASignatureIsStamped: and stands without its stamp where the service fails.
func TestASignatureIsStamped(t *testing.T) {
	root := testpki.NewRoot(testpki.GOST, "Root of stamps", time.Now())
	tsa := root.Issue(testpki.Order{Name: "TSA", Extended: []string{testpki.KeyTimeStamping}, Critical: true, From: time.Now().AddDate(0, 0, -1), To: time.Now().AddDate(1, 0, 0)})
	answer := func(w http.ResponseWriter, r *http.Request) {
		question, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		query, err := testpki.ReadQuery(question)
		if err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Type", "application/timestamp-reply")
		if _, err := w.Write(testpki.Reply(tsa.Stamp(query.Token(time.Now())))); err != nil {
			t.Error(err)
		}
	}
	service := httptest.NewServer(http.HandlerFunc(answer))
	defer service.Close()
	b := givenBench(t)
	b.put("trusted/tsa.cer", root.Certificate.Raw)
	for _, key := range []string{"me-gost.p12", "me.p12"} {
		out := "out-" + key
		got := b.run("ru", "sign", "a.pdf", "--key", key, "--password-file", "password", "--tsp", service.URL, "--anchors", "trusted", "--out", out)
		if got.code != 0 || got.err != "" {
			t.Fatalf("%s: %+v", key, got)
		}
		got = b.run("ru", "verify", "a.pdf", out+"/a.pdf.p7s", "--anchors", "trusted", "--json")
		var told answerShape
		if err := json.Unmarshal([]byte(got.out), &told); err != nil || got.code != 0 {
			t.Fatalf("%+v: %v", got, err)
		}
		stamped := false
		for _, step := range told.Signatures[0].Steps {
			stamped = stamped || step.Name == signing.StepTimestamp && step.Outcome == signing.Passed
		}
		if !stamped {
			t.Errorf("%s: %s", key, got.out)
		}
	}
	broken := httptest.NewServer(http.NotFoundHandler())
	defer broken.Close()
	for _, lang := range []string{"kk", "ru"} {
		got := b.run(lang, "sign", "b.pdf", "--key", "me-gost.p12", "--password-file", "password", "--tsp", broken.URL, "--anchors", "trusted", "--out", "out-"+lang)
		if got.code != 0 || !strings.Contains(got.out, "→") {
			t.Errorf("%+v", got)
		}
		inWords(t, got.err)
		inLang(t, lang, got.err)
		if got := b.run(lang, "verify", "b.pdf", "out-"+lang+"/b.pdf.p7s", "--anchors", "trusted"); got.code != 0 {
			t.Errorf("%+v", got)
		}
	}
	if got := b.run("ru", "sign", "c.pdf", "--key", "me-gost.p12", "--password-file", "password", "--tsp", service.URL); got.code != 3 || got.out != "" {
		t.Errorf("without anchors: %+v", got)
	}
}

// answerShape is answer as a script reads it.
type answerShape struct{ Signatures []reportFacts }
