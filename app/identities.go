package app

import (
	"context"
	"crypto/x509"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"baqylau/assets"
	"baqylau/signing"
	"baqylau/signing/ncalayer"
	"baqylau/signing/token"
)

// KeySources say where keys are looked for.
type KeySources struct {
	Folders  []string         // of key files
	Module   string           // path of the tokens' PKCS#11 module; "" for none
	Program  string           // that serves as the process of the tokens' driver
	NCALayer *ncalayer.Client // nil for none
}

// Keys are all keys that a person may use on this machine, as one list: key files, tokens, NCALayer.
// They are safe for use by many goroutines.
type Keys struct {
	mu      sync.Mutex
	sources KeySources
	tokens  *token.Store // nil without a module
	taken   []string     // key files from elsewhere
	seen    map[string]signing.Identity
}

// NewKeys looks for keys in the sources.
func NewKeys(sources KeySources) *Keys {
	k := &Keys{sources: sources, seen: map[string]signing.Identity{}}
	k.tokens = tokensOf(sources)
	return k
}

func tokensOf(sources KeySources) *token.Store {
	if sources.Module == "" {
		return nil
	}
	return token.New(sources.Module, sources.Program)
}

// Identity is one entry of the list.
type Identity struct {
	signing.Offer
	// Err is why the entry can't be used now whoever's it is: the token is locked, NCALayer not running.
	Err error
	// LastTry says that one more wrong PIN locks the token.
	LastTry bool

	path  string
	entry token.Entry
}

// Key names the entry among all: the path of a file, the certificate on a token.
func (i Identity) Key() string {
	switch i.Store {
	case signing.StoreFile:
		return i.path
	case signing.StoreToken:
		return "token:" + i.entry.Serial + ":" + i.Identity().Serial
	}
	return string(i.Store)
}

// Identity is who the owner is; see [signing.Offer].
func (i Identity) Identity() signing.Identity { return i.Offer.Identity }

// Folder is where a key file lies.
func (i Identity) Folder() string { return filepath.Dir(i.path) }

// Secret tells whether opening it takes a password or a PIN here; NCALayer asks for it itself.
func (i Identity) Secret() bool { return i.Store != signing.StoreNCALayer }

// Files are the entries that are known at once: key files.
func (k *Keys) Files() []Identity {
	k.mu.Lock()
	defer k.mu.Unlock()
	paths := KeyFiles(k.sources.Folders...)
	for _, path := range k.taken {
		if !slices.Contains(paths, path) {
			paths = append([]string{path}, paths...)
		}
	}
	list := make([]Identity, len(paths))
	for i, path := range paths {
		offer := signing.Offer{Store: signing.StoreFile, Name: filepath.Base(path), Identity: k.seen[state(path)]}
		list[i] = Identity{Offer: offer, path: path}
	}
	return list
}

// state names a file as it is now: another file under the same name is another.
func state(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return path
	}
	return path + "\x00" + info.ModTime().String()
}

// Identities lists all there are. The error is that of a store that could not be looked into; the
// entries of the others are there all the same.
func (k *Keys) Identities(ctx context.Context) ([]Identity, error) {
	list := k.Files()
	k.mu.Lock()
	tokens, client := k.tokens, k.sources.NCALayer
	k.mu.Unlock()
	var failed error
	if tokens != nil {
		var entries []token.Entry
		entries, failed = tokens.List(ctx)
		for _, entry := range entries {
			list = append(list, onToken(entry))
		}
	}
	if client != nil {
		entry := Identity{Offer: signing.Offer{Store: signing.StoreNCALayer, Name: ncalayer.Storage}}
		if !client.Running(ctx) {
			entry.Err = ncalayer.ErrAbsent
		}
		list = append(list, entry)
	}
	return list, failed
}

func onToken(entry token.Entry) Identity {
	listed := Identity{Offer: signing.Offer{Store: signing.StoreToken, Name: entry.Token}, LastTry: entry.LastTry, entry: entry}
	certificate, err := x509.ParseCertificate(entry.Certificate)
	switch {
	case err != nil:
		listed.Err = token.ErrNoKey
		return listed
	case entry.Locked:
		listed.Err = token.ErrLocked
	}
	listed.Offer.Identity = signing.IdentityOf(certificate)
	listed.Offer.Identity.Storage = entry.Token
	return listed
}

// Take adds a key file from elsewhere and gives its entry's key.
func (k *Keys) Take(path string) string {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !slices.Contains(k.taken, path) {
		k.taken = append(k.taken, path)
	}
	return path
}

// Module is the path of the tokens' driver; "" for none.
func (k *Keys) Module() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.sources.Module
}

// SetModule has tokens reached by another driver, or by none. Keys that are open on the former are closed.
func (k *Keys) SetModule(path string) error {
	k.mu.Lock()
	former := k.tokens
	k.sources.Module = path
	k.tokens = tokensOf(k.sources)
	k.mu.Unlock()
	if former == nil {
		return nil
	}
	return former.Close()
}

// Close ends the process of the tokens' driver.
func (k *Keys) Close() error {
	k.mu.Lock()
	tokens := k.tokens
	k.mu.Unlock()
	if tokens == nil {
		return nil
	}
	return tokens.Close()
}

// Open opens an entry with its password or PIN, which is overwritten. iin is whose key it must be where
// the owner is not known yet, "" for anybody's; NCALayer's window speaks the language.
func (k *Keys) Open(ctx context.Context, i Identity, secret []byte, iin string, lang assets.Lang) (signing.Signatory, error) {
	defer clear(secret)
	k.mu.Lock()
	tokens, client := k.tokens, k.sources.NCALayer
	k.mu.Unlock()
	switch {
	case i.Store == signing.StoreFile:
		key, err := OpenKey(i.path, secret)
		if err != nil {
			return nil, err
		}
		k.mu.Lock()
		defer k.mu.Unlock()
		k.seen[state(i.path)] = key.Identity()
		return key, nil
	case i.Store == signing.StoreToken && tokens != nil:
		return openToken(ctx, tokens, i.entry, secret)
	case i.Store == signing.StoreNCALayer && client != nil:
		return client.Signatory(iin, string(lang)), nil
	}
	return nil, ErrGone
}

func openToken(ctx context.Context, tokens *token.Store, entry token.Entry, pin []byte) (signing.Signatory, error) {
	private, err := tokens.Open(ctx, entry, pin)
	if err != nil {
		return nil, err
	}
	key, err := signing.NewKey(private, private.Certificate(), nil, entry.Token)
	if err != nil {
		return nil, errors.Join(err, private.Close())
	}
	return key, nil
}

// Listed says an entry in a line: the owner where it is known, else the file or the store.
func Listed(lang assets.Lang, i Identity) string {
	name := i.Name
	if i.Store == signing.StoreNCALayer {
		name = lang.T("identity.ncalayer")
	}
	if !i.Known() {
		return name
	}
	return name + " · " + i.Identity().Owner
}

// Described says who the owner of an entry is: IIN, BIN, role, how long it is valid, where it is kept.
func Described(lang assets.Lang, i Identity) string {
	if !i.Known() {
		return lang.T("identity.unknown." + string(i.Store))
	}
	id := i.Identity()
	text := id.Owner
	add := func(part string) {
		if part != "" {
			text += " · " + part
		}
	}
	if id.IIN != "" {
		add(lang.T("identity.iin", "iin", id.IIN))
	}
	if id.BIN != "" {
		add(lang.T("identity.bin", "bin", id.BIN))
	}
	if role := id.Role(); role != "" {
		add(lang.T("identity.role." + string(role)))
	}
	add(lang.T("identity.until", "date", assets.Date(id.NotAfter)))
	add(lang.T("identity.store."+string(i.Store), "name", i.Name))
	if i.LastTry {
		add(lang.T("identity.last_try"))
	}
	return text
}

// Unusable says in a few words why an entry can't serve the purpose; "" when it can, or when opening it
// will tell. iin is whose it must be, "" for anybody's.
func (i Identity) Unusable(lang assets.Lang, purpose signing.Purpose, iin string, at time.Time) string {
	switch unfit := i.FitFor(purpose, iin, at); {
	case unfit != signing.Fit:
		return lang.T("signing.unfit." + string(unfit))
	case errors.Is(i.Err, ncalayer.ErrAbsent):
		return lang.T("identity.absent")
	case errors.Is(i.Err, token.ErrLocked):
		return lang.T("identity.locked")
	case i.Err != nil:
		return lang.T("signing.unfit.kind")
	}
	return ""
}
