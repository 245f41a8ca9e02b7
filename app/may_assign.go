package app

import "baqylau/control"

// MayAssign says whether assigning is open to me at all: asked of a lot that nothing stands
// in the way of.
func (d *Desk) MayAssign() control.Verdict {
	free := control.Case{
		Purchase: &control.Purchase{Lots: make([]control.Lot, 1)},
		Work:     []control.LotWork{{Assignee: d.Me.Person.IIN}},
	}
	return free.Unassign(d.Actor(), 0)
}
