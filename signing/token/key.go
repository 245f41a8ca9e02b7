package token

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"math/big"
	"sync/atomic"

	"baqylau/signing/gost"
)

// Key is an open key on a token, a [crypto.Signer]. A token that was removed, or a driver that died,
// makes it [ErrRemoved] for good.
type Key struct {
	store       *Store
	certificate *x509.Certificate
	public      crypto.PublicKey
	mechanism   mechanism
	handle      uint64
	generation  uint64
	closed      atomic.Bool
}

// Certificate is whose key it is.
func (k *Key) Certificate() *x509.Certificate { return k.certificate }

// Public is the certificate's public key.
func (k *Key) Public() crypto.PublicKey { return k.public }

// Sign signs a digest: RSA by PKCS#1 v1.5 with SHA-2, ECDSA as ASN.1 DER, GOST as Kazakhstan has it.
// The token has its own source of chance.
func (k *Key) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	if k.closed.Load() {
		return nil, fmt.Errorf("signing on a token: %w", ErrRemoved)
	}
	signature, err := k.sign(digest, opts.HashFunc())
	if err != nil {
		return nil, fmt.Errorf("signing on a token: %w", err)
	}
	return signature, nil
}

func (k *Key) sign(digest []byte, hash crypto.Hash) ([]byte, error) {
	switch public := k.public.(type) {
	case *rsa.PublicKey:
		info, err := digestInfo(digest, hash)
		if err != nil {
			return nil, err
		}
		signature, err := k.raw(info)
		if err != nil {
			return nil, err
		}
		return signature, selfCheck(rsa.VerifyPKCS1v15(public, hash, digest, signature))
	case *ecdsa.PublicKey:
		size := (public.Curve.Params().N.BitLen() + 7) / 8
		pair, err := k.raw(digest[:min(size, len(digest))])
		if err != nil {
			return nil, err
		}
		return ecdsaSignature(public, digest, pair)
	case *gost.PublicKey:
		return signGOST(digest, k.raw, func(signature []byte) bool { return gost.Verify(public, digest, signature) })
	}
	return nil, ErrUnsupported
}

// raw is the token's own answer.
func (k *Key) raw(data []byte) ([]byte, error) {
	request := frame{kind: kindSign, fields: [][]byte{number(k.handle), number(uint64(k.mechanism)), data}}
	signature, _, err := k.store.call(context.Background(), k.generation, request)
	return signature, err
}

// Close ends the session with the token.
func (k *Key) Close() error {
	if k.closed.Swap(true) {
		return nil
	}
	_, _, err := k.store.call(context.Background(), k.generation, frame{kind: kindClose, fields: [][]byte{number(k.handle)}})
	if errors.Is(err, ErrRemoved) {
		return nil // the session ended with the token
	}
	return err
}

// digestInfo is what CKM_RSA_PKCS signs (RFC 8017, 9.2): the digest with the name of its hash.
func digestInfo(digest []byte, hash crypto.Hash) ([]byte, error) {
	var oid asn1.ObjectIdentifier
	switch hash {
	case crypto.SHA256:
		oid = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	case crypto.SHA384:
		oid = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 2}
	case crypto.SHA512:
		oid = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 3}
	default:
		return nil, ErrUnsupported
	}
	if len(digest) != hash.Size() {
		return nil, ErrUnsupported
	}
	type algorithm struct {
		OID  asn1.ObjectIdentifier
		Null asn1.RawValue
	}
	return asn1.Marshal(struct {
		Algorithm algorithm
		Digest    []byte
	}{algorithm{oid, asn1.NullRawValue}, digest})
}

// ecdsaSignature makes DER of the token's r and s, big-endian, of equal length.
func ecdsaSignature(public *ecdsa.PublicKey, digest, pair []byte) ([]byte, error) {
	if len(pair) == 0 || len(pair)%2 != 0 {
		return nil, ErrSelfCheck
	}
	half := len(pair) / 2
	der, err := asn1.Marshal(struct{ R, S *big.Int }{
		new(big.Int).SetBytes(pair[:half]), new(big.Int).SetBytes(pair[half:]),
	})
	if err != nil {
		return nil, err
	}
	if !ecdsa.VerifyASN1(public, digest, der) {
		return nil, ErrSelfCheck
	}
	return der, nil
}

func selfCheck(err error) error {
	if err != nil {
		return ErrSelfCheck
	}
	return nil
}
