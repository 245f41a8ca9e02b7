package server_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"baqylau/api"
	"baqylau/assets"
	"baqylau/control"
)

// right says who may ask for an operation, as requirements.md has it. Whoever is not named is refused.
type right struct {
	stage stage
	call  func(w *world) request
	// may lists people (a name, or role@organisations for everybody with that role there) with the
	// status that they get: 200, or what is refused after the right was granted.
	may map[int][]string
	// knows lists those who may know that it exists, but may not do it: 403. Everybody else gets hidden.
	knows []string
	// hidden is what the others get: 403, or 404 where even existence is secret.
	hidden int
}

// Those who do desk control in the department, by the role alone.
var (
	agreeing = []string{"auditor@A", "auditor_approver@A"}                                              // read notifications
	control_ = []string{"auditor@A", "auditor_approver@A", "lot_manager@A"}                             // read marks and certificates
	readers  = append([]string{"audit_object@R", "controller@*", "controller_approver@*"}, agreeing...)
)

// objectionReaders read an assigned objection.
var objectionReaders = []string{
	"audit_object@R", "auditor@A", "auditor_approver@A", "objection_manager@C", "controller@C", "controller_approver@C",
}

// reviewing are those who see a conclusion come about.
var reviewing = []string{"objection_manager@C", "controller@C", "controller_approver@C"}

// penaltyReaders read a notification with penalties, or its own audit object and department.
var penaltyReaders = append([]string{"order_manager@*"}, readers...)

const bad = "bad" // a signature that is none

func matrix() map[string]right {
	notification := "/v1/notifications/" + notificationID
	on := func(action string, version int64, body any) func(*world) request {
		return func(*world) request {
			return request{method: http.MethodPost, path: notification + "/" + action, body: body, ifMatch: etag(version)}
		}
	}
	read := func(path string) func(*world) request {
		return func(*world) request { return request{method: http.MethodGet, path: path} }
	}
	write := func(path string, body func(w *world) any) func(*world) request {
		return func(w *world) request { return request{method: http.MethodPost, path: path, body: body(w)} }
	}
	everybody := map[int][]string{200: {"*@*", "nobody"}}
	loggedIn := map[int][]string{200: {"*@*"}}
	agreer := map[int][]string{200: {"approver"}}
	author := map[int][]string{200: {"auditor"}}
	concluder, concludingAgreer := map[int][]string{200: {"controller"}}, map[int][]string{200: {"controller-approver"}}
	toConclusion := func(action string, version int64, body any) func(*world) request {
		return func(*world) request {
			return request{method: http.MethodPost, path: "/v1/conclusions/" + conclusionID + "/" + action, body: body, ifMatch: etag(version)}
		}
	}
	object := map[int][]string{200: {"audit_object@R"}}
	return map[string]right{
		"getCentre":     {call: read("/v1/centre"), may: everybody},
		"postChallenge": {call: write("/v1/login/challenge", nothing), may: everybody},
		"postLogin":     {call: write("/v1/login", func(*world) any { return api.Login{Nonce: "x", CMS: []byte(bad)} }), may: map[int][]string{401: {"*@*", "nobody"}}},
		"postLogout":    {call: write("/v1/logout", nothing), may: map[int][]string{204: {"*@*"}}},
		"getMe":         {call: read("/v1/me"), may: loggedIn},
		"getRulebook":   {call: read("/v1/rulebook"), may: loggedIn},
		"getPeople":     {call: read("/v1/people?role=auditor"), may: loggedIn},
		"getReport": {
			call: read("/v1/reports/lots?method=open_tender"), may: map[int][]string{200: {"control_reports@*"}}, hidden: 403,
		},
		"postAssignments": { // both roles, and an auditor of one's own organisation
			call: write("/v1/assignments", func(w *world) any {
				p := w.hero()
				return api.AssignCommand{Assignee: person("auditor").iin, Lots: []api.LotRef{{Purchase: p.ID, Lot: p.Lots[0].ID}}}
			}),
			may: map[int][]string{200: {"lot-manager"}, 409: {"B/lot-manager", "all-alone"}}, hidden: 403,
		},
		"postMarks": { // the assignee alone
			stage: assigned, may: author, hidden: 403,
			call: write("/v1/marks", func(w *world) any {
				p := w.hero()
				return api.MarksCommand{Purchase: p.ID, Direction: control.D1, Lots: []api.LotMarks{checkedAll(w.t, p.Lots[0].ID, 0)}}
			}),
		},
		"postCertificate": {
			stage: marked, may: author, hidden: 403,
			call: write("/v1/certificates", func(w *world) any {
				return api.CertificateCommand{ID: certificateID, Purchase: w.hero().ID, Direction: control.D1}
			}),
		},
		"postCertificateSign": {
			stage: prepared, may: map[int][]string{422: {"auditor"}}, knows: control_, hidden: 404,
			call: func(w *world) request {
				return request{
					method: http.MethodPost, path: "/v1/certificates/" + certificateID + "/sign", ifMatch: etag(1),
					body: api.SignCommand{Digest: w.certificate().File, CMS: []byte(bad)},
				}
			},
		},
		"getNotifications": {stage: drafted, call: read("/v1/notifications"), may: loggedIn}, // what is in it: below
		"postNotification": {
			stage: marked, may: author, hidden: 403,
			call: write("/v1/notifications", func(w *world) any {
				p := w.hero()
				return api.CreateCommand{ID: notificationID, Purchase: p.ID, Lot: p.Lots[0].ID, Direction: control.D1}
			}),
		},
		"getNotification":      {stage: drafted, call: read(notification), may: map[int][]string{200: agreeing}, hidden: 404},
		"postNotificationEdit": {stage: drafted, call: on("edit", 1, api.EditCommand{TextRU: "Иначе"}), may: author, knows: agreeing, hidden: 404},
		"postNotificationDelete": { // a draft goes by employees of the author's organisation too
			stage: drafted, call: on("delete", 1, nil), may: map[int][]string{200: agreeing}, hidden: 404,
		},
		"postNotificationSendToAgreement": {stage: drafted, call: on("send-to-agreement", 1, nil), may: author, knows: agreeing, hidden: 404},
		"postNotificationAgree": {
			stage: inAgreement, may: agreer, knows: agreeing, hidden: 404,
			call: on("agree", 2, api.AgreeCommand{Next: person("second-auditor").iin}),
		},
		"postNotificationReject":  {stage: inAgreement, call: on("reject", 2, api.RejectCommand{Reason: "Неверно"}), may: agreer, knows: agreeing, hidden: 404},
		"postNotificationPrepare": {stage: inAgreement, call: on("prepare", 2, nil), may: agreer, knows: agreeing, hidden: 404},
		"postNotificationApprove": {
			stage: ready, may: map[int][]string{422: {"approver"}}, knows: agreeing, hidden: 404,
			call: func(w *world) request {
				n, version := w.notification(notificationID)
				return request{
					method: http.MethodPost, path: notification + "/approve", ifMatch: etag(version),
					body: api.SignCommand{Digest: n.File, CMS: []byte(bad)},
				}
			},
		},
		"postNotificationRecall": {stage: inAgreement, call: on("recall", 2, nil), may: author, knows: agreeing, hidden: 404},
		"postNotificationAcknowledge": {
			stage: delivered, may: map[int][]string{200: {"audit_object@R"}}, knows: readers, hidden: 404,
			call: func(w *world) request {
				_, version := w.notification(notificationID)
				return request{method: http.MethodPost, path: notification + "/acknowledge", ifMatch: etag(version)}
			},
		},
		"postNotificationBegin":   {stage: acknowledged, call: on("begin", 7, nil), may: object, knows: readers, hidden: 404},
		"postNotificationExecute": {stage: notConfirmed, call: on("execute", 9, amended), may: object, knows: readers, hidden: 404},
		"postNotificationConfirm": {stage: reported, call: on("confirm", 8, nil), may: author, knows: readers, hidden: 404},
		"postNotificationRefuseConfirmation": {
			stage: reported, may: author, knows: readers, hidden: 404,
			call: on("refuse-confirmation", 8, api.RejectCommand{Reason: "Не исполнено"}),
		},
		"postNotificationPenalty": {stage: penalised, call: on("penalty", 10, fined()), may: author, knows: penaltyReaders, hidden: 404},
		"postNotificationCompletePenalty": {
			stage: penalised, call: on("complete-penalty", 10, nil), may: author, knows: penaltyReaders, hidden: 404,
		},
		"postFile": {
			stage: penalised, call: func(*world) request { return brought(scan) },
			may: map[int][]string{200: {"order_manager@*"}}, knows: penaltyReaders, hidden: 404,
		},
		"postNotificationSuspend": {
			stage: penalised, may: map[int][]string{200: {"order_manager@*"}}, knows: penaltyReaders, hidden: 404,
			call: func(w *world) request {
				w.bring(person("A/order_manager"), scan).ok(w.t)
				return on("suspend", 10, order())(w)
			},
		},
		"postNotificationRevokeSuspension": {
			stage: suspended, may: map[int][]string{200: {"order_manager@*"}}, knows: penaltyReaders, hidden: 404,
			call: on("revoke-suspension", 11, order()),
		},
		"postObjection": {
			stage: acknowledged, may: object, knows: readers, hidden: 404,
			call: func(*world) request {
				return request{method: http.MethodPost, path: "/v1/objections", ifMatch: etag(7), body: api.ObjectionCommand{
					ID: objectionID, Notification: notificationID, TextRU: "Не согласны",
				}}
			},
		},
		"postObjectionsAssign": {
			stage: objected, may: map[int][]string{200: {"objection_manager@C"}},
			knows: []string{"audit_object@R", "auditor@A", "auditor_approver@A"}, hidden: 404,
			call: func(*world) request {
				return request{method: http.MethodPost, path: "/v1/objections/assign", body: api.AssignObjectionsCommand{
					Controller: person("controller").iin, Objections: []api.ObjectionRef{{ID: objectionID, Version: 1}},
				}}
			},
		},
		"postObjectionProlong": { // the managers, and the controller to whom it is assigned
			stage: objectionAssigned, may: map[int][]string{200: {"objection_manager@C", "controller"}}, knows: objectionReaders, hidden: 404,
			call: func(*world) request {
				return request{
					method: http.MethodPost, path: "/v1/objections/" + objectionID + "/prolong", ifMatch: etag(2),
					body: api.RejectCommand{Reason: "Нужна экспертиза"},
				}
			},
		},
		"getObjection":   {stage: objectionAssigned, call: read("/v1/objections/" + objectionID), may: map[int][]string{200: objectionReaders}, hidden: 404},
		"getObjections":  {stage: objected, call: read("/v1/objections"), may: loggedIn},    // what is in it: objections_test.go
		"getConclusions": {stage: concluding, call: read("/v1/conclusions"), may: loggedIn}, // what is in it: conclusions_test.go
		"postConclusion": { // the controller to whom it is assigned
			stage: objectionAssigned, may: concluder, knows: objectionReaders, hidden: 404,
			call: write("/v1/conclusions", func(*world) any { return refusing }),
		},
		"getConclusion": {stage: concluding, call: read("/v1/conclusions/" + conclusionID), may: map[int][]string{200: reviewing}, hidden: 404},
		"postConclusionEdit": {
			stage: concluding, call: toConclusion("edit", 1, api.EditConclusionCommand{TextRU: "Иначе"}), may: concluder, knows: reviewing, hidden: 404,
		},
		"postConclusionDelete": { // as
			stage: concluding, call: toConclusion("delete", 1, nil), knows: reviewing, hidden: 404,
			may: map[int][]string{200: {"controller@C", "controller_approver@C"}},
		},
		"postConclusionSendToAgreement": {stage: concluding, call: toConclusion("send-to-agreement", 1, nil), may: concluder, knows: reviewing, hidden: 404},
		"postConclusionAgree": {
			stage: conclusionInAgreement, may: concludingAgreer, knows: reviewing, hidden: 404,
			call: toConclusion("agree", 2, api.AgreeCommand{Next: person("controller").iin}),
		},
		"postConclusionReject": {
			stage: conclusionInAgreement, may: concludingAgreer, knows: reviewing, hidden: 404,
			call: toConclusion("reject", 2, api.RejectCommand{Reason: "Неверно"}),
		},
		"postConclusionPrepare": {stage: conclusionInAgreement, call: toConclusion("prepare", 2, nil), may: concludingAgreer, knows: reviewing, hidden: 404},
		"postConclusionApprove": {
			stage: conclusionReady, may: map[int][]string{422: {"controller-approver"}}, knows: reviewing, hidden: 404,
			call: func(w *world) request {
				c, _ := w.conclusion(person("controller"))
				return toConclusion("approve", 3, api.SignCommand{Digest: c.File, CMS: []byte(bad)})(w)
			},
		},
		"getDispatch": { // whoever may send all
			stage: approved, may: author, hidden: 403,
			call: func(w *world) request {
				return request{method: http.MethodGet, path: "/v1/dispatches?direction=D1&purchase=" + url.QueryEscape(w.hero().ID)}
			},
		},
		"postDispatch": { // any author of a notification of this purchase
			stage: approved, may: author, hidden: 403,
			call: write("/v1/dispatches", func(w *world) any { return w.seen(notificationID) }),
		},
		"getPurchase": { // who forms reports sees every purchase; the department, those assigned in it
			stage: assigned, may: map[int][]string{200: append([]string{"control_reports@*"}, control_...)}, hidden: 404,
			call: func(w *world) request {
				return request{method: http.MethodGet, path: "/v1/purchases/" + url.PathEscape(w.hero().ID)}
			},
		},
		"getFile": { // the certificate's; others below
			stage: prepared, may: map[int][]string{200: control_}, hidden: 404,
			call: func(w *world) request {
				return request{method: http.MethodGet, path: "/v1/files/" + w.certificate().File}
			},
		},
		"getEffects": {stage: delivered, call: read("/v1/effects"), may: loggedIn}, // what is in it: effects_test.go
		"getChanges": {stage: delivered, call: read("/v1/changes"), may: loggedIn}, // what is in it: below
		"postRulebook": {
			may: map[int][]string{200: {"administrator@*"}}, hidden: 403,
			call: func(*world) request {
				return request{method: http.MethodPost, path: "/v1/admin/rulebook", body: api.RulebookCommand{Calendar: with2027()}, ifMatch: etag(1)}
			},
		},
		"postRulebookCheck": {
			may: map[int][]string{200: {"administrator@*"}}, hidden: 403,
			call: write("/v1/admin/rulebook/check", func(*world) any { return api.RulebookCommand{Calendar: with2027()} }),
		},
		"postOrganization": {
			may: map[int][]string{200: {"administrator@*"}}, hidden: 403,
			call: write("/v1/admin/organizations", func(*world) any {
				return api.Organization{BIN: otherDepartmentBIN, Kind: api.Department, NameKK: "Жаңа", NameRU: "Новый"}
			}),
		},
		"getOpenWork": {
			stage: drafted, may: map[int][]string{200: {"administrator@*"}}, hidden: 403,
			call: func(*world) request {
				return request{method: http.MethodGet, path: "/v1/admin/people/" + person("auditor").iin + "/open-work"}
			},
		},
		"postPersonDismiss": {
			may: map[int][]string{200: {"administrator@*"}}, hidden: 403,
			call: func(*world) request {
				return request{
					method: http.MethodPost, path: "/v1/admin/people/" + person("auditor").iin + "/dismiss",
					body: api.DismissCommand{Heirs: []api.Heir{{Kind: control.WorkNotification, ID: notificationID, Heir: person("second-auditor").iin}}},
				}
			},
		},
		"getSubstitutions": {stage: substituted, call: read("/v1/admin/substitutions"), may: map[int][]string{200: {"administrator@*"}}, hidden: 403},
		"postSubstitution": {
			may: map[int][]string{200: {"administrator@*"}}, hidden: 403,
			call: write("/v1/admin/substitutions", func(*world) any { return substituting("approver", "second-auditor") }),
		},
		"postSubstitutionEnd": {
			stage: substituted, may: map[int][]string{200: {"administrator@*"}}, hidden: 403,
			call: func(*world) request {
				return request{method: http.MethodPost, path: "/v1/admin/substitutions/" + substitutionID + "/end", ifMatch: etag(1)}
			},
		},
		"postPerson": {
			may: map[int][]string{200: {"administrator@*"}}, hidden: 403,
			call: write("/v1/admin/people", func(*world) any {
				return api.Person{IIN: strangerIIN, Surname: "Жаңа", Organization: departmentBIN, Roles: []control.Role{}}
			}),
		},
	}
}

func nothing(*world) any { return nil }

// certificate is the story's, as its assignee sees it.
func (w *world) certificate() api.Certificate {
	w.t.Helper()
	for _, o := range w.changes(person("auditor")).Objects {
		if o.ID == certificateID {
			return body[api.Certificate](w.t, o)
		}
	}
	w.t.Fatal("there is no certificate")
	return api.Certificate{}
}

// names says whether a list of names and roles covers somebody.
func names(list []string, p who) bool {
	letters := map[string]string{"A": departmentBIN, "B": otherDepartmentBIN, "R": organizerBIN, "S": strangersBIN, "C": committeeBIN}
	return slices.ContainsFunc(list, func(entry string) bool {
		role, org, byRole := strings.Cut(entry, "@")
		if !byRole {
			return entry == p.name
		}
		return p.iin != "" && (role == "*" || slices.Contains(p.role, control.Role(role))) && (org == "*" || letters[org] == p.org)
	})
}

// wanted is the status that somebody must get.
func (r right) wanted(p who) int {
	for status, list := range r.may {
		if names(list, p) {
			return status
		}
	}
	switch {
	case p.iin == "":
		return http.StatusUnauthorized
	case names(r.knows, p):
		return http.StatusForbidden
	default:
		return r.hidden
	}
}

// outcome is the answer's status; of a batch, that of its first refused item.
func outcome(a answer) int {
	var batch api.BatchDone
	if a.status == http.StatusOK && json.Unmarshal(a.body, &batch) == nil {
		for _, item := range batch.Items {
			if !item.Done {
				return item.Problem.Status
			}
		}
	}
	return a.status
}

// TestEveryOperationIsForThoseWhoMay walks every operation of the contract × everybody.
func TestEveryOperationIsForThoseWhoMay(t *testing.T) {
	rights := matrix()
	for _, op := range operations(t) {
		t.Run(op.id, func(t *testing.T) {
			r, known := rights[op.id]
			if !known {
				t.Fatalf("%s %s has no row: say who may ask for it", op.method, op.path)
			}
			w := at(t, r.stage)
			call := r.call(w)
			if call.method != op.method || !op.pattern.MatchString(strings.Split(call.path, "?")[0]) {
				t.Fatalf("the row asks for %s %s", call.method, call.path)
			}
			for _, p := range everybody() {
				want := r.wanted(p)
				if want == 200 && op.method == http.MethodPost {
					continue // takes effect: below, each on a centre of its own
				}
				check := func() {
					if got := w.send(p, call); outcome(got) != want {
						t.Errorf("%s gets %d, not %d: %.300s", p.name, outcome(got), want, got.body)
					}
				}
				w.unchanged(check)
			}
			for _, p := range everybody() {
				if r.wanted(p) != 200 || op.method != http.MethodPost {
					continue
				}
				w := at(t, r.stage)
				if got := w.send(p, r.call(w)); outcome(got) != 200 {
					t.Errorf("%s gets %d, not 200: %.300s", p.name, outcome(got), got.body)
				}
			}
			delete(rights, op.id)
		})
	}
	for id := range rights {
		if !slices.ContainsFunc(operations(t), func(op operation) bool { return op.id == id }) {
			t.Errorf("the row %s is of no operation", id)
		}
	}
}

// everybody lists the cast in an order that is the same every time.
func everybody() []who {
	var list []who
	for _, p := range cast() {
		list = append(list, p)
	}
	slices.SortFunc(list, func(a, b who) int { return strings.Compare(a.name, b.name) })
	return list
}

// TestAStaleVersionShowsNothingToThoseWhoMayNotSee: a 412 carries the present body, and must not be a
// way round the right to read it.
func TestAStaleVersionShowsNothingToThoseWhoMayNotSee(t *testing.T) {
	for id, r := range matrix() {
		w := at(t, r.stage)
		call := r.call(w)
		if call.ifMatch == "" {
			continue
		}
		call.ifMatch = etag(99)
		for _, p := range everybody() {
			if r.wanted(p) != http.StatusNotFound {
				continue
			}
			if got := w.send(p, call); got.status != http.StatusNotFound {
				t.Errorf("%s: %s gets %d: %.300s", id, p.name, got.status, got.body)
			}
		}
	}
}

// TestNotificationsAreReadByRight; before it is sent nobody outside the department
// knows of it, and nobody outside ever sees how it came about.
func TestNotificationsAreReadByRight(t *testing.T) {
	for s, may := range map[stage][]string{
		drafted: agreeing, inAgreement: agreeing, approved: agreeing, delivered: readers, acknowledged: readers,
	} {
		w := at(t, s)
		for _, p := range everybody() {
			if p.iin == "" {
				continue
			}
			one := w.get(p, "/v1/notifications/"+notificationID)
			journal := as[api.Page](t, w.get(p, "/v1/notifications").ok(t))
			want := names(may, p)
			if got := one.status == http.StatusOK; got != want {
				t.Errorf("stage %d: %s reads it: %v", s, p.name, got)
			}
			if got := len(journal.Objects) == 1; got != want {
				t.Errorf("stage %d: %s has it in the journal: %v", s, p.name, got)
			}
			if !want {
				continue
			}
			n := body[api.Notification](t, as[api.Object](t, one))
			if inside := names(agreeing, p); (len(n.Trail) > 0) != inside || (n.Versions != "") != inside {
				t.Errorf("stage %d: %s sees a trail of %d: %s", s, p.name, len(n.Trail), n.State.Agreer)
			}
		}
	}
}

// TestFilesAreReadByRight: the agreement's version of the file is the department's own.
func TestFilesAreReadByRight(t *testing.T) {
	agreement, _ := at(t, inAgreement).notification(notificationID)
	w := at(t, delivered)
	n, _ := w.notification(notificationID)
	if n.File == agreement.File {
		t.Fatal("the final file is the agreement's")
	}
	for name, file := range map[string]struct {
		digest string
		may    []string
	}{
		"the agreement's file": {agreement.File, agreeing},
		"the final file":       {n.File, readers},
		"the signature":        {n.Signature, readers},
		"the certificate":      {w.certificate().File, control_},
		"a file of nobody":     {digest([]byte("nothing")), nil},
	} {
		for _, p := range everybody() {
			if p.iin == "" {
				continue
			}
			got := w.get(p, "/v1/files/"+file.digest)
			if want := names(file.may, p); (got.status == http.StatusOK) != want || !want && got.status != http.StatusNotFound {
				t.Errorf("%s: %s gets %d", name, p.name, got.status)
			}
			if got.status == http.StatusOK && digest(got.body) != file.digest {
				t.Errorf("%s: %s gets other bytes", name, p.name)
			}
		}
	}
}

// TestTheFeedShowsNothingThatReadingRefuses: what is in a feed, its reader may read by other ways.
func TestTheFeedShowsNothingThatReadingRefuses(t *testing.T) {
	w := at(t, acknowledged)
	for _, p := range everybody() {
		if p.iin == "" {
			continue
		}
		kinds := map[api.ObjectKind]int{}
		for _, o := range w.changes(p).Objects {
			kinds[o.Kind]++
			switch o.Kind {
			case api.ObjectKindNotification:
				again := as[api.Object](t, w.get(p, "/v1/notifications/"+o.ID).ok(t))
				if string(again.Body) != string(o.Body) || again.Version != o.Version {
					t.Errorf("%s: the feed shows another notification than reading it does", p.name)
				}
			case api.ObjectKindPurchase:
				w.get(p, "/v1/purchases/"+url.PathEscape(o.ID)).ok(t)
			case api.ObjectKindAssignment, api.ObjectKindMarks, api.ObjectKindCertificate:
				if !names(control_, p) {
					t.Errorf("%s is fed a %s", p.name, o.Kind)
				}
			case api.ObjectKindMessage:
				if m := body[api.Message](t, o); m.Person != p.iin {
					t.Errorf("%s is fed a message to %s", p.name, m.Person)
				}
			case api.ObjectKindPerson:
				if q := body[api.Person](t, o); q.Organization != p.org {
					t.Errorf("%s is fed a person of %s", p.name, q.Organization)
				}
			}
		}
		if want := names(readers, p); (kinds[api.ObjectKindNotification] == 1) != want {
			t.Errorf("%s is fed %d notifications", p.name, kinds[api.ObjectKindNotification])
		}
		if want := p.org == organizerBIN; (kinds[api.ObjectKindMessage] == 1) != want {
			t.Errorf("%s is fed %d messages", p.name, kinds[api.ObjectKindMessage]) // to all employees
		}
	}
}

// TestAnAnswerShowsOnlyWhatItsReaderMaySee: sending writes messages into the organiser's cabinets;
// they are nobody else's to read.
func TestAnAnswerShowsOnlyWhatItsReaderMaySee(t *testing.T) {
	w := at(t, approved)
	for _, o := range as[api.Done](t, w.post(person("auditor"), "/v1/dispatches", w.seen(notificationID)).ok(t)).Objects {
		if o.Kind == api.ObjectKindMessage {
			t.Errorf("the sender is shown the message %s", o.ID)
		}
	}
}

// TestEveryRefusalOfTheMatrixIsInWords: each refusal has its sentence, in both languages.
func TestEveryRefusalOfTheMatrixIsInWords(t *testing.T) {
	said := map[string]bool{}
	for _, r := range matrix() {
		w := at(t, r.stage)
		call := r.call(w)
		for _, name := range []string{"nobody", "A/administrator", "A/auditor", "A/auditor_approver", "R/audit_object", "B/auditor"} {
			a := w.send(person(name), call)
			var p api.Problem
			switch {
			case a.status/100 == 4:
				p = a.problem(t)
			case outcome(a) != a.status:
				p = as[api.BatchDone](t, a).Items[0].Problem
			default:
				continue
			}
			inWords(t, p)
			said[p.Detail(assets.RU)] = true
		}
	}
	if len(said) < 8 {
		t.Errorf("only %d different sentences", len(said))
	}
}
