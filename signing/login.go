package signing

import (
	"bytes"
	"fmt"
	"strings"
	"time"
	"unicode"
)

// loginPrefix sets login texts apart from documents: neither is ever taken for the other.
const loginPrefix = "BAQYLAU-LOGIN-v1\n"

// LoginText is what a person signs to log in. The client makes it from the centre's challenge and
// the origin that it really speaks to, so that a signature is of no use to another centre.
type LoginText struct {
	Origin  string // "https://centre.example:8443", as the client dialled it
	Nonce   string // the centre's, used once
	Expires time.Time
}

// Bytes is the text to sign: prefix, origin, nonce and expiry (RFC 3339, UTC), a line each.
func (t LoginText) Bytes() []byte {
	return []byte(loginPrefix + t.Origin + "\n" + t.Nonce + "\n" + t.Expires.UTC().Format(time.RFC3339))
}

// Check refuses fields that could shift the lines: [ErrBadLoginText].
func (t LoginText) Check() error {
	for _, field := range []string{t.Origin, t.Nonce} {
		if field == "" || len(field) > 512 || strings.ContainsFunc(field, unicode.IsControl) {
			return ErrBadLoginText
		}
	}
	return nil
}

// IsLoginText tells whether a content begins as a login text does, and so is no document.
func IsLoginText(content []byte) bool { return bytes.HasPrefix(content, []byte(loginPrefix)) }

// VerifyLogin tells who has signed the login text, at the centre's time now. Errors:
// [ErrBadLoginText], [ErrLoginExpired], [InvalidError] with the report. That the nonce is the
// centre's own and is used once is for the caller to see to.
func VerifyLogin(text LoginText, cms []byte, trust Trust, now time.Time) (Identity, error) {
	const most = 64 << 10
	if err := text.Check(); err != nil {
		return Identity{}, fmt.Errorf("verifying a login: %w", err)
	}
	if now.After(text.Expires) {
		return Identity{}, fmt.Errorf("verifying a login: %w", ErrLoginExpired)
	}
	report := judgeOne(text.Bytes(), cms, now, Policy{Trust: trust, RequireSigningCertificate: true, MaxBytes: most})
	if !report.Valid() {
		return Identity{}, fmt.Errorf("verifying a login: %w", &InvalidError{report})
	}
	return report.Signer, nil
}
