package signing

import (
	"crypto/x509"
	"time"
)

// StepName names a step of a verification, the <name> of the text key "signing.step.<name>".
type StepName string

// The steps, in the order of a report.
const (
	StepIntegrity  StepName = "integrity"  // the content is the one that was signed
	StepSignature  StepName = "signature"  // the certificate's key made the signature
	StepChain      StepName = "chain"      // the certificate comes from a trusted anchor
	StepValidity   StepName = "validity"   // it was valid at the reference time
	StepKeyUsage   StepName = "key_usage"  // it is meant for this
	StepPolicy     StepName = "policy"     // it was issued by rules that are known
	StepRevocation StepName = "revocation" // it was not revoked
	StepTimestamp  StepName = "timestamp"  // an authority witnessed the time
	StepSigner     StepName = "signer"     // it is the expected person and organisation
)

// Outcome of a step, the <outcome> of the text key "signing.outcome.<outcome>".
type Outcome string

// NotChecked is never a silent pass: the step's reason says why.
const (
	Passed     Outcome = "passed"
	Failed     Outcome = "failed"
	NotChecked Outcome = "not_checked"
)

// Step is one line of a report. Reason is the <code> of the text key "signing.reason.<code>", ""
// when a step passed and there is nothing to add; Args are the text's placeholders as name, value, name, value.
type Step struct {
	Name    StepName `json:"name"`
	Outcome Outcome  `json:"outcome"`
	Reason  string   `json:"reason,omitempty"`
	Args    []string `json:"args,omitempty"`
}

// Report is the answer of a verification: all steps, always in the same order.
type Report struct {
	Steps []Step
	// Signer is who the signer's certificate names, without meaning when the report isn't valid.
	Signer Identity
	// SigningTime is the time that the signer claims, zero when none; nobody has witnessed it.
	SigningTime time.Time
	// Witnessed is the time of the earliest timestamp that holds, zero when none does.
	Witnessed time.Time
	// At is the reference time that validity and revocation were judged at: Witnessed, or else the
	// verifier's.
	At time.Time
	// Demo says that the trust was a demo authority's.
	Demo bool
	// Chain leads from the signer's certificate to the anchor; nil unless the chain passed.
	Chain []*x509.Certificate
	// Anchor is why the end of the chain is trusted, "" unless the chain passed.
	Anchor AnchorKind
}

// Valid tells whether nothing failed and everything that can be checked was. Revocation and
// timestamp may be not checked, the rules of authorities that aren't the nation's, and the signer
// where the policy expects nobody in particular.
func (r Report) Valid() bool { return r.Outcome() == Passed }

// Outcome is the whole in one word: failed when anything failed, not checked when something that
// must be known couldn't be, else passed.
func (r Report) Outcome() Outcome {
	outcome := Passed
	for _, step := range r.Steps {
		switch {
		case step.Outcome == Failed:
			return Failed
		case step.Outcome == NotChecked && !step.optional():
			outcome = NotChecked
		}
	}
	if len(r.Steps) == 0 {
		return NotChecked
	}
	return outcome
}

// Step gives the step of the name; its outcome is not checked when the report has none.
func (r Report) Step(name StepName) Step {
	for _, step := range r.Steps {
		if step.Name == name {
			return step
		}
	}
	return Step{Name: name, Outcome: NotChecked, Reason: "not_reached"}
}

func (s Step) optional() bool {
	switch s.Name {
	case StepRevocation, StepTimestamp:
		return true
	case StepPolicy:
		return s.Reason == "policy_other_authority"
	case StepSigner:
		return s.Reason == "anyone"
	}
	return false
}

// refusal is why a step failed, before it is known which.
type refusal struct {
	code string
	args []string
}

func refuse(code string, args ...string) *refusal { return &refusal{code, args} }

// step turns the outcome of a check into the step of the name. An algorithm that is sound but not
// known here can't be called false.
func (r *refusal) step(name StepName) Step {
	switch {
	case r == nil:
		return Step{Name: name, Outcome: Passed}
	case r.code == "legacy_gost":
		return Step{Name: name, Outcome: NotChecked, Reason: r.code}
	}
	return Step{Name: name, Outcome: Failed, Reason: r.code, Args: r.args}
}
