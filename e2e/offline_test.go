//go:build e2e

package e2e

import (
	"context"
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"baqylau/api"
	"baqylau/control"
	"baqylau/server/centre"
)

// foot is where the row of actions is below a notice.
var foot = image.Rect(226, 690, 1280, 800)

// TestADayWithoutTheCentreInTheWindow plays: the centre goes away, the auditor marks and writes, the
// program is killed and started again without the centre, and when it is back and the auditor has entered
// again, everything has arrived once.
func TestADayWithoutTheCentreInTheWindow(t *testing.T) {
	o := &outage{t: t, folder: t.TempDir()}
	o.begin("")
	address := o.centre.Origin()
	o.assign()
	d := openAs(t, func(d *desktop) {
		d.args = []string{"-centre", address}
		o.give(d, "auditor")
	})
	d.see("Кіру")
	d.click("Русский")
	d.see("Войти")
	d.write("Demo-2026")
	d.keys("Return")
	d.seeIn("Кабинет", rail)

	o.end()
	d.seeIn("нет связи", topBar)
	d.marksAlone()
	d.writesAlone()
	d.restartsAlone()

	o.begin(strings.TrimPrefix(address, "http://"))
	d.click("Войти снова")
	d.see("Ключ ЭЦП")
	d.write("Demo-2026")
	d.keys("Return")
	d.seeIn("связь с центром есть", topBar)
	approver := enters(t, address, o.keyFile("approver"))
	var got []api.Notification
	d.reads(approver, "the notification has arrived, and waits for the approver", func() bool {
		got = got[:0]
		tasks, err := approver.Tasks()
		if err != nil {
			t.Fatal(err)
		}
		for _, task := range tasks {
			card, err := approver.Card(task.Notification)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, card.Notification)
		}
		return len(got) > 0
	})
	if len(got) != 1 || got[0].State.TextRU != violation || got[0].LotNumber != firstLot || len(got[0].State.Profiles) != 1 {
		t.Errorf("arrived are %+v", got)
	}
	auditor := enters(t, address, o.keyFile("auditor"))
	for _, lot := range d.lots(auditor) {
		if lot.Checked != lot.Profiles {
			t.Errorf("of lot %s %d of %d are checked", lot.Lot.Number, lot.Checked, lot.Profiles)
		}
	}
}

// marksAlone: the auditor marks every profile of every lot by the keyboard, one as violated, and saves, without the
// centre.
func (d *desktop) marksAlone() {
	d.t.Helper()
	d.clickIn("Отписано мне", rail)
	d.press(d.see(firstLot))
	d.keys("Return")
	d.see("Камеральный контроль по № " + announcement)
	d.press(d.see(firstLot))
	d.keys("Down", "space", "Down", "space", "Up", "Up", "Right", "2")
	d.see("несохранённых отметок")
	d.keys("ctrl+s")
	d.gone("несохранённых отметок") // they are saved, and wait
	d.keep("offline")
}

// writesAlone: the notification is written on them, and sent to agreement.
func (d *desktop) writesAlone() {
	d.t.Helper()
	d.clickIn("Составить уведомление", foot)
	d.see("Описание нарушения")
	d.press(image.Pt(1000, 560)) // the Russian field
	d.write(violation)
	d.click("Выберите сотрудника")
	d.click("Оразалы Талғат")
	d.see("В технической спецификации")
	d.clickIn("Отправить на согласование", foot)
	d.gone("Описание нарушения")
}

// gone waits until the words are not on the screen.
func (d *desktop) gone(words string) {
	d.t.Helper()
	d.until("«"+words+"» is not on the screen", func() bool {
		_, certainty := seen(d.screen()).find(d.t, words, whole)
		return certainty < certain
	})
}

// restartsAlone kills the program, starts it again, and opens what it kept.
func (d *desktop) restartsAlone() {
	d.t.Helper()
	if err := d.program.Process.Kill(); err != nil {
		d.t.Fatal(err)
	}
	_ = d.program.Wait()
	d.start()
	d.see("Центр сейчас не отвечает")
	d.keep("offline-login")
	d.write("Demo-2026") // there is no keyring on this display: the key's password opens the records
	d.keys("Return")
	d.seeIn("Кабинет", rail)
}

// outage is a centre that goes away and comes back at its address.
type outage struct {
	t      *testing.T
	folder string
	centre *centre.Centre
}

func (o *outage) begin(listen string) {
	o.t.Helper()
	c, err := centre.Start(context.Background(), centre.Options{Folder: o.folder, Demo: true, Listen: listen})
	if err != nil {
		o.t.Fatal(err)
	}
	o.centre = c
	o.t.Cleanup(o.end)
}

func (o *outage) end() {
	o.t.Helper()
	if o.centre == nil {
		return
	}
	if err := o.centre.Close(context.Background()); err != nil {
		o.t.Error(err)
	}
	o.centre = nil
}

func (o *outage) keyFile(login string) string {
	return filepath.Join(o.folder, "keys", login+".p12")
}

// give lays a person's key file where the program looks for key files.
func (o *outage) give(d *desktop, login string) {
	o.t.Helper()
	data, err := os.ReadFile(o.keyFile(login))
	if err != nil {
		o.t.Fatal(err)
	}
	desktop := filepath.Join(d.home, "Desktop")
	if err := os.MkdirAll(desktop, 0o700); err != nil {
		o.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(desktop, login+".p12"), data, 0o600); err != nil {
		o.t.Fatal(err)
	}
}

// assign has the manager of lots assign the announcement to the auditor.
func (o *outage) assign() {
	o.t.Helper()
	ctx := context.Background()
	manager := enters(o.t, o.centre.Origin(), o.keyFile("lot-manager"))
	people, err := manager.Assignees()
	if err != nil {
		o.t.Fatal(err)
	}
	page, err := manager.Report(ctx, api.GetReportParams{Method: string(control.OpenTender), Number: announcement})
	if err != nil {
		o.t.Fatal(err)
	}
	for _, p := range people {
		if p.Surname == "Сейтқали" {
			if err := manager.Assign(ctx, page.Rows, p.IIN); err != nil {
				o.t.Fatal(err)
			}
			return
		}
	}
	o.t.Fatal("the auditor is not there")
}
