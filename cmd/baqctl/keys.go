package main

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cryptobyte_asn1 "golang.org/x/crypto/cryptobyte/asn1"

	encoding "encoding/asn1"

	"baqylau/assets"
	"baqylau/signing"
)

type keysCommand struct {
	File         string `arg:"" help:"Key file: PKCS#12, .p12 or .pfx." type:"path"`
	PasswordFile string `required:"" help:"File whose first line is the password." type:"path"`
	JSON         bool   `help:"Answer in JSON."`
}

// keyFacts is what there is to know of a key without using it.
type keyFacts struct {
	File         string    `json:"file"`
	Owner        string    `json:"owner"`
	IIN          string    `json:"iin"`
	Organization string    `json:"organization,omitempty"`
	BIN          string    `json:"bin,omitempty"`
	Algorithm    string    `json:"algorithm"`
	Serial       string    `json:"serial"`
	Issuer       string    `json:"issuer"`
	NotBefore    time.Time `json:"not_before"`
	NotAfter     time.Time `json:"not_after"`
	Usage        string    `json:"usage"` // sign, auth or none
	Roles        []string  `json:"roles"`
	Fit          bool      `json:"fit"`
	Reason       string    `json:"reason,omitempty"` // why it isn't fit, a code
	Why          string    `json:"why,omitempty"`    // the same in words
}

// Run says whose key a file holds and whether documents can be signed with it now.
func (c keysCommand) Run(s *session) error {
	key, err := openKey(s.ctx, c.File, c.PasswordFile)
	if err != nil {
		return err
	}
	id := key.Identity()
	if err := key.Close(); err != nil {
		return err
	}
	facts := factsOf(s.lang, filepath.Base(c.File), id, time.Now())
	if c.JSON {
		return printJSON(os.Stdout, map[string]any{"keys": []keyFacts{facts}})
	}
	return facts.print(os.Stdout, s.lang)
}

func factsOf(lang assets.Lang, file string, id signing.Identity, now time.Time) keyFacts {
	facts := keyFacts{
		File: file, Owner: id.Owner, IIN: id.IIN, Organization: id.Organization, BIN: id.BIN,
		Algorithm: algorithmOf(id.Certificate), Serial: id.Serial, Issuer: nameOf(id.Certificate.RawIssuer, id.Certificate.Issuer),
		NotBefore: id.NotBefore, NotAfter: id.NotAfter, Usage: string(id.Use), Roles: rolesOf(id.Certificate),
	}
	if facts.Usage == "" {
		facts.Usage = "none"
	}
	unfit := id.FitFor(signing.ForDocument, "", now)
	facts.Fit = unfit == signing.Fit
	if !facts.Fit {
		facts.Reason, facts.Why = string(unfit), lang.T("signing.unfit."+string(unfit))
	}
	return facts
}

func (k keyFacts) print(out io.Writer, lang assets.Lang) error {
	var roles []string
	for _, role := range k.Roles {
		roles = append(roles, lang.T("eds.role."+role))
	}
	fit := lang.T("eds.keys.fit")
	if !k.Fit {
		fit = lang.T("eds.keys.unfit", "why", k.Why)
	}
	for _, line := range [][2]string{
		{"file", k.File},
		{"owner", k.Owner},
		{"iin", k.IIN},
		{"organization", k.Organization},
		{"bin", k.BIN},
		{"algorithm", k.Algorithm},
		{"serial", k.Serial},
		{"validity", assets.DateTime(k.NotBefore) + " – " + assets.DateTime(k.NotAfter)},
		{"usage", lang.T("eds.usage." + k.Usage)},
		{"roles", strings.Join(roles, ", ")},
		{"fitness", fit},
	} {
		if line[1] == "" {
			continue
		}
		if _, err := fmt.Fprintf(out, "%s: %s\n", lang.T("eds.keys."+line[0]), plain(line[1])); err != nil {
			return err
		}
	}
	return nil
}

// plain keeps what a certificate says from steering the terminal.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || 0x7f <= r && r < 0xa0 || 0x202a <= r && r <= 0x202e || 0x2066 <= r && r <= 0x2069 {
			return '�'
		}
		return r
	}, text)
}

// algorithmOf names the algorithm of a certificate's key, by its identifier where nobody here knows it.
func algorithmOf(certificate *x509.Certificate) string {
	switch key := certificate.PublicKey.(type) {
	case *rsa.PublicKey:
		return fmt.Sprintf("RSA-%d", key.N.BitLen())
	case *ecdsa.PublicKey:
		return "ECDSA " + key.Curve.Params().Name
	}
	var info, algorithm cryptobyte.String
	var oid encoding.ObjectIdentifier
	spki := cryptobyte.String(certificate.RawSubjectPublicKeyInfo)
	if !spki.ReadASN1(&info, cryptobyte_asn1.SEQUENCE) || !info.ReadASN1(&algorithm, cryptobyte_asn1.SEQUENCE) ||
		!algorithm.ReadASN1ObjectIdentifier(&oid) {
		return "?"
	}
	switch oid.String() {
	case "1.2.398.3.10.1.1.2.2":
		return "GOST 34.10-2015, 512"
	case "1.2.398.3.10.1.1.2.1":
		return "GOST 34.10-2015, 256"
	case "1.2.398.3.10.1.1.1.1":
		return "GOST 34.310-2004"
	}
	return oid.String()
}

// nameOf is a certificate's name as RFC 2253 writes it, "?" for a monstrous one: the time that it takes
// package pkix to write a name grows with the square of its length.
func nameOf(raw []byte, name pkix.Name) string {
	const most = 8 << 10 // honest ones have some hundred bytes
	if len(raw) > most {
		return "?"
	}
	return name.String()
}

// rolesOf names the roles of the NCA (arc 1.2.398.3.3.4.1) that a certificate gives its owner.
func rolesOf(certificate *x509.Certificate) []string {
	names := map[string]string{
		"1.2.398.3.3.4.1.1":   "individual",
		"1.2.398.3.3.4.1.2":   "entity",
		"1.2.398.3.3.4.1.2.1": "head",
		"1.2.398.3.3.4.1.2.2": "signatory",
		"1.2.398.3.3.4.1.2.3": "finance",
		"1.2.398.3.3.4.1.2.4": "personnel",
		"1.2.398.3.3.4.1.2.5": "employee",
		"1.2.398.3.3.4.1.2.6": "system",
	}
	roles := []string{}
	for _, oid := range certificate.UnknownExtKeyUsage {
		if name, known := names[oid.String()]; known {
			roles = append(roles, name)
		}
	}
	return roles
}

func printJSON(out io.Writer, answer any) error {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(answer)
}
