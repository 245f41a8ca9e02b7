package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"baqylau/assets"
	"baqylau/signing"
)

// answer is what verify says, in JSON. Of several signatures, the least sure one decides.
type answer struct {
	Verdict    string        `json:"verdict"` // valid, invalid, unknown or bad_input
	Text       string        `json:"text"`
	Signatures []reportFacts `json:"signatures"`

	status  int
	reports []signing.Report
}

// reportFacts is the report of one signature.
type reportFacts struct {
	Verdict     string         `json:"verdict"` // valid, invalid or unknown
	Text        string         `json:"text"`
	Demo        bool           `json:"demo"`
	At          time.Time      `json:"at"`
	SigningTime *time.Time     `json:"signing_time,omitempty"` // the signer's claim
	Signer      *signerFacts   `json:"signer,omitempty"`
	Steps       []reportedStep `json:"steps"`
	Chain       []string       `json:"chain,omitempty"`
}

type signerFacts struct {
	Owner        string    `json:"owner"`
	IIN          string    `json:"iin"`
	Organization string    `json:"organization,omitempty"`
	BIN          string    `json:"bin,omitempty"`
	Algorithm    string    `json:"algorithm"`
	Serial       string    `json:"serial"`
	Issuer       string    `json:"issuer"`
	NotBefore    time.Time `json:"not_before"`
	NotAfter     time.Time `json:"not_after"`
}

type reportedStep struct {
	signing.Step
	Text string `json:"text"`
}

// answerOf puts reports together; nobodyTrusted says that no anchors were named.
func answerOf(lang assets.Lang, reports []signing.Report, isSignature, nobodyTrusted bool) answer {
	a := answer{reports: reports, Signatures: []reportFacts{}}
	if !isSignature || len(reports) == 0 {
		a.status = statusBad
	}
	for _, report := range reports {
		status := statusOf(report, nobodyTrusted)
		a.Signatures = append(a.Signatures, factsOfReport(lang, report, status))
		if status == statusInvalid || a.status == statusValid {
			a.status = status
		}
	}
	a.Verdict, a.Text = verdictOf(a.status), verdictText(lang, a.status, slices.ContainsFunc(reports, unasked))
	return a
}

// statusOf is the status of one signature. It can't be told where nothing speaks against the signature but not
// everything was checked, or nobody to trust was named. An authority's word on revocation that doesn't settle it, for
// being old, or unreadable, or that it knows no such certificate, leaves it open; where nobody has said a word, the
// signature is valid as far as was asked, and the verdict says how far.
func statusOf(report signing.Report, nobodyTrusted bool) int {
	if report.Valid() {
		step := report.Step(signing.StepRevocation)
		if step.Outcome == signing.Passed || step.Reason == "revocation_anchor" || unasked(report) {
			return statusValid
		}
		return statusUnknown
	}
	for _, step := range report.Steps {
		if step.Outcome == signing.Failed && (!nobodyTrusted || step.Name != signing.StepChain || step.Reason != "untrusted") {
			return statusInvalid
		}
	}
	return statusUnknown
}

// unasked tells whether nobody was there to say if a certificate of the chain is revoked.
func unasked(report signing.Report) bool {
	step := report.Step(signing.StepRevocation)
	return step.Outcome == signing.NotChecked && (step.Reason == "no_revocation" || step.Reason == "issuer_unknown")
}

func verdictOf(status int) string {
	return [...]string{statusValid: "valid", statusInvalid: "invalid", statusUnknown: "unknown", statusBad: "bad_input"}[status]
}

// verdictText is the verdict as a sentence.
func verdictText(lang assets.Lang, status int, unasked bool) string {
	switch {
	case status == statusValid && unasked:
		return lang.T("eds.verify.unasked")
	case status == statusValid, status == statusInvalid:
		return lang.T("signing.report." + verdictOf(status))
	}
	return lang.T("eds.verify." + verdictOf(status))
}

func factsOfReport(lang assets.Lang, report signing.Report, status int) reportFacts {
	facts := reportFacts{Verdict: verdictOf(status), Text: verdictText(lang, status, unasked(report)), Demo: report.Demo, At: report.At}
	if !report.SigningTime.IsZero() {
		facts.SigningTime = &report.SigningTime
	}
	if id := report.Signer; id.Certificate != nil {
		facts.Signer = &signerFacts{
			id.Owner, id.IIN, id.Organization, id.BIN, algorithmOf(id.Certificate), id.Serial,
			nameOf(id.Certificate.RawIssuer, id.Certificate.Issuer), id.NotBefore, id.NotAfter,
		}
	}
	for _, step := range report.Steps {
		facts.Steps = append(facts.Steps, reportedStep{step, stepText(lang, step)})
	}
	for _, certificate := range report.Chain {
		facts.Chain = append(facts.Chain, nameOf(certificate.RawSubject, certificate.Subject))
	}
	return facts
}

func stepText(lang assets.Lang, step signing.Step) string {
	text := lang.T("signing.step."+string(step.Name)) + ": " + lang.T("signing.outcome."+string(step.Outcome))
	if step.Reason == "" {
		return text
	}
	args := make([]any, len(step.Args))
	for i, arg := range step.Args {
		args[i] = plain(arg)
	}
	return text + ". " + lang.T("signing.reason."+step.Reason, args...)
}

// print says the verdict, and every signature with its steps.
func (a answer) print(out io.Writer, lang assets.Lang) error {
	lines := []string{a.Text}
	for i, report := range a.reports {
		if len(a.reports) > 1 {
			lines = append(lines, "", fmt.Sprintf("%d/%d. %s", i+1, len(a.reports), a.Signatures[i].Text))
		}
		lines = append(lines, reportLines(lang, report)...)
	}
	_, err := fmt.Fprintln(out, strings.Join(lines, "\n"))
	return err
}

func reportLines(lang assets.Lang, report signing.Report) (lines []string) {
	if id := report.Signer; id.Certificate != nil {
		who := plain(id.Owner)
		for _, part := range [][2]string{{lang.T("eds.keys.iin") + " ", id.IIN}, {"", id.Organization}, {lang.T("eds.keys.bin") + " ", id.BIN}} {
			if part[1] != "" {
				who += ", " + part[0] + plain(part[1])
			}
		}
		lines = append(lines, lang.T("eds.verify.signer", "who", who, "algorithm", algorithmOf(id.Certificate)))
	}
	if !report.SigningTime.IsZero() {
		lines = append(lines, lang.T("eds.verify.claimed", "time", assets.DateTime(report.SigningTime)))
	}
	lines = append(lines, lang.T("eds.verify.at", "time", assets.DateTime(report.At)))
	marks := map[signing.Outcome]string{signing.Passed: "✔ ", signing.Failed: "✖ ", signing.NotChecked: "· "}
	for _, step := range report.Steps {
		lines = append(lines, "  "+marks[step.Outcome]+stepText(lang, step))
	}
	if report.Demo {
		lines = append(lines, lang.T("signing.report.demo"))
	}
	return lines
}
