package ui

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"github.com/ncruces/zenity"

	"baqylau/app"
	"baqylau/assets"
	"baqylau/ui/look"
)

// size writes a number of bytes.
func (p *Program) size(bytes int) string {
	return p.lang.T("shell.kilobytes", "n", assets.Number(int64((bytes+1023)/1024)))
}

// openBytes hands bytes to the system's viewer, in a file of their own that only this person can read
// and that is gone when the session ends.
func (p *Program) openBytes(name string, data []byte) {
	ctx, viewed := p.session, p.viewed
	p.start(func() {
		path, err := viewed.write(name, data)
		p.post(func() {
			if ctx.Err() != nil {
				return
			}
			if err == nil {
				err = p.fyne.OpenURL(&url.URL{Scheme: "file", Path: filepath.ToSlash(path)})
			}
			if err != nil {
				p.options.Log.Error("open a file", "cause", err)
				p.controller.Tell(p.lang.T("shell.not_done"), p.lang.T("shell.no_viewer", "path", path))
			}
		})
	})
}

// fileName makes a name that every system takes.
func fileName(name string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`<>:"/\|?*`, r) {
			return '-'
		}
		return r
	}, name)
}

// openFile fetches a file by its digest and opens it.
func (p *Program) openFile(name, digest string) {
	p.fetch(digest, func(data []byte) { p.openBytes(name, data) })
}

// saveFile fetches a file by its digest and asks where to save it.
func (p *Program) saveFile(name, digest string) {
	p.fetch(digest, func(data []byte) {
		p.saveAs(name, func(path string) error { return os.WriteFile(path, data, 0o644) })
	})
}

func (p *Program) fetch(digest string, then func([]byte)) {
	ctx, desk := p.session, p.desk
	p.start(func() {
		data, err := desk.File(ctx, digest)
		p.post(func() {
			if ctx.Err() != nil {
				return
			}
			if err != nil {
				p.controller.Tell(p.lang.T("shell.not_done"), app.Sentence(p.lang, err, ""))
				return
			}
			then(data)
		})
	})
}

// saveAs asks for a place by the system's own dialog, or by ours where there is none, and writes there.
func (p *Program) saveAs(name string, write func(path string) error) {
	p.start(func() {
		path, err := zenity.SelectFileSave(zenity.Title(p.lang.T("shell.save_as")), zenity.ConfirmOverwrite(), zenity.Filename(fileName(name)))
		if err == zenity.ErrCanceled {
			return
		}
		if err != nil {
			p.post(func() { p.saveAsHere(name, write) })
			return
		}
		p.written(path, write(path))
	})
}

// saveAsHere is the dialog of the toolkit.
func (p *Program) saveAsHere(name string, write func(path string) error) {
	d := dialog.NewFileSave(func(to fyne.URIWriteCloser, err error) {
		if err != nil || to == nil {
			return
		}
		path := to.URI().Path()
		p.start(func() {
			err := to.Close() // the writer made the file; it is written anew as a whole
			if err == nil {
				err = write(path)
			}
			p.written(path, err)
		})
	}, p.window)
	d.SetFileName(fileName(name))
	d.Show()
	d.Resize(fyne.NewSize(900, 600))
}

func (p *Program) written(path string, err error) {
	p.post(func() {
		if err != nil {
			p.options.Log.Error("save a file", "cause", err)
			p.controller.Tell(p.lang.T("shell.not_done"), app.Sentence(p.lang, err, ""))
			return
		}
		p.tell(look.Success, p.lang.T("shell.saved", "path", path))
	})
}

// writeWhole writes a file under a temporary name and renames it, so that no half of it stands under
// its own.
func writeWhole(path string, write func(*os.File) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".baqylau-*")
	if err != nil {
		return err
	}
	err = write(f)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		if removed := os.Remove(f.Name()); removed != nil && !os.IsNotExist(removed) {
			return removed
		}
	}
	return err
}

// exportTo asks for a place and writes a table there whole, off Fyne's goroutine, with progress that
// can be cancelled.
func (p *Program) exportTo(name string, write func(ctx context.Context, f *os.File, progress func(rows int)) error) {
	p.saveAs(name, func(path string) error {
		ctx, cancel := context.WithCancel(p.session)
		defer cancel()
		shown := make(chan func(rows int), 1)
		done := make(chan func(), 1)
		p.post(func() {
			dialog := p.controller.Progress(p.lang.T("shell.exporting"), cancel)
			shown <- func(rows int) { dialog.Report(rows, 0, p.lang.N("unit.rows", rows)) }
			done <- dialog.Finish
		})
		report, finish := <-shown, <-done
		err := writeWhole(path, func(f *os.File) error { return write(ctx, f, report) })
		p.post(finish)
		return err
	})
}
