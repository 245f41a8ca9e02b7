package main

import (
	"context"
	"errors"
	"strings"
	"time"

	"baqylau/signing"
	"baqylau/signing/service"
)

// errNoTrust is a timestamp service without anchors to check its answers by.
var errNoTrust = errors.New("a timestamp service needs anchors")

// stamps adds timestamps to signatures.
type stamps struct {
	client *service.Client
	trust  signing.Trust
}

// stamps is nil where no service was named. The national one has a policy for each algorithm, and its own for RSA.
func (c signCommand) stamps(ctx context.Context, signer signing.Identity) (*stamps, error) {
	if c.TSP == "" {
		return nil, nil
	}
	if c.Anchors == "" {
		return nil, errNoTrust
	}
	found, err := unlessStopped(ctx, func() (anchors, error) { return readAnchors(c.Anchors) })
	if err != nil {
		return nil, err
	}
	settings := service.Settings{TSP: c.TSP}
	if strings.HasPrefix(algorithmOf(signer.Certificate), "GOST") {
		settings.TSPPolicy = signing.StampPolicyGOST
	}
	return &stamps{service.New(settings, nil), signing.ChosenTrust(found.certificates)}, nil
}

// add gives the signature with its timestamp, or as it was and why: it is good without one.
func (s *stamps) add(ctx context.Context, cms []byte) (_ []byte, owed error) {
	stamp, err := s.client.Stamp(ctx, cms, 0, s.trust, time.Now())
	if err != nil {
		return cms, err
	}
	stamped, err := signing.Enrich(cms, 0, signing.Evidence{Stamps: []*signing.Stamp{stamp}})
	if err != nil {
		return cms, err
	}
	return stamped, nil
}
