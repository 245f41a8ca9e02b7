package server_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"baqylau/api"
	"baqylau/control"
	"baqylau/server/portal"
	"baqylau/signing/demo"
)

// What the story makes has these ids.
const (
	certificateID  = "01900000-0000-7000-8000-00000000c001"
	notificationID = "01900000-0000-7000-8000-00000000a001"
	secondID       = "01900000-0000-7000-8000-00000000a002"
	objectionID    = "01900000-0000-7000-8000-00000000b001"
	conclusionID   = "01900000-0000-7000-8000-00000000d001"
	substitutionID = "01900000-0000-7000-8000-00000000e001"
)

// hero is the purchase of the story, as the lot manager sees it.
func (w *world) hero() control.Purchase {
	w.t.Helper()
	page := as[api.ReportPage](w.t, w.get(person("lot-manager"), "/v1/reports/lots?method=open_tender&direction=D1&number="+heroNumber).ok(w.t))
	if len(page.Rows) == 0 {
		w.t.Fatal("the hero is not in the report")
	}
	object := as[api.Object](w.t, w.get(person("lot-manager"), "/v1/purchases/"+url.PathEscape(page.Rows[0].Purchase)).ok(w.t))
	return body[control.Purchase](w.t, object)
}

// body decodes what an object carries.
func body[T any](t testing.TB, o api.Object) T {
	t.Helper()
	return as[T](t, answer{status: http.StatusOK, body: o.Body})
}

// changed finds an object in the answer of a command.
func (a answer) changed(t testing.TB, kind api.ObjectKind, id string) api.Object {
	t.Helper()
	for _, o := range as[api.Done](t, a.ok(t)).Objects {
		if o.Kind == kind && (id == "" || o.ID == id) {
			return o
		}
	}
	t.Fatalf("no %s %s in %s", kind, id, a.body)
	return api.Object{}
}

// each demands that every item of a batch was done.
func (a answer) each(t testing.TB) answer {
	t.Helper()
	for _, item := range as[api.BatchDone](t, a.ok(t)).Items {
		if !item.Done {
			t.Fatalf("%s was refused: %+v", item.ID, item.Problem)
		}
	}
	return a
}

func (w *world) notification(id string) (api.Notification, int64) {
	w.t.Helper()
	o := as[api.Object](w.t, w.get(person("auditor"), "/v1/notifications/"+id).ok(w.t))
	return body[api.Notification](w.t, o), o.Version
}

func (w *world) assign(assignee who, lots ...int) {
	w.t.Helper()
	p := w.hero()
	c := api.AssignCommand{Assignee: assignee.iin}
	for _, i := range lots {
		c.Lots = append(c.Lots, api.LotRef{Purchase: p.ID, Lot: p.Lots[i].ID})
	}
	w.post(person("lot-manager"), "/v1/assignments", c).each(w.t)
}

// profilesD1 are the risk profiles of an open tender in the first direction.
func profilesD1(t testing.TB) []control.RiskProfile {
	t.Helper()
	return rules(t).Catalogue.For(control.OpenTender, control.D1)
}

// checkedAll is a lot with everything checked and some profiles violated.
func checkedAll(t testing.TB, lot string, version int64, violated ...int) api.LotMarks {
	t.Helper()
	m := api.LotMarks{Lot: lot, Version: version}
	for _, profile := range profilesD1(t) {
		mark := control.Mark{Profile: profile.Number, Checked: true}
		for _, v := range violated {
			mark.Violated = mark.Violated || v == profile.Number
		}
		m.Marks = append(m.Marks, mark)
	}
	return m
}

func (w *world) mark(as who, lots ...int) {
	w.t.Helper()
	p := w.hero()
	c := api.MarksCommand{Purchase: p.ID, Direction: control.D1}
	for _, i := range lots {
		c.Lots = append(c.Lots, checkedAll(w.t, p.Lots[i].ID, 0, 1))
	}
	w.post(as, "/v1/marks", c).each(w.t)
}

func (w *world) draft(as who, id string, lot int, agreer who) {
	w.t.Helper()
	p := w.hero()
	w.post(as, "/v1/notifications", api.CreateCommand{
		ID: id, Purchase: p.ID, Lot: p.Lots[lot].ID, Direction: control.D1,
		TextKK: "Бұзушылық", TextRU: "Нарушение", Agreer: agreer.iin,
	}).ok(w.t)
}

// act does a command without a body to a notification as it is now.
func (w *world) act(as who, id, action string, body any) answer {
	w.t.Helper()
	_, version := w.notification(id)
	return w.postAt(as, "/v1/notifications/"+id+"/"+action, version, body)
}

// approve has the approver prepare and sign.
func (w *world) approve(id string) {
	w.t.Helper()
	n := body[api.Notification](w.t, w.act(person("approver"), id, "prepare", nil).changed(w.t, "notification", id))
	pdf := w.get(person("approver"), "/v1/files/"+n.File).ok(w.t).body
	cms := signed(w.t, key(w.t, "approver", demo.Signing), pdf)
	w.act(person("approver"), id, "approve", api.SignCommand{Digest: n.File, CMS: cms}).ok(w.t)
}

// amended is the organiser's report.
var amended = api.ExecuteCommand{Remedy: api.AmendDocumentation, Text: "Документация изменена"}

// object objects to the notification as it is now.
func (w *world) object(as_ who) answer {
	w.t.Helper()
	_, version := w.notification(notificationID)
	return w.postAt(as_, "/v1/objections", version, api.ObjectionCommand{
		ID: objectionID, Notification: notificationID, TextKK: "Келіспейміз", TextRU: "Не согласны",
	})
}

// objection is the story's, as somebody sees it.
func (w *world) objection(as_ who) (api.Objection, int64) {
	w.t.Helper()
	o := as[api.Object](w.t, w.get(as_, "/v1/objections/"+objectionID).ok(w.t))
	return body[api.Objection](w.t, o), o.Version
}

// assignment gives the story's objection, as it is now, to somebody.
func (w *world) assignment(to who) api.AssignObjectionsCommand {
	w.t.Helper()
	_, version := w.objection(person("objection-manager"))
	return api.AssignObjectionsCommand{Controller: to.iin, Objections: []api.ObjectionRef{{ID: objectionID, Version: version}}}
}

// refusing is the story's conclusion.
var refusing = api.ConcludeCommand{
	ID: conclusionID, Objection: objectionID, Outcome: api.ChosenOutcomeRefused,
	TextKK: "Негізсіз", TextRU: "Необоснованно", Agreer: person("controller-approver").iin,
}

// conclusion is the story's, as somebody sees it.
func (w *world) conclusion(as_ who) (api.Conclusion, int64) {
	w.t.Helper()
	o := as[api.Object](w.t, w.get(as_, "/v1/conclusions/"+conclusionID).ok(w.t))
	return body[api.Conclusion](w.t, o), o.Version
}

// conclude does a command to the story's conclusion as it is now.
func (w *world) conclude(as_ who, action string, body any) answer {
	w.t.Helper()
	_, version := w.conclusion(person("controller"))
	return w.postAt(as_, "/v1/conclusions/"+conclusionID+"/"+action, version, body)
}

// deliverConclusion has the approver sign the prepared conclusion.
func (w *world) deliverConclusion() answer {
	w.t.Helper()
	approver := person("controller-approver")
	c, _ := w.conclusion(approver)
	pdf := w.get(approver, "/v1/files/"+c.File).ok(w.t).body
	cms := signedAt(w.t, key(w.t, "controller-approver", demo.Signing), pdf, w.clock.now())
	return w.conclude(approver, "approve", api.SignCommand{Digest: c.File, CMS: cms})
}

// fined is the information on penalties.
func fined() api.PenaltyCommand {
	officials, imposed := 2, int64(300_000_00)
	return api.PenaltyCommand{Officials: &officials, Imposed: &imposed, SentOn: noon(), RecheckRU: "Подтверждено"}
}

// scan is a scanned order, as far as its first bytes tell.
var scan = []byte("%PDF-1.4 an order")

// bring uploads a scan for the story's notification.
func (w *world) bring(as_ who, content []byte) answer {
	w.t.Helper()
	return w.send(as_, brought(content))
}

func brought(content []byte) request {
	sum := sha256.Sum256(content)
	return request{
		method: http.MethodPost, path: "/v1/files?notification=" + notificationID, body: content,
		digest: "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":",
	}
}

// order suspends expenditure, by that scan.
func order() api.OrderCommand {
	return api.OrderCommand{Number: "15-Ө", On: noon(), BodyKK: "Комитет", Amount: 100, Scan: digest(scan)}
}

// seen is what send-all names, as the notifications are now.
func (w *world) seen(ids ...string) api.DispatchCommand {
	w.t.Helper()
	c := api.DispatchCommand{Purchase: w.hero().ID, Direction: control.D1}
	for _, id := range ids {
		n, version := w.notification(id)
		c.Notifications = append(c.Notifications, api.Seen{ID: id, Version: version, Digest: n.File})
	}
	return c
}

// stage is how far the story has come.
type stage int

const (
	begun stage = iota
	assigned
	marked
	prepared
	certified
	drafted
	inAgreement
	ready // the final file is prepared
	approved
	delivered
	acknowledged
	objected
	objectionAssigned
	concluding
	conclusionInAgreement
	conclusionReady
	concluded

	reported // begins from acknowledged
	notConfirmed
	penalised
	suspended

	substituted // begins from inAgreement: the approver is away, the second auditor acts for them
)

// branches are the stages that do not follow the one before them.
var branches = map[stage]stage{reported: acknowledged, substituted: inAgreement}

// before is the stage that leads to a stage.
func (s stage) before() stage {
	if from, branches := branches[s]; branches {
		return from
	}
	return s - 1
}

// hours is when a stage plays, where it is not at noon: the documentation is amended once its
// discussion is over.
var hours = map[stage]time.Time{reported: later(), notConfirmed: later(), penalised: later(), suspended: later()}

func later() time.Time { return noon().AddDate(0, 0, 9) }

// scenes lead from each stage to the next.
var scenes = map[stage]func(*world){
	assigned: func(w *world) { w.assign(person("auditor"), 0, 1, 2) },
	marked:   func(w *world) { w.mark(person("auditor"), 0, 1, 2) },
	prepared: func(w *world) {
		w.post(person("auditor"), "/v1/certificates", api.CertificateCommand{ID: certificateID, Purchase: w.hero().ID, Direction: control.D1}).ok(w.t)
	},
	certified: func(w *world) {
		var c api.Certificate
		for _, o := range w.changes(person("auditor")).Objects {
			if o.ID == certificateID {
				c = body[api.Certificate](w.t, o)
			}
		}
		pdf := w.get(person("auditor"), "/v1/files/"+c.File).ok(w.t).body
		cms := signed(w.t, key(w.t, "auditor", demo.Signing), pdf)
		w.postAt(person("auditor"), "/v1/certificates/"+certificateID+"/sign", 1, api.SignCommand{Digest: c.File, CMS: cms}).ok(w.t)
	},
	drafted:      func(w *world) { w.draft(person("auditor"), notificationID, 0, person("approver")) },
	inAgreement:  func(w *world) { w.act(person("auditor"), notificationID, "send-to-agreement", nil).ok(w.t) },
	ready:        func(w *world) { w.act(person("approver"), notificationID, "prepare", nil).ok(w.t) },
	approved:     func(w *world) { w.approve(notificationID) },
	delivered:    func(w *world) { w.post(person("auditor"), "/v1/dispatches", w.seen(notificationID)).ok(w.t) },
	acknowledged: func(w *world) { w.act(person("organizer"), notificationID, "acknowledge", nil).ok(w.t) },
	objected:     func(w *world) { w.object(person("organizer")).ok(w.t) },
	objectionAssigned: func(w *world) {
		w.post(person("objection-manager"), "/v1/objections/assign", w.assignment(person("controller"))).each(w.t)
	},
	concluding: func(w *world) {
		w.post(person("controller"), "/v1/conclusions", refusing).ok(w.t)
	},
	conclusionInAgreement: func(w *world) { w.conclude(person("controller"), "send-to-agreement", nil).ok(w.t) },
	conclusionReady:       func(w *world) { w.conclude(person("controller-approver"), "prepare", nil).ok(w.t) },
	concluded:             func(w *world) { w.deliverConclusion() },
	reported: func(w *world) {
		w.act(person("organizer"), notificationID, "execute", amended).ok(w.t)
	},
	substituted: func(w *world) {
		w.post(person("administrator"), "/v1/admin/substitutions", substituting("approver", "second-auditor")).ok(w.t)
	},
	penalised: func(w *world) { w.act(person("auditor"), notificationID, "penalty", fined()).ok(w.t) },
	suspended: func(w *world) {
		w.bring(person("A/order_manager"), scan).ok(w.t)
		w.act(person("A/order_manager"), notificationID, "suspend", order()).ok(w.t)
	},
	notConfirmed: func(w *world) {
		w.act(person("auditor"), notificationID, "refuse-confirmation", api.RejectCommand{Reason: "Не исправлено"}).ok(w.t)
	},
}

// reached keeps the store of every stage that a test has asked for.
var reached sync.Map

// at opens a centre in which the story has come so far.
func at(t testing.TB, s stage) *world {
	t.Helper()
	if s == begun {
		return given(t)
	}
	if file, found := reached.Load(s); found {
		w := restored(t, file.([]byte))
		w.come(s)
		return w
	}
	w := at(t, s.before())
	w.come(s)
	scenes[s](w)
	copied := filepath.Join(t.TempDir(), "copy.db")
	w.copyTo(copied)
	file, err := os.ReadFile(copied)
	if err != nil {
		t.Fatal(err)
	}
	reached.Store(s, file)
	return w
}

// come moves the clock to when a stage plays.
func (w *world) come(s stage) {
	if hour, moved := hours[s]; moved {
		w.clock.set(hour)
	}
}

// play brings a centre from one stage to another.
func (w *world) play(to stage) *world {
	w.t.Helper()
	for s := assigned; s <= to; s++ {
		if s != ready { // approving prepares by itself
			scenes[s](w)
		}
	}
	return w
}

// changes reads somebody's feed to its end.
func (w *world) changes(as_ who) api.Changes {
	w.t.Helper()
	var all api.Changes
	for after := ""; ; {
		page := as[api.Changes](w.t, w.get(as_, "/v1/changes?limit=100"+after).ok(w.t))
		all.Objects, all.Gone, all.Cursor = append(all.Objects, page.Objects...), append(all.Gone, page.Gone...), page.Cursor
		if !page.More {
			return all
		}
		after = "&after=" + page.Cursor
	}
}

// demoFiles are the portal's files as they look at noon.
func demoFiles(t testing.TB) []portal.Source {
	t.Helper()
	files, err := portal.DemoFiles(noon(), rules(t).Calendar)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func content(t testing.TB, s portal.Source) []byte {
	t.Helper()
	r, err := s.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// bytesReplaced are the files with a text in the place of another.
func bytesReplaced(t testing.TB, files []portal.Source, old, by string) []portal.Source {
	t.Helper()
	changed := make([]portal.Source, len(files))
	found := false
	for i, f := range files {
		data := content(t, f)
		found = found || bytes.Contains(data, []byte(old))
		changed[i] = portal.FromBytes(f.Name, bytes.ReplaceAll(data, []byte(old), []byte(by)))
	}
	if !found {
		t.Fatalf("nothing says %s", old)
	}
	return changed
}

// nested is a file of so many opening brackets.
func nested(n int) []byte { return bytes.Repeat([]byte("["), n) }

func mustJSON(t testing.TB, v any) []byte {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
