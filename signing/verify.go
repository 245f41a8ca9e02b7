package signing

import (
	"bytes"
	"crypto/x509"
	"io"
	"strings"
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
	// Evidence is added to what the signature itself carries.
	Evidence Evidence
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
	return judgeOne(content, cms, at, policy)
}

// VerifyDetached checks a detached signature over a content of any size, and reports of each signer
// in the order of the signature; there is always at least one report. The error is the reader's.
func VerifyDetached(content io.Reader, cms []byte, at time.Time, policy Policy) ([]Report, error) {
	d, refused := readSignedData(cms, policy.limits())
	if refused != nil {
		return []Report{unread(refused, at, policy)}, nil
	}
	sums := newDigests(d.algorithms())
	if err := sums.read(content); err != nil {
		return nil, err
	}
	return d.judge(sums, at, policy), nil
}

// VerifyAttached checks a signature that carries its content, in DER or BER, whole or in pieces, of
// any size, as it is read. The content is written out before it is known whether any signature
// over it holds: it is worth what the reports say, one a signer. The error is the reader's or the
// writer's.
func VerifyAttached(cms io.Reader, content io.Writer, at time.Time, policy Policy) ([]Report, error) {
	detached, sums, refused, err := peel(cms, content)
	if err != nil {
		return nil, err
	}
	var d *signedData
	if refused == nil {
		d, refused = readSignedData(detached, policy.limits())
	}
	if refused != nil {
		return []Report{unread(refused, at, policy)}, nil
	}
	return d.judge(sums, at, policy), nil
}

func (p Policy) limits() limits {
	max := limits{maxCMSBytes, maxCMSDepth, maxCMSElements}
	if p.MaxBytes > 0 && p.MaxBytes < max.bytes {
		max.bytes = p.MaxBytes
	}
	return max
}

// algorithms are the hashes that the signers name.
func (d *signedData) algorithms() []algorithm {
	var list []algorithm
	for _, s := range d.signers {
		list = append(list, s.digest)
	}
	return list
}

func judgeOne(content, cms []byte, at time.Time, policy Policy) Report {
	d, refused := readSignedData(cms, policy.limits())
	if refused == nil && len(d.signers) > 1 {
		refused = refuse("many_signers")
	}
	if refused != nil {
		return unread(refused, at, policy)
	}
	policy.Trust = policy.Trust.forSigners(1)
	sums := newDigests(d.algorithms())
	_, _ = sums.Write(content)
	return d.judgeSigner(d.signers[0], sums, at, policy)
}

// judge reports of every signer.
func (d *signedData) judge(sums *digests, at time.Time, policy Policy) []Report {
	policy.Trust = policy.Trust.forSigners(len(d.signers))
	reports := make([]Report, 0, len(d.signers))
	for _, s := range d.signers {
		if sums.login() {
			reports = append(reports, unread(refuse("login_text"), at, policy))
			continue
		}
		reports = append(reports, d.judgeSigner(s, sums, at, policy))
	}
	return reports
}

func (d *signedData) judgeSigner(s *signerInfo, sums *digests, at time.Time, policy Policy) Report {
	if s.unread != nil {
		return unread(s.unread, at, policy)
	}
	certificate, refused := d.certificateOf(s)
	if refused != nil {
		return unread(refused, at, policy)
	}
	evidence := d.evidenceOf(s, policy)
	witnessed, timestamp := evidence.stamped(s.signature, policy.Trust, at)
	if !witnessed.IsZero() {
		at = witnessed
	}
	report := Report{
		Signer:      IdentityOf(certificate),
		SigningTime: s.values.signingTime,
		Witnessed:   witnessed,
		At:          at,
		Demo:        policy.Trust.Demo,
	}
	signature := s.checkSignature(certificate)
	if signature == nil && policy.RequireSigningCertificate && s.values.ess == nil {
		signature = refuse("unnamed_certificate")
	}
	chain, broken := policy.Trust.chain(certificate, evidence.Certificates, at)
	origin := broken.step(StepChain)
	if report.Chain = chain; chain != nil {
		report.Anchor = policy.Trust.kindOf(chain[len(chain)-1])
		if report.Anchor == ExtraAnchor {
			origin.Reason = "extra_anchor"
		}
	}
	report.Steps = []Step{
		sums.check(s).step(StepIntegrity),
		signature.step(StepSignature),
		origin,
		validity(certificate, at).step(StepValidity),
		keyUsage(certificate, policy).step(StepKeyUsage),
		issuedBy(certificate, chain),
		evidence.revoked(chain, at),
		timestamp,
		expected(report.Signer, policy),
	}
	return report
}

// unread is the report of a signature that doesn't come as far as its certificate.
func unread(why *refusal, at time.Time, policy Policy) Report {
	steps := []Step{why.step(StepIntegrity)}
	for _, name := range []StepName{
		StepSignature, StepChain, StepValidity, StepKeyUsage, StepPolicy, StepRevocation, StepTimestamp, StepSigner,
	} {
		steps = append(steps, Step{Name: name, Outcome: NotChecked, Reason: "not_reached"})
	}
	return Report{Steps: steps, At: at, Demo: policy.Trust.Demo}
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

// issuedBy judges the certificate policies of a checked chain's signer: order 1187 of 2015-12-09 wants
// one that is known. Those of the national authorities are; what others have is their own affair.
func issuedBy(certificate *x509.Certificate, chain []*x509.Certificate) Step {
	switch {
	case chain == nil:
		return Step{Name: StepPolicy, Outcome: NotChecked, Reason: "not_reached"}
	case !national(chain[len(chain)-1]):
		return Step{Name: StepPolicy, Outcome: NotChecked, Reason: "policy_other_authority"}
	}
	return nationalPolicy(certificate).step(StepPolicy)
}

// nationalPolicy refuses a certificate without a policy of the NCA's.
func nationalPolicy(certificate *x509.Certificate) *refusal {
	if len(certificate.Policies) == 0 {
		return refuse("policy_missing")
	}
	for _, policy := range certificate.Policies {
		if named := policy.String(); named == oidNationalPolicies || strings.HasPrefix(named, oidNationalPolicies+".") {
			return nil
		}
	}
	return refuse("policy_unknown", "policy", certificate.Policies[0].String())
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
