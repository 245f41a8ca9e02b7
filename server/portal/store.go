package portal

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Record is one announcement, lot or plan point as a [Store] keeps it.
type Record struct {
	// Key is unique: "trd-buy/17379677", "lots/17379677-84492164-1", "plans/84492164".
	Key string
	// Links are the names, shared with other records, by which Apply finds it: "trd-buy/17379677",
	// "root/84492164", "point/87589707", "plan/050140002945/2026". At most about a hundred.
	Links []string
	// Body is JSON of this package's own shape; equal bodies say the same.
	Body []byte
}

// Store keeps the records of earlier imports. The calls of one [Apply] belong into one transaction,
// and Apply must not run twice at a time on one store.
type Store interface {
	// Get finds a record by its key.
	Get(ctx context.Context, key string) (Record, bool, error)
	// Linked lists the records that have the link.
	Linked(ctx context.Context, link string) ([]Record, error)
	// Put stores a record, in the place of the one with the same key.
	Put(ctx context.Context, r Record) error
}

// Memory is a Store in memory. The zero value is empty and ready.
type Memory struct {
	records map[string]Record
	links   map[string]map[string]bool
}

// Get finds a record by its key.
func (m *Memory) Get(_ context.Context, key string) (Record, bool, error) {
	r, ok := m.records[key]
	return r, ok, nil
}

// Linked lists the records that have the link, by key.
func (m *Memory) Linked(_ context.Context, link string) ([]Record, error) {
	var found []Record
	for _, key := range slices.Sorted(maps.Keys(m.links[link])) {
		found = append(found, m.records[key])
	}
	return found, nil
}

// Put stores a record.
func (m *Memory) Put(_ context.Context, r Record) error {
	if m.records == nil {
		m.records, m.links = map[string]Record{}, map[string]map[string]bool{}
	}
	for _, link := range m.records[r.Key].Links {
		delete(m.links[link], r.Key)
	}
	m.records[r.Key] = r
	for _, link := range r.Links {
		if m.links[link] == nil {
			m.links[link] = map[string]bool{}
		}
		m.links[link][r.Key] = true
	}
	return nil
}

// recordOf packs an item.
func recordOf(i item) (Record, error) {
	body, err := json.Marshal(i)
	if err != nil {
		return Record{}, fmt.Errorf("pack %s: %w", i.key(), err)
	}
	return Record{Key: i.key(), Links: i.links(), Body: body}, nil
}

// itemOf unpacks a record.
func itemOf(r Record) (item, error) {
	var i item
	switch service, _, _ := strings.Cut(r.Key, "/"); service {
	case announcements:
		i = &announcement{}
	case lots:
		i = &lot{}
	case plans:
		i = &point{}
	default:
		return nil, fmt.Errorf("unpack %q: no kind of record", r.Key)
	}
	if err := json.Unmarshal(r.Body, i); err != nil {
		return nil, fmt.Errorf("unpack %s: %w", r.Key, err)
	}
	return i, nil
}
