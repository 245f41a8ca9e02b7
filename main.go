// Baqylau is the workplace of desk control: the desktop client, with a central service of its own in
// the same process unless it is told the address of another.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	_ "time/tzdata" // Asia/Almaty on machines without zone data

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	application "baqylau/app"
	"baqylau/assets"
	"baqylau/localstore"
	"baqylau/server/centre"
	"baqylau/signing/demo"
	"baqylau/signing/ncalayer"
	"baqylau/signing/token"
	"baqylau/ui"
)

const appID = "kz.baqylau.desk"

func main() {
	if token.Work(os.Args[1:]) { // as the process of a token's driver
		return
	}
	address := flag.String("centre", "", "address of the central service; none starts the embedded one with the demo")
	folder := flag.String("folder", "", "folder of the program's data; by default in the user's data folder")
	flag.Parse()
	if err := run(*address, *folder); err != nil {
		fmt.Fprintln(os.Stderr, "baqylau:", err)
		os.Exit(1)
	}
}

func run(address, folder string) (err error) {
	if folder == "" {
		if folder, err = dataFolder(); err != nil {
			return err
		}
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	a := app.NewWithID(appID)
	a.SetIcon(fyne.NewStaticResource("baqylau.png", assets.Icon))
	a.Settings().SetTheme(ui.Theme(a.Preferences()))
	started := make(chan *centre.Centre, 1)
	prepare := func(progress func(done, total int)) (ui.Place, error) {
		if address != "" {
			return ui.Place{Address: address, KeyFolders: keyFolders()}, nil
		}
		embedded, err := startDemo(filepath.Join(folder, "demo"), log, progress)
		if err != nil {
			return ui.Place{}, err
		}
		started <- embedded
		return ui.Place{Address: embedded.Origin(), DemoPassword: demo.Password, KeyFolders: []string{embedded.KeysFolder()}}, nil
	}
	itself, err := os.Executable()
	if err != nil {
		log.Warn("tokens can't be reached", "cause", err)
	}
	program := ui.New(a, ui.Options{
		Prepare: prepare, Lang: ui.Language(a.Preferences()), Log: log, OpenStore: stores(folder),
		Program: itself, NCALayer: ncalayer.New(),
	})
	program.Window().ShowAndRun()
	select {
	case embedded := <-started:
		ending, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		return embedded.Close(ending)
	default: // none, or closed before it had started
		return nil
	}
}

// demoLasts is how long a demo is gone on with: its purchases are dated around the day on which it
// was made, and their windows are over a few days later.
const demoLasts = 4 * 24 * time.Hour

func startDemo(folder string, log *slog.Logger, progress func(done, total int)) (*centre.Centre, error) {
	aside, err := centre.Anew(folder, time.Now(), demoLasts)
	if err != nil {
		return nil, fmt.Errorf("begin the demo anew: %w", err)
	}
	if aside != "" {
		log.Warn("the demo begins anew; the old one is kept", "folder", aside)
	}
	return centre.Start(context.Background(), centre.Options{Folder: folder, Demo: true, Log: log, Progress: progress})
}

// dataFolder is the program's place in the user's data folder.
func dataFolder() (string, error) {
	if data := os.Getenv("XDG_DATA_HOME"); data != "" {
		return filepath.Join(data, "baqylau"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("find the user's data folder: %w", err)
	}
	for _, data := range []string{
		os.Getenv("LocalAppData"),
		filepath.Join(home, "Library", "Application Support"),
		filepath.Join(home, ".local", "share"),
	} {
		if info, err := os.Stat(data); data != "" && err == nil && info.IsDir() {
			return filepath.Join(data, "baqylau"), nil
		}
	}
	return filepath.Join(home, ".local", "share", "baqylau"), nil
}

// keyFolders are where people keep their key files.
func keyFolders() []string {
	home, err := os.UserHomeDir()
	if err != nil {
		return nil
	}
	folders := []string{filepath.Join(home, "Desktop"), filepath.Join(home, "Documents"), filepath.Join(home, "Downloads")}
	for _, pattern := range []string{"/media/*/*", "/run/media/*/*", "/Volumes/*"} {
		if drives, err := filepath.Glob(pattern); err == nil {
			folders = append(folders, drives...)
		}
	}
	return folders
}

// stores opens a person's local store below the folder. Its key is in the system's keyring, or, where
// there is none, made from the password of the person's own key file.
func stores(folder string) func(person, epoch string, secret []byte) (*localstore.Store, error) {
	return func(person, epoch string, secret []byte) (*localstore.Store, error) {
		path := filepath.Join(folder, "people", epoch, person+".db")
		derivation, sealed, err := localstore.DerivationOf(path)
		if err != nil {
			return nil, err
		}
		if !sealed {
			key, err := localstore.KeyFromKeyring("baqylau", epoch+" "+person)
			if err == nil {
				return localstore.Open(path, key)
			}
			if !errors.Is(err, localstore.ErrNoKeyring) || len(secret) == 0 { // NCALayer tells no password
				return nil, err
			}
			derivation = localstore.NewDerivation()
		}
		if len(secret) == 0 {
			return nil, localstore.ErrNoKeyring
		}
		key, err := localstore.KeyFromPassphrase(secret, derivation)
		if err != nil {
			return nil, err
		}
		store, err := localstore.Open(path, key, localstore.WithDerivation(derivation))
		if !errors.Is(err, localstore.ErrWrongKey) {
			return store, err
		}
		return reopen(path, secret)
	}
}

// reopen begins a new store for a person whose key was renewed or has another password since: the
// centre has let them in, so they are who they are. The former store is kept beside it, sealed by the
// former password, and they are told.
func reopen(path string, secret []byte) (*localstore.Store, error) {
	aside := path + ".former-" + time.Now().Format("20060102-150405")
	for _, part := range []string{"", ".header", ".snapshots"} {
		if err := os.Rename(path+part, aside+part); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("put the former store aside: %w", err)
		}
	}
	derivation := localstore.NewDerivation()
	key, err := localstore.KeyFromPassphrase(secret, derivation)
	if err != nil {
		return nil, err
	}
	store, err := localstore.Open(path, key, localstore.WithDerivation(derivation))
	if err != nil {
		return nil, err
	}
	if err := store.SetPreference(application.PreferenceFormer, []byte(aside)); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return store, nil
}
