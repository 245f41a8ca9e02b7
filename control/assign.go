package control

// Report answers whether the actor may form the reports of.
func Report(a Actor) Verdict {
	if !a.Has(ControlReports) {
		return refuse("R-1.1", MissingRole, string(ControlReports))
	}
	return a.myself("R-1.1")
}

// MayAssign answers whether assigning is open to the actor at all: both roles.
func MayAssign(a Actor) Verdict {
	for _, role := range [...]Role{LotManager, ControlReports} {
		if !a.Has(role) {
			return refuse("R-1.3", MissingRole, string(role))
		}
	}
	return a.myself("R-1.3")
}

// FitAssignee answers whether a person may be assigned to by the actor: an auditor of one's own
// organisation.
func FitAssignee(a, candidate Actor) Verdict {
	if candidate.Organization != a.Organization || !candidate.Has(Auditor) {
		return refuse("R-1.3", UnfitAssignee, candidate.Person)
	}
	return allow("R-1.3", Window{})
}

// Assign answers whether the actor may assign the lot to the assignee (R-1.3 … ). An assignment
// covers the lot in all directions, so being subject in one of them is enough.
func (c *Case) Assign(a Actor, lot int, assignee Actor) Verdict {
	if v := MayAssign(a); !v.Allowed {
		return v
	}
	if v := FitAssignee(a, assignee); !v.Allowed {
		return v
	}
	_, subject := c.SubjectAnywhere(lot)
	if !subject.Allowed {
		return subject
	}
	if c.Work[lot].Assignee == "" {
		return subject
	}
	if v := c.release(a, lot); !v.Allowed {
		return v
	}
	return subject
}

// Unassign answers whether the actor may take the assignment back.
func (c *Case) Unassign(a Actor, lot int) Verdict {
	if v := MayAssign(a); !v.Allowed {
		return v
	}
	if c.Work[lot].Assignee == "" {
		return refuse("R-1.5", NotAssigned, c.Purchase.Lots[lot].Number)
	}
	return c.release(a, lot)
}

// release lets an assignment go: at the word of the department that made it alone, and only while it
// has no check mark and no notification. A mark set back to No doesn't count.
func (c *Case) release(a Actor, lot int) Verdict {
	const rule = "R-1.5"
	if by := c.Work[lot].Organization; by != "" && by != a.Organization {
		return refuse(rule, MissingRelation, Colleague.String())
	}
	for _, w := range c.Work[lot].Directions {
		if w.Notification != "" {
			return refuse(rule, HasNotification, c.Purchase.Lots[lot].Number)
		}
		if anyMark(w.Marks) {
			return refuse(rule, HasMarks, c.Purchase.Lots[lot].Number)
		}
	}
	return allow(rule, Window{})
}
