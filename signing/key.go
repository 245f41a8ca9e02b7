package signing

import (
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"io"
	"math/big"
	"sync"
)

// Key is a private key with the identity that its certificate gives. It is a [crypto.Signer], safe
// for use by several goroutines until it is closed; every store of keys opens to it.
type Key struct {
	identity Identity
	chain    []*x509.Certificate // the issuers that came with the key, if any

	mu      sync.RWMutex
	private crypto.Signer // nil once closed
}

// Identity is whose key it is.
func (k *Key) Identity() Identity { return k.identity }

// Public is the certificate's public key.
func (k *Key) Public() crypto.PublicKey { return k.identity.Certificate.PublicKey }

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
// no longer lets one touch, are left to the collector.
func (k *Key) Close() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if private, ok := k.private.(*rsa.PrivateKey); ok {
		wipe(private.D, private.Precomputed.Dp, private.Precomputed.Dq, private.Precomputed.Qinv)
		wipe(private.Primes...)
	}
	k.private = nil
	return nil
}

func wipe(numbers ...*big.Int) {
	for _, n := range numbers {
		if n != nil {
			clear(n.Bits())
			n.SetInt64(0)
		}
	}
}
