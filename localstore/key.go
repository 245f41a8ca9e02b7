package localstore

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"

	"github.com/zalando/go-keyring"
	"golang.org/x/crypto/argon2"
)

// Key seals the values of one store. Printed or logged it says nothing.
type Key [32]byte

// Format writes a word in place of the key, whatever the verb.
func (Key) Format(f fmt.State, _ rune) { io.WriteString(f, "[key]") } // fmt keeps the error

// MarshalText writes a word in place of the key, so that no encoder writes it out by chance.
func (Key) MarshalText() ([]byte, error) { return []byte("[key]"), nil }

// Zero overwrites the key.
func (k *Key) Zero() { clear(k[:]) }

// Derivation says how a key is made from a passphrase by argon2id (RFC 9106). It is no secret; the store keeps
// it in its header and beside its snapshots.
type Derivation struct {
	Salt      []byte `json:"salt"`       // 16 to 64 random bytes
	Time      uint32 `json:"time"`       // passes
	MemoryKiB uint32 `json:"memory_kib"` // memory, in KiB
	Threads   uint8  `json:"threads"`
}

// NewDerivation gives the second recommended parameters of RFC 9106 section 4 (3 passes, 64 MiB, 4 lanes) with
// a random salt.
func NewDerivation() Derivation {
	d := Derivation{Salt: make([]byte, 16), Time: 3, MemoryKiB: 64 << 10, Threads: 4}
	rand.Read(d.Salt) // crypto/rand never gives an error, it ends the program
	return d
}

// check bounds what a header may ask for: enough to slow a guesser down (at least OWASP's 19 MiB, 2 passes),
// not enough to stop this computer.
func (d Derivation) check() error {
	switch {
	case len(d.Salt) < 16 || len(d.Salt) > 64:
		return fmt.Errorf("a salt of %d bytes, not of 16 to 64", len(d.Salt))
	case d.Time < 2 || d.Time > 64:
		return fmt.Errorf("%d passes, not 2 to 64", d.Time)
	case d.MemoryKiB < 19<<10 || d.MemoryKiB > 1<<20:
		return fmt.Errorf("%d KiB of memory, not 19456 to 1048576", d.MemoryKiB)
	case d.Threads < 1 || d.Threads > 16:
		return fmt.Errorf("%d lanes, not 1 to 16", d.Threads)
	}
	return nil
}

// KeyFromPassphrase derives the key; it takes some tenths of a second and d.MemoryKiB of memory. An empty
// passphrase and parameters out of bounds are refused. Wiping pass is the caller's.
func KeyFromPassphrase(pass []byte, d Derivation) (Key, error) {
	if len(pass) == 0 {
		return Key{}, errors.New("deriving the store's key: the passphrase is empty")
	}
	if err := d.check(); err != nil {
		return Key{}, fmt.Errorf("deriving the store's key: %w", err)
	}
	derived := argon2.IDKey(pass, d.Salt, d.Time, d.MemoryKiB, d.Threads, uint32(len(Key{})))
	defer clear(derived)
	return Key(derived), nil
}

// keyringService is the name that the program has in the keyring.
const keyringService = "baqylau"

// knownToKeyring gives the key that the operating system's keyring holds for service and user; false when it
// holds none. It gives an error that is ErrNoKeyring where there is no keyring or it refuses (on Linux it needs
// a Secret Service on the session bus); it may wait for the person to unlock the keyring.
func knownToKeyring(service, user string) (Key, bool, error) {
	text, err := keyring.Get(service, user)
	if errors.Is(err, keyring.ErrNotFound) {
		return Key{}, false, nil
	}
	if err != nil {
		return Key{}, false, fmt.Errorf("%w: %w", ErrNoKeyring, err)
	}
	raw, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil || len(raw) != len(Key{}) {
		return Key{}, false, errors.New("the keyring's entry for the store is not a key")
	}
	defer clear(raw)
	return Key(raw), true, nil
}

// keyFromKeyring gives the key that the keyring holds, and makes a random one the first time. It reads back
// what it wrote: a keyring that silently keeps nothing must not lock anything.
func keyFromKeyring(service, user string) (Key, error) {
	key, found, err := knownToKeyring(service, user)
	if found || errors.Is(err, ErrNoKeyring) {
		return key, err
	}
	defer key.Zero()
	rand.Read(key[:]) // crypto/rand never gives an error, it ends the program
	if err := keyring.Set(service, user, base64.RawStdEncoding.EncodeToString(key[:])); err != nil {
		return Key{}, fmt.Errorf("%w: %w", ErrNoKeyring, err)
	}
	kept, found, err := knownToKeyring(service, user)
	if err != nil || !found || kept != key {
		return Key{}, fmt.Errorf("%w: it doesn't keep what it is given: %w", ErrNoKeyring, err)
	}
	return kept, nil
}

// dropFromKeyring has the keyring forget; where there is no keyring or no such entry there is nothing to forget.
func dropFromKeyring(service, user string) error {
	if err := keyring.Delete(service, user); err != nil && !errors.Is(err, keyring.ErrNotFound) {
		if _, found, again := knownToKeyring(service, user); again == nil && found {
			return fmt.Errorf("having the keyring forget the store: %w", err)
		}
	}
	return nil
}
