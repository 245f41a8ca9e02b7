package main

import (
	"bufio"
	"bytes"
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

var (
	// errTime is a time that can't be read.
	errTime = errors.New("not a time")
	// errNoDocument is a detached signature alone.
	errNoDocument = errors.New("no document beside a detached signature, nor in it")
)

// Run verifies a signature; the exit status is 0 valid, 1 invalid, 2 can't tell, 3 bad input.
func (c verifyCommand) Run(s *session) error {
	at, err := readTime(c.At)
	if err != nil {
		return badInput{err}
	}
	answer, err := unlessStopped(s.ctx, func() (answer, error) { return c.answer(s.lang, at) })
	if err != nil {
		return badInput{err}
	}
	if c.JSON {
		err = printJSON(os.Stdout, answer)
	} else {
		err = answer.print(os.Stdout, s.lang)
	}
	switch {
	case err != nil:
		return badInput{err} // nobody was told: that must not look like a verdict
	case answer.status != statusValid:
		return ended(answer.status)
	}
	return nil
}

// answer verifies by the anchors of the folder.
func (c verifyCommand) answer(lang assets.Lang, at time.Time) (answer, error) {
	policy := signing.Policy{RequireNonRepudiation: true}
	if c.Anchors != "" {
		found, err := readAnchors(c.Anchors)
		if err != nil {
			return answer{}, err
		}
		policy.Trust = signing.ChosenTrust(found.certificates)
		policy.Evidence.CRLs = found.lists
	}
	reports, isSignature, err := c.verify(at, policy)
	if err != nil {
		return answer{}, err
	}
	return answerOf(lang, reports, isSignature, policy.Trust.Empty()), nil
}

// verify reads the document and its signature, neither of them whole: a document may be of any size. isSignature
// tells whether the signature was meant as one.
func (c verifyCommand) verify(at time.Time, policy signing.Policy) (reports []signing.Report, isSignature bool, err error) {
	path, err := c.signature()
	if err != nil {
		return nil, false, err
	}
	document, err := os.Open(c.Document)
	if err != nil {
		return nil, false, err
	}
	defer document.Close()
	signature := document
	if path != c.Document {
		if signature, err = os.Open(path); err != nil {
			return nil, false, err
		}
		defer signature.Close()
	}
	buffered := bufio.NewReader(signature)
	if isSignature, err = beginsAsSignature(buffered); err != nil || !isSignature {
		return nil, false, err
	}
	if path == c.Document {
		reports, err = signing.VerifyAttached(buffered, io.Discard, at, policy)
		if err == nil && refusedAs(reports, "detached") {
			err = errNoDocument
		}
		return reports, true, err
	}
	if info, err := signature.Stat(); err == nil && info.Mode().IsRegular() && info.Size() > maxSignature {
		reports, err = verifyBoth(document, buffered, at, policy) // so large with a document inside alone: held by nobody
		return reports, true, err
	}
	cms, err := io.ReadAll(io.LimitReader(buffered, maxSignature+1))
	if err != nil {
		return nil, true, err
	}
	if len(cms) <= maxSignature {
		reports, err = signing.VerifyDetached(document, cms, at, policy)
		if err != nil || !refusedAs(reports, "attached") {
			return reports, true, err
		}
	}
	reports, err = verifyBoth(document, io.MultiReader(bytes.NewReader(cms), buffered), at, policy)
	return reports, true, err
}

// beginsAsSignature tells whether a file is meant as a signature.
func beginsAsSignature(in *bufio.Reader) (bool, error) {
	const enough = 64
	beginning, err := in.Peek(enough)
	if err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	return signing.IsCMS(beginning), nil
}

// signature is the path of the signature: the one named; the one that lies beside the document under its name; or the
// document itself, when it is a signature with a document inside.
func (c verifyCommand) signature() (string, error) {
	if c.Signature != "" {
		return c.Signature, nil
	}
	stem := strings.TrimSuffix(c.Document, filepath.Ext(c.Document)) + ".p7s"
	for _, path := range []string{c.Document + ".p7s", stem} {
		if _, err := os.Stat(path); path != c.Document && !errors.Is(err, fs.ErrNotExist) {
			return path, err
		}
	}
	document, err := os.Open(c.Document)
	if err != nil {
		return "", err
	}
	defer document.Close()
	attached, err := beginsAsSignature(bufio.NewReader(document))
	if err != nil {
		return "", err
	}
	if attached {
		return c.Document, nil
	}
	return c.Document + ".p7s", nil
}

// refusedAs tells whether a signature was refused for having its document inside ("attached"), or for having none.
func refusedAs(reports []signing.Report, reason string) bool {
	return len(reports) == 1 && reports[0].Step(signing.StepIntegrity).Reason == reason
}

// verifyBoth checks a signature that carries a document, and that it is the one that lies beside it.
func verifyBoth(document io.ReadSeeker, cms io.Reader, at time.Time, policy signing.Policy) ([]signing.Report, error) {
	if _, err := document.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	same := &comparison{with: bufio.NewReader(document)}
	reports, err := signing.VerifyAttached(cms, same, at, policy)
	if err != nil || same.ended() {
		return reports, err
	}
	for i := range reports {
		for j, step := range reports[i].Steps {
			if step.Name == signing.StepIntegrity && step.Outcome == signing.Passed {
				reports[i].Steps[j] = signing.Step{Name: step.Name, Outcome: signing.Failed, Reason: "digest_mismatch"}
			}
		}
	}
	return reports, nil
}

// comparison is a writer that compares what is written with what it reads.
type comparison struct {
	with   *bufio.Reader
	differ bool
}

func (c *comparison) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0 && !c.differ; {
		beginning, _ := c.with.Peek(min(len(rest), c.with.Size()))
		if len(beginning) == 0 || !bytes.HasPrefix(rest, beginning) {
			c.differ = true
			break
		}
		rest = rest[len(beginning):]
		_, _ = c.with.Discard(len(beginning)) // they have been peeked at
	}
	return len(p), nil
}

// ended tells whether all that was written is all that there is to read.
func (c *comparison) ended() bool {
	_, err := c.with.ReadByte()
	return !c.differ && errors.Is(err, io.EOF)
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
