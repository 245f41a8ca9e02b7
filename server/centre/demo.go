package centre

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"baqylau/api"
	"baqylau/assets"
	"baqylau/control"
	"baqylau/control/calendar"
	"baqylau/server"
	"baqylau/server/portal"
	"baqylau/server/store"
	"baqylau/signing/demo"
)

// makeKeys issues a GOST and an RSA key to everyone of the demo, and to the first of them an expired and an
// authentication one too, so that a refusal can be seen.
func makeKeys(ctx context.Context, folder string, o Options) (*demo.Authority, error) {
	cast, err := portal.DemoPeople()
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, organization := range cast.Organisations {
		names[organization.BIN] = organization.NameRU
	}
	people := make([]demo.Person, len(cast.People))
	for i, p := range cast.People {
		people[i] = demo.Person{
			Login: p.Key, Surname: p.Surname, Name: p.Given, Patronymic: p.Patronymic, IIN: p.IIN,
			Organization: names[p.Organisation], BIN: p.Organisation, Position: demo.Employee,
		}
		if p.Key == "auditor" {
			people[i].Kinds = []demo.Kind{demo.Signing, demo.Auth, demo.Expired}
		}
	}
	authority, err := demo.New(ctx, o.now()(), people, o.Progress, demo.GOST, demo.RSA)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(folder), 0o700); err != nil {
		return nil, err
	}
	return authority, authority.Save(folder)
}

// seed enrols the demo's people and imports its purchases, dated around today. What is there already
// stays: a demo that was worked in goes on.
func seed(ctx context.Context, st *store.Store, clock func() time.Time) error {
	office := server.Office{Store: st, Clock: clock, Name: "demo"}
	done, err := office.Seeded(ctx)
	if err != nil || done {
		return err
	}
	cast, err := portal.DemoPeople()
	if err != nil {
		return err
	}
	for _, o := range cast.Organisations {
		var people []api.Person
		for _, p := range cast.People {
			if p.Organisation == o.BIN {
				people = append(people, person(p))
			}
		}
		organization := api.Organization{BIN: o.BIN, Kind: api.OrganizationKind(o.Kind), NameKK: o.NameKK, NameRU: o.NameRU}
		if err := office.Enrol(ctx, organization, people...); err != nil {
			return fmt.Errorf("enrol %s: %w", o.BIN, err)
		}
	}
	cal, err := calendar.Read(assets.WorkCalendar)
	if err != nil {
		return err
	}
	files, err := portal.DemoFiles(clock(), cal)
	if err != nil {
		return err
	}
	imported, err := office.Import(ctx, files, portal.Limits{})
	if err != nil {
		return err
	}
	for _, f := range imported.Files {
		if f.RefusedCount > 0 {
			return fmt.Errorf("the demo's own data was refused: %s", f.Refused[0].Text(assets.RU))
		}
	}
	return nil
}

func person(p portal.DemoPerson) api.Person {
	roles := make([]control.Role, len(p.Roles))
	copy(roles, p.Roles)
	return api.Person{
		IIN: p.IIN, Surname: p.Surname, Given: p.Given, Patronymic: p.Patronymic,
		PositionKK: p.PositionKK, PositionRU: p.PositionRU, Organization: p.Organisation, Roles: roles,
	}
}

// Anew moves a demo whose day is long over aside, so that the next start makes a fresh one: its
// purchases are dated around the day on which it was made. It returns the folder that the old one
// is in now, or nothing when the demo stays.
func Anew(folder string, now time.Time, keep time.Duration) (string, error) {
	info, err := os.Stat(filepath.Join(folder, keysFolder))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	made := info.ModTime()
	if now.Sub(made) < keep {
		return "", nil
	}
	aside := folder + "-" + made.Format("2006-01-02-150405")
	return aside, os.Rename(folder, aside)
}
