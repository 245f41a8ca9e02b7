package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"baqylau/server"
	"baqylau/server/portal"
	"baqylau/server/store"
)

type importCommand struct {
	Folder string   `required:"" help:"Folder of the centre's data." type:"path"`
	Demo   bool     `help:"The folder is a demo's."`
	Files  []string `arg:"" help:"Files in the shape of the portal's service." type:"existingfile"`
}

// errRefused makes the program end with a failure when anything was refused; the report says what.
var errRefused = errors.New("something was refused")

// Run imports the files and says what was taken and what was refused.
func (c importCommand) Run(s *session) (err error) {
	st, err := openStore(s, c.Folder, c.Demo)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	var sources []portal.Source
	for _, path := range c.Files {
		sources = append(sources, portal.FromFile(path))
	}
	office := server.Office{Store: st, Clock: time.Now, Name: "baqctl import"}
	imported, err := office.Import(s.ctx, sources, portal.Limits{})
	if err != nil {
		return err
	}
	refused := false
	for _, f := range imported.Files {
		fmt.Println(s.lang.T("cmd.import.file", "file", f.Name, "taken", f.Taken, "unchanged", f.Unchanged, "refused", f.RefusedCount))
		for _, r := range f.Refused {
			fmt.Println("  " + r.Text(s.lang))
		}
		for _, note := range f.Notes {
			fmt.Println("  " + note.Text(s.lang))
		}
		refused = refused || f.RefusedCount > 0
	}
	for _, w := range imported.Waiting {
		fmt.Println("  " + s.lang.T("portal.waiting", "number", w.Number, "have", w.Have, "want", w.Want))
	}
	fmt.Println(s.lang.T("cmd.import.purchases", "new", imported.New, "changed", imported.Changed))
	if refused {
		return errRefused
	}
	return nil
}

func openStore(s *session, folder string, demo bool) (*store.Store, error) {
	return store.OpenSQLite(s.ctx, filepath.Join(folder, "centre.db"), store.Options{Demo: demo})
}
