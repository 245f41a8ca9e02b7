package ui

import "time"

// Until its first frame is drawn what is new on the screen stands on no canvas, and can't be given the
// keyboard.
const (
	nextFrame  = 40 * time.Millisecond
	framesMost = 25
)

// whenShown gives the keyboard to a part of a page or dialog as soon as that is on the screen, unless
// the person has gone elsewhere by then.
func (p *Program) whenShown(focus func()) { p.tryFocus(focus, framesMost) }

func (p *Program) tryFocus(focus func(), times int) {
	before := p.window.Canvas().Focused()
	focus()
	if times == 0 || p.window.Canvas().Focused() != before {
		return
	}
	p.controller.After(nextFrame, func() {
		if p.window.Canvas().Focused() == before {
			p.tryFocus(focus, times-1)
		}
	})
}
