package control

import (
	"slices"
	"strings"
	"time"
)

// RiskProfile is a sign of a violation that an auditor checks (тәуекел бейіні).
type RiskProfile struct {
	Number    int
	Direction Direction
	Methods   []Method
	Remedies  []Remedy
	NameKK    string
	NameRU    string
	// ValidFrom and ValidTo bound the time in which the profile is checked; ValidTo is exclusive. Zero
	// is always. A retired profile stays, so that old notifications go on explaining themselves.
	ValidFrom, ValidTo time.Time
	line               int // of the file it came from
	// Note says where the profile comes from. The official table is not at hand, so every row says
	// which of its parts are samples.
	Note string
}

// ValidAt says whether the profile is checked at t.
func (p RiskProfile) ValidAt(t time.Time) bool {
	return !t.Before(p.ValidFrom) && (p.ValidTo.IsZero() || t.Before(p.ValidTo))
}

// Sample says whether any part of the profile is to be replaced by the official table.
func (p RiskProfile) Sample() bool { return strings.Contains(p.Note, "sample") }

// Catalogue is the table of risk profiles, in the order of the file it came from.
type Catalogue struct {
	// Version names the table: decisions record it.
	Version  string
	profiles []RiskProfile
	sets     map[setKey][]set
}

type setKey struct {
	method    Method
	direction Direction
}

// set are the profiles to be checked from an instant on, until the next set of the same key.
type set struct {
	from     time.Time
	profiles []RiskProfile
}

// ForAt lists the profiles to be checked for a method and direction at t. The slice is shared: not to
// be changed.
func (c *Catalogue) ForAt(m Method, d Direction, t time.Time) []RiskProfile {
	sets := c.sets[setKey{m, d}]
	for i := len(sets) - 1; i >= 0; i-- {
		if !t.Before(sets[i].from) {
			return sets[i].profiles
		}
	}
	return nil
}

// For lists the profiles to be checked for a method and direction by the newest rows. The slice is
// shared: not to be changed.
func (c *Catalogue) For(m Method, d Direction) []RiskProfile {
	sets := c.sets[setKey{m, d}]
	if len(sets) == 0 {
		return nil
	}
	return sets[len(sets)-1].profiles
}

// Profile finds a profile by its number; the newest, where it was worded anew.
func (c *Catalogue) Profile(number int) (RiskProfile, bool) {
	found, any := RiskProfile{}, false
	for _, p := range c.profiles {
		if p.Number == number && (!any || p.ValidFrom.After(found.ValidFrom)) {
			found, any = p, true
		}
	}
	return found, any
}

// ProfileAt finds a profile by its number as it stood at t.
func (c *Catalogue) ProfileAt(number int, t time.Time) (RiskProfile, bool) {
	for _, p := range c.profiles {
		if p.Number == number && p.ValidAt(t) {
			return p, true
		}
	}
	return RiskProfile{}, false
}

// Worded finds a profile by its number in the words of a day; where it was not checked on that day, in its
// newest ones.
func (c *Catalogue) Worded(number int, day time.Time) (RiskProfile, bool) {
	if p, found := c.ProfileAt(number, day); found {
		return p, true
	}
	return c.Profile(number)
}

// All lists every profile.
func (c *Catalogue) All() []RiskProfile { return slices.Clone(c.profiles) }
