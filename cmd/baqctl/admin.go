package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"baqylau/api"
	"baqylau/server"
	"baqylau/server/centre"
	"baqylau/signing"
	"baqylau/signing/demo"
)

type adminCommand struct {
	Create createAdminCommand `cmd:"" help:"Enrol the first administrator by certificate."`
	Anchor anchorCommand      `cmd:"" help:"Import a certificate that the centre trusts from its next start on."`
}

type createAdminCommand struct {
	Folder string `required:"" help:"Folder of the centre's data." type:"path"`
	Demo   bool   `help:"The folder is a demo's."`
	Cert   string `required:"" help:"The administrator's certificate, DER or PEM." type:"existingfile"`
	Kind   string `help:"What the organisation is." enum:"department,committee,organizer,single_organizer,customer,state_body" default:"committee"`
}

// errDemoKey is a demo's certificate offered to a real centre.
var errDemoKey = errors.New("the certificate is a demo's")

var errNoNumbers = errors.New("the certificate names no IIN or no BIN")

// Run enrols the certificate's owner, in the certificate's organisation, as administrator.
func (c createAdminCommand) Run(s *session) (err error) {
	data, err := os.ReadFile(c.Cert)
	if err != nil {
		return err
	}
	certificate, err := signing.ParseCertificate(data)
	if err != nil {
		return err
	}
	id := signing.IdentityOf(certificate)
	if err := id.FitFor(signing.ForLogin, "", time.Now()).Err(); err != nil {
		return err
	}
	if demo.Issued(certificate) && !c.Demo {
		return errDemoKey
	}
	if id.IIN == "" || id.BIN == "" {
		return errNoNumbers
	}
	st, err := openStore(s, c.Folder, c.Demo)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	names := append(strings.Fields(id.Owner), "", "", "")
	office := server.Office{Store: st, Clock: time.Now, Name: "baqctl admin"}
	err = office.EnrolAdministrator(s.ctx,
		api.Organization{BIN: id.BIN, Kind: api.OrganizationKind(c.Kind), NameKK: id.Organization, NameRU: id.Organization},
		api.Person{
			IIN: id.IIN, Surname: names[0], Given: names[1], Patronymic: names[2],
			PositionKK: s.lang.T("role.administrator"), PositionRU: s.lang.T("role.administrator"),
			Organization: id.BIN,
		})
	if err != nil {
		return err
	}
	fmt.Println(s.lang.T("cmd.admin.created", "name", id.Owner, "organization", id.Organization))
	return nil
}

type anchorCommand struct {
	Folder string `required:"" help:"Folder of the centre's data." type:"path"`
	Cert   string `required:"" help:"The authority's certificate, DER or PEM." type:"existingfile"`
	Extra  bool   `help:"Trust it although it isn't one of the pinned national ones: your explicit choice."`
}

// Run takes a pinned national anchor, or any other that the administrator explicitly chooses.
func (c anchorCommand) Run(s *session) error {
	data, err := os.ReadFile(c.Cert)
	if err != nil {
		return err
	}
	certificate, err := signing.ParseCertificate(data)
	if err != nil {
		return err
	}
	kind, err := centre.ImportAnchor(c.Folder, certificate, c.Extra)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(certificate.Raw)
	fmt.Println(s.lang.T("cmd.admin.anchor_"+string(kind), "name", plain(certificate.Subject.String()), "sha256", hex.EncodeToString(sum[:])))
	return nil
}
