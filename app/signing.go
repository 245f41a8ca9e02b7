package app

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"baqylau/api"
	"baqylau/control"
	"baqylau/signing"
)

// Paper is a document as it lies before the signer: the very bytes that will be signed.
type Paper struct {
	Kind    api.ObjectKind // certificate, notification or conclusion
	ID      string
	Number  string
	Title   string // what it is about: the lot
	Version int64
	Digest  string // SHA-256 of Bytes, hexadecimal
	Bytes   []byte // PDF

	Purchase  string // of a certificate
	Direction control.Direction
}

// paper fetches the file that the paper names; the client refuses bytes of another digest.
func (d *Desk) paper(ctx context.Context, p Paper) (Paper, error) {
	var err error
	p.Bytes, err = d.client.File(ctx, p.Digest)
	return p, err
}

// File fetches a file by its digest, to be shown: while the centre is away, one that was prepared here.
func (d *Desk) File(ctx context.Context, digest string) ([]byte, error) {
	body, err := d.client.File(ctx, digest)
	if (errors.Is(err, api.ErrOffline) || sessionEnded(err)) && d.store.HasFile(digest) {
		return d.keptFile(digest)
	}
	return body, err
}

// PrepareApproval has the centre make the final file of a notification with my position and name.
func (d *Desk) PrepareApproval(ctx context.Context, id string) (Paper, error) {
	const kind = api.ObjectKindNotification
	return d.prepare(ctx, kind, id, "command.prepare", func() (Paper, control.Papers, error) {
		n, found, err := mirroredOne[api.Notification](d, kind, id)
		p := Paper{Kind: kind, ID: id, Number: n.Body.Number, Title: n.Body.LotNumber, Version: n.Version, Digest: n.Body.File}
		return p, n.Body.Papers(), errors.Join(err, missing(found))
	})
}

// prepare fetches the final file, which the centre makes first unless it has made it for me already. of
// reads the paper as it is mirrored, and what the rules know of it.
func (d *Desk) prepare(ctx context.Context, kind api.ObjectKind, id, label string, of func() (Paper, control.Papers, error)) (Paper, error) {
	p, papers, err := of()
	if err != nil {
		return Paper{}, err
	}
	if !papers.PreparedFor(d.Actor()) {
		err = d.attend(ctx, command{aggregate: id, base: p.Version, path: step{kind, stepPrepare}.path(id), label: label})
		if err != nil {
			return Paper{}, err
		}
		if p, _, err = of(); err != nil {
			return Paper{}, err
		}
	}
	return d.paper(ctx, p)
}

// ErrGone means that the object is no longer there, or no longer to be seen.
var ErrGone = errors.New("no longer there")

func missing(found bool) error {
	if found {
		return nil
	}
	return ErrGone
}

// WaitingForSignature lists the notifications that wait for my approval, by id; not those that I have signed
// and that are on their way to the centre.
func (d *Desk) WaitingForSignature() ([]api.Notification, error) {
	if err := d.store.AtHand(); err != nil {
		return nil, err
	}
	var list []api.Notification
	for _, id := range d.index.Load().tasks() {
		signed, err := d.signature(id)
		if err != nil {
			return nil, err
		}
		n, found, err := mirroredOne[api.Notification](d, api.ObjectKindNotification, id)
		if err != nil {
			return nil, err
		}
		if found && !underWay(signed) && n.Body.State.May(d.Actor(), control.ActionApprove).Allowed {
			list = append(list, n.Body)
		}
	}
	return list, nil
}

// maxKeyFile bounds what is taken for a key file.
const maxKeyFile = 1 << 20

// KeyFiles lists the key files (.p12, .pfx) in folders, by name. Folders that are not there are passed over.
func KeyFiles(folders ...string) []string {
	var files []string
	for _, folder := range folders {
		entries, err := os.ReadDir(folder)
		if err != nil {
			continue // not there, or not ours to read: nothing to offer
		}
		for _, e := range entries {
			ending := strings.ToLower(filepath.Ext(e.Name()))
			if e.Type().IsRegular() && (ending == ".p12" || ending == ".pfx") {
				files = append(files, filepath.Join(folder, e.Name()))
			}
		}
	}
	slices.Sort(files)
	return slices.Compact(files)
}

// OpenKey opens a key file with its password. The password is overwritten.
func OpenKey(path string, password []byte) (*signing.Key, error) {
	defer clear(password)
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	// What is read is bounded, and not what the file says of its size: a device says nothing.
	data, err := io.ReadAll(io.LimitReader(file, maxKeyFile+1))
	defer clear(data)
	switch {
	case err != nil:
		return nil, err
	case len(data) > maxKeyFile:
		return nil, signing.ErrNotPKCS12
	}
	return signing.OpenPKCS12(filepath.Base(path), data, password)
}

// FitToSign says why a key can't sign my documents now: an authentication key, an expired one,
// somebody else's. nil when it can, or when its owner is known only by the signature.
func (d *Desk) FitToSign(key signing.Signatory) error {
	identity := key.Identity()
	if identity.Certificate == nil {
		return nil
	}
	return identity.FitFor(signing.ForDocument, d.Me().Person.IIN, d.Now()).Err()
}
