package signing

import (
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"io"
	"math/big"
	"sync"

	"baqylau/signing/gost"
)

// Key is a private key with the identity that its certificate gives. It is a [Signatory] and a
// [crypto.Signer], safe for use by several goroutines until it is closed.
type Key struct {
	identity Identity
	chain    []*x509.Certificate // the issuers that came with the key, if any
	public   crypto.PublicKey
	head     letterhead

	mu      sync.RWMutex
	private crypto.Signer // nil once closed
}

// NewKey joins a private key of any store with its certificate and, if there are any, the issuers
// that it is delivered with; storage is for the identity. private signs a digest: RSA by PKCS#1
// v1.5, ECDSA as ASN.1, GOST as r‖s in little-endian halves. [ErrUnsupportedKey] for others,
// [ErrNoKey] when it isn't the certificate's.
func NewKey(private crypto.Signer, certificate *x509.Certificate, issuers []*x509.Certificate, storage string) (*Key, error) {
	public, err := PublicKeyOf(certificate)
	if err != nil {
		return nil, err
	}
	if !same(private.Public(), public) {
		return nil, ErrNoKey
	}
	if slow, ok := public.(*gost.PublicKey); ok {
		slow.Precompute() // every signature is checked with it
	}
	suite, known := suiteToSign(public)
	if !known {
		return nil, ErrUnsupportedKey
	}
	head, err := newLetterhead(suite, certificate, issuers)
	if err != nil {
		return nil, err
	}
	key := &Key{identity: IdentityOf(certificate), chain: issuers, public: public, head: head, private: private}
	key.identity.Storage = storage
	return key, nil
}

// PublicKeyOf is the certificate's public key, of a kind that signatures are taken from: RSA, ECDSA or
// package gost's. [ErrUnsupportedKey] for others.
func PublicKeyOf(certificate *x509.Certificate) (crypto.PublicKey, error) {
	public, refused := publicKeyOf(certificate)
	switch {
	case refused != nil && refused.code == "legacy_gost":
		return nil, ErrLegacyKey
	case refused != nil:
		return nil, fmt.Errorf("%w: %s", ErrUnsupportedKey, refused.code)
	}
	return public, nil
}

func same(a, b crypto.PublicKey) bool {
	public, ok := a.(interface{ Equal(crypto.PublicKey) bool })
	return ok && public.Equal(b)
}

// Identity is whose key it is.
func (k *Key) Identity() Identity { return k.identity }

// Public is the certificate's public key.
func (k *Key) Public() crypto.PublicKey { return k.public }

// Sign signs a digest, as [crypto.Signer] says; [ErrClosed] after Close.
func (k *Key) Sign(random io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if k.private == nil {
		return nil, ErrClosed
	}
	return k.private.Sign(random, digest, opts)
}

// Close waits for signatures in the making, overwrites the private numbers that are within reach
// and forgets the key. Copies that crypto/rsa made for its own use, and ECDSA keys, whose number Go
// no longer lets one touch, are left to the collector. A key on a token is closed with its session.
func (k *Key) Close() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	var err error
	switch private := k.private.(type) {
	case *rsa.PrivateKey:
		wipe(private.D, private.Precomputed.Dp, private.Precomputed.Dq, private.Precomputed.Qinv)
		wipe(private.Primes...)
	case *gost.PrivateKey:
		private.Wipe()
	case io.Closer:
		err = private.Close()
	}
	k.private = nil
	return err
}

func wipe(numbers ...*big.Int) {
	for _, n := range numbers {
		if n != nil {
			clear(n.Bits())
			n.SetInt64(0)
		}
	}
}
