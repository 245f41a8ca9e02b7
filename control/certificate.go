package control

// CertificateStatus is the status of a certificate on the results of desk control.
type CertificateStatus string

const (
	Prepared   CertificateStatus = "prepared" // its file is made, to be seen and signed
	Signed     CertificateStatus = "signed"
	Superseded CertificateStatus = "superseded" // by a newer one; kept
)

// Certificate is what the rules need to know of one.
type Certificate struct {
	Number    string
	Status    CertificateStatus
	Direction Direction
	Assignee  string // person
	File      string // SHA-256
	Basis     string // names the marks that it was made from
}

// Certify answers whether the actor may finish with a certificate in a direction: once
// marks exist on a lot of theirs. It covers the assignee's lots of the announcement.
func (c *Case) Certify(a Actor, d Direction) Verdict {
	const rule = "R-2.5"
	if !a.Has(Auditor) {
		return refuse(rule, MissingRole, string(Auditor))
	}
	if v := a.myself(rule); !v.Allowed {
		return v
	}
	mine, marked := false, false
	for i := range c.Work {
		if a.Person == "" || c.Work[i].Assignee != a.Person {
			continue
		}
		mine = true
		marked = marked || anyMark(c.Work[i].In(d).Marks)
	}
	switch {
	case !mine:
		return refuse(rule, MissingRelation, Assignee.String())
	case !marked:
		return refuse(rule, NoMarks, c.Purchase.Number)
	default:
		return allow(rule, c.Window(d))
	}
}

// Certified lists the lots that the assignee's certificate covers: those of theirs that were marked in
// the direction.
func (c *Case) Certified(assignee string, d Direction) []int {
	var lots []int
	for i := range c.Work {
		if c.Work[i].Assignee == assignee && len(c.Work[i].In(d).Marks) > 0 {
			lots = append(lots, i)
		}
	}
	return lots
}

// SignCertificate answers whether the actor may finish a certificate with a signature over the file that
// they saw: their own, still prepared, and still saying what the marks say. basis names the marks as
// they are.
func (c *Case) SignCertificate(a Actor, cert *Certificate, seen, basis string) Verdict {
	const rule = "R-2.5"
	v := c.Certify(a, cert.Direction)
	switch {
	case !v.Allowed:
		return v
	case cert.Assignee != a.Person:
		return refuse(rule, MissingRelation, Assignee.String())
	case cert.Status == Signed:
		return refuse(rule, CertificateSigned, cert.Number)
	case cert.Status != Prepared, cert.File != seen, cert.Basis != basis:
		return refuse(rule, DigestChanged, cert.Number)
	default:
		return v
	}
}

// Yields says whether a certificate in the status goes out of force when the assignee prepares another
// one in the direction (a prepared one), or signs it (a signed one). Old and new are kept.
func (cert *Certificate) Yields(to Certificate) bool {
	return cert.Assignee == to.Assignee && cert.Direction == to.Direction && cert.Status == to.Status
}

// InForce says whether it is the signed one that counts.
func (cert *Certificate) InForce() bool { return cert.Status == Signed }
