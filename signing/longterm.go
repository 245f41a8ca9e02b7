package signing

import (
	"bytes"
	"crypto/x509"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// Attributes that keep evidence beside a signature, RFC 5126 section 6.3, and OCSP answers among
// the lists of SignedData, RFC 5940.
const (
	oidCertificateValues = "1.2.840.113549.1.9.16.2.23"
	oidRevocationValues  = "1.2.840.113549.1.9.16.2.24"
	oidOCSPResponse      = "1.3.6.1.5.5.7.16.2"
)

// Bounds of the evidence in a signature, in pieces of a kind.
const (
	maxStamps   = 8
	maxEvidence = 32
)

// carried is the evidence that a signature brings along. What can't be read is left out, and
// said.
type carried struct {
	Evidence
	stampFault *refusal
	fault      *refusal // of certificates, lists and answers
	heard      map[about]heard
}

// with adds the evidence of a signer's unsigned attributes to that of the lists beside the signers.
func (c carried) with(attributes []unsignedAttribute) carried {
	c.CRLs, c.OCSP = slices.Clip(c.CRLs), slices.Clip(c.OCSP) // which other signers share
	for _, a := range attributes {
		switch values := a.values; a.kind {
		case oidTimeStampToken:
			c.readStamps(values)
		case oidCertificateValues:
			c.readCertificates(values)
		case oidRevocationValues:
			c.readRevocations(values)
		}
	}
	return c
}

func (c *carried) readStamps(values cryptobyte.String) {
	for !values.Empty() {
		var token cryptobyte.String
		if len(c.Stamps) == maxStamps || !values.ReadASN1Element(&token, asn1.SEQUENCE) {
			c.stampFault = refuse("stamp_malformed")
			return
		}
		stamp, refused := readStamp(token)
		if refused != nil {
			c.stampFault = refused
			continue
		}
		c.Stamps = append(c.Stamps, stamp)
	}
}

func (c *carried) readCertificates(values cryptobyte.String) {
	var list cryptobyte.String
	if !values.ReadASN1(&list, asn1.SEQUENCE) || !values.Empty() {
		c.fault = refuse("evidence_malformed")
		return
	}
	certificates, ok := readCertificates(list)
	if !ok || len(c.Certificates)+len(certificates) > maxEvidence {
		c.fault = refuse("evidence_malformed")
		return
	}
	c.Certificates = append(c.Certificates, certificates...)
}

// readRevocations reads RevocationValues, RFC 5126 section 6.3.4.
func (c *carried) readRevocations(values cryptobyte.String) {
	var body, lists, answers cryptobyte.String
	if !values.ReadASN1(&body, asn1.SEQUENCE) || !values.Empty() || !readExplicitList(&body, 0, &lists) ||
		!readExplicitList(&body, 1, &answers) || !body.SkipOptionalASN1(contextTag(2)) || !body.Empty() {
		c.fault = refuse("evidence_malformed")
		return
	}
	c.readLists(lists)
	for !answers.Empty() && c.addOCSP(&answers) {
	}
}

// readExplicitList reads an optional explicitly tagged SEQUENCE OF.
func readExplicitList(in *cryptobyte.String, tag uint8, list *cryptobyte.String) bool {
	var explicit cryptobyte.String
	var present bool
	if !in.ReadOptionalASN1(&explicit, &present, contextTag(tag)) {
		return false
	}
	return !present || explicit.ReadASN1(list, asn1.SEQUENCE) && explicit.Empty()
}

// readLists reads revocation lists, and the OCSP answers that RFC 5940 puts among them.
func (c *carried) readLists(lists cryptobyte.String) {
	for !lists.Empty() {
		var other cryptobyte.String
		switch {
		case lists.PeekASN1Tag(contextTag(1)):
			if !lists.ReadASN1(&other, contextTag(1)) {
				c.fault = refuse("evidence_malformed")
				return
			}
			if kind, ok := readOID(&other); ok && kind == oidOCSPResponse && !c.addOCSP(&other) {
				return
			}
		case !c.addCRL(&lists):
			return
		}
	}
}

// addCRL takes in the next list; false when there is no way on.
func (c *carried) addCRL(in *cryptobyte.String) bool {
	var element cryptobyte.String
	if len(c.CRLs) == maxEvidence || !in.ReadASN1Element(&element, asn1.SEQUENCE) {
		c.fault = refuse("evidence_malformed")
		return false
	}
	list, refused := readCRL(element)
	if refused != nil {
		c.fault = refused
		return true
	}
	c.CRLs = append(c.CRLs, list)
	return true
}

// addOCSP takes in the next answer; false when there is no way on.
func (c *carried) addOCSP(in *cryptobyte.String) bool {
	var element cryptobyte.String
	if len(c.OCSP) == maxEvidence || !in.ReadASN1Element(&element, asn1.SEQUENCE) {
		c.fault = refuse("evidence_malformed")
		return false
	}
	answer, refused := readOCSP(element)
	if refused != nil {
		c.fault = refused
		return true
	}
	c.OCSP = append(c.OCSP, answer)
	return true
}

// Enrich puts evidence into a CMS, beside the signer of the number, counted from 0 in the order
// that they stand in: stamps as signature timestamps, certificates and revocation answers as the
// values of CAdES-LT (RFC 5126). What any signer has signed, and what other signers carry, stays as
// it is, byte for byte; the rest comes out as DER. What is there already isn't put in twice.
//
// It checks nothing: whoever verifies the signature does. The error is a [RefusedError].
func Enrich(cms []byte, signer int, e Evidence) ([]byte, error) {
	out, refused := enrich(cms, signer, e)
	return out, refused.err("keeping evidence in a signature")
}

func enrich(cms []byte, signer int, e Evidence) ([]byte, *refusal) {
	l, o, refused := openCMS(cms, signer)
	if refused != nil {
		return nil, refused
	}
	before := carried{}.with(readSigner(l.signers[signer]).unsigned)
	if before.fault != nil {
		return nil, before.fault
	}
	var attributes [][]byte
	for _, element := range o.unsigned {
		if kind := attributeKind(element); kind != oidCertificateValues && kind != oidRevocationValues {
			attributes = append(attributes, element)
		}
	}
	for _, stamp := range e.Stamps {
		if !slices.ContainsFunc(before.Stamps, func(s *Stamp) bool { return bytes.Equal(s.raw, stamp.raw) }) {
			attributes = append(attributes, attribute(oidTimeStampToken, stamp.raw))
		}
	}
	all := before.and(e).unique()
	if len(all.Certificates) > 0 {
		var b cryptobyte.Builder
		addList(&b, all.Certificates, rawCertificate)
		attributes = append(attributes, attribute(oidCertificateValues, b.BytesOrPanic()))
	}
	if len(all.CRLs)+len(all.OCSP) > 0 {
		attributes = append(attributes, attribute(oidRevocationValues, all.revocationValues()))
	}
	l.signers = slices.Clone(l.signers)
	l.signers[signer] = o.close(attributes)
	out, err := l.together()
	if err != nil || len(out) > maxCMSBytes {
		return nil, refuse("too_large")
	}
	return out, nil
}

// attributeKind is the OID of an attribute, "" when it can't be read.
func attributeKind(attribute cryptobyte.String) string {
	var body cryptobyte.String
	if !attribute.ReadASN1(&body, asn1.SEQUENCE) {
		return ""
	}
	kind, _ := readOID(&body)
	return kind
}

// unique leaves out what is said twice.
func (e Evidence) unique() Evidence {
	return Evidence{
		Certificates: uniqueBy(e.Certificates, rawCertificate),
		CRLs:         uniqueBy(e.CRLs, (*CRL).Raw),
		OCSP:         uniqueBy(e.OCSP, (*OCSPAnswer).Raw),
	}
}

func uniqueBy[T any](list []T, raw func(T) []byte) []T {
	var out []T
	for _, v := range list {
		if !slices.ContainsFunc(out, func(other T) bool { return bytes.Equal(raw(v), raw(other)) }) {
			out = append(out, v)
		}
	}
	return out
}

func rawCertificate(c *x509.Certificate) []byte { return c.Raw }

// addList writes a SEQUENCE OF ready-made elements.
func addList[T any](b *cryptobyte.Builder, list []T, raw func(T) []byte) {
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		for _, v := range list {
			b.AddBytes(raw(v))
		}
	})
}

// revocationValues is RevocationValues.
func (e Evidence) revocationValues() []byte {
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		if len(e.CRLs) > 0 {
			b.AddASN1(contextTag(0), func(b *cryptobyte.Builder) { addList(b, e.CRLs, (*CRL).Raw) })
		}
		if len(e.OCSP) > 0 {
			b.AddASN1(contextTag(1), func(b *cryptobyte.Builder) { addList(b, e.OCSP, (*OCSPAnswer).Raw) })
		}
	})
	return b.BytesOrPanic()
}

// opened is a SignerInfo taken apart around its unsigned attributes.
type opened struct {
	signed    []byte   // what stands before them
	signature []byte   // the last of it
	unsigned  [][]byte // the attributes, in DER
}

// openSigner takes a SignerInfo apart.
func openSigner(element cryptobyte.String) (o opened, ok bool) {
	var body, set cryptobyte.String
	var tag asn1.Tag
	if !element.ReadASN1(&body, asn1.SEQUENCE) || !element.Empty() {
		return o, false
	}
	whole := body
	if !body.SkipASN1(asn1.INTEGER) || !body.ReadAnyASN1(&set, &tag) || !body.SkipASN1(asn1.SEQUENCE) ||
		!body.SkipOptionalASN1(contextTag(0)) || !body.SkipASN1(asn1.SEQUENCE) ||
		!body.ReadASN1((*cryptobyte.String)(&o.signature), asn1.OCTET_STRING) {
		return o, false
	}
	o.signed = whole[:len(whole)-len(body)]
	if body.Empty() {
		return o, true
	}
	if !body.ReadASN1(&set, contextTag(1)) || !body.Empty() {
		return o, false
	}
	for !set.Empty() {
		var attribute cryptobyte.String
		if len(o.unsigned) == maxAttributes || !set.ReadASN1Element(&attribute, asn1.SEQUENCE) {
			return o, false
		}
		o.unsigned = append(o.unsigned, attribute)
	}
	return o, true
}

// close is the inverse of openSigner, with other unsigned attributes.
func (o opened) close(unsigned [][]byte) []byte {
	var b cryptobyte.Builder
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(o.signed)
		if len(unsigned) > 0 {
			b.AddASN1(contextTag(1), func(b *cryptobyte.Builder) { b.AddBytes(bytes.Join(unsigned, nil)) })
		}
	})
	return b.BytesOrPanic()
}

// openCMS takes a CMS in BER or DER apart, as far as the signer of the number.
func openCMS(ber []byte, signer int) (layout, opened, *refusal) {
	der, err := normalise(ber, limits{maxCMSBytes, maxCMSDepth, maxCMSElements})
	if err != nil {
		return layout{}, opened{}, refuse("malformed")
	}
	l, refused := takeApart(der)
	if refused != nil {
		return l, opened{}, refused
	}
	if signer < 0 || signer >= len(l.signers) {
		return l, opened{}, refuse("no_signer")
	}
	o, ok := openSigner(l.signers[signer])
	if !ok {
		return l, o, refuse("malformed")
	}
	return l, o, nil
}

// signatureOf is the signature of the signer of the number: what a timestamp is over.
func signatureOf(cms []byte, signer int) ([]byte, *refusal) {
	_, o, refused := openCMS(cms, signer)
	return o.signature, refused
}
