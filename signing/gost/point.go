package gost

// affine is a point other than infinity, its coordinates in the form of the curve's p.
type affine struct{ x, y element }

// projective is the point (x/z, y/z), infinity being (0, 1, 0). It is for secret scalars.
type projective struct{ x, y, z element }

// addSecret is p + q by the formulas of Renes, Costello and Batina (2015/1060, algorithm 1, with z = 1 in q), which know
// no exception among points of odd order: doubling, infinity as p and opposite points take the same way.
func (c *Curve) addSecret(sum, p *projective, q *affine) {
	f := &c.p
	var xx, yy, xy, xz, yz, t, u, v, w element
	f.mul(&xx, &p.x, &q.x)
	f.mul(&yy, &p.y, &q.y)
	f.add(&t, &p.x, &p.y)
	f.add(&u, &q.x, &q.y)
	f.mul(&xy, &t, &u)
	f.add(&t, &xx, &yy)
	f.sub(&xy, &xy, &t) // x1y2 + x2y1
	f.mul(&xz, &q.x, &p.z)
	f.add(&xz, &xz, &p.x) // x1z2 + x2z1
	f.mul(&yz, &q.y, &p.z)
	f.add(&yz, &yz, &p.y) // y1z2 + y2z1
	z := p.z              // z1z2

	c.mulA(&t, &xz)
	f.mul(&u, &c.b3, &z)
	f.add(&t, &t, &u)  // a·xz + 3b·z
	f.sub(&u, &yy, &t) // yy − a·xz − 3b·z
	f.add(&v, &yy, &t)

	c.mulA(&z, &z) // a·z1z2
	f.sub(&t, &xx, &z)
	c.mulA(&t, &t)
	f.mul(&w, &c.b3, &xz)
	f.add(&w, &w, &t) // 3b·xz + a·xx − a²·z
	f.double(&t, &xx, 1)
	f.add(&t, &t, &xx)
	f.add(&t, &t, &z) // 3xx + a·z

	f.mul(&sum.x, &xy, &u)
	f.mul(&xx, &yz, &w)
	f.sub(&sum.x, &sum.x, &xx)
	f.mul(&sum.y, &u, &v)
	f.mul(&xx, &t, &w)
	f.add(&sum.y, &sum.y, &xx)
	f.mul(&sum.z, &yz, &v)
	f.mul(&xx, &xy, &t)
	f.add(&sum.z, &sum.z, &xx)
}

// mulA is a·x.
func (c *Curve) mulA(z, x *element) {
	if !c.minus3 {
		c.p.mul(z, x, &c.a)
		return
	}
	var t element
	c.p.add(&t, x, x)
	c.p.add(&t, &t, x)
	c.p.neg(z, &t)
}

// jacobian is the point (x/z², y/z³), infinity having z = 0. Its operations look at what they are given, and are for
// public scalars, but where they say otherwise.
type jacobian struct{ x, y, z element }

func (c *Curve) isInfinity(p *jacobian) bool { return c.p.isZero(&p.z) == 1 }

// double is 2p (Bernstein and Lange's dbl-2001-b, with another tangent where a isn't −3).
func (c *Curve) double(p *jacobian) {
	f := &c.p
	var delta, gamma, beta, alpha, t element
	f.sqr(&delta, &p.z)
	f.sqr(&gamma, &p.y)
	f.mul(&beta, &p.x, &gamma)
	if c.minus3 {
		f.sub(&t, &p.x, &delta)
		f.add(&alpha, &p.x, &delta)
		f.mul(&alpha, &alpha, &t)
		f.add(&t, &alpha, &alpha)
		f.add(&alpha, &alpha, &t)
	} else {
		f.sqr(&t, &delta)
		f.mul(&t, &t, &c.a)
		f.sqr(&alpha, &p.x)
		f.add(&t, &t, &alpha)
		f.double(&alpha, &alpha, 1)
		f.add(&alpha, &alpha, &t)
	}
	f.add(&t, &p.y, &p.z)
	f.sqr(&t, &t)
	f.sub(&t, &t, &gamma)
	f.sub(&p.z, &t, &delta)

	f.double(&beta, &beta, 2)
	f.sqr(&p.x, &alpha)
	f.add(&t, &beta, &beta)
	f.sub(&p.x, &p.x, &t)
	f.sub(&t, &beta, &p.x)
	f.mul(&t, &t, &alpha)
	f.sqr(&gamma, &gamma)
	f.double(&gamma, &gamma, 3)
	f.sub(&p.y, &t, &gamma)
}

// addDistinct is p + q for points whose x differ, neither at infinity (madd-2007-bl). It looks at nothing.
func (c *Curve) addDistinct(p *jacobian, q *affine) {
	var h, r element
	c.differences(&h, &r, p, &q.x, &q.y)
	c.addChord(p, &p.x, &p.y, &h, &r)
	c.p.mul(&p.z, &p.z, &h)
}

// differences are those of the second point's x and y from the first's, over the first's denominator.
func (c *Curve) differences(h, r *element, p *jacobian, x, y *element) {
	f := &c.p
	var zz element
	f.sqr(&zz, &p.z)
	f.mul(h, x, &zz)
	f.sub(h, h, &p.x)
	f.mul(r, y, &p.z)
	f.mul(r, r, &zz)
	f.sub(r, r, &p.y)
}

// addAffine is p + q, or p − q.
func (c *Curve) addAffine(p *jacobian, q *affine, minus bool) {
	f := &c.p
	y := q.y
	if minus {
		f.neg(&y, &y)
	}
	if c.isInfinity(p) {
		*p = jacobian{q.x, y, f.one}
		return
	}
	var h, r element
	c.differences(&h, &r, p, &q.x, &y)
	if f.isZero(&h) == 1 {
		c.addSameX(p, &r)
		return
	}
	c.addChord(p, &p.x, &p.y, &h, &r)
	f.mul(&p.z, &p.z, &h)
}

// add is p + q (add-1998-cmo-2), or p − q. The point q isn't infinity.
func (c *Curve) add(p, q *jacobian, minus bool) {
	f := &c.p
	y := q.y
	if minus {
		f.neg(&y, &y)
	}
	if c.isInfinity(p) {
		*p = jacobian{q.x, y, q.z}
		return
	}
	var zz, x1, y1, h, r element
	f.sqr(&zz, &q.z)
	f.mul(&x1, &p.x, &zz)
	f.mul(&y1, &p.y, &q.z)
	f.mul(&y1, &y1, &zz)
	f.sqr(&zz, &p.z)
	f.mul(&h, &q.x, &zz)
	f.sub(&h, &h, &x1)
	f.mul(&r, &y, &p.z)
	f.mul(&r, &r, &zz)
	f.sub(&r, &r, &y1)
	if f.isZero(&h) == 1 {
		c.addSameX(p, &r)
		return
	}
	c.addChord(p, &x1, &y1, &h, &r)
	f.mul(&p.z, &p.z, &q.z)
	f.mul(&p.z, &p.z, &h)
}

// addChord is the sum's x and y from the first point over the common denominator, the difference h of the x and the
// difference r of the y.
func (c *Curve) addChord(p *jacobian, x1, y1, h, r *element) {
	f := &c.p
	var hh, hhh, v, t element
	f.sqr(&hh, h)
	f.mul(&hhh, &hh, h)
	f.mul(&v, x1, &hh)
	f.mul(&t, y1, &hhh)
	f.sqr(&p.x, r)
	f.sub(&p.x, &p.x, &hhh)
	f.sub(&p.x, &p.x, &v)
	f.sub(&p.x, &p.x, &v)
	f.sub(&v, &v, &p.x)
	f.mul(&v, &v, r)
	f.sub(&p.y, &v, &t)
}

// addSameX is the sum of p and a point with the same x: twice p where the y are equal, else infinity.
func (c *Curve) addSameX(p *jacobian, r *element) {
	if c.p.isZero(r) == 1 {
		c.double(p)
		return
	}
	*p = jacobian{x: c.p.one, y: c.p.one}
}

// toProjective is the same point; it looks at nothing.
func (c *Curve) toProjective(p *jacobian) projective {
	q := projective{y: p.y}
	c.p.mul(&q.x, &p.x, &p.z)
	c.p.sqr(&q.z, &p.z)
	c.p.mul(&q.z, &q.z, &p.z)
	return q
}

// isOnCurve tells whether y² = x³ + ax + b.
func (c *Curve) isOnCurve(q *affine) bool {
	f := &c.p
	var left, right element
	f.sqr(&right, &q.x)
	f.add(&right, &right, &c.a)
	f.mul(&right, &right, &q.x)
	f.add(&right, &right, &c.b)
	f.sqr(&left, &q.y)
	return f.isEqual(&left, &right) == 1
}
