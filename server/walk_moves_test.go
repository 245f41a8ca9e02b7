package server_test

import (
	"encoding/json"
	"net/http"
	"slices"

	"pgregory.net/rapid"

	"baqylau/api"
	"baqylau/control"
)

// move is a command that somebody may think of, with what control says of it.
type move struct {
	name    string
	by      who
	verdict control.Verdict
	seen    bool   // by may know what it is about: then a refusal cites the rule
	guarded bool   // it names the version that it is based on
	paper   string // digest of the file that it signs
	ask     func(*rapid.T, *walk) request
}

// walkers are those who give commands: whoever has something to do, and some who have nothing.
func walkers() []who {
	var all []who
	for _, name := range []string{
		"lot-manager", "auditor", "second-auditor", "approver", "organizer", "objection-manager", "controller",
		"controller-approver", "order-manager", "administrator", "all-alone", "utilities", "S/audit_object",
	} {
		all = append(all, person(name))
	}
	return all
}

func actor(p who) control.Actor {
	return control.Actor{Person: p.iin, Organization: p.org, Roles: p.role}
}

// moves are all commands of all people on all there is.
func (w *walk) moves() []move {
	var all []move
	cases := map[string]*control.Case{}
	for _, p := range w.purchases {
		cases[p.ID] = w.asked(p)
	}
	for _, p := range w.purchases {
		for _, by := range walkers() {
			all = append(all, w.onPurchase(by, cases[p.ID])...)
		}
	}
	for _, life := range w.log.all("notification") {
		n := decoded[api.Notification](w, "notification", life.id)
		for _, by := range walkers() {
			all = append(all, w.onNotification(by, cases[n.Purchase], life, n)...)
		}
	}
	for _, life := range w.log.all("certificate") {
		cert := decoded[api.Certificate](w, "certificate", life.id)
		for _, by := range walkers() {
			all = append(all, w.signCertificate(by, cases[cert.Purchase], life, cert))
		}
	}
	for _, life := range w.log.all("objection") {
		o := decoded[api.Objection](w, "objection", life.id)
		for _, by := range walkers() {
			all = append(all, w.onObjection(by, life, o)...)
		}
	}
	for _, life := range w.log.all("conclusion") {
		c := decoded[api.Conclusion](w, "conclusion", life.id)
		for _, by := range walkers() {
			all = append(all, w.onConclusion(by, life, c)...)
		}
	}
	return all
}

// asked puts the rules to a purchase as the log has it.
func (w *walk) asked(p control.Purchase) *control.Case {
	var there []api.Notification
	for _, life := range w.log.all("notification") {
		there = append(there, decoded[api.Notification](w, "notification", life.id))
	}
	notifications := slices.Values(there)
	work := api.Work(&p,
		func(lot string) api.Assignment { return decoded[api.Assignment](w, "assignment", lot) },
		func(id string) api.Marks { return decoded[api.Marks](w, "marks", id) }, notifications)
	stands := api.Effective(&p, notifications, w.clock.now())
	c, err := w.rules.Case(&stands.Purchase, work, w.clock.now())
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// decoded is an aggregate as the log has it; the zero one when there is none.
func decoded[T any](w *walk, kind, id string) (v T) {
	if life, found := w.log.lives[ref{kind, id}]; found && !life.gone {
		if err := json.Unmarshal(life.body, &v); err != nil {
			w.t.Fatal(err)
		}
	}
	return v
}

func (w *walk) version(kind, id string) int64 {
	if life, found := w.log.lives[ref{kind, id}]; found && !life.gone {
		return life.version
	}
	return 0
}

func post(path string, version int64, body any) request {
	r := request{method: http.MethodPost, path: path, body: body}
	if version > 0 {
		r.ifMatch = etag(version)
	}
	return r
}

func (w *walk) onPurchase(by who, c *control.Case) (all []move) {
	a, p := actor(by), c.Purchase
	add := func(name string, v control.Verdict, ask func(*rapid.T, *walk) request) {
		all = append(all, move{name: name, by: by, verdict: v, seen: true, ask: ask})
	}
	for i, lot := range p.Lots {
		at := api.LotRef{Purchase: p.ID, Lot: lot.ID, Version: w.version("assignment", lot.ID)}
		for _, to := range []who{person("auditor"), person("second-auditor"), person("all-alone")} {
			add("assign", c.Assign(a, i, actor(to)), func(*rapid.T, *walk) request {
				return post("/v1/assignments", 0, api.AssignCommand{Assignee: to.iin, Lots: []api.LotRef{at}})
			})
		}
		add("unassign", c.Unassign(a, i), func(*rapid.T, *walk) request {
			return post("/v1/assignments", 0, api.AssignCommand{Lots: []api.LotRef{at}})
		})
	}
	for _, d := range []control.Direction{control.D1, control.D3} {
		all = append(all, w.inDirection(by, c, d)...)
	}
	return all
}

func (w *walk) inDirection(by who, c *control.Case, d control.Direction) (all []move) {
	a, p := actor(by), c.Purchase
	add := func(name string, v control.Verdict, ask func(*rapid.T, *walk) request) {
		all = append(all, move{name: name, by: by, verdict: v, seen: true, ask: ask})
	}
	for i, lot := range p.Lots {
		add("mark", c.Mark(a, i, d), func(rt *rapid.T, w *walk) request {
			marks := api.LotMarks{Lot: lot.ID, Version: w.version("marks", api.MarksID(lot.ID, d))}
			violated := rapid.SampledFrom([]int{0, 1, 1, 3, 9}).Draw(rt, "violated")
			for _, profile := range c.Profiles(d) {
				checked := violated > 0 || rapid.Bool().Draw(rt, "checked")
				marks.Marks = append(marks.Marks, control.Mark{Profile: profile.Number}.Set(checked, profile.Number == violated || violated == 9))
			}
			return post("/v1/marks", 0, api.MarksCommand{Purchase: p.ID, Direction: d, Lots: []api.LotMarks{marks}})
		})
		if v := c.Mark(a, i, d); v.Allowed {
			number := c.Profiles(d)[0].Number
			refused := c.CheckMarks(d, []control.Mark{{Profile: number, Violated: true}})
			add("mark unchecked", refused, func(*rapid.T, *walk) request {
				marks := api.LotMarks{Lot: lot.ID, Version: w.version("marks", api.MarksID(lot.ID, d)), Marks: []control.Mark{{Profile: number, Violated: true}}}
				return post("/v1/marks", 0, api.MarksCommand{Purchase: p.ID, Direction: d, Lots: []api.LotMarks{marks}})
			})
		}
		add("create", c.CreateUnclaimed(a, i, d, false), func(_ *rapid.T, w *walk) request {
			return post("/v1/notifications", 0, api.CreateCommand{
				ID: w.id(), Purchase: p.ID, Lot: lot.ID, Direction: d, TextKK: "Бұзушылық", TextRU: "Нарушение", Agreer: agreerAt(by.org),
			})
		})
	}
	if len(w.log.all("certificate")) < 3 { // it takes as long as ten other commands
		add("prepare certificate", c.Certify(a, d), func(_ *rapid.T, w *walk) request {
			return post("/v1/certificates", 0, api.CertificateCommand{ID: w.id(), Purchase: p.ID, Direction: d})
		})
	}
	add("send all", c.SendAll(a, d), func(_ *rapid.T, w *walk) request {
		command := api.DispatchCommand{Purchase: p.ID, Direction: d, Notifications: []api.Seen{}}
		for _, life := range w.log.all("notification") {
			n := decoded[api.Notification](w, "notification", life.id)
			if n.Purchase == p.ID && n.State.Direction == d && n.State.Status == control.NotificationApproved {
				command.Notifications = append(command.Notifications, api.Seen{ID: n.ID, Version: life.version, Digest: n.File})
			}
		}
		if len(command.Notifications) == 0 { // the contract asks for one
			command.Notifications = []api.Seen{{ID: notificationID, Version: 1, Digest: digest(nil)}}
		}
		return post("/v1/dispatches", 0, command)
	})
	return all
}

func (w *walk) signCertificate(by who, c *control.Case, life *life, cert api.Certificate) move {
	state := cert.Rules()
	m := move{name: "sign certificate", by: by, seen: control.ViewDesk(actor(by), cert.Organization).Allowed, guarded: true, paper: cert.File}
	m.verdict = c.SignCertificate(actor(by), &state, cert.File, w.basis(c, cert))
	m.ask = func(_ *rapid.T, w *walk) request {
		cms := w.signed(by, w.file(cert.File))
		return post("/v1/certificates/"+life.id+"/sign", life.version, api.SignCommand{Digest: cert.File, CMS: cms})
	}
	return m
}

// agreerAt is whoever agrees in an organisation.
func agreerAt(organization string) string {
	if organization == otherDepartmentBIN {
		return person("all-alone").iin
	}
	return person("approver").iin
}

func (w *walk) onNotification(by who, c *control.Case, life *life, n api.Notification) (all []move) {
	a, s, now := actor(by), n.State, w.clock.now()
	lot := slices.IndexFunc(c.Purchase.Lots, func(l control.Lot) bool { return l.ID == n.Lot })
	seen := s.View(a).Allowed
	add := func(name string, v control.Verdict, path string, with any) *move {
		all = append(all, move{name: name, by: by, verdict: v, seen: seen, guarded: true, ask: func(*rapid.T, *walk) request {
			return post("/v1/notifications/"+n.ID+"/"+path, life.version, with)
		}})
		return &all[len(all)-1]
	}
	agreer := agreerAt(s.Organization)
	add("edit", s.May(a, control.ActionEdit), "edit", api.EditCommand{TextRU: "Иначе", Agreer: agreer})
	add("delete", s.May(a, control.ActionDelete), "delete", nil)
	add("to agreement", s.SendToAgreement(a, w.actor(s.Agreer)), "send-to-agreement", nil)
	add("agree", c.Agree(a, &s, lot, w.actor(agreer)), "agree", api.AgreeCommand{Next: agreer})
	add("reject", s.Reject(a, "Неверно"), "reject", api.RejectCommand{Reason: "Неверно"})
	add("prepare", c.Approve(a, &s, lot), "prepare", nil)
	add("recall", s.May(a, control.ActionRecall), "recall", nil)
	add("acknowledge", s.Acknowledge(a, now), "acknowledge", nil)
	add("begin", s.Begin(a, now), "begin", nil)
	for _, r := range control.Remedies() {
		add("execute "+string(r), s.Execute(a, r, now), "execute", api.ExecuteCommand{Remedy: api.ExecuteCommandRemedy(r), Text: "Сделано"})
	}
	add("confirm", s.Confirm(a), "confirm", nil)
	add("not confirm", s.RefuseConfirmation(a, "Нет"), "refuse-confirmation", api.RejectCommand{Reason: "Нет"})
	add("penalty", w.rules.SavePenalty(&s, a, &control.PenaltyInfo{RecheckRU: "Да"}, now), "penalty", api.PenaltyCommand{RecheckRU: "Да"})
	add("complete penalty", s.CompletePenalty(a), "complete-penalty", nil)
	if n.File != "" {
		m := add("approve", c.ApproveFile(a, &s, lot, n.Papers(), control.SeenFile{File: n.File, Reserved: true}), "approve", nil)
		m.paper, m.ask = n.File, func(_ *rapid.T, w *walk) request {
			return post("/v1/notifications/"+n.ID+"/approve", life.version, api.SignCommand{Digest: n.File, CMS: w.signed(by, w.file(n.File))})
		}
	}
	o := control.Objection{Organization: s.Recipient, TextRU: "Не согласны"}
	add("object", s.FileObjection(a, &o, now), "", nil).ask = func(_ *rapid.T, w *walk) request {
		return post("/v1/objections", life.version, api.ObjectionCommand{ID: w.id(), Notification: n.ID, TextRU: "Не согласны"})
	}
	return all
}

// actor is an enrolled person as control knows them; nobody for no IIN.
func (w *walk) actor(iin string) control.Actor {
	for _, p := range walkers() {
		if p.iin == iin && iin != "" {
			return actor(p)
		}
	}
	return control.Actor{}
}

func (w *walk) onObjection(by who, life *life, o api.Objection) (all []move) {
	a, s := actor(by), o.State
	add := func(name string, v control.Verdict, ask func(*rapid.T, *walk) request) {
		all = append(all, move{name: name, by: by, verdict: v, seen: s.View(a).Allowed, ask: ask})
	}
	add("assign objection", s.Assign(a, actor(person("controller"))), func(*rapid.T, *walk) request {
		return post("/v1/objections/assign", 0, api.AssignObjectionsCommand{
			Controller: person("controller").iin, Objections: []api.ObjectionRef{{ID: o.ID, Version: life.version}},
		})
	})
	add("prolong", s.Prolong(a, "Экспертиза", w.clock.now()), func(*rapid.T, *walk) request {
		return post("/v1/objections/"+o.ID+"/prolong", life.version, api.RejectCommand{Reason: "Экспертиза"})
	})
	add("conclude", s.Conclude(a), func(rt *rapid.T, w *walk) request {
		return post("/v1/conclusions", 0, api.ConcludeCommand{
			ID: w.id(), Objection: o.ID, TextRU: "Заключение", Agreer: person("controller-approver").iin, Outcome: w.anOutcome(rt),
		})
	})
	return all
}

// anOutcome is the one on the walk's way, or any.
func (w *walk) anOutcome(rt *rapid.T) api.ChosenOutcome {
	if o := ways()[w.goal].outcome; o != "" {
		return o
	}
	return rapid.SampledFrom([]api.ChosenOutcome{
		api.ChosenOutcomeSatisfied, api.ChosenOutcomePartlySatisfied, api.ChosenOutcomeRefused,
	}).Draw(rt, "outcome")
}

func (w *walk) onConclusion(by who, life *life, c api.Conclusion) (all []move) {
	a, s := actor(by), c.State
	add := func(name string, v control.Verdict, path string, with any) *move {
		all = append(all, move{name: name, by: by, verdict: v, seen: s.View(a).Allowed, guarded: true, ask: func(*rapid.T, *walk) request {
			return post("/v1/conclusions/"+c.ID+"/"+path, life.version, with)
		}})
		return &all[len(all)-1]
	}
	approver := person("controller-approver")
	add("edit conclusion", s.May(a, control.ActionEditConclusion), "edit", nil).ask = func(rt *rapid.T, w *walk) request {
		return post("/v1/conclusions/"+c.ID+"/edit", life.version, api.EditConclusionCommand{TextRU: "Иначе", Agreer: approver.iin, Outcome: w.anOutcome(rt)})
	}
	add("delete conclusion", s.May(a, control.ActionDeleteConclusion), "delete", nil)
	add("conclusion to agreement", s.SendToAgreement(a, w.actor(s.Agreer)), "send-to-agreement", nil)
	add("agree conclusion", s.Agree(a, actor(approver)), "agree", api.AgreeCommand{Next: approver.iin})
	add("reject conclusion", s.Reject(a, "Неверно"), "reject", api.RejectCommand{Reason: "Неверно"})
	add("prepare conclusion", s.Approve(a), "prepare", nil)
	if c.File != "" {
		m := add("approve conclusion", s.ApproveFile(a, c.Papers(), control.SeenFile{File: c.File, Reserved: true}), "approve", nil)
		m.paper, m.ask = c.File, func(_ *rapid.T, w *walk) request {
			return post("/v1/conclusions/"+c.ID+"/approve", life.version, api.SignCommand{Digest: c.File, CMS: w.signed(by, w.file(c.File))})
		}
	}
	return all
}

// firstRefused is the problem of a batch's first item, where the answer is a batch's and it was refused.
func firstRefused(a answer) (api.Problem, bool) {
	var batch api.BatchDone
	if a.status != http.StatusOK || json.Unmarshal(a.body, &batch) != nil || len(batch.Items) == 0 || batch.Items[0].Done {
		return api.Problem{}, false
	}
	return batch.Items[0].Problem, true
}
