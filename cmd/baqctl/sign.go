package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"baqylau/assets"
	"baqylau/signing"
)

type signCommand struct {
	Documents    []string `arg:"" name:"doc" help:"Documents to sign." type:"path"`
	Key          string   `required:"" help:"Key file: PKCS#12, .p12 or .pfx." type:"path"`
	PasswordFile string   `required:"" help:"File whose first line is the password." type:"path"`
	Attached     bool     `help:"Put the document into the signature."`
	TSP          string   `help:"Address of a timestamp service (RFC 3161), as http://tsp.pki.gov.kz/; needs --anchors." name:"tsp"`
	Anchors      string   `help:"Folder with the certificates that the timestamp's must come from, DER or PEM." type:"path"`
	Out          string   `help:"Folder for the signatures; by default each lies beside its document." type:"path"`
}

// errTwice is two documents whose signatures would have one name.
var errTwice = errors.New("two documents would share one signature file")

// job is one document of a batch.
type job struct{ document, signature string }

// outcome is what became of a document: already says that it bore this person's valid signature before.
type outcome struct {
	job
	already bool
	owed    error // why the signature has no timestamp, though one was asked for
	err     error
}

// Run signs every document with one unlocking of the key. A document that fails leaves the others signed, and those
// that were left are named; called again, the command signs those alone.
func (c signCommand) Run(s *session) error {
	jobs, err := c.jobs()
	if err != nil {
		return badInput{err}
	}
	key, err := openKey(s.ctx, c.Key, c.PasswordFile)
	if err != nil {
		return err
	}
	defer func() { _ = key.Close() }() // nothing is lost with it
	if err := key.Identity().FitFor(signing.ForDocument, "", time.Now()).Err(); err != nil {
		return err
	}
	if c.Out != "" {
		if err := os.MkdirAll(c.Out, 0o755); err != nil {
			return badInput{err}
		}
	}
	stamps, err := c.stamps(s.ctx, key.Identity())
	if err != nil {
		return badInput{err}
	}
	done := 0
	left := batch(s.ctx, jobs, func(j job) outcome { return c.sign(s.ctx, key, stamps, j) }, func(o outcome) {
		done++
		c.tell(s.lang, o, done, len(jobs))
	})
	if len(left) == 0 {
		return nil
	}
	fmt.Fprintln(os.Stderr, s.lang.N("eds.sign.left", len(left)))
	for _, j := range left {
		fmt.Fprintln(os.Stderr, "  "+plain(j.document))
	}
	return ended(1)
}

// jobs gives every document the name of its signature.
func (c signCommand) jobs() ([]job, error) {
	taken := map[string]bool{}
	var jobs []job
	for _, document := range c.Documents {
		signature := document + ".p7s"
		if c.Out != "" {
			signature = filepath.Join(c.Out, filepath.Base(signature))
		}
		if taken[signature] {
			return nil, fmt.Errorf("%s: %w", signature, errTwice)
		}
		taken[signature] = true
		jobs = append(jobs, job{document, signature})
	}
	return jobs, nil
}

// sign signs one document, of any size. What lies where the signature should go is left alone: it counts when it is
// this key's genuine signature over the document, and is in the way when it is not.
func (c signCommand) sign(ctx context.Context, key signing.Signatory, stamps *stamps, j job) outcome {
	info, err := os.Stat(j.document) // before it is opened: a pipe would keep us waiting
	if err != nil {
		return outcome{job: j, err: err}
	}
	if !info.Mode().IsRegular() {
		return outcome{job: j, err: &fs.PathError{Op: "sign", Path: j.document, Err: fs.ErrInvalid}}
	}
	document, err := os.Open(j.document)
	if err != nil {
		return outcome{job: j, err: err}
	}
	defer document.Close()
	if _, err := os.Lstat(j.signature); !errors.Is(err, fs.ErrNotExist) {
		already, err := unlessStopped(ctx, func() (bool, error) { return c.isSigned(j, key.Identity()) })
		if err == nil && !already {
			err = fmt.Errorf("%s: %w", j.signature, errInTheWay)
		}
		return outcome{job: j, already: already, err: err}
	}
	o := outcome{job: j}
	o.err = putNew(j.signature, func(out io.Writer) error {
		options := signing.Options{Attached: c.Attached}
		if c.Attached && info.Size() > signing.InMemory {
			options.Out = out
			if stamps != nil {
				o.owed = errTooLarge
			}
		}
		cms, err := key.SignDocument(ctx, signing.Stream(document, info.Size()), time.Now(), options)
		if err != nil || options.Out != nil {
			return err
		}
		if stamps != nil {
			cms, o.owed = stamps.add(ctx, cms)
		}
		_, err = out.Write(cms)
		return err
	})
	return o
}

// isSigned tells whether the signature file is the person's genuine signature over the document.
func (c signCommand) isSigned(j job, by signing.Identity) (bool, error) {
	if info, err := os.Stat(j.signature); err != nil || !info.Mode().IsRegular() {
		return false, nil // a folder, a pipe, a link to nowhere
	}
	reports, _, err := verifyCommand{Document: j.document, Signature: j.signature}.verify(time.Now(), signing.Policy{})
	if err != nil {
		return false, err
	}
	for _, report := range reports {
		if report.Step(signing.StepIntegrity).Outcome == signing.Passed &&
			report.Step(signing.StepSignature).Outcome == signing.Passed && report.Signer.Certificate.Equal(by.Certificate) {
			return true, nil
		}
	}
	return false, nil
}

func (c signCommand) tell(lang assets.Lang, o outcome, done, total int) {
	count := fmt.Sprintf("%d/%d ", done, total)
	switch {
	case o.err != nil:
		why, _ := sentence(lang, o.err)
		fmt.Fprintln(os.Stderr, count+plain(o.document)+": "+why)
		if why == lang.T("cmd.failed") { // which promises the cause
			fmt.Fprintln(os.Stderr, "  "+plain(o.err.Error()))
		}
	case o.already:
		fmt.Println(count + plain(o.document) + ": " + lang.T("eds.sign.already"))
	default:
		fmt.Println(count + plain(o.document) + " → " + plain(o.signature))
		if o.owed != nil {
			fmt.Fprintln(os.Stderr, "  "+lang.T("eds.sign.no_stamp"))
		}
	}
}

// batch does the jobs on all processors and tells each outcome, one at a time; it returns the jobs that are left, in
// their order. When the context ends, those under way are finished and no other is begun.
func batch(ctx context.Context, jobs []job, do func(job) outcome, tell func(outcome)) (left []job) {
	next := make(chan int)
	undone := make([]bool, len(jobs))
	var telling sync.Mutex
	var workers sync.WaitGroup
	for range min(len(jobs), runtime.GOMAXPROCS(0)) {
		workers.Go(func() {
			for i := range next {
				o := do(jobs[i])
				telling.Lock()
				tell(o)
				undone[i] = o.err != nil
				telling.Unlock()
			}
		})
	}
	for i := range jobs {
		select {
		case <-ctx.Done():
			undone[i] = true
			continue
		default:
		}
		select {
		case next <- i:
		case <-ctx.Done():
			undone[i] = true
		}
	}
	close(next)
	workers.Wait()
	for i, j := range jobs {
		if undone[i] {
			left = append(left, j)
		}
	}
	return left
}
