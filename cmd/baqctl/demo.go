package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"baqylau/app"
	"baqylau/localstore"
	"baqylau/server/centre"
	"baqylau/signing/demo"
)

type demoCommand struct {
	Out string `help:"Folder to leave the signed documents in." default:"demo-out" type:"path"`
}

// Run tells the story over a centre of its own, which is gone afterwards; the documents stay.
func (c demoCommand) Run(s *session) (err error) {
	folder, err := os.MkdirTemp("", "baqylau-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	if err := os.MkdirAll(c.Out, 0o755); err != nil {
		return err
	}
	t := &teller{session: s, folder: folder, out: c.Out}
	rand.Read(t.seal[:]) // the local stores go with the demo
	t.say("cmd.demo.begin")
	running, err := centre.Start(s.ctx, centre.Options{Folder: filepath.Join(folder, "centre"), Demo: true, Log: s.log})
	if err != nil {
		return err
	}
	defer func() {
		ending, cancel := context.WithTimeout(context.WithoutCancel(s.ctx), 10*time.Second)
		defer cancel()
		err = errors.Join(err, running.Close(ending))
	}()
	t.centre = running
	if err := t.story(); err != nil {
		return fmt.Errorf("%s: %w", s.lang.T("cmd.demo.stopped"), err)
	}
	return t.verify()
}

// teller tells the story: each step is a use case of the client, over the real API.
type teller struct {
	*session
	centre *centre.Centre
	folder string
	out    string
	seal   localstore.Key
	steps  int
	files  []string // without their endings
}

func (t *teller) say(key string, args ...any) { fmt.Println(t.lang.T(key, args...)) }

// step tells what was done, once it is done.
func (t *teller) step(key string, args ...any) {
	t.steps++
	fmt.Printf("%2d. %s\n", t.steps, t.lang.T(key, args...))
}

// as lets a person of the demo act: enters with the key file, acts, and leaves.
func (t *teller) as(login string, act func(*actor) error) (err error) {
	door, err := app.Knock(t.ctx, t.centre.Origin(), t.log)
	if err != nil {
		return err
	}
	key, err := app.OpenKey(filepath.Join(t.centre.KeysFolder(), login+".p12"), []byte(demo.Password))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, key.Close()) }()
	desk, err := door.Enter(t.ctx, key, nil, func(person, _ string, _ []byte) (*localstore.Store, error) {
		return localstore.Open(filepath.Join(t.folder, person+".db"), t.seal)
	})
	if err != nil {
		return fmt.Errorf("%s: %w", login, err)
	}
	a := &actor{teller: t, Desk: desk, key: key}
	t.step("cmd.demo.entered", "name", desk.Me.Person.FullName(), "position", app.InLang(t.lang, desk.Me.Person.PositionKK, desk.Me.Person.PositionRU))
	err = act(a)
	return errors.Join(err, desk.Leave(context.WithoutCancel(t.ctx)))
}

// keep leaves a signed document in the folder: the file and its detached signature.
func (t *teller) keep(a *actor, name, file, signature string) error {
	for ending, digest := range map[string]string{".pdf": file, ".p7s": signature} {
		data, err := a.File(t.ctx, digest)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(t.out, name+ending), data, 0o644); err != nil {
			return err
		}
	}
	t.files = append(t.files, name)
	return nil
}

// verify prints the commands that check each file, and runs them where OpenSSL is there.
func (t *teller) verify() error {
	authority := filepath.Join(t.out, demo.AuthorityFile)
	data, err := os.ReadFile(filepath.Join(t.centre.KeysFolder(), demo.AuthorityFile))
	if err != nil {
		return err
	}
	if err := os.WriteFile(authority, data, 0o644); err != nil {
		return err
	}
	t.say("cmd.demo.done", "steps", t.steps, "folder", t.out)
	t.say("cmd.demo.verify")
	openssl, missing := exec.LookPath("openssl")
	for _, name := range t.files {
		args := []string{
			"cms", "-verify", "-binary", "-inform", "DER", "-content", filepath.Join(t.out, name+".pdf"),
			"-in", filepath.Join(t.out, name+".p7s"), "-CAfile", authority, "-out", os.DevNull,
		}
		fmt.Print("openssl")
		for _, arg := range args {
			fmt.Print(" ", arg)
		}
		fmt.Println()
		if missing != nil {
			continue
		}
		told, err := exec.CommandContext(t.ctx, openssl, args...).CombinedOutput()
		if err != nil {
			return fmt.Errorf("openssl: %s: %w", told, err)
		}
		t.say("cmd.demo.accepted", "file", name+".pdf")
	}
	return nil
}
