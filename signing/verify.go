package signing

import (
	"bytes"
	"crypto/x509"
	"time"
)

// Policy is what a signature must satisfy besides being genuine.
type Policy struct {
	Trust Trust
	// ExpectIIN and ExpectBIN say whose signature it must be; "" leaves it open.
	ExpectIIN, ExpectBIN string
	// RequireNonRepudiation refuses authentication certificates. Every document needs it; the
	// law asks for it by order 1187 of 2015-12-09.
	RequireNonRepudiation bool
	// RequireSigningCertificate refuses signatures that don't name their certificate under the
	// signature (signingCertificateV2), as CAdES-BES demands and ours always do.
	RequireSigningCertificate bool
	// MaxBytes bounds the signature's size, 16 MiB when zero.
	MaxBytes int
}

// Verify checks a detached signature over the content. at is the reference time that validity is
// judged at: an authority's timestamp or the verifier's clock, never what the signer claims.
//
// It checks the one signer that there must be, and refuses contents that are login texts.
func Verify(content, cms []byte, at time.Time, policy Policy) Report {
	if bytes.HasPrefix(content, []byte(loginPrefix)) {
		return unread(refuse("login_text"), at, policy)
	}
	return judge(content, cms, at, policy)
}

func judge(content, cms []byte, at time.Time, policy Policy) Report {
	max := limits{maxCMSBytes, maxCMSDepth, maxCMSElements}
	if policy.MaxBytes > 0 && policy.MaxBytes < max.bytes {
		max.bytes = policy.MaxBytes
	}
	d, refused := readDetached(cms, max)
	if refused != nil {
		return unread(refused, at, policy)
	}
	certificate, refused := d.signer()
	if refused != nil {
		return unread(refused, at, policy)
	}
	report := Report{
		Signer:      IdentityOf(certificate),
		SigningTime: d.values.signingTime,
		At:          at,
		Demo:        policy.Trust.Demo,
	}
	signature := d.checkSignature(certificate)
	if signature == nil && policy.RequireSigningCertificate && d.values.ess == nil {
		signature = refuse("unnamed_certificate")
	}
	chain, chainStep := chainStep(policy.Trust, certificate, d, at)
	report.Chain = chain
	report.Steps = []Step{
		uncheckable(d.checkContent(content).step(StepIntegrity)),
		uncheckable(signature.step(StepSignature)),
		chainStep,
		validity(certificate, at).step(StepValidity),
		keyUsage(certificate, policy).step(StepKeyUsage),
		{Name: StepRevocation, Outcome: NotChecked, Reason: "revocation_later"},
		timestamp(d),
		expected(report.Signer, policy),
	}
	return report
}

// unread is the report of a signature that doesn't come as far as its certificate.
func unread(why *refusal, at time.Time, policy Policy) Report {
	steps := []Step{why.step(StepIntegrity)}
	for _, name := range []StepName{
		StepSignature, StepChain, StepValidity, StepKeyUsage, StepRevocation, StepTimestamp, StepSigner,
	} {
		steps = append(steps, Step{Name: name, Outcome: NotChecked, Reason: "not_reached"})
	}
	return Report{Steps: steps, At: at, Demo: policy.Trust.Demo}
}

// uncheckable tells an algorithm that is sound but not known here from a failure.
func uncheckable(step Step) Step {
	if step.Reason == "gost" {
		step.Outcome = NotChecked
	}
	return step
}

// checkContent checks that the signed digest is the content's.
func (d *detached) checkContent(content []byte) *refusal {
	hash, refused := d.hash()
	if refused != nil {
		return refused
	}
	h := hash.New()
	h.Write(content)
	if !bytes.Equal(h.Sum(nil), d.values.messageDigest) {
		return refuse("digest_mismatch")
	}
	return nil
}

func chainStep(trust Trust, certificate *x509.Certificate, d *detached, at time.Time) ([]*x509.Certificate, Step) {
	if certificate.PublicKeyAlgorithm == x509.UnknownPublicKeyAlgorithm {
		return nil, Step{Name: StepChain, Outcome: NotChecked, Reason: "gost"}
	}
	chain, refused := trust.chain(certificate, d.certificates, at)
	return chain, refused.step(StepChain)
}

func validity(certificate *x509.Certificate, at time.Time) *refusal {
	switch {
	case at.After(certificate.NotAfter):
		return refuse("expired", "date", day(certificate.NotAfter))
	case at.Before(certificate.NotBefore):
		return refuse("not_yet_valid", "date", day(certificate.NotBefore))
	}
	return nil
}

func keyUsage(certificate *x509.Certificate, policy Policy) *refusal {
	switch use := useOf(certificate); {
	case use == UseNone:
		return refuse("no_signature_use")
	case use != UseSign && policy.RequireNonRepudiation:
		return refuse("auth_only")
	}
	return nil
}

func timestamp(d *detached) Step {
	step := Step{Name: StepTimestamp, Outcome: NotChecked, Reason: "no_timestamp"}
	if d.timestamped {
		step.Reason = "timestamp_later"
	}
	return step
}

func expected(signer Identity, policy Policy) Step {
	step := Step{Name: StepSigner, Outcome: Failed}
	switch {
	case policy.ExpectIIN == "" && policy.ExpectBIN == "":
		step.Outcome, step.Reason = NotChecked, "anyone"
	case policy.ExpectIIN != "" && signer.IIN != policy.ExpectIIN:
		step.Reason, step.Args = "other_person", []string{"owner", signer.Owner}
	case policy.ExpectBIN != "" && signer.BIN != policy.ExpectBIN:
		step.Reason, step.Args = "other_organization", []string{"organization", signer.Organization}
	default:
		step.Outcome = Passed
	}
	return step
}

// day is a date as people here write it, in the country's time.
func day(t time.Time) string {
	zone, err := time.LoadLocation("Asia/Almaty")
	if err != nil {
		zone = time.FixedZone("UTC+5", 5*60*60) // the country's since 2024-03-01
	}
	return t.In(zone).Format("02.01.2006")
}
