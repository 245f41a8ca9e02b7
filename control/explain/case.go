package explain

import (
	"encoding/json"
	"slices"
	"time"

	"baqylau/control"
	"baqylau/control/calendar"
	"baqylau/control/lines"
)

// The persons and organisations of a case: the actor, and somebody else.
const (
	actor     = "actor"
	another   = "another"
	home      = "home"      // the actor's organisation
	elsewhere = "elsewhere" // any other
)

// situation is a case as it was written.
type situation struct {
	now       time.Time
	roles     []control.Role
	relations control.Relation
	purchase  control.Purchase
	lots      []lot
	rules     control.Rules
}

// lot is what a case says of a lot or plan point beside the portal's facts.
type lot struct {
	facts         control.Lot
	checks        [4]checks // by place of the direction among the method's
	notifications []notification
}

type checks struct {
	checked  string // "", none, some, all
	violated []int
	at       *value
}

type notification struct {
	direction             control.Direction
	status                control.NotificationStatus
	author                bool
	profiles              []int
	deliveredAt, deadline time.Time
}

var relationNames = map[string]control.Relation{
	"assignee": control.Assignee, "author": control.Author, "agreer": control.Agreer,
	"colleague": control.Colleague, "organizer": control.Organizer,
}

// read reads a case. Anything may be left out, but not of what it is.
func read(data []byte, defaults control.Rules) (*situation, error) {
	root, err := lines.Parse(data, limits)
	if err != nil {
		return nil, err
	}
	s := &situation{rules: defaults}
	var announcement, lots, point *value
	err = root.Object(map[string]reader{
		"now":          instant(&s.now),
		"actor":        s.actor,
		"announcement": keep(&announcement),
		"lots":         keep(&lots),
		"plan_point":   keep(&point),
		"terms":        s.terms,
		"calendar":     s.calendar,
	})
	switch {
	case err != nil:
		return nil, err
	case point != nil && announcement != nil:
		return nil, point.Fault("there is an announcement already: a case is of one or the other")
	case point != nil && lots != nil:
		return nil, lots.Fault("a plan point has no lots")
	case point != nil:
		err = s.planPoint(point)
	case announcement == nil:
		return nil, root.Fault("it needs an announcement or a plan_point")
	default:
		if err = s.announcement(announcement); err == nil && lots != nil {
			err = lines.List(s.lot)(lots)
		}
	}
	if err != nil {
		return nil, err
	}
	for i := range s.lots {
		s.purchase.Lots = append(s.purchase.Lots, s.lots[i].facts)
	}
	return s, nil
}

func keep(to **value) reader {
	return func(v *value) error {
		*to = v
		return nil
	}
}

func (s *situation) actor(v *value) error {
	return v.Object(map[string]reader{
		"roles": lines.List(func(v *value) error {
			var role control.Role
			if err := oneOf(&role, control.Roles()...)(v); err != nil {
				return err
			}
			s.roles = append(s.roles, role)
			return nil
		}),
		"relations": lines.List(func(v *value) error {
			name, _ := v.Token.(string)
			relation, known := relationNames[name]
			if !known {
				return v.Wrong("", "unknown here")
			}
			s.relations |= relation
			return nil
		}),
	})
}

// terms overrides the book of terms: whole, in the shape of its file, or single values by their names
// (days; amounts in tenge).
func (s *situation) terms(v *value) error {
	if v.Token != json.Delim('{') {
		return v.Wrong("", "no object")
	}
	if slices.ContainsFunc(v.Members, func(m lines.Member) bool { return m.Name == "terms" }) {
		book, err := control.ReadTerms(v.Raw)
		if err != nil {
			return v.Fault(err.Error())
		}
		s.rules.Terms = book
		return nil
	}
	all := s.rules.Terms.All()
	for _, m := range v.Members {
		name := control.TermName(m.Name)
		if !slices.Contains(control.TermNames(), name) {
			return &Error{Field: m.Path, Line: m.Line, Why: "the field is unknown"}
		}
		if m.Token == nil {
			continue
		}
		term := control.Term{Name: name, Basis: "the case"}
		if err := termValue(m.Value, &term); err != nil {
			return err
		}
		all = slices.DeleteFunc(all, func(t control.Term) bool { return t.Name == name })
		all = append(all, term)
	}
	s.rules.Terms = control.NewTermBook(s.rules.Terms.Version+", overridden by the case", all)
	return nil
}

func termValue(v *value, term *control.Term) error {
	if term.Name.Unit() == control.UnitTenge {
		var sum control.Tiyn
		err := amount(&sum)(v)
		term.Value = int64(sum)
		return err
	}
	var days int
	if err := count(&days)(v); err != nil {
		return err
	}
	if days > control.MaxTermDays {
		return v.Wrong("", "too many days")
	}
	term.Value = int64(days)
	return nil
}

func (s *situation) calendar(v *value) error {
	cal, err := calendar.Read(v.Raw)
	if err != nil {
		return v.Fault(err.Error())
	}
	s.rules.Calendar = cal
	return nil
}

var statuses = []control.Status{
	control.Published, control.AcceptingApplications, control.SupplementingApps, control.AdmissionReviewDecision,
	control.Completed, control.UnderComplaint, control.Held, control.NotHeld, control.ExecutionDecision,
	control.Cancelled, control.Approved, control.ContractDraft, control.OtherStatus,
}

func (s *situation) announcement(v *value) error {
	p := &s.purchase
	err := v.Object(map[string]reader{
		"number":                lines.Text(&p.Number),
		"method":                oneOf(&p.Method, control.OpenTender, control.PrequalifiedTender, control.Auction, control.PriceQuotations),
		"status":                oneOf(&p.Status, statuses...),
		"published_at":          instant(&p.PublishedAt),
		"discussion_ends_at":    instant(&p.DiscussionEndsAt),
		"acceptance_started_at": instant(&p.AcceptanceStartedAt),
		"admission_protocol_at": instant(&p.AdmissionProtocolAt),
		"supplement_ends_at":    instant(&p.SupplementEndsAt),
		"results_protocol_at":   instant(&p.ResultsProtocolAt),
		"repeat":                boolean(&p.Repeat),
		"documentation_amended": boolean(&p.DocumentationAmended),
	})
	if err == nil && p.Method == "" {
		return &Error{Field: v.Path + ".method", Line: v.Line, Why: "is needed"}
	}
	return err
}

func (s *situation) lot(v *value) error {
	var l lot
	var marks *value
	f := &l.facts
	err := v.Object(map[string]reader{
		"number":             lines.Text(&f.Number),
		"status":             oneOf(&f.Status, statuses...),
		"plan_point_status":  oneOf(&f.PlanPointStatus, statuses...),
		"amount":             amount(&f.Amount),
		"discussed":          boolean(&f.Discussed),
		"applications":       count(&f.Applications),
		"admitted":           count(&f.Admitted),
		"complaint":          func(v *value) error { return readComplaint(v, f) },
		"contract":           boolean(&f.Contract),
		"follow_up_purchase": boolean(&f.FollowUpPurchase),
		"checks":             keep(&marks),
		"notifications":      lines.List(func(v *value) error { return s.notification(v, &l) }),
	})
	if err == nil && marks != nil {
		err = s.checks(marks, &l)
	}
	s.lots = append(s.lots, l)
	return err
}

func readComplaint(v *value, f *control.Lot) error {
	f.Complaint = &control.Complaint{}
	return v.Object(map[string]reader{
		"filed_at":   instant(&f.Complaint.FiledAt),
		"decided_at": instant(&f.Complaint.DecidedAt),
		"decision": oneOf(&f.Complaint.Decision, control.ComplaintRefused, control.ComplaintAuditCancel,
			control.ComplaintAuditReview, control.ComplaintDeskControl),
	})
}

func (s *situation) planPoint(v *value) error {
	p := &s.purchase
	var l lot
	var marks *value
	f := &l.facts
	err := v.Object(map[string]reader{
		"number":             lines.Text(&f.Number),
		"method":             oneOf(&p.Method, control.SingleSource, control.CommodityExchange),
		"status":             oneOf(&f.Status, statuses...),
		"amount":             amount(&f.Amount),
		"same_name_and_code": count(&f.SameNameAndCode),
		"checks":             keep(&marks),
		"notifications":      lines.List(func(v *value) error { return s.notification(v, &l) }),
	})
	if err == nil && p.Method == "" {
		return &Error{Field: v.Path + ".method", Line: v.Line, Why: "is needed"}
	}
	if err == nil && marks != nil {
		err = s.checks(marks, &l)
	}
	p.Number, p.Status = f.Number, f.Status
	s.lots = append(s.lots, l)
	return err
}

// checks reads the marks: by direction where the method has them, and bare where it has none.
func (s *situation) checks(v *value, l *lot) error {
	if !s.purchase.Method.HasDirections() {
		return s.marks(v, &l.checks[0], control.Undirected)
	}
	readers := map[string]reader{}
	for i, d := range s.purchase.Method.Directions() {
		readers[string(d)] = func(v *value) error { return s.marks(v, &l.checks[i], d) }
	}
	return v.Object(readers)
}

func (s *situation) marks(v *value, c *checks, d control.Direction) error {
	c.at = v
	err := v.Object(map[string]reader{
		"checked": oneOf(&c.checked, "none", "some", "all"),
		"violated": lines.List(func(v *value) error {
			var number int
			if err := count(&number)(v); err != nil {
				return err
			}
			p, known := s.rules.Catalogue.Profile(number)
			if !known || p.Direction != d || !slices.Contains(p.Methods, s.purchase.Method) {
				return v.Wrong("", "no risk profile of this direction")
			}
			if slices.Contains(c.violated, number) {
				return v.Wrong("", "there twice")
			}
			c.violated = append(c.violated, number)
			return nil
		}),
	})
	if err == nil && len(c.violated) > 0 && c.checked != "some" && c.checked != "all" {
		return v.Fault("a profile that is not checked can't be violated (R-2.3)")
	}
	return err
}

func (s *situation) notification(v *value, l *lot) error {
	var n notification
	var profiles []int
	err := v.Object(map[string]reader{
		"direction": oneOf(&n.direction, s.purchase.Method.Directions()...),
		"status":    oneOf(&n.status, control.NotificationStatuses()...),
		"author":    boolean(&n.author),
		"profiles": lines.List(func(v *value) error {
			var number int
			err := count(&number)(v)
			profiles = append(profiles, number)
			return err
		}),
		"delivered_at": instant(&n.deliveredAt),
		"deadline":     instant(&n.deadline),
	})
	n.profiles = profiles
	switch {
	case err != nil:
		return err
	case n.status == "":
		return &Error{Field: v.Path + ".status", Line: v.Line, Why: "is needed"}
	case s.purchase.Method.HasDirections() && n.direction == control.Undirected:
		return &Error{Field: v.Path + ".direction", Line: v.Line, Why: "is needed"}
	case slices.ContainsFunc(l.notifications, func(o notification) bool { return o.direction == n.direction }):
		return v.Fault("there is one in this direction already (R-3.1)")
	}
	l.notifications = append(l.notifications, n)
	return nil
}
