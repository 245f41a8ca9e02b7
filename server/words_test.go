package server_test

import (
	"strings"
	"testing"

	"baqylau/api"
	"baqylau/assets"
)

// inWords demands that a refusal says something to a person in both languages, calmly.
func inWords(t testing.TB, p api.Problem) {
	t.Helper()
	for _, lang := range []assets.Lang{assets.KK, assets.RU} {
		text := p.Detail(lang)
		switch {
		case strings.TrimSpace(text) == "":
			t.Errorf("nothing is said in %s: %+v", lang, p)
		case strings.ContainsAny(text, "⟦⟧!{}"), strings.Contains(strings.ToLower(text), "error"), strings.Contains(text, "%!"):
			t.Errorf("said in %s: %s", lang, text)
		case !strings.HasSuffix(text, "."):
			t.Errorf("no sentence in %s: %s", lang, text)
		}
	}
}
