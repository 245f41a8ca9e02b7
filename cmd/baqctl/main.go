// Baqctl is the headless program of Baqylau: it runs a centre, takes the portal's data over, enrols
// the first administrator, tells the whole story of a desk control without a window, and signs and
// verifies documents by themselves.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	_ "time/tzdata" // Asia/Almaty on machines without zone data

	"github.com/alecthomas/kong"

	"baqylau/assets"
	"baqylau/server"
	"baqylau/signing/token"
)

type cli struct {
	Lang    string `help:"Language of messages: kk or ru; by default BAQYLAU_LANG, or ru." enum:",kk,ru" default:""`
	Verbose bool   `short:"v" help:"Log what happens to standard error."`

	Serve   serveCommand   `cmd:"" help:"Run a central service."`
	Demo    demoCommand    `cmd:"" help:"Tell the manual's whole story over the real API, and leave its signed documents."`
	Import  importCommand  `cmd:"" help:"Take files of the portal's open-data service over."`
	Explain explainCommand `cmd:"" help:"Say what is allowed on a purchase, and why not: JSON, or words with --lang."`
	Admin   adminCommand   `cmd:"" help:"Enrol people without the API."`
	Keys    keysCommand    `cmd:"" help:"Say whose key a key file holds, and whether documents can be signed with it."`
	Sign    signCommand    `cmd:"" help:"Sign documents with a key file; each signature is DOC.p7s."`
	Verify  verifyCommand  `cmd:"" help:"Verify a signature: status 0 valid, 1 invalid, 2 can't tell, 3 bad input."`
	Convert convertCommand `cmd:"" help:"Rewrite a GOST signature for OpenSSL's gost engine, or back."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

// session is what every command is run with.
type session struct {
	ctx  context.Context
	lang assets.Lang
	// asked says that the language was asked for on the command line.
	asked bool
	log   *slog.Logger
}

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run(*session) error {
	fmt.Println("baqctl", server.Version)
	return nil
}

func main() {
	if token.Work(os.Args[1:]) { // as the process of a token's driver
		return
	}
	var c cli
	parsed := kong.Parse(&c, kong.Name("baqctl"),
		kong.Description("Baqylau: desk control of state procurement.\n\nExamples:\n  baqctl demo\n  baqctl serve --folder /var/lib/baqylau --listen 127.0.0.1:8443\n  baqctl import --folder /var/lib/baqylau trd-buy.json lots.json plans.json\n  baqctl admin create --folder /var/lib/baqylau --cert admin.cer\n  baqctl explain case.json --lang ru\n  baqctl keys me.p12 --password-file secret.txt\n  baqctl sign a.pdf b.pdf --key me.p12 --password-file secret.txt\n  baqctl verify a.pdf --anchors trusted"),
		kong.UsageOnError(), kong.NamedMapper("path", kong.MapperFunc(decodePath)))
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	level := slog.LevelError
	if c.Verbose {
		level = slog.LevelInfo
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
	lang, err := language(c.Lang, os.Getenv("BAQYLAU_LANG"))
	if err != nil { // not FatalIfErrorf: its status would be that of an invalid signature
		parsed.Errorf("%s", err)
		stop()
		os.Exit(statusUsage)
	}
	if err := parsed.Run(&session{ctx: ctx, lang: lang, asked: c.Lang != "", log: log}); err != nil {
		var told ended
		if errors.As(err, &told) {
			stop()
			os.Exit(int(told))
		}
		text, whole := sentence(lang, err)
		fmt.Fprintln(os.Stderr, text)
		if !whole {
			log.Error("stopped", "cause", err)
		}
		stop()
		os.Exit(exitStatus(err))
	}
}

// language is the one asked for, else the person's own, else Russian.
func language(asked, own string) (assets.Lang, error) {
	switch l := cmp.Or(asked, own, string(assets.RU)); assets.Lang(l) {
	case assets.KK, assets.RU:
		return assets.Lang(l), nil
	default:
		return "", fmt.Errorf("BAQYLAU_LANG must be kk or ru, and not %q", l)
	}
}

// statusUsage is the exit status of a command line that can't be understood, kong's own.
const statusUsage = 80

// ended is a command that has said everything itself and ends with the status.
type ended int

func (e ended) Error() string { return fmt.Sprintf("ended with %d", int(e)) }

// exitStatus is 2 where a case could not be read (explain), 3 where what was given for signing or verifying
// could not be, else 1.
func exitStatus(err error) int {
	var u unread
	var bad badInput
	switch {
	case errors.As(err, &u):
		return 2
	case errors.As(err, &bad):
		return statusBad
	}
	return 1
}
