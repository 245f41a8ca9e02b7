// Package token opens keys that never leave their token: USB keys and cards, by the PKCS#11 module
// (driver) of their maker, whose path is the user's setting.
//
// What it promises:
//   - The driver, which is somebody else's C, runs in a process of its own: the program's own
//     executable started with [WorkerArgument]. A driver that crashes or hangs ends that process
//     and is an error here; the next call starts it anew.
//   - A PIN goes through the pipe to that process and nowhere else, once: it is never tried again
//     by itself, kept, or logged. It is overwritten on both sides.
//   - RSA, ECDSA and GOST 34.10-2012 keys sign. A GOST signature, whose order of bytes differs from
//     maker to maker, is checked against the certificate and put into Kazakhstan's order.
//
// Its limits: it is there wherever cgo is; elsewhere [ErrUnavailable]. One key of a token is open
// at a time: opening another closes it. What the driver itself copies of a PIN is out of reach, and
// keys that want the PIN again for every signature (CKA_ALWAYS_AUTHENTICATE) are not served.
// GOST on a token is written by TC26's numbers; it has been tried with imitations alone.
package token

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"baqylau/signing"
	"baqylau/signing/gost"
)

// WorkerArgument is the first argument of the program that makes it a driver's process: see [Work].
const WorkerArgument = "--token-worker"

// Store is the tokens that one driver reaches. It is safe for use by many goroutines; their calls
// go one after the other.
type Store struct {
	command  []string
	patience time.Duration

	turn       chan struct{} // holds one: whose turn it is
	worker     *worker       // nil until it is needed, and after it has ended
	generation uint64        // of the worker, to tell keys of a former one
}

// patience is how long a person may take at the token (a button, a PIN pad), and a driver with them.
const patience = time.Minute

// New reaches tokens by the driver at the path. The command is the program that serves as the
// driver's process, usually os.Executable; [WorkerArgument] and the path are its arguments.
func New(module, program string) *Store {
	return &Store{command: []string{program, WorkerArgument, module}, patience: patience, turn: make(chan struct{}, 1)}
}

// WithPatience has the store wait for a driver no longer than this, a minute if never called.
func (s *Store) WithPatience(patience time.Duration) *Store {
	s.patience = patience
	return s
}

// Entry is a certificate on a token, which a private key of the same id should accompany: whether
// it does is known only once the PIN is given.
type Entry struct {
	Token       string `json:"token"`  // the token's label
	Serial      string `json:"serial"` // the token's number
	ID          []byte `json:"id"`     // that certificate and key share
	Certificate []byte `json:"certificate"`
	LastTry     bool   `json:"lastTry,omitempty"` // one more wrong PIN locks it
	Locked      bool   `json:"locked,omitempty"`
}

// List gives the certificates of people on all tokens that are in; none is not an error.
func (s *Store) List(ctx context.Context) ([]Entry, error) {
	answer, _, err := s.call(ctx, 0, frame{kind: kindList})
	if err != nil {
		return nil, fmt.Errorf("listing tokens: %w", err)
	}
	var entries []Entry
	if err := json.Unmarshal(answer, &entries); err != nil {
		return nil, fmt.Errorf("listing tokens: %w", errors.Join(ErrCrashed, err))
	}
	return entries, nil
}

// Open opens the key of an entry. The PIN is overwritten. A wrong one is [ErrWrongPIN] and has been
// counted by the token.
func (s *Store) Open(ctx context.Context, entry Entry, pin []byte) (*Key, error) {
	defer clear(pin)
	certificate, err := x509.ParseCertificate(entry.Certificate)
	if err != nil {
		return nil, fmt.Errorf("opening a token's key: %w", errors.Join(ErrNoKey, err))
	}
	if len(pin) == 0 { // no attempt is spent on it
		return nil, fmt.Errorf("opening a token's key: %w", ErrWrongPIN)
	}
	key := &Key{store: s, certificate: certificate}
	if key.public, err = signing.PublicKeyOf(certificate); err != nil {
		return nil, fmt.Errorf("opening a token's key: %w", err)
	}
	key.mechanism = mechanismOf(key.public)
	named, err := json.Marshal(Entry{Token: entry.Token, Serial: entry.Serial, ID: entry.ID})
	if err != nil {
		return nil, err
	}
	request := frame{kind: kindOpen, fields: [][]byte{named, number(uint64(key.mechanism)), pin}}
	answer, generation, err := s.call(ctx, 0, request)
	if err != nil {
		return nil, fmt.Errorf("opening a token's key: %w", err)
	}
	if key.handle, err = readNumber(answer); err != nil {
		return nil, fmt.Errorf("opening a token's key: %w", errors.Join(ErrCrashed, err))
	}
	key.generation = generation
	return key, nil
}

// Close ends the driver's process; keys that are open are closed by it.
func (s *Store) Close() error {
	s.turn <- struct{}{}
	defer func() { <-s.turn }()
	if s.worker != nil {
		s.worker.end()
		s.worker = nil
	}
	return nil
}

// mechanism is a PKCS#11 mechanism by its number.
type mechanism uint64

// PKCS#11 2.40, and TC26's numbers for the 512-bit GOST.
const (
	mechanismRSA     mechanism = 0x00000001 // CKM_RSA_PKCS
	mechanismECDSA   mechanism = 0x00001041 // CKM_ECDSA
	mechanismGOST    mechanism = 0x00001201 // CKM_GOSTR3410
	mechanismGOST512 mechanism = 0xD4321006 // CKM_GOSTR3410_512
)

func mechanismOf(public crypto.PublicKey) mechanism {
	switch public := public.(type) {
	case *rsa.PublicKey:
		return mechanismRSA
	case *gost.PublicKey:
		if public.Curve().Size() == gost.Size512 {
			return mechanismGOST512
		}
		return mechanismGOST
	}
	return mechanismECDSA
}
