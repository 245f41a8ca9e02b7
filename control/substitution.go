package control

import (
	"slices"
	"time"
)

const (
	ActionSubstitute      Action = "substitute"
	ActionEndSubstitution Action = "end_substitution"
	ActionActFor          Action = "act_for"
)

// Substitution lets one employee act in the place of another of the same organisation, from–to.
type Substitution struct {
	Absent string    `json:"absent"` // person
	Deputy string    `json:"deputy"` // person
	From   time.Time `json:"from"`
	Until  time.Time `json:"until"` // exclusive
}

// Check answers whether the substitution may be entered: two different people of one organisation,
// for a time that ends after it begins.
func (s Substitution) Check(absent, deputy Actor) Verdict {
	const rule = "R-11.6"
	switch {
	case s.Absent == "" || s.Deputy == "" || s.Absent == s.Deputy,
		absent.Person != s.Absent || deputy.Person != s.Deputy,
		absent.Organization == "" || absent.Organization != deputy.Organization,
		absent.Deputy != "" || deputy.Deputy != "",
		!s.From.Before(s.Until):
		return refuse(rule, UnfitDeputy, s.Deputy)
	default:
		return allow(rule, Window{s.From, s.Until})
	}
}

// substituted are the roles that a deputy takes over: those of the rules that honour a substitution
// (R-2.2, R-3.3, R-3.7, §4–5). A table's column Deputy says for which of their actions.
func substituted() []Role {
	return []Role{Auditor, AuditorApprover, ObjectionManager, Controller, ControllerApprover}
}

// Act is the deputy as the actor in the absent person's place, now: with that person's relations and
// those of the roles that a substitution takes over. A deputy has no deputy.
func (s Substitution) Act(deputy, absent Actor, now time.Time) (Actor, Verdict) {
	v := s.Check(absent, deputy)
	if !v.Allowed {
		return Actor{}, v
	}
	if v = inWindow("R-11.6", Window{s.From, s.Until}, now); !v.Allowed {
		return Actor{}, v
	}
	a := Actor{Person: absent.Person, Organization: absent.Organization, Deputy: deputy.Person}
	for _, role := range absent.Roles {
		if slices.Contains(substituted(), role) {
			a.Roles = append(a.Roles, role)
		}
	}
	return a, v
}

// View answers whether the actor may read of the substitution: the two people, and the administrator.
func (s Substitution) View(a Actor) Verdict {
	const rule = "R-11.6"
	if v := a.myself(rule); !v.Allowed {
		return v
	}
	if !a.Has(Administrator) && (a.Person == "" || a.Person != s.Absent && a.Person != s.Deputy) {
		return refuse(rule, MissingRole, string(Administrator))
	}
	return allow(rule, Window{s.From, s.Until})
}

// InPlaceOf is the deputy as the actor in the absent person's place, now, by whichever of the
// substitutions is in force. Where none is, it says when the next one opens, else when the last closed.
func InPlaceOf(all []Substitution, deputy, absent Actor, now time.Time) (Actor, Verdict) {
	none := refuse("R-11.6", NotSubstituting, absent.Person)
	ordered := slices.SortedStableFunc(slices.Values(all), func(a, b Substitution) int { return a.From.Compare(b.From) })
	for _, s := range ordered {
		if s.Absent != absent.Person || s.Deputy != deputy.Person || !s.From.Before(s.Until) {
			continue // of others, or ended before it began
		}
		a, v := s.Act(deputy, absent, now)
		if v.Allowed {
			return a, v
		}
		if none = v; v.Reason == WindowNotOpen {
			break // so are all that begin later
		}
	}
	return Actor{}, none
}

// Enter answers whether the administrator may enter the substitution: fit, and not over already.
func (s Substitution) Enter(a, absent, deputy Actor, now time.Time) Verdict {
	if v := administer(a); !v.Allowed {
		return v
	}
	v := s.Check(absent, deputy)
	if v.Allowed && !now.Before(s.Until) {
		return refuse("R-11.6", WindowClosed, "").within(Window{s.From, s.Until})
	}
	return v
}

// End is the substitution ended now by the administrator; one that has not begun never begins. What
// is over can't be ended.
func (s Substitution) End(a Actor, now time.Time) (Substitution, Verdict) {
	if v := administer(a); !v.Allowed {
		return s, v
	}
	if !now.Before(s.Until) {
		return s, refuse("R-11.6", WindowClosed, "").within(Window{s.From, s.Until})
	}
	s.Until = later(s.From, now)
	return s, allow("R-11.6", Window{})
}

// myself refuses whoever acts in another's place, where a rule does not honour it.
func (a Actor) myself(rule Rule) Verdict {
	if a.Deputy != "" {
		return refuse(rule, NotByDeputy, "")
	}
	return allow(rule, Window{})
}
