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

	"baqylau/signing/demo"
)

// paper is a signed document that the story leaves behind.
type paper struct{ kind, name string }

// keep leaves a signed document in the folder: the file and its detached signature. One that is signed
// anew takes the place of the former.
func (a *actor) keep(kind, number, file, signature string) error {
	digits := strings.Trim(strings.Map(func(r rune) rune {
		if r == '-' || '0' <= r && r <= '9' {
			return r
		}
		return -1
	}, number), "-")
	p := paper{kind, kind + "-" + digits}
	for ending, digest := range map[string]string{".pdf": file, ".p7s": signature} {
		data, err := a.File(a.ctx, digest)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(a.Out, p.name+ending), data, 0o644); err != nil {
			return err
		}
	}
	if !slices.Contains(a.papers, p) {
		a.papers = append(a.papers, p)
	}
	return nil
}

// verify has OpenSSL check every document where it is there, and prints the command for one of each kind.
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
	openssl, missing := exec.LookPath("openssl")
	shown := map[string]bool{}
	for _, p := range t.papers {
		args := t.verification(p, authority)
		if !shown[p.kind] {
			shown[p.kind] = true
			fmt.Fprintln(t.Say, "openssl", strings.Join(args, " "))
		}
		if missing != nil {
			continue
		}
		if told, err := exec.CommandContext(t.ctx, openssl, args...).CombinedOutput(); err != nil {
			return fmt.Errorf("openssl on %s: %s: %w", p.name, told, err)
		}
	}
	if errors.Is(missing, exec.ErrNotFound) {
		t.say("story.unverified")
		return nil
	}
	t.say("story.accepted", "documents", len(t.papers))
	return nil
}

// verification are the arguments for OpenSSL: at the story's time, which may lie back.
func (t *teller) verification(p paper, authority string) []string {
	return []string{
		"cms", "-verify", "-binary", "-inform", "DER", "-content", filepath.Join(t.Out, p.name+".pdf"),
		"-in", filepath.Join(t.Out, p.name+".p7s"), "-CAfile", authority,
		"-attime", strconv.FormatInt(t.clock.Now().Unix(), 10), "-out", os.DevNull,
	}
}
