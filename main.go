// Baqylau is the workplace of desk control: the desktop client, with a central service of its own in
// the same process unless it is told the address of another.
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	_ "time/tzdata" // Asia/Almaty on machines without zone data

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

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
		Prepare: prepare, Lang: ui.Language(a.Preferences()), Log: log, Stores: localstore.NewFolder(filepath.Join(folder, "people"), log),
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
