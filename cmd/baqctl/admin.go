package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"baqylau/api"
	"baqylau/server"
	"baqylau/signing"
	"baqylau/signing/demo"
)

type adminCommand struct {
	Create createAdminCommand `cmd:"" help:"Enrol the first administrator by certificate."`
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
