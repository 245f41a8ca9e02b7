package torture

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"baqylau/app"
	"baqylau/control"
	"baqylau/server/centre"
)

// TestMain is also the beginning of the processes that the tests start and kill.
func TestMain(m *testing.M) {
	if role := os.Getenv(childRole); role != "" {
		os.Exit(child(role))
	}
	code := m.Run()
	if folder := madeIn.Load(); folder != nil {
		_ = os.RemoveAll(*folder)
	}
	if err := goleak.Find(); code == 0 && err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// What a child process is, and is told.
const (
	childRole   = "BAQYLAU_TORTURE_CHILD"
	childOrigin = "BAQYLAU_TORTURE_ORIGIN"
	childListen = "BAQYLAU_TORTURE_LISTEN"
	childFolder = "BAQYLAU_TORTURE_FOLDER" // the centre's
	childSeats  = "BAQYLAU_TORTURE_SEATS"
	childLots   = "BAQYLAU_TORTURE_LOTS" // the first lot to write on
	childAgreer = "BAQYLAU_TORTURE_AGREER"
	childSeed   = "BAQYLAU_TORTURE_SEED"
	childBegun  = "BAQYLAU_TORTURE_BEGUN" // when the centre's clock was at noon, nanoseconds
)

func child(role string) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	var err error
	switch role {
	case "centre":
		err = childServes(ctx)
	case "client":
		err = childTypes(ctx)
	case "rest":
		err = childSends(ctx)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// childServes is the centre as baqctl serve starts it, with a demo's clock.
func childServes(ctx context.Context) error {
	begun, err := strconv.ParseInt(os.Getenv(childBegun), 10, 64)
	if err != nil {
		return err
	}
	c, err := centre.Start(ctx, centre.Options{
		Folder: os.Getenv(childFolder), Demo: true, Listen: os.Getenv(childListen), Origin: os.Getenv(childOrigin),
		Clock: func() time.Time { return noon.Add(time.Since(time.Unix(0, begun))) },
	})
	if err != nil {
		return err
	}
	fmt.Println("serving")
	<-ctx.Done()
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return c.Close(ending)
}

func childDesk(ctx context.Context) (*app.Desk, error) {
	return enter(ctx, os.Getenv(childOrigin), os.Getenv(childFolder), os.Getenv(childSeats), "auditor")
}

// say tells the parent what was done or is about to be: a word, the notification, the number of what was typed.
func say(word, id string, n int) {
	fmt.Printf("%s %s %d %d\n", word, id, n, time.Now().UnixNano())
}

// childTypes is the auditor's program without its window: it goes on with what it finds typed, then types new
// notifications, saving each of them now and then, while the desk keeps in step with the centre by itself.
func childTypes(ctx context.Context) error {
	desk, err := childDesk(ctx)
	if err != nil {
		return err
	}
	seed, err := strconv.ParseUint(os.Getenv(childSeed), 10, 64)
	if err != nil {
		return err
	}
	first, err := strconv.Atoi(os.Getenv(childLots))
	if err != nil {
		return err
	}
	w := writer{desk: desk, chance: rand.New(rand.NewPCG(seed, 1)), agreer: os.Getenv(childAgreer)}
	go desk.Run(ctx)
	found, err := w.found()
	if err != nil {
		return err
	}
	for _, form := range found {
		if err := w.write(ctx, form); err != nil {
			return err
		}
	}
	for n := first; ; n++ {
		l := lotNumbered(n)
		form, err := desk.NewForm(l.Purchase, l.ID, control.D1)
		if err != nil {
			return err
		}
		if err := w.write(ctx, form); err != nil {
			return err
		}
	}
}

type writer struct {
	desk   *app.Desk
	chance *rand.Rand
	agreer string
}

// found tells what is typed and not sent.
func (w writer) found() (forms []app.Form, err error) {
	drafts, err := w.desk.Store().Drafts("notification")
	if err != nil {
		return nil, err
	}
	for _, d := range drafts {
		form, err := w.desk.Form(d.ID)
		if err != nil {
			return nil, err
		}
		say("found", form.ID, numberOf(form.Text.RU))
		forms = append(forms, form)
	}
	say("in", "-", len(forms))
	return forms, nil
}

// write types on a form and saves it, some times over.
func (w writer) write(ctx context.Context, form app.Form) error {
	n := numberOf(form.Text.RU)
	for range 1 + w.chance.IntN(3) {
		for range 2 + w.chance.IntN(6) {
			n++
			form.Text = app.Text{KK: fmt.Sprintf("Мәтін %d", n), RU: textNumbered(n), Agreer: w.agreer}
			say("key", form.ID, n)
			if err := w.desk.KeepForm(form); err != nil {
				return err
			}
			say("typed", form.ID, n)
		}
		say("ask", form.ID, n)
		if err := w.desk.SaveForm(ctx, form); err != nil && !errors.Is(err, app.ErrQueued) {
			return fmt.Errorf("save %s: %w", form.ID, err)
		}
		say("kept", form.ID, n)
		again, err := w.desk.Form(form.ID)
		if errors.Is(err, app.ErrGone) {
			return nil // it was accepted, and the feed has not brought it yet
		}
		if err != nil {
			return err
		}
		form = again
	}
	return nil
}

// textNumbered is what a form says after so many keys; numberOf tells how many they were.
func textNumbered(n int) string {
	return fmt.Sprintf("Текст %d %s", n, strings.Repeat("ж", n%400))
}

func numberOf(text string) int {
	fields := strings.Fields(text)
	if len(fields) < 2 {
		return 0
	}
	n, _ := strconv.Atoi(fields[1])
	return n
}

// childSends brings the rest to the centre and leaves.
func childSends(ctx context.Context) error {
	desk, err := childDesk(ctx)
	if err != nil {
		return err
	}
	for range 20 {
		if desk.State().Waiting() == 0 {
			break
		}
		if err := desk.Sync(ctx); err != nil {
			return err
		}
	}
	outbox, err := desk.Store().Outbox()
	if err != nil {
		return err
	}
	for _, c := range outbox {
		fmt.Fprintf(os.Stderr, "%s %s waits: %s %s\n", c.Path, c.Body, c.State, c.Answer)
	}
	if _, err := (writer{desk: desk}).found(); err != nil {
		return err
	}
	return desk.Leave(ctx)
}

// process is a child that runs.
type process struct {
	cmd   *exec.Cmd
	lines *bufio.Scanner
	wrong *strings.Builder
}

func start(t testing.TB, role string, env ...string) *process {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), childRole+"="+role), env...)
	p := &process{cmd: cmd, wrong: &strings.Builder{}}
	cmd.Stderr = p.wrong
	out, err := cmd.StdoutPipe()
	ok(t, err)
	p.lines = bufio.NewScanner(out)
	ok(t, cmd.Start())
	return p
}

// kill ends the process at once, without a word to it.
func (p *process) kill() { _ = p.cmd.Process.Kill() }

// killed waits for the end of a process that was killed, and demands that it was that which ended it.
func (p *process) killed(t testing.TB) {
	t.Helper()
	if err := p.cmd.Wait(); err == nil || p.cmd.ProcessState.Exited() {
		t.Fatalf("it was not killed, it ended with %v: %s", err, p.wrong)
	}
}

// service is a centre in a process of its own, always at the same address.
type service struct {
	t       testing.TB
	folder  string
	listen  string
	origin  string // that clients dial
	begun   time.Time
	running *process
}

func serve(t testing.TB, folder, listen, origin string) *service {
	t.Helper()
	s := &service{t: t, folder: folder, listen: listen, origin: origin, begun: time.Now()}
	s.start()
	t.Cleanup(func() {
		s.running.kill()
		_ = s.running.cmd.Wait()
	})
	return s
}

func (s *service) start() {
	s.t.Helper()
	s.running = start(s.t, "centre", childFolder+"="+s.folder, childListen+"="+s.listen, childOrigin+"="+s.origin,
		fmt.Sprintf("%s=%d", childBegun, s.begun.UnixNano()))
	if !s.running.lines.Scan() {
		_ = s.running.cmd.Wait()
		s.t.Fatalf("the centre doesn't start: %s", s.running.wrong)
	}
}

func (s *service) kill() {
	s.t.Helper()
	s.running.kill()
	s.running.killed(s.t)
}

// freePort is an address of loopback that nobody listens at.
func freePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ok(t, err)
	defer l.Close()
	return l.Addr().String()
}
