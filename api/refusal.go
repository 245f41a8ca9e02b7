package api

import (
	"cmp"
	"net/http"
	"strings"
	"time"

	"baqylau/assets"
	"baqylau/control"
)

// Error makes a problem an error: the client returns it for every refusal of the centre.
func (p Problem) Error() string {
	text := p.Title
	if p.Rule != "" {
		text += " by " + p.Rule
	}
	if p.Reason != "" {
		text += ": " + p.Reason
	}
	if p.Field != "" {
		text += " (" + p.Field + ")"
	}
	return text
}

// Detail is the sentence for a person.
func (p Problem) Detail(lang assets.Lang) string {
	if lang == assets.RU {
		return p.DetailRU
	}
	return p.DetailKK
}

// Refusal puts a verdict into words: what happened, why, and when it opens or closed.
// action makes the sentence name what was refused; it may be empty.
func Refusal(v control.Verdict, action control.Action) Problem {
	p := Problem{
		Type: "urn:baqylau:refusal", Title: "refused", Status: http.StatusConflict,
		Rule: string(v.Rule), Reason: string(v.Reason), Subject: v.Subject,
		Opens: v.Opens, Closes: v.Closes,
	}
	if v.Reason == control.MissingRole || v.Reason == control.MissingRelation {
		p.Title, p.Status = "forbidden", http.StatusForbidden
	}
	p.DetailKK, p.DetailRU = Sentence(assets.KK, v, action), Sentence(assets.RU, v, action)
	return p
}

// Sentence is the refusal in one language.
func Sentence(lang assets.Lang, v control.Verdict, action control.Action) string {
	args := []any{
		"subject", subject(lang, v), "rule", string(v.Rule),
		"opens", assets.DateTime(v.Opens), "closes", assets.Date(lastDay(v.Closes)),
	}
	if action != "" {
		if text, ok := lookUp(lang, "reason."+string(v.Reason)+"."+string(action), args); ok {
			return text
		}
	}
	text, _ := lookUp(lang, "reason."+string(v.Reason), args)
	return text
}

// lastDay is an instant of the last day before an exclusive end.
func lastDay(closes time.Time) time.Time {
	if closes.IsZero() {
		return closes
	}
	return closes.Add(-time.Nanosecond)
}

// subject translates what the reason speaks of.
func subject(lang assets.Lang, v control.Verdict) string {
	for _, family := range families(v) {
		if text, ok := lookUp(lang, family+cmp.Or(v.Subject, "none"), nil); ok {
			return text
		}
	}
	return v.Subject
}

// families are the words that a reason's subject may be one of, the likeliest first.
func families(v control.Verdict) []string {
	switch v.Reason {
	case control.WrongStatus:
		return statusFamilies(v.Rule)
	case control.MissingRole:
		return []string{"role."}
	case control.MissingRelation:
		return []string{"relation."}
	case control.WrongDirection:
		return []string{"direction."}
	case control.NotARemedy, control.RemedyClosed:
		return []string{"remedy."}
	default:
		return nil
	}
}

// statusFamilies are those of a status: which thing's it is, the rule tells. The codes alone don't: a
// purchase and a notification are each approved in a word of their own.
func statusFamilies(rule control.Rule) []string {
	const purchase, notification, objection, conclusion = "status.", "notification.", "objection.", "conclusion."
	is := func(prefix string) bool { return strings.HasPrefix(string(rule), prefix) }
	switch {
	case is("R-4"):
		return []string{objection}
	case is("R-5"):
		return []string{conclusion, objection}
	case is("R-10.1"):
		return []string{"penalty.", notification}
	case is("R-10.2"):
		return []string{"orders.", notification}
	case is("R-1"), is("R-2"), is("R-3.1."), rule == "R-3.1", rule == "R-3.10", rule == "":
		return []string{purchase, notification, objection, conclusion}
	default:
		return []string{notification, purchase}
	}
}

func lookUp(lang assets.Lang, key string, args []any) (string, bool) {
	text := lang.T(key, args...)
	return text, !strings.HasPrefix(text, "⟦")
}

// Fault is a problem that no rule decided, by its code in the translations: "refusal.<code>".
func Fault(status int, code string, args ...any) Problem {
	p := Problem{
		Type: "urn:baqylau:fault", Title: http.StatusText(status), Status: status, Reason: code,
		DetailKK: assets.KK.T("refusal."+code, args...), DetailRU: assets.RU.T("refusal."+code, args...),
	}
	for i := 0; i+1 < len(args); i += 2 {
		if text, ok := args[i+1].(string); ok && args[i] == "field" {
			p.Field = text
		}
	}
	return p
}
