//go:build unix

package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"syscall"
	"testing"

	"baqylau/assets"
)

// A pipe may keep a command waiting for ever; an interrupt ends it, and with no status that is a verdict.
func TestACommandThatWaitsForAPipeIsInterrupted(t *testing.T) {
	desk := givenBench(t)
	if got := desk.sign("ru", "a.pdf"); got.code != 0 {
		t.Fatalf("got %+v", got)
	}
	for _, c := range []struct {
		name      string
		arguments []string
	}{
		{"keys, the key", []string{"keys", "pipe", "--password-file", "password"}},
		{"keys, the password", []string{"keys", "me.p12", "--password-file", "pipe"}},
		{"sign, the password", []string{"sign", "a.pdf", "--key", "me.p12", "--password-file", "pipe"}},
		{"verify, the document", []string{"verify", "pipe", "a.pdf.p7s"}},
		{"verify, the signature", []string{"verify", "a.pdf", "pipe"}},
		{"verify, an anchor", []string{"verify", "a.pdf", "--anchors", "waiting"}},
		{"convert", []string{"convert", "pipe", "out"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := givenBench(t)
			b.put("a.pdf.p7s", desk.get("a.pdf.p7s"))
			b.put("waiting/none", nil)
			for _, name := range []string{"pipe", "waiting/none"} {
				if err := os.RemoveAll(b.path(name)); err != nil {
					t.Fatal(err)
				}
				if err := syscall.Mkfifo(b.path(name), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			program := command(t.Context(), "ru", c.arguments...)
			program.Dir = b.folder
			if err := program.Start(); err != nil {
				t.Fatal(err)
			}
			ended := make(chan error, 1)
			go func() { ended <- program.Wait() }()
			opened := make(chan *os.File, 2)
			for _, name := range []string{"pipe", "waiting/none"} {
				go func() { // it opens when the program reads it, or when this test is over
					if pipe, err := os.OpenFile(b.path(name), os.O_WRONLY, 0); err == nil {
						opened <- pipe
					}
				}()
			}
			select {
			case pipe := <-opened:
				defer pipe.Close()
			case err := <-ended:
				t.Fatalf("it did not wait: %v", err)
			}
			if err := program.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
			<-ended
			if code := program.ProcessState.ExitCode(); code != statusStopped {
				t.Errorf("status %d", code)
			}
			b.clean()
		})
	}
}

func TestAnInterruptionIsCalledOne(t *testing.T) {
	for _, lang := range []assets.Lang{assets.KK, assets.RU} {
		for _, err := range []error{context.Canceled, badInput{ended(statusStopped)}} {
			text, whole := sentence(lang, err)
			if !whole || text != lang.T("cmd.interrupted") {
				t.Errorf("%v is told as %q", err, text)
			}
			inWords(t, text)
		}
		if text, _ := sentence(lang, ended(statusInvalid)); text == lang.T("cmd.interrupted") {
			t.Errorf("a verdict is told as %q", text)
		}
	}
}

// What is no file is neither signed nor waited for, nor is it taken for a signature.
func TestPipesAreNotSigned(t *testing.T) {
	b := givenBench(t)
	for _, name := range []string{"pipe", "a.pdf.p7s"} {
		if err := syscall.Mkfifo(b.path(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("nowhere", b.path("b.pdf.p7s")); err != nil {
		t.Fatal(err)
	}
	got := b.sign("ru", "pipe", "a.pdf", "b.pdf", "c.pdf")
	if got.code != 1 || got.out == "" {
		t.Errorf("got %+v", got)
	}
	inWords(t, got.err)
	b.get("c.pdf.p7s")
}

// The answer of verify that nobody could read must not look like a verdict.
func TestAFullDiskIsSaid(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("no device that is always full")
	}
	defer full.Close()
	b := givenBench(t)
	if got := b.sign("ru", "a.pdf"); got.code != 0 {
		t.Fatalf("got %+v", got)
	}
	for _, arguments := range [][]string{{"--anchors", "trusted"}, {"--json"}} {
		program := command(t.Context(), "ru", append([]string{"verify", "a.pdf"}, arguments...)...)
		program.Dir, program.Stdout = b.folder, full
		var said bytes.Buffer
		program.Stderr = &said
		if err := program.Run(); program.ProcessState == nil {
			t.Fatal(err)
		}
		if code := program.ProcessState.ExitCode(); code != statusBad {
			t.Errorf("status %d", code)
		}
		if sentence, _, _ := strings.Cut(said.String(), "\n"); !strings.HasPrefix(sentence, "На диске закончилось место") {
			t.Errorf("it says %s", sentence)
		}
	}
}
