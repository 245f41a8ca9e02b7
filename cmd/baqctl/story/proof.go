package story

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"baqylau/signing"
	"baqylau/signing/demo"
)

// paper is a signed document that the story leaves behind.
type paper struct {
	kind, name string
	algorithm  demo.Algorithm // of its signature
}

// keep leaves a signed document in the folder: the file and its detached signature. One that is signed
// anew takes the place of the former.
func (a *actor) keep(kind, number, file, signature string) error {
	digits := strings.Trim(strings.Map(func(r rune) rune {
		if r == '-' || '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, number), "-")
	p := paper{kind, kind + "-" + digits, a.algorithm}
	for ending, digest := range map[string]string{".pdf": file, ".p7s": signature} {
		data, err := a.File(a.ctx, digest)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(a.Out, p.name+ending), data, 0o644); err != nil {
			return err
		}
	}
	a.papers = slices.DeleteFunc(a.papers, func(former paper) bool { return former.name == p.name })
	a.papers = append(a.papers, p)
	return nil
}

// verify has OpenSSL check every document where it is there, and prints the commands for one of each kind.
func (t *teller) verify() error {
	authority := filepath.Join(t.Out, demo.AuthorityFile)
	data, err := os.ReadFile(filepath.Join(t.centre.KeysFolder(), demo.AuthorityFile))
	if err != nil {
		return err
	}
	if err := os.WriteFile(authority, data, 0o644); err != nil {
		return err
	}
	fmt.Fprintln(t.Say)
	t.say("story.done", "documents", len(t.papers), "folder", t.Out)
	t.say("story.verify")
	type sort struct {
		kind      string
		algorithm demo.Algorithm
	}
	shown := map[sort]bool{}
	for _, p := range t.papers {
		if s := (sort{p.kind, p.algorithm}); !shown[s] {
			shown[s] = true
			for _, line := range t.commands(p, authority) {
				fmt.Fprintln(t.Say, line)
			}
		}
	}
	return t.proof(authority)
}

// proof has OpenSSL check every document, and says how many it could not be asked about.
func (t *teller) proof(authority string) error {
	openssl, missing := exec.LookPath("openssl")
	if errors.Is(missing, exec.ErrNotFound) {
		t.say("story.unverified")
		return nil
	}
	engine := exec.CommandContext(t.ctx, openssl, "engine", "gost").Run() == nil
	accepted, unasked := 0, 0
	for _, p := range t.papers {
		if p.algorithm == demo.GOST && !engine {
			unasked++
			continue
		}
		if err := t.prove(openssl, p, authority); err != nil {
			return fmt.Errorf("openssl on %s: %w", p.name, err)
		}
		accepted++
	}
	if unasked > 0 {
		t.say("story.no_engine", "documents", unasked)
	}
	if accepted > 0 {
		t.say("story.accepted", "documents", accepted)
	}
	return nil
}

func (t *teller) prove(openssl string, p paper, authority string) error {
	signature := t.file(p, ".p7s")
	if p.algorithm == demo.GOST {
		cms, err := os.ReadFile(signature)
		if err != nil {
			return err
		}
		russian, err := signing.ToRussian(cms)
		if err != nil {
			return err
		}
		signature = filepath.Join(t.folder, p.name+".p7s")
		if err := os.WriteFile(signature, russian, 0o600); err != nil {
			return err
		}
	}
	if told, err := exec.CommandContext(t.ctx, openssl, t.verification(p, signature, authority)...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w", told, err)
	}
	return nil
}

func (t *teller) file(p paper, ending string) string { return filepath.Join(t.Out, p.name+ending) }

// commands are what a person types to check the document as the story does.
func (t *teller) commands(p paper, authority string) []string {
	openssl := func(signature string) string {
		return "openssl " + strings.Join(t.verification(p, signature, authority), " ")
	}
	signature := t.file(p, ".p7s")
	if p.algorithm == demo.GOST {
		converted := t.file(p, ".openssl.p7s")
		return []string{t.Program + " convert " + signature + " " + converted, openssl(converted)}
	}
	return []string{openssl(signature)}
}

// verification are the arguments for OpenSSL: of RSA at the story's time, which may lie back; of GOST without the
// chain, which OpenSSL can't build over certificates whose identifiers were converted.
func (t *teller) verification(p paper, signature, authority string) []string {
	arguments := []string{
		"cms", "-verify", "-binary", "-inform", "DER", "-content", t.file(p, ".pdf"), "-in", signature, "-out", os.DevNull,
	}
	if p.algorithm == demo.GOST {
		return append(arguments, "-engine", "gost", "-noverify")
	}
	return append(arguments, "-CAfile", authority, "-attime", strconv.FormatInt(t.clock.Now().Unix(), 10))
}
