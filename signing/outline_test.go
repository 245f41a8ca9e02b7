package signing_test

import (
	"bytes"
	"testing"

	"baqylau/signing"
	"baqylau/signing/demo"
)

func TestASignatureIsToldByItsOutline(t *testing.T) {
	cms := signed(t, open(t, "auditor", demo.Signing), pdf())
	for _, c := range []struct {
		name string
		data []byte
		want bool
	}{
		{"a signature", cms, true},
		{"a signature in BER", indefinite(t, cms), true},
		{"a signature that is cut short", cms[:len(cms)/2], true},
		{"a certificate", authority(t).Certificate.Raw, false},
		{"nothing", nil, false},
		{"one byte", []byte{0x30}, false},
		{"a bomb", bytes.Repeat([]byte{0x30, 0x80}, 1<<20), false},
	} {
		if got := signing.IsCMS(c.data); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
