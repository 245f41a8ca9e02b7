package main

import (
	"os"
	"time"

	"baqylau/cmd/baqctl/story"
)

type demoCommand struct {
	Out string `help:"Folder to leave the signed documents in." default:"demo-out" type:"path"`
}

// Run tells the whole story; the documents stay.
func (c demoCommand) Run(s *session) error {
	return story.Tell(s.ctx, story.Options{Lang: s.lang, Out: c.Out, Say: os.Stdout, Log: s.log, Machine: time.Now})
}
