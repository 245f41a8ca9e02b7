package main

import (
	"os"
	"time"

	"baqylau/cmd/baqctl/story"
)

type demoCommand struct {
	Keys string `help:"Keys that the people sign with: gost, rsa or both." enum:"gost,rsa,both" default:"both"`
	Out  string `help:"Folder to leave the signed documents in." default:"demo-out" type:"path"`
}

// Run tells the whole story; the documents stay.
func (c demoCommand) Run(s *session) error {
	return story.Tell(s.ctx, story.Options{Lang: s.lang, Program: os.Args[0], Keys: story.Keys(c.Keys), Out: c.Out, Say: os.Stdout, Log: s.log, Machine: time.Now})
}
