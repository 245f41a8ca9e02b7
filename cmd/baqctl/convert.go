package main

import (
	"errors"
	"io"

	"baqylau/signing"
)

type convertCommand struct {
	Signature string `arg:"" help:"The signature to convert." type:"path"`
	Out       string `arg:"" help:"The file to write; it must not be there yet." type:"path"`
	Back      bool   `help:"From the engine's identifiers to those of Kazakhstan."`
}

// Run rewrites a GOST signature so that OpenSSL's gost engine, which knows the Russian identifiers alone, can check
// it; or, the other way, one that the engine made.
func (c convertCommand) Run(s *session) error {
	cms, err := unlessStopped(s.ctx, func() ([]byte, error) { return readBounded(c.Signature, maxSignature) })
	if err != nil {
		return badInput{err}
	}
	convert := signing.ToRussian
	if c.Back {
		convert = signing.FromRussian
	}
	converted, err := convert(cms)
	if err != nil {
		return badInput{err}
	}
	err = putNew(c.Out, func(out io.Writer) error {
		_, err := out.Write(converted)
		return err
	})
	if errors.Is(err, errInTheWay) {
		return badInput{err}
	}
	return err
}
