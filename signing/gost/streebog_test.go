package gost_test

import (
	"bytes"
	"encoding/hex"
	"hash"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"baqylau/signing/gost"
)

// The messages of RFC 6986, which prints messages and digests with the last byte first.
const (
	m1 = "323130393837363534333231303938373635343332313039383736353433323130393837363534333231303938373635343332313039383736353433323130"
	m2 = "fbe2e5f0eee3c820fbeafaebef20fffbf0e1e0f0f520e0ed20e8ece0ebe5f0f2f120fff0eeec20f120faf2fee5e2202ce8f6f3ede220e8e6eee1e8f0f2d1202ce8f0f2e5e220e5d1"
)

func TestTheVectorsOfTheRFC(t *testing.T) {
	for _, c := range []struct{ name, message, sum512, sum256 string }{
		{
			"M1", m1,
			"486f64c1917879417fef082b3381a4e211c324f074654c38823a7b76f830ad00fa1fbae42b1285c0352f227524bc9ab16254288dd6863dccd5b9f54a1ad0541b",
			"00557be5e584fd52a449b16b0251d05d27f94ab76cbaa6da890b59d8ef1e159d",
		},
		{
			"M2", m2,
			"28fbc9bada033b1460642bdcddb90c3fb3e56c497ccd0f62b8a2ad4935e85f037613966de4ee00531ae60f3b5a47f8dae06915d5f2f194996fcabf2622e6881e",
			"508f7e553c06501d749a66fc28c6cac0b005746d97537fa85d9e40904efed29d",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			is(t, printed(t, c.message), printed(t, c.sum512), printed(t, c.sum256))
		})
	}
}

// What OpenSSL 3.0 with the gost engine 3.0.1 says: `openssl dgst -engine gost -md_gost12_512` (and _256).
func TestTheDigestsOfAnotherProgram(t *testing.T) {
	for _, c := range []struct {
		name, sum512, sum256 string
		message              []byte
	}{
		{"nothing", "8e945da209aa869f0455928529bcae4679e9873ab707b55315f56ceb98bef0a7362f715528356ee83cda5f2aac4c6ad2ba3a715c1bcd81cb8e9f90bf4c1c1a8a", "3f539a213e97c802cc229d474c6aa32a825a360b2a933a949fd925208d9ce1bb", nil},
		{"all but a block", "f6f6958237e664b399ca0cd3d9eabc91ba1e3a346c93cd3204968a72fb7eacf90db9c8171b2bd57f81739688c4d39ae35647245a11d24de6f4843a992aea8ca6", "56c56160079f4b781c3f24eb5f5f44ceb0ccd8d8eb9b046af02b729548d41a19", pattern(63)},
		{"a block", "eaef5988686b4da837a31d75fa0b0964376049632a59353268d447aad417de3656030c9d6280be5eb6e6cda09d6ba3cc8a4bb6e7e3f1c5ef7779d2fc5c6bdf35", "d73f89f963ae1beab54e741950da47bd1ce6c68316e6240e7c0c8e4348ac0207", pattern(64)},
		{"more than a block", "6b3414e87c6bc0c978b9b4e5d390c0ca88f46a56d4b7239943de9be8cb4e8355cb97a3e4d7443dec967842e8589d80e06cd4064589d0562f2eeeab564ed6ba5a", "240145c37119714a1e1a7572fd0097ef12d92ece88dde8cb9175fdee98179b6e", pattern(65)},
		{"two blocks", "01a54505815bfa568bc6c272bc3a53a555c68a3ff1eef232c03f6fd0fd0e7042ab3eddbe60569d5927f11d7dce6359073c53cacc180844fd6168c094db8bb13a", "80fad6c718b02598a1507dfbd12f78a74ddef495fe30142c2e93c29e441447eb", pattern(128)},
		{"a million bytes", "70e3434c49ba3c85cc19cb04b9d1ae2f45e399e251cbe7c86e59cbf713caf9fb0e1e064b081b4d8a7fea34825281ae56616cd590fd29eaa91908701d96fc5f58", "5dc10122b87891eec7a3e95f2b23400c55009698911c87b1cecd475ee1fa1862", pattern(1000000)},
		{"a sum that overflows", "f6afbcdcb94f95cec400bf253e7465a0faf8905b3b1f3635f80e78de4bb685d4acc5b2f1366ee849daa21d616eba554695c69a3dbe80afd876924414ff3459e8", "292f7ace53987c438dcb9f2e079618911c9632baeff20c51860ed8a09a96c0c4", bytes.Repeat([]byte{0xff}, 256)},
	} {
		t.Run(c.name, func(t *testing.T) {
			is(t, c.message, unhex(t, c.sum512), unhex(t, c.sum256))
		})
	}
}

func TestTheWayAMessageIsCutDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pieces := rapid.SliceOf(rapid.SliceOfN(rapid.Byte(), 0, 200)).Draw(t, "pieces")
		whole := slices.Concat(pieces...)
		h512, h256 := gost.New512(), gost.New256()
		for _, piece := range pieces {
			for _, h := range []hash.Hash{h512, h256} {
				if n, err := h.Write(piece); n != len(piece) || err != nil {
					t.Fatalf("writing %d bytes: %d, %v", len(piece), n, err)
				}
				h.Sum(nil) // which changes nothing
			}
		}
		sum512, sum256 := gost.Sum512(whole), gost.Sum256(whole)
		if got := h512.Sum(nil); !bytes.Equal(got, sum512[:]) {
			t.Errorf("in pieces Streebog-512 is %x, at once %x", got, sum512)
		}
		if got := h256.Sum(nil); !bytes.Equal(got, sum256[:]) {
			t.Errorf("in pieces Streebog-256 is %x, at once %x", got, sum256)
		}
	})
}

func TestTheSumIsAppended(t *testing.T) {
	h := gost.New256()
	before := []byte("before")
	sum := gost.Sum256(nil)
	if got := h.Sum(before); !bytes.Equal(got, append([]byte("before"), sum[:]...)) {
		t.Errorf("it is %x", got)
	}
}

func TestAResetHashBeginsAnew(t *testing.T) {
	for name, h := range map[string]hash.Hash{"512": gost.New512(), "256": gost.New256()} {
		want := h.Sum(nil)
		for _, n := range []int{1, 64, 100} {
			h.Write(make([]byte, n))
			if bytes.Equal(h.Sum(nil), want) {
				t.Errorf("%s: %d bytes leave the digest as it was", name, n)
			}
			h.Reset()
			if got := h.Sum(nil); !bytes.Equal(got, want) {
				t.Errorf("%s: after %d bytes and Reset the digest of nothing is %x, not %x", name, n, got, want)
			}
		}
	}
}

func TestTheSizes(t *testing.T) {
	for h, size := range map[hash.Hash]int{gost.New512(): 64, gost.New256(): 32} {
		if h.Size() != size || len(h.Sum(nil)) != size || h.BlockSize() != 64 {
			t.Errorf("size %d, %d bytes, block %d; want %d and 64", h.Size(), len(h.Sum(nil)), h.BlockSize(), size)
		}
	}
}

func BenchmarkStreebog512(b *testing.B) {
	for _, c := range []struct {
		name string
		size int
	}{{"64B", 64}, {"1KB", 1 << 10}, {"1MB", 1 << 20}} {
		b.Run(c.name, func(b *testing.B) {
			data := make([]byte, c.size)
			b.SetBytes(int64(c.size))
			for b.Loop() {
				gost.Sum512(data)
			}
		})
	}
}

// is checks both digests of a message.
func is(t *testing.T, message, want512, want256 []byte) {
	t.Helper()
	if got := gost.Sum512(message); !bytes.Equal(got[:], want512) {
		t.Errorf("Streebog-512 is %x, want %x", got, want512)
	}
	if got := gost.Sum256(message); !bytes.Equal(got[:], want256) {
		t.Errorf("Streebog-256 is %x, want %x", got, want256)
	}
}

// pattern is a message of n bytes that repeats itself in no block.
func pattern(n int) []byte {
	message := make([]byte, n)
	for i := range message {
		message[i] = byte((7*i + 3) % 251)
	}
	return message
}

// printed reads bytes as the RFC prints them.
func printed(t *testing.T, text string) []byte {
	t.Helper()
	b := unhex(t, text)
	slices.Reverse(b)
	return b
}

func unhex(t *testing.T, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
