package ui

import (
	"fyne.io/fyne/v2"

	"baqylau/ui/kit"
	"baqylau/ui/look"
)

// foot shows actions at the lower right, the last one as the main action. Where they don't fit beside
// each other, as with large text, they take further lines; the main one is lowest at the right.
type foot struct {
	width float32 // of the last layout, which decides the height to ask for
}

const footGap float32 = 8

// newFoot makes the row of actions of a page: what is off is under «Ещё» with its reasons. main is nil
// when nothing leads on.
func newFoot(p *Program, more []kit.Choice, others []*kit.Button, main *kit.Button) *fyne.Container {
	row := &fyne.Container{Layout: &foot{}}
	if len(more) > 0 {
		row.Add(kit.NewMenuButton(p.lang.T("ui.more"), look.IconMore, kit.Quiet, func() []kit.Choice { return more }))
	}
	for _, b := range others {
		row.Add(b)
	}
	if main != nil {
		row.Add(main)
	}
	return row
}

// lines breaks the children into lines, from the last one back, so that the lowest line is full.
func (f *foot) lines(children []fyne.CanvasObject, width float32) [][]fyne.CanvasObject {
	var lines [][]fyne.CanvasObject
	end, used := len(children), float32(0)
	for i := len(children) - 1; i >= 0; i-- {
		need := children[i].MinSize().Width
		if used > 0 && used+footGap+need > width {
			lines = append([][]fyne.CanvasObject{children[i+1 : end]}, lines...)
			end, used = i+1, 0
		}
		if used > 0 {
			used += footGap
		}
		used += need
	}
	return append([][]fyne.CanvasObject{children[:end]}, lines...)
}

// Layout implements fyne.Layout.
func (f *foot) Layout(children []fyne.CanvasObject, size fyne.Size) {
	f.width = size.Width
	y := float32(0)
	for _, line := range f.lines(children, size.Width) {
		x, high := size.Width, float32(0)
		for i := len(line) - 1; i >= 0; i-- {
			least := line[i].MinSize()
			width := min(least.Width, size.Width)
			x -= width
			line[i].Resize(fyne.NewSize(width, least.Height))
			line[i].Move(fyne.NewPos(x, y))
			x -= footGap
			high = max(high, least.Height)
		}
		y += high + footGap
	}
}

// MinSize implements fyne.Layout.
func (f *foot) MinSize(children []fyne.CanvasObject) fyne.Size {
	width := f.width
	if width == 0 {
		width = 1 << 20
	}
	var size fyne.Size
	for i, line := range f.lines(children, width) {
		high := float32(0)
		for _, o := range line {
			high = max(high, o.MinSize().Height)
			size.Width = max(size.Width, o.MinSize().Width)
		}
		if i > 0 {
			size.Height += footGap
		}
		size.Height += high
	}
	return size
}
