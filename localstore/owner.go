package localstore

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// Owner says whose a store is. It lies in clear in the header, so that the people whom a computer knows can be
// listed before anything is unlocked.
type Owner struct {
	Person   string   `json:"person"` // IIN
	Name     string   `json:"name"`
	Roles    []string `json:"roles"`
	Epoch    string   `json:"epoch"` // of the centre's store
	CentreKK string   `json:"centre_kk"`
	CentreRU string   `json:"centre_ru"`
	Address  string   `json:"address"` // where the centre was reached last
}

var errNoOwner = errors.New("the store doesn't say whose it is")

func (o Owner) keyringUser() string { return o.Epoch + " " + o.Person }

// check refuses what can't be the name of a folder and of a file in it; both come from the centre.
func (o Owner) check() error {
	for _, name := range []string{o.Epoch, o.Person} {
		plain := strings.Trim(name, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_") == ""
		if name == "" || len(name) > 64 || !plain {
			return fmt.Errorf("%w: %q in a store's owner", ErrName, name)
		}
	}
	return nil
}

// Owner tells whose the store is; false when it doesn't say.
func (s *Store) Owner() (Owner, bool) {
	s.heading.Lock()
	defer s.heading.Unlock()
	if s.header.Owner == nil {
		return Owner{}, false
	}
	return *s.header.Owner, true
}

// ensureOwner has the header say whose the store is, as was given to Open, or else as was sealed. A header of
// format 1 gets the locks in the same step that makes it one of format 2.
func (s *Store) ensureOwner(owner *Owner, locks []lock) error {
	if owner == nil {
		owner = s.header.sealedOwner(s.seal)
	}
	takesLocks := s.header.Format < headerFormat && len(locks) > 0
	if reflect.DeepEqual(s.header.Owner, owner) && s.header.genuine(s.seal) && !takesLocks {
		return nil
	}
	return s.changeHeader(func(h *header) error {
		h.Owner = owner
		if takesLocks {
			h.Locks = locks
		}
		return nil
	})
}
