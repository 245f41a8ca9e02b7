package control

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

// reading allows whoever one of the groups covers.
func reading(a Actor, readers []Reader) Verdict {
	for i := range readers {
		if readers[i].covers(a) {
			return allow(readers[i].Rule, Window{})
		}
	}
	return Verdict{}
}

// Readers lists after those given the groups to whom the notification is open: the department that
// wrote it, and, once it is sent, the audit object and the controllers, and once its penalty
// information is saved the order managers. Whom a change is told to follows from it too.
func (n *Notification) Readers(after []Reader) []Reader {
	after = agreers(after, n.Organization)
	if n.Status.Sent() {
		after = append(after,
			Reader{Role: AuditObject, Organization: n.Recipient, Rule: "R-3.12"},
			Reader{Role: Controller, Everywhere: true, Rule: "R-8"},
			Reader{Role: ControllerApprover, Everywhere: true, Rule: "R-8"})
	}
	if n.Penalty != "" {
		after = append(after, Reader{Role: OrderManager, Everywhere: true, Rule: "R-10.2"})
	}
	return after
}

// agreers are those who agree on a department's notifications, and see all that becomes of them.
func agreers(after []Reader, department string) []Reader {
	return append(after,
		Reader{Role: Auditor, Organization: department, Rule: "R-6"},
		Reader{Role: AuditorApprover, Organization: department, Rule: "R-6"})
}

// Readers lists after those given the groups to whom the objection is open: the audit object's, the
// department's from filing, the objection managers, and once it is assigned the
// committee's controllers.
func (o *Objection) Readers(after []Reader) []Reader {
	after = append(after, Reader{Role: AuditObject, Organization: o.Organization, Rule: "R-3.12"})
	after = agreers(after, o.Department)
	after = append(after, Reader{Role: ObjectionManager, Organization: o.Committee, Rule: "R-4.1"})
	if o.Status != ObjectionNew {
		after = append(after,
			Reader{Role: Controller, Organization: o.Committee, Rule: "R-5.1"},
			Reader{Role: ControllerApprover, Organization: o.Committee, Rule: "R-5.1"})
	}
	return after
}

// Readers lists after those given the groups to whom the conclusion is open: the committee, and once
// it is delivered the department whose notification it is on and the audit object.
func (c *Conclusion) Readers(after []Reader) []Reader {
	after = reviewers(after, c.Organization)
	if c.Status == ConclusionDelivered {
		after = append(after,
			Reader{Role: Auditor, Organization: c.Department, Rule: "R-7"},
			Reader{Role: AuditorApprover, Organization: c.Department, Rule: "R-7"},
			Reader{Role: AuditObject, Organization: c.Recipient, Rule: "R-5.3"})
	}
	return after
}

// reviewers are those in the committee who review objections.
func reviewers(after []Reader, committee string) []Reader {
	return append(after,
		Reader{Role: Controller, Organization: committee, Rule: "R-5.1"},
		Reader{Role: ControllerApprover, Organization: committee, Rule: "R-5.1"},
		Reader{Role: ObjectionManager, Organization: committee, Rule: "R-5.1"})
}

// DeskReaders lists after those given the groups to whom a department's desk control is open: its
// assignments, marks and certificates, and the purchases on which it has any.
func DeskReaders(after []Reader, department string) []Reader {
	return append(after,
		Reader{Role: Auditor, Organization: department, Rule: "R-2.1"},
		Reader{Role: AuditorApprover, Organization: department, Rule: "R-2.1"},
		Reader{Role: LotManager, Organization: department, Rule: "R-2.1"})
}

// ViewDesk answers whether the actor may read an assignment, marks or a certificate of a department.
func ViewDesk(a Actor, departments ...string) Verdict {
	const rule = "R-2.1"
	var room [3]Reader
	for _, department := range departments {
		if v := reading(a, DeskReaders(room[:0], department)); v.Allowed {
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

// ViewMessage answers whether the actor may read a message to a person: nobody else may.
func ViewMessage(a Actor, person string) Verdict {
	if a.Person == "" || a.Person != person {
		return refuse("R-3.11", MissingRelation, Organizer.String())
	}
	return allow("R-3.11", Window{})
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
	var room [2]Reader
	switch v := reading(a, agreers(room[:0], n.Organization)); {
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
	var room [3]Reader
	switch v := reading(a, reviewers(room[:0], committee)); {
	case v.Allowed:
		return withRule(rule, v)
	case !a.HasAny(ObjectionManager, Controller, ControllerApprover):
		return refuse(rule, MissingRole, string(Controller))
	default:
		return refuse(rule, MissingRelation, Reviewer.String())
	}
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
