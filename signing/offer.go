package signing

import (
	"crypto/x509"
	"slices"
	"time"
)

// Store is a kind of key store, the <store> of the text key "identity.store.<store>".
type Store string

// The stores.
const (
	StoreFile     Store = "file"     // PKCS#12
	StoreToken    Store = "token"    // PKCS#11
	StoreNCALayer Store = "ncalayer" // the national authority's program
)

// Offer is an identity as a store offers it, before it is opened.
type Offer struct {
	Store Store
	Name  string // of the file, or of the token
	// Identity is who the owner is. It has no certificate where the store shows it only when it is
	// opened: a key file, which seals it by the password, and NCALayer.
	Identity Identity
}

// Known tells whether the owner is known before the store is opened.
func (o Offer) Known() bool { return o.Identity.Certificate != nil }

// FitFor is [Identity.FitFor] where the owner is known, and [Fit] where opening will tell.
func (o Offer) FitFor(purpose Purpose, iin string, at time.Time) Unfit {
	if !o.Known() {
		return Fit
	}
	return o.Identity.FitFor(purpose, iin, at)
}

// Role is what the NCA certifies its owner to be, the <role> of the text key "identity.role.<role>";
// "" when it says nothing.
type Role string

// The roles, from what weighs most.
const (
	RoleHead       Role = "head"       // first head of a legal entity
	RoleSignatory  Role = "signatory"  // has the right to sign for it
	RoleFinance    Role = "finance"    // signs its financial documents
	RoleHR         Role = "hr"         // signs its staff's documents
	RoleEmployee   Role = "employee"   //
	RoleSystem     Role = "system"     // an information system
	RoleLegal      Role = "legal"      // a legal entity, nothing further
	RoleIndividual Role = "individual" //
)

// Role reads the extended key usages of the certificate (1.2.398.3.3.4.1): of several the one that
// weighs most.
func (id Identity) Role() Role {
	if id.Certificate == nil {
		return ""
	}
	for _, known := range []struct {
		oid  string
		role Role
	}{
		{"1.2.398.3.3.4.1.2.1", RoleHead},
		{"1.2.398.3.3.4.1.2.2", RoleSignatory},
		{"1.2.398.3.3.4.1.2.3", RoleFinance},
		{"1.2.398.3.3.4.1.2.4", RoleHR},
		{"1.2.398.3.3.4.1.2.5", RoleEmployee},
		{"1.2.398.3.3.4.1.2.6", RoleSystem},
		{"1.2.398.3.3.4.1.2", RoleLegal},
		{"1.2.398.3.3.4.1.1", RoleIndividual},
	} {
		if slices.Contains(usages(id.Certificate), known.oid) {
			return known.role
		}
	}
	return ""
}

func usages(certificate *x509.Certificate) []string {
	oids := make([]string, len(certificate.UnknownExtKeyUsage))
	for i, oid := range certificate.UnknownExtKeyUsage {
		oids[i] = oid.String()
	}
	return oids
}
