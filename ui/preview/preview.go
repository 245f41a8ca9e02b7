// Package preview shows the files of a document: name, size, digest, and how to open them.
//
// It shows no pages: opening hands the very bytes to the system's viewer, by the caller's callback.
package preview

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"baqylau/assets"
	"baqylau/ui/kit"
	"baqylau/ui/look"
)

// File is a file by its content. Digest is the SHA-256 of its bytes in hexadecimal; Size is already written ("100 КБ").
type File struct {
	Name   string
	Size   string
	Digest string
}

// shown is how much of a digest is shown at each end (ui.md, sign dialog).
const shown = 8

// Digest gives the first and the last eight digits of a digest; a shorter one stays whole.
func Digest(digest string) string {
	if len(digest) <= 2*shown {
		return digest
	}
	return digest[:shown] + " … " + digest[len(digest)-shown:]
}

// NewRow shows one file. What a nil callback would serve isn't shown.
func NewRow(l assets.Lang, file File, onOpen, onSave func()) fyne.CanvasObject {
	buttons := container.NewHBox()
	if onOpen != nil {
		buttons.Add(kit.NewButton(l.T("ui.file.open"), look.IconEye, kit.Secondary, onOpen))
	}
	if onSave != nil {
		buttons.Add(kit.NewButton(l.T("ui.file.save"), look.IconExport, kit.Quiet, onSave))
	}
	return kit.NewPanel(container.NewBorder(nil, nil, kit.NewIcon(look.IconFile), container.NewCenter(buttons),
		kit.NewLines(file.Name, l.T("ui.file.note", "size", file.Size, "digest", Digest(file.Digest)))))
}
