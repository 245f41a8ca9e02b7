package token

import "slices"

// signGOST has a token sign a digest by GOST 34.10-2012 and puts the signature into Kazakhstan's
// order, r‖s little-endian. Makers read TC26's and RFC 4491's words differently: r and s come
// big-endian, in either order, and the digest is taken from either end. So every order is tried
// against the certificate's key (fits), the digest as it stands before the digest turned round.
// [ErrSelfCheck] when none of them is a signature.
func signGOST(digest []byte, raw func(digest []byte) ([]byte, error), fits func(signature []byte) bool) ([]byte, error) {
	for _, asked := range [][]byte{digest, turned(digest)} {
		signature, err := raw(asked)
		if err != nil {
			return nil, err
		}
		if len(signature) != 2*len(digest) {
			return nil, ErrSelfCheck
		}
		half := len(signature) / 2
		first, second := signature[:half], signature[half:]
		for _, candidate := range [][]byte{
			slices.Concat(turned(first), turned(second)), // r‖s big-endian, as TC26 has it
			turned(signature), // s‖r big-endian, as RFC 4491 has it
			signature,
			slices.Concat(second, first),
		} {
			if fits(candidate) {
				return candidate, nil
			}
		}
	}
	return nil, ErrSelfCheck
}

func turned(b []byte) []byte {
	b = slices.Clone(b)
	slices.Reverse(b)
	return b
}
