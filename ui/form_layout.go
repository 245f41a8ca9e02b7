package ui

import (
	"fyne.io/fyne/v2"

	"baqylau/ui/look"
)

// formLayout places head, what the form is about, editor, agreer and actions below each other: what it
// is about takes what it needs, at most half of what is there for it and the editor; where that is too little,
// the editor has it all.
type formLayout struct{ about *reader }

const (
	formGap  float32 = 8
	panelPad float32 = 12 // of a panel around the reader, above and below together

	editorLeast float32 = 150 // that the editor has before anything is shown of what it is about
)

// Layout implements fyne.Layout.
func (l formLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	rest := size.Height - formGap*float32(len(o)-1)
	heights := make([]float32, len(o))
	for _, i := range []int{0, 3, 4} {
		o[i].Resize(fyne.NewSize(size.Width, o[i].MinSize().Height))
		heights[i] = o[i].MinSize().Height
		rest -= heights[i]
	}
	heights[1] = min(l.about.natural(size.Width-panelPad)+panelPad, rest/2)
	if rest-heights[1] < look.Scaled(editorLeast) { // what is written comes first
		heights[1] = max(0, rest-look.Scaled(editorLeast))
	}
	if heights[1] < look.Scaled(look.Row) {
		o[1].Hide()
		heights[1] = -formGap
	} else {
		o[1].Show()
	}
	heights[2] = max(0, rest-heights[1])
	y := float32(0)
	for i := range o {
		o[i].Move(fyne.NewPos(0, y))
		o[i].Resize(fyne.NewSize(size.Width, heights[i]))
		y += heights[i] + formGap
	}
}

// MinSize implements fyne.Layout.
func (l formLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, each := range o {
		least := each.MinSize()
		size = fyne.NewSize(max(size.Width, least.Width), size.Height+least.Height+formGap)
	}
	return size
}
