package ui

import (
	"encoding/json"
	"fmt"
	"strings"

	"fyne.io/fyne/v2/lang"

	"baqylau/assets"
)

const toolkitPrefix = "toolkit."

// speak gives the toolkit its own few strings (Cut, Copy, Save …) in a language. The toolkit has no
// Kazakh and no way to choose a language: it takes what stands under the name of the system's locale.
func speak(l assets.Lang) error {
	messages := map[string]map[string]string{}
	for _, key := range assets.Keys(l) {
		if name, ours := strings.CutPrefix(key, toolkitPrefix); ours {
			messages[name] = map[string]string{"other": l.T(key)}
		}
	}
	data, err := json.Marshal(messages)
	if err != nil {
		return err
	}
	if err := lang.AddTranslationsForLocale(data, lang.SystemLocale()); err != nil {
		return fmt.Errorf("translate the toolkit: %w", err)
	}
	return nil
}
