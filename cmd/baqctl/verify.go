package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"baqylau/assets"
	"baqylau/signing"
)

type verifyCommand struct {
	Document  string `arg:"" name:"doc" help:"The document, or a signature with the document inside." type:"path"`
	Signature string `arg:"" optional:"" name:"sig" help:"The signature; by default DOC.p7s." type:"path"`
	At        string `help:"Time to judge at: 2026-03-10, or RFC 3339; by default now."`
	Anchors   string `help:"Folder with the certificates to trust and revocation lists, DER or PEM, for this run." type:"path"`
	JSON      bool   `help:"Answer in JSON."`
}

// The exit statuses of verify.
const (
	statusValid   = 0
	statusInvalid = 1
	statusUnknown = 2
	statusBad     = 3
)

// errTime is a time that can't be read.
var errTime = errors.New("not a time")

// Run verifies a signature; the exit status is 0 valid, 1 invalid, 2 can't tell, 3 bad input.
func (c verifyCommand) Run(s *session) error {
	at, err := readTime(c.At)
	if err != nil {
		return badInput{err}
	}
	policy := signing.Policy{RequireNonRepudiation: true}
	if c.Anchors != "" {
		found, err := readAnchors(c.Anchors)
		if err != nil {
			return badInput{err}
		}
		policy.Trust = signing.ChosenTrust(found.certificates)
	}
	document, signature, err := c.read()
	if err != nil {
		return badInput{err}
	}
	report := signing.Verify(document, signature, at, policy)
	status := statusOf(report, signature, c.Anchors != "")
	if c.JSON {
		err = printJSON(os.Stdout, inJSON(s.lang, report, status))
	} else {
		err = printReport(os.Stdout, s.lang, report, status)
	}
	if err == nil && status != statusValid {
		err = ended(status)
	}
	return err
}

// read reads the document and its signature: the one named, or the one that lies beside the document under its name.
func (c verifyCommand) read() (document, signature []byte, err error) {
	if document, err = readBounded(c.Document, maxDocument); err != nil {
		return nil, nil, err
	}
	if c.Signature != "" {
		signature, err = readBounded(c.Signature, maxSignature)
		return document, signature, err
	}
	beside := c.Document + ".p7s"
	if signature, err = readBounded(beside, maxSignature); errors.Is(err, fs.ErrNotExist) {
		stem := strings.TrimSuffix(c.Document, filepath.Ext(c.Document)) + ".p7s"
		if stem != c.Document {
			signature, err = readBounded(stem, maxSignature)
		}
	}
	return document, signature, err
}

// readTime reads the reference time; a mere day means its end, in the country's time.
func readTime(text string) (time.Time, error) {
	if text == "" {
		return time.Now(), nil
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, nil
	}
	zone, err := time.LoadLocation("Asia/Almaty")
	if err != nil {
		return time.Time{}, err
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04"} {
		if at, err := time.ParseInLocation(layout, text, zone); err == nil {
			return at, nil
		}
	}
	if day, err := time.ParseInLocation(time.DateOnly, text, zone); err == nil {
		return day.AddDate(0, 0, 1).Add(-time.Second), nil
	}
	return time.Time{}, fmt.Errorf("%q: %w", text, errTime)
}

// statusOf is the exit status of a report. What is no signature at all is bad input. It can't be told where nothing
// speaks against the signature but not everything was checked, or nobody to trust was named.
func statusOf(report signing.Report, signature []byte, anchored bool) int {
	switch {
	case report.Valid():
		return statusValid
	case !signing.IsCMS(signature):
		return statusBad
	}
	for _, step := range report.Steps {
		if step.Outcome == signing.Failed && (anchored || step.Name != signing.StepChain || step.Reason != "untrusted") {
			return statusInvalid
		}
	}
	return statusUnknown
}

// reportFacts is a report in JSON.
type reportFacts struct {
	Verdict     string         `json:"verdict"` // valid, invalid, unknown or bad_input
	Text        string         `json:"text"`
	Demo        bool           `json:"demo"`
	At          time.Time      `json:"at"`
	SigningTime *time.Time     `json:"signing_time,omitempty"`
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

func verdictOf(status int) string {
	return [...]string{statusValid: "valid", statusInvalid: "invalid", statusUnknown: "unknown", statusBad: "bad_input"}[status]
}

// verdictText is the verdict as a sentence.
func verdictText(lang assets.Lang, status int) string {
	switch status {
	case statusValid, statusInvalid:
		return lang.T("signing.report." + verdictOf(status))
	}
	return lang.T("eds.verify." + verdictOf(status))
}

func inJSON(lang assets.Lang, report signing.Report, status int) reportFacts {
	facts := reportFacts{Verdict: verdictOf(status), Text: verdictText(lang, status), Demo: report.Demo, At: report.At}
	if !report.SigningTime.IsZero() {
		facts.SigningTime = &report.SigningTime
	}
	if id := report.Signer; id.Certificate != nil {
		facts.Signer = &signerFacts{
			id.Owner, id.IIN, id.Organization, id.BIN, algorithmOf(id.Certificate), id.Serial,
			id.Certificate.Issuer.String(), id.NotBefore, id.NotAfter,
		}
	}
	for _, step := range report.Steps {
		facts.Steps = append(facts.Steps, reportedStep{step, stepText(lang, step)})
	}
	for _, certificate := range report.Chain {
		facts.Chain = append(facts.Chain, certificate.Subject.String())
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

func printReport(out io.Writer, lang assets.Lang, report signing.Report, status int) error {
	lines := []string{verdictText(lang, status)}
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
	for _, step := range report.Steps {
		mark := map[signing.Outcome]string{signing.Passed: "✔ ", signing.Failed: "✖ ", signing.NotChecked: "· "}[step.Outcome]
		lines = append(lines, "  "+mark+stepText(lang, step))
	}
	if report.Demo {
		lines = append(lines, lang.T("signing.report.demo"))
	}
	_, err := fmt.Fprintln(out, strings.Join(lines, "\n"))
	return err
}
