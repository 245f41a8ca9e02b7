package control

import "slices"

// Reader is a group of people to whom something is open: those who have the role in the organisation,
// or in any.
type Reader struct {
	Role         Role
	Organization string
	Everywhere   bool
	Rule         Rule // that opens it to them
}

func (r Reader) covers(a Actor) bool {
	return a.Has(r.Role) && (r.Everywhere || r.Organization != "" && r.Organization == a.Organization)
}

// Readers are the groups of people to whom something is open. Whom a change of it is told to follows from
// the same list.
type Readers struct {
	groups [6]Reader // as many as anything has: a list that grows would cost every verdict an allocation
	n      int
}

func (r *Readers) add(groups ...Reader) {
	for _, g := range groups {
		r.groups[r.n] = g
		r.n++
	}
}

// All lists the groups.
func (r *Readers) All() []Reader { return r.groups[:r.n] }

// open allows whoever one of the groups covers.
func (r *Readers) open(a Actor) Verdict {
	for i := range r.n {
		if r.groups[i].covers(a) {
			return allow(r.groups[i].Rule, Window{})
		}
	}
	return Verdict{}
}

// Readers are those who may read the notification: the department that wrote it, and, once it is sent, the
// audit object and the controllers, and once its penalty information is saved the order managers
//
func (n *Notification) Readers() (r Readers) {
	r.addAgreers(n.Organization)
	if n.Status.Sent() {
		r.add(Reader{Role: AuditObject, Organization: n.Recipient, Rule: "R-3.12"},
			Reader{Role: Controller, Everywhere: true, Rule: "R-8"},
			Reader{Role: ControllerApprover, Everywhere: true, Rule: "R-8"})
	}
	if n.Penalty != "" {
		r.add(Reader{Role: OrderManager, Everywhere: true, Rule: "R-10.2"})
	}
	return r
}

// addAgreers adds those who agree on a department's notifications, and see all that becomes of
// them.
func (r *Readers) addAgreers(department string) {
	r.add(Reader{Role: Auditor, Organization: department, Rule: "R-6"},
		Reader{Role: AuditorApprover, Organization: department, Rule: "R-6"})
}

// Readers are those who may read the objection: the audit object, the department from filing, the
// objection managers, and once it is assigned the committee's controllers.
func (o *Objection) Readers() (r Readers) {
	r.add(Reader{Role: AuditObject, Organization: o.Organization, Rule: "R-3.12"})
	r.addAgreers(o.Department)
	r.add(Reader{Role: ObjectionManager, Organization: o.Committee, Rule: "R-4.1"})
	if o.Status != ObjectionNew {
		r.add(Reader{Role: Controller, Organization: o.Committee, Rule: "R-5.1"},
			Reader{Role: ControllerApprover, Organization: o.Committee, Rule: "R-5.1"})
	}
	return r
}

// Readers are those who may read the conclusion: the committee, and once it is delivered the department
// whose notification it is on and the audit object.
func (c *Conclusion) Readers() (r Readers) {
	r.addReviewers(c.Organization)
	if c.Status == ConclusionDelivered {
		r.add(Reader{Role: Auditor, Organization: c.Department, Rule: "R-7"},
			Reader{Role: AuditorApprover, Organization: c.Department, Rule: "R-7"},
			Reader{Role: AuditObject, Organization: c.Recipient, Rule: "R-5.3"})
	}
	return r
}

// addReviewers adds those in the committee who review objections.
func (r *Readers) addReviewers(committee string) {
	r.add(Reader{Role: Controller, Organization: committee, Rule: "R-5.1"},
		Reader{Role: ControllerApprover, Organization: committee, Rule: "R-5.1"},
		Reader{Role: ObjectionManager, Organization: committee, Rule: "R-5.1"})
}

// DeskReaders are those who may read a department's desk control: its assignments, marks and certificates,
// and the purchases on which it has any.
func DeskReaders(department string) (r Readers) {
	r.add(Reader{Role: Auditor, Organization: department, Rule: "R-2.1"},
		Reader{Role: AuditorApprover, Organization: department, Rule: "R-2.1"},
		Reader{Role: LotManager, Organization: department, Rule: "R-2.1"})
	return r
}

// ViewDesk answers whether the actor may read an assignment, marks or a certificate of a department.
func ViewDesk(a Actor, departments ...string) Verdict {
	const rule = "R-2.1"
	for _, department := range departments {
		readers := DeskReaders(department)
		if v := readers.open(a); v.Allowed {
			return v
		}
	}
	if !a.HasAny(Auditor, AuditorApprover, LotManager) {
		return refuse(rule, MissingRole, string(Auditor))
	}
	return refuse(rule, MissingRelation, Colleague.String())
}

// ViewPurchase answers whether the actor may read a purchase: whoever forms reports any, a
// department's people those of which a lot is assigned there.
func ViewPurchase(a Actor, assignedIn ...string) Verdict {
	if a.Has(ControlReports) {
		return allow("R-1.2", Window{})
	}
	return ViewDesk(a, assignedIn...)
}

// Received says whether the notification was sent to the actor's organisation.
func (n *Notification) Received(a Actor) bool { return n.relations(a)&Organizer != 0 }

// ViewMessage answers whether the actor may read a message to a person: nobody else may, and
// whoever acts in that person's place only one of what they may read too.
func ViewMessage(a Actor, person string, mayReadMatter bool) Verdict {
	switch {
	case a.Person == "" || a.Person != person:
		return refuse("R-3.11", MissingRelation, Organizer.String())
	case a.Deputy != "" && !mayReadMatter:
		return refuse("R-11.6", NotByDeputy, "")
	default:
		return allow("R-3.11", Window{})
	}
}

// ViewPerson answers whether the actor may read who a person is: of one's own organisation, whom one may
// choose from; the administrator enrols everybody.
func ViewPerson(a Actor, organization string) Verdict {
	if a.Organization != "" && a.Organization == organization {
		return allow("R-1.3", Window{})
	}
	return administer(a)
}

// ViewAgreement answers whether the actor sees how the notification came about: who agreed when, what
// was withdrawn. Those see it who agree on the department's notifications.
func (n *Notification) ViewAgreement(a Actor) Verdict {
	const rule = "R-3.6"
	var agreers Readers
	agreers.addAgreers(n.Organization)
	switch v := agreers.open(a); {
	case v.Allowed:
		return withRule(rule, v)
	case !a.HasAny(Auditor, AuditorApprover):
		return refuse(rule, MissingRole, string(Auditor))
	default:
		return refuse(rule, MissingRelation, Colleague.String())
	}
}

// ViewReview answers whether the actor sees who reviews the objection, and how: the committee alone.
func (o *Objection) ViewReview(a Actor) Verdict { return viewReview("R-4.1", a, o.Committee) }

// ViewReview answers whether the actor sees how the conclusion came about: the committee alone.
func (c *Conclusion) ViewReview(a Actor) Verdict { return viewReview("R-5.2", a, c.Organization) }

func viewReview(rule Rule, a Actor, committee string) Verdict {
	var reviewers Readers
	reviewers.addReviewers(committee)
	switch v := reviewers.open(a); {
	case v.Allowed:
		return withRule(rule, v)
	case !a.HasAny(ObjectionManager, Controller, ControllerApprover):
		return refuse(rule, MissingRole, string(Controller))
	default:
		return refuse(rule, MissingRelation, Reviewer.String())
	}
}

// ViewFile answers whether the actor, who may read the notification, may read a file of it. Those who agree
// on it see every one, others those that count, and the scans of orders whoever sees penalties.
func (n *Notification) ViewFile(a Actor, p Papers, file string, scans ...string) Verdict {
	v := n.ViewAgreement(a)
	switch {
	case v.Allowed:
		return v
	case p.counts(file):
		return n.View(a)
	case file != "" && slices.Contains(scans, file):
		return n.ViewPenalty(a)
	default:
		return v
	}
}

// ViewFile answers whether the actor, who may read the conclusion, may read a file of it: outside the
// committee those that count.
func (c *Conclusion) ViewFile(a Actor, p Papers, file string) Verdict {
	v := c.ViewReview(a)
	if !v.Allowed && p.counts(file) {
		return c.View(a)
	}
	return v
}

// For is the notification as the actor may see it: to others than those who agree on it nothing of how
// it came about, and of penalties only to whom shows them.
func (n Notification) For(a Actor) Notification {
	if n.ViewAgreement(a).Allowed {
		return n
	}
	n.Agreer = ""
	if !n.ViewPenalty(a).Allowed {
		n.Penalty, n.Suspension = "", ""
	}
	return n
}

// For is the objection as the actor may see it: outside the committee nothing of who reviews it, and of
// a conclusion only that it is delivered.
func (o Objection) For(a Actor) Objection {
	if o.ViewReview(a).Allowed {
		return o
	}
	o.Controller = ""
	if o.Conclusion != ConclusionDelivered {
		o.Conclusion = ""
	}
	return o
}

// For is the conclusion as the actor may see it: outside the committee nothing of how it came about.
func (c Conclusion) For(a Actor) Conclusion {
	if !c.ViewReview(a).Allowed {
		c.Agreer = ""
	}
	return c
}
