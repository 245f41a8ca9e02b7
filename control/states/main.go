// Command states draws the life cycles of package control as Mermaid state diagrams, in Kazakh, Russian
// and English, from the tables themselves: go generate ./control.
//
// Its promise: the pages say what the tables say. Its limit: it draws rows, not the conditions that a
// rule adds to them; those stand in the rules.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"baqylau/control"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: states WORDS-FOLDER PAGES-FOLDER")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(words, pages string) error {
	all, err := draw(words)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(pages, 0o755); err != nil {
		return err
	}
	for name, page := range all {
		if err := os.WriteFile(filepath.Join(pages, name), []byte(page), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// language is a language of the pages with its words: "notification.draft" → "Жоба".
type language struct {
	title string
	words map[string]string
}

// draw makes every page, by its file name.
func draw(folder string) (map[string]string, error) {
	languages := []language{{title: "Қазақша"}, {title: "По-русски"}, {title: "English"}}
	for i, code := range []string{"kk", "ru"} {
		languages[i].words = map[string]string{}
		for _, area := range []string{"common", "reason"} {
			data, err := os.ReadFile(filepath.Join(folder, code, area+".json"))
			if err != nil {
				return nil, fmt.Errorf("read the words: %w", err)
			}
			var texts map[string]any
			if err := json.Unmarshal(data, &texts); err != nil {
				return nil, fmt.Errorf("read the words of %s/%s: %w", code, area, err)
			}
			for key, text := range texts {
				if s, ok := text.(string); ok {
					languages[i].words[key] = s
				}
			}
		}
	}
	return map[string]string{
		"notification.md": page("Notification", "notification", control.NotificationLife, languages),
		"objection.md":    page("Objection", "objection", control.ObjectionLife, languages),
		"conclusion.md":   page("Conclusion", "conclusion", control.ConclusionLife, languages),
	}, nil
}

// page draws one life in every language, and lists its rows.
func page[S ~string](title, family string, life control.Life[S], languages []language) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<!-- Made by go generate ./control from the table of package control. Not to be edited. -->\n\n# %s\n", title)
	for _, l := range languages {
		fmt.Fprintf(&b, "\n## %s\n\n```mermaid\n%s```\n", l.title, diagram(family, life, l.words))
	}
	b.WriteString("\n## Rows of the table\n\n| from | action | to | role | relation | rule | by a deputy |\n|---|---|---|---|---|---|---|\n")
	for _, t := range life {
		deputy := ""
		if t.Deputy {
			deputy = "yes"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s |\n",
			code(string(t.From)), code(string(t.Action)), code(string(t.To)), code(string(t.Role)), code(t.Relation.String()), t.Rule, deputy)
	}
	return b.String()
}

func code(s string) string {
	if s == "" {
		return "–"
	}
	return "`" + s + "`"
}

// diagram draws the arrows, each action between two statuses once, whoever does it.
func diagram[S ~string](family string, life control.Life[S], words map[string]string) string {
	label := func(key, code string) string {
		if text := words[key]; text != "" {
			return text
		}
		return strings.ReplaceAll(code, "_", " ")
	}
	state := func(s S) string {
		if s == "" {
			return "[*]"
		}
		return string(s)
	}
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n")
	known, drawn := map[S]bool{"": true}, map[string]bool{}
	for _, t := range life {
		for _, s := range []S{t.From, t.To} {
			if !known[s] {
				known[s] = true
				fmt.Fprintf(&b, "    state \"%s\" as %s\n", label(family+"."+string(s), string(s)), s)
			}
		}
	}
	for _, t := range life {
		arrow := fmt.Sprintf("    %s --> %s : %s\n", state(t.From), state(t.To), label("action."+string(t.Action), string(t.Action)))
		if !drawn[arrow] {
			drawn[arrow] = true
			b.WriteString(arrow)
		}
	}
	return b.String()
}
