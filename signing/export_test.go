package signing

// Normalise is the normaliser under the bounds of a signature.
func Normalise(in []byte) ([]byte, error) {
	return normalise(in, limits{maxCMSBytes, maxCMSDepth, maxCMSElements})
}

// RC2 deciphers one block.
func RC2(key, block []byte) []byte {
	out := make([]byte, 8)
	newRC2(key).Decrypt(out, block)
	return out
}

// Mismatched is a key that claims another one's certificate, as a broken token might.
func Mismatched(key, claimed *Key) *Key {
	return &Key{identity: claimed.identity, private: key.private}
}
