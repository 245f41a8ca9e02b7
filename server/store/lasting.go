package store

import "errors"

// PutLasting notes that a file holds an accepted signature with evidence, and more of it than those that
// were noted before.
func (tx *Tx) PutLasting(signature, digest string) error {
	_, err := tx.exec(`INSERT INTO lasting (digest, signature, step)
		SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), COUNT(*) + 1 FROM lasting WHERE signature = $2
		ON CONFLICT (digest) DO NOTHING`, digest, signature)
	return err
}

// Lasting gives the file with the most evidence for an accepted signature, "" when there is none.
func (tx *Tx) Lasting(signature string) (digest string, err error) {
	if signature == "" {
		return "", nil
	}
	err = tx.row(`SELECT digest FROM lasting WHERE signature = $1 ORDER BY step DESC LIMIT 1`, []any{signature}, &digest)
	if errors.Is(err, ErrNotFound) {
		err = nil
	}
	return digest, err
}

// Accepted gives the accepted signature that a file holds with evidence; any other file is itself.
func (tx *Tx) Accepted(digest string) (signature string, err error) {
	err = tx.row(`SELECT signature FROM lasting WHERE digest = $1`, []any{digest}, &signature)
	if errors.Is(err, ErrNotFound) {
		return digest, nil
	}
	return signature, err
}
