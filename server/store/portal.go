package store

import (
	"context"
	"errors"

	"baqylau/server/portal"
)

// Portal is the transaction's view of what imports brought: a portal.Store.
func (tx *Tx) Portal() portal.Store { return portalRecords{tx} }

type portalRecords struct{ tx *Tx }

// Get finds a record by its key.
func (p portalRecords) Get(_ context.Context, key string) (portal.Record, bool, error) {
	r := portal.Record{Key: key}
	err := p.tx.row(`SELECT body FROM portal_record WHERE name = $1`, []any{key}, (*text)(&r.Body))
	if errors.Is(err, ErrNotFound) {
		return portal.Record{}, false, nil
	}
	if err == nil {
		r.Links, err = p.names(`SELECT link FROM portal_link WHERE record = $1 ORDER BY link`, key)
	}
	return r, err == nil, err
}

// Linked lists the records that have the link, by key.
func (p portalRecords) Linked(ctx context.Context, link string) ([]portal.Record, error) {
	keys, err := p.names(`SELECT record FROM portal_link WHERE link = $1 ORDER BY record`, link)
	if err != nil {
		return nil, err
	}
	records := make([]portal.Record, 0, len(keys))
	for _, key := range keys {
		r, _, err := p.Get(ctx, key)
		if err != nil {
			return nil, err
		}
		records = append(records, r)
	}
	return records, nil
}

// Put stores a record, in the place of the one with the same key.
func (p portalRecords) Put(_ context.Context, r portal.Record) error {
	_, err := p.tx.exec(`INSERT INTO portal_record (name, body) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET body = excluded.body`, r.Key, string(r.Body))
	if err != nil {
		return err
	}
	if _, err := p.tx.exec(`DELETE FROM portal_link WHERE record = $1`, r.Key); err != nil {
		return err
	}
	for _, link := range r.Links {
		_, err := p.tx.exec(`INSERT INTO portal_link (link, record) VALUES ($1, $2)
			ON CONFLICT (link, record) DO NOTHING`, link, r.Key)
		if err != nil {
			return err
		}
	}
	return nil
}

func (p portalRecords) names(query, by string) (list []string, err error) {
	err = p.tx.each(query, []any{by}, func(scan func(...any) error) error {
		var name string
		err := scan(&name)
		list = append(list, name)
		return err
	})
	return list, err
}
