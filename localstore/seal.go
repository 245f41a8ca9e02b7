package localstore

import (
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"

	"golang.org/x/crypto/chacha20poly1305"
)

// A sealed value is
//
//	format (1 byte, sealFormat) · version (8 bytes, big-endian) · nonce (24 bytes) · ciphertext and tag
//
// with "baqylau/localstore", the format, the version, and bucket and key, each with its length before it, as
// associated data.
const (
	sealFormat  = 1
	sealDomain  = "baqylau/localstore"
	sealHeader  = 1 + 8 + chacha20poly1305.NonceSizeX
	sealMinimum = sealHeader + chacha20poly1305.Overhead
)

var errUnsealed = errors.New("the value doesn't open")

// sealer seals and opens values under one key. It may be used by many goroutines until closed.
type sealer struct {
	key  Key
	aead cipher.AEAD
}

func newSealer(key Key) *sealer {
	aead, err := chacha20poly1305.NewX(key[:])
	if err != nil {
		panic(err) // only another length than a Key's gives an error
	}
	return &sealer{key: key, aead: aead}
}

func (s *sealer) close() {
	s.key.Zero()
	s.aead = nil
}

// seal gives the sealed form of plain for exactly this place and version.
func (s *sealer) seal(bucket string, key []byte, version uint64, plain []byte) []byte {
	out := make([]byte, sealHeader, sealMinimum+len(plain))
	out[0] = sealFormat
	binary.BigEndian.PutUint64(out[1:], version)
	nonce := out[9:sealHeader]
	rand.Read(nonce) // crypto/rand never gives an error, it ends the program
	return s.aead.Seal(out, nonce, plain, associated(bucket, key, version))
}

// open gives back the plain value and its version, in memory of its own.
func (s *sealer) open(bucket string, key, sealed []byte) (plain []byte, version uint64, err error) {
	if len(sealed) < sealMinimum || sealed[0] != sealFormat {
		return nil, 0, errUnsealed
	}
	version = binary.BigEndian.Uint64(sealed[1:])
	plain, err = s.aead.Open(nil, sealed[9:sealHeader], sealed[sealHeader:], associated(bucket, key, version))
	if err != nil {
		return nil, 0, errUnsealed
	}
	return plain, version, nil
}

func associated(bucket string, key []byte, version uint64) []byte {
	ad := make([]byte, 0, len(sealDomain)+1+8+4+len(bucket)+4+len(key))
	ad = append(ad, sealDomain...)
	ad = append(ad, sealFormat)
	ad = binary.BigEndian.AppendUint64(ad, version)
	ad = binary.BigEndian.AppendUint32(ad, uint32(len(bucket)))
	ad = append(ad, bucket...)
	ad = binary.BigEndian.AppendUint32(ad, uint32(len(key)))
	return append(ad, key...)
}
