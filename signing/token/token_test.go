//go:build cgo

package token_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"baqylau/internal/need"
	"baqylau/signing/token"
)

func TestAKeyOnATokenSigns(t *testing.T) {
	need.Program(t, "openssl")
	for name, key := range map[string]crypto.Signer{"RSA": rsaKey(t), "EC": ecKey(t)} {
		t.Run(name, func(t *testing.T) {
			module := need.SoftHSM(t, "approver", pin)
			der := certified(t, key, false)
			put(t, module, keyObject(t, "1", key), certificateObject("1", der), certificateObject("2", certified(t, key, true)))
			s := store(t, module)
			entries, err := s.List(t.Context())
			must(t, err)
			if len(entries) != 1 || entries[0].Token != "approver" || !bytes.Equal(entries[0].Certificate, der) {
				t.Fatalf("listed are %+v, want the person's certificate alone", entries)
			}
			typed := []byte(pin)
			open, err := s.Open(t.Context(), entries[0], typed)
			must(t, err)
			if !bytes.Equal(typed, make([]byte, len(pin))) {
				t.Error("the PIN is not overwritten")
			}
			content := []byte("what is signed")
			for flag, hash := range map[string]crypto.Hash{"-sha256": crypto.SHA256, "-sha512": crypto.SHA512} {
				h := hash.New()
				h.Write(content)
				signature, err := open.Sign(rand.Reader, h.Sum(nil), hash)
				must(t, err)
				checkedByOpenSSL(t, flag, open.Public(), content, signature)
			}
			must(t, open.Close())
			if _, err := open.Sign(rand.Reader, make([]byte, 32), crypto.SHA256); !errors.Is(err, token.ErrRemoved) {
				t.Errorf("a closed key signs: %v", err)
			}
		})
	}
}

func checkedByOpenSSL(t *testing.T, hash string, public crypto.PublicKey, content, signature []byte) {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(public)
	must(t, err)
	folder := t.TempDir()
	for name, data := range map[string][]byte{
		"public.pem": pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), "content": content, "signature": signature,
	} {
		must(t, os.WriteFile(filepath.Join(folder, name), data, 0o600))
	}
	run(t, "openssl", "dgst", hash, "-verify", filepath.Join(folder, "public.pem"),
		"-signature", filepath.Join(folder, "signature"), filepath.Join(folder, "content"))
}

func TestATokenOpensByItsPINAlone(t *testing.T) {
	module := need.SoftHSM(t, "approver", pin)
	key := ecKey(t)
	put(t, module, keyObject(t, "1", key), certificateObject("1", certified(t, key, false)), certificateObject("2", certified(t, ecKey(t), false)))
	s := store(t, module)
	entries, err := s.List(t.Context())
	must(t, err)
	withKey, without := entries[0], entries[1]
	if string(withKey.ID) != "1" {
		withKey, without = without, withKey
	}
	first, err := s.Open(t.Context(), withKey, []byte(pin))
	must(t, err)
	// The token is unlocked for this process now; that must not open it to another PIN.
	for _, wrong := range []string{"1234", "", "43210000", "\x00"} {
		if _, err := s.Open(t.Context(), withKey, []byte(wrong)); !errors.Is(err, token.ErrWrongPIN) {
			t.Errorf("the PIN %q: %v", wrong, err)
		}
	}
	if _, err := s.Open(t.Context(), without, []byte(pin)); !errors.Is(err, token.ErrNoKey) {
		t.Errorf("a certificate without its key: %v", err)
	}
	if _, err := first.Sign(rand.Reader, make([]byte, 32), crypto.SHA256); !errors.Is(err, token.ErrRemoved) {
		t.Errorf("the key that was opened before signs: %v", err)
	}
	again, err := s.Open(t.Context(), withKey, []byte(pin))
	must(t, err)
	digest := sha256.Sum256(nil)
	if _, err := again.Sign(rand.Reader, digest[:], crypto.SHA256); err != nil {
		t.Error(err)
	}
	elsewhere := withKey
	elsewhere.Serial = "another"
	if _, err := s.Open(t.Context(), elsewhere, []byte(pin)); !errors.Is(err, token.ErrRemoved) {
		t.Errorf("a token that is not in: %v", err)
	}
}

func TestAKeyThatIsNotTheCertificatesIsNoticed(t *testing.T) {
	module := need.SoftHSM(t, "approver", pin)
	put(t, module, keyObject(t, "1", ecKey(t)), certificateObject("1", certified(t, ecKey(t), false)))
	s := store(t, module)
	entries, err := s.List(t.Context())
	must(t, err)
	key, err := s.Open(t.Context(), entries[0], []byte(pin))
	must(t, err)
	if _, err := key.Sign(rand.Reader, make([]byte, 32), crypto.SHA256); !errors.Is(err, token.ErrSelfCheck) {
		t.Errorf("got %v", err)
	}
}

func TestNoDriver(t *testing.T) {
	text := filepath.Join(t.TempDir(), "driver.so")
	must(t, os.WriteFile(text, []byte("no library"), 0o600))
	for _, module := range []string{"", filepath.Join(t.TempDir(), "none.so"), text} {
		if _, err := store(t, module).List(t.Context()); !errors.Is(err, token.ErrNoDriver) {
			t.Errorf("%q: %v", module, err)
		}
	}
	if _, err := token.New("x", filepath.Join(t.TempDir(), "none")).List(t.Context()); !errors.Is(err, token.ErrCrashed) {
		t.Errorf("a program that is not there: %v", err)
	}
}

// TestABadDriverIsAnErrorAndNoMore: this process lives, and the next call has a driver again.
func TestABadDriverIsAnErrorAndNoMore(t *testing.T) {
	for how, want := range map[string]error{
		"aborts": token.ErrCrashed,
		"exits":  token.ErrCrashed,
		"hangs":  token.ErrHung,
	} {
		t.Run(how, func(t *testing.T) {
			module, _ := imitation(t, how)
			s := store(t, module).WithPatience(2 * time.Second)
			if _, err := s.List(t.Context()); !errors.Is(err, want) {
				t.Fatalf("got %v", err)
			}
			t.Setenv("IMITATION", "")
			if _, err := s.List(t.Context()); err != nil {
				t.Errorf("the driver that is well again: %v", err)
			}
		})
	}
	t.Run("prints", func(t *testing.T) {
		module, _ := imitation(t, "prints")
		if _, err := store(t, module).List(t.Context()); err != nil {
			t.Error(err)
		}
	})
	t.Run("hangs at the end", func(t *testing.T) {
		module, _ := imitation(t, "hangs at the end")
		s := store(t, module)
		if _, err := s.List(t.Context()); err != nil {
			t.Error(err)
		}
		must(t, s.Close())
	})
	t.Run("is given up", func(t *testing.T) {
		module, _ := imitation(t, "hangs")
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if _, err := store(t, module).List(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}

// TestWhatATokenRefusesIsCountedOnce: a PIN is never tried twice, nor where it can be of no use.
func TestWhatATokenRefusesIsCountedOnce(t *testing.T) {
	entry := token.Entry{Token: "token", Serial: "42", ID: []byte("1"), Certificate: certified(t, ecKey(t), false)}
	for how, c := range map[string]struct {
		want   error
		logins int
	}{
		"wrong PIN":    {token.ErrWrongPIN, 1},
		"locks":        {token.ErrLocked, 1},
		"locked":       {token.ErrLocked, 0},
		"PIN expired":  {token.ErrPINExpired, 1},
		"refuses":      {token.ErrRefused, 1},
		"fails":        {token.ErrDevice, 1},
		"no key":       {token.ErrNoKey, 1},
		"no mechanism": {token.ErrUnsupported, 0},
		"other token":  {token.ErrRemoved, 0},
	} {
		t.Run(how, func(t *testing.T) {
			module, logins := imitation(t, how)
			if _, err := store(t, module).Open(t.Context(), entry, []byte(pin)); !errors.Is(err, c.want) {
				t.Errorf("got %v", err)
			}
			counted, err := os.ReadFile(logins)
			if err != nil && c.logins > 0 || len(counted) != c.logins {
				t.Errorf("%d logins, want %d", len(counted), c.logins)
			}
		})
	}
}

// TestATokenThatGoesWhileItSigns: the key is gone with it, and opening again is what helps.
func TestATokenThatGoesWhileItSigns(t *testing.T) {
	entry := token.Entry{Token: "token", Serial: "42", ID: []byte("1"), Certificate: certified(t, ecKey(t), false)}
	for how, c := range map[string]struct{ first, second error }{
		"removed":            {token.ErrRemoved, token.ErrRemoved},
		"device removed":     {token.ErrRemoved, token.ErrRemoved},
		"hangs at signing":   {token.ErrHung, token.ErrRemoved},
		"crashes at signing": {token.ErrCrashed, token.ErrRemoved},
		"signs nonsense":     {token.ErrSelfCheck, token.ErrSelfCheck},
	} {
		t.Run(how, func(t *testing.T) {
			module, logins := imitation(t, how)
			s := store(t, module).WithPatience(2 * time.Second)
			key, err := s.Open(t.Context(), entry, []byte(pin))
			must(t, err)
			digest := sha512.Sum512([]byte("x"))
			for _, want := range []error{c.first, c.second} {
				if _, err := key.Sign(rand.Reader, digest[:], crypto.SHA512); !errors.Is(err, want) {
					t.Errorf("got %v, want %v", err, want)
				}
			}
			must(t, key.Close())
			again, err := s.Open(t.Context(), entry, []byte(pin))
			must(t, err)
			must(t, again.Close())
			if counted, err := os.ReadFile(logins); err != nil || len(counted) != 2 {
				t.Errorf("%d logins, %v", len(counted), err)
			}
		})
	}
}
