package localstore

import "fmt"

// SetPreference keeps a value under a name, such as a saved filter or the width of a column.
func (s *Store) SetPreference(name string, value []byte) error {
	err := checkName("preference", name)
	if err == nil {
		err = checkSize("preference", value)
	}
	if err == nil {
		err = s.update(func(t *txn) error {
			t.touch(Preferences)
			return t.put(bucketPreferences, []byte(name), 0, value)
		})
	}
	if err != nil {
		return fmt.Errorf("saving a preference: %w", err)
	}
	return nil
}

// Preference gives the value kept under a name; false when there is none.
func (s *Store) Preference(name string) (value []byte, found bool, err error) {
	if err := checkName("preference", name); err != nil {
		return nil, false, fmt.Errorf("reading a preference: %w", err)
	}
	err = s.view(func(t *txn) error {
		plain, _, ok, err := t.get(bucketPreferences, []byte(name))
		value, found = plain, ok && err == nil
		return err
	})
	if err != nil {
		return nil, false, fmt.Errorf("reading a preference: %w", err)
	}
	return value, found, nil
}
