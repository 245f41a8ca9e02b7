package main

import (
	"context"
	"fmt"
	"time"

	"baqylau/server/centre"
	"baqylau/signing/service"
)

type serveCommand struct {
	Folder string `required:"" help:"Folder of the centre's data." type:"path"`
	Demo   bool   `help:"Serve made-up data that demo keys open. A folder is the demo's or real for ever."`
	Listen string `help:"Address to serve at." default:"127.0.0.1:8443"`
	Origin string `help:"Address that clients dial, when a gate stands before the centre."`

	TSP       string `name:"tsp" help:"Timestamp service that witnesses accepted signatures, e.g. http://tsp.pki.gov.kz/." placeholder:"URL"`
	TSPPolicy string `name:"tsp-policy" help:"Policy to ask it for, e.g. 1.2.398.3.3.2.6.4 for GOST." placeholder:"OID"`
	OCSP      string `name:"ocsp" help:"Service that says whether certificates are revoked, e.g. http://ocsp.pki.gov.kz/." placeholder:"URL"`
	CRL       string `name:"crl" help:"Revocation list, for when it doesn't answer." placeholder:"URL"`
}

// Run serves until it is interrupted.
func (c serveCommand) Run(s *session) error {
	running, err := centre.Start(s.ctx, centre.Options{
		Folder: c.Folder, Demo: c.Demo, Listen: c.Listen, Origin: c.Origin, Log: s.log,
		Services: service.Settings{TSP: c.TSP, TSPPolicy: c.TSPPolicy, OCSP: c.OCSP, CRL: c.CRL},
	})
	if err != nil {
		return err
	}
	fmt.Println(s.lang.T("cmd.serving", "address", running.Origin()))
	select {
	case <-s.ctx.Done():
	case err = <-running.Failed():
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(s.ctx), 10*time.Second)
	defer cancel()
	if closed := running.Close(ending); err == nil {
		err = closed
	}
	return err
}
