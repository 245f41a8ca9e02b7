package document

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"strconv"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"

	"baqylau/assets"
)

// The page in millimetres: what is repeated on every page stands above bodyTop and below the body's end.
const (
	marginLeft  = 20.0
	marginRight = 15.0
	headerTop   = 6.0
	bodyTop     = 21.0
	footer      = 28.0
	qrSize      = 20.0
	family      = "notosans"
	qrName      = "qr"
	maxQRNumber = 40 // characters of the document's number in the QR code
)

// running is what is printed on every page beside the body.
type running struct {
	kind           string // in the QR code: NOTIFICATION, CERTIFICATE
	id, number     string
	titleKK        string // «Хабарлама № 2026-0117»
	titleRU        string
	digest         string
	marks          []string // «ДЕМО — …», «ЖОБА / ПРОЕКТ»
	subject        string
	author         string
	at             time.Time
	landscape      bool
	longKK, longRU string // the document's full title, for the metadata
}

// sheet is a PDF that grows downwards. y is where the next thing goes; every x and y is in millimetres from the
// upper left corner of the page.
type sheet struct {
	pdf           *fpdf.Fpdf
	running       running
	width, height float64
	y             float64
	font          style // the one that the current page has selected; zero on a new page
}

func newSheet(r running) (*sheet, error) {
	orientation := "P"
	if r.landscape {
		orientation = "L"
	}
	pdf := fpdf.New(orientation, "mm", "A4", "")
	pdf.SetCatalogSort(true)
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetCompression(true)
	pdf.SetCreationDate(r.at.In(assets.Almaty()))
	pdf.SetModificationDate(r.at.In(assets.Almaty()))
	pdf.SetProducer("Baqylau "+TemplateVersion, true)
	pdf.SetCreator("Baqylau", true)
	pdf.SetTitle(r.longKK+" / "+r.longRU, true)
	pdf.SetAuthor(r.author, true)
	pdf.SetSubject(r.subject, true)
	pdf.SetLang("kk")
	// fpdf appends to slices of the font that it was given, so it gets its own copy.
	pdf.AddUTF8FontFromBytes(family, "", bytes.Clone(assets.FontRegular))
	pdf.AddUTF8FontFromBytes(family, "B", bytes.Clone(assets.FontBold))
	picture, err := qrPicture(r)
	if err != nil {
		return nil, err
	}
	pdf.RegisterImageOptionsReader(qrName, fpdf.ImageOptions{ImageType: "PNG"}, bytes.NewReader(picture))
	s := &sheet{pdf: pdf, running: r}
	s.width, s.height = pdf.GetPageSize()
	s.newPage()
	return s, nil
}

func (s *sheet) bodyWidth() float64  { return s.width - marginLeft - marginRight }
func (s *sheet) bodyBottom() float64 { return s.height - footer }
func (s *sheet) bodyHeight() float64 { return s.bodyBottom() - bodyTop }
func (s *sheet) left() float64       { return s.bodyBottom() - s.y }

func (s *sheet) newPage() {
	s.pdf.AddPage()
	s.font = style{}
	s.y = bodyTop
}

// keep begins a new page when less than height is left, unless the page is fresh anyway.
func (s *sheet) keep(height float64) {
	if s.left() < height && s.y > bodyTop {
		s.newPage()
	}
}

// write prints a clean text with its baseline at y.
func (s *sheet) write(x, y float64, text string, st style) {
	if text == "" {
		return
	}
	if st.size != s.font.size || st.bold != s.font.bold {
		weight := ""
		if st.bold {
			weight = "B"
		}
		s.pdf.SetFont(family, weight, st.size)
	}
	s.pdf.SetTextColor(st.color.r, st.color.g, st.color.b)
	s.font = st
	s.pdf.Text(x, y, text)
}

// lines prints lines downwards from top.
func (s *sheet) lines(x, top float64, lines []line) {
	for _, l := range lines {
		top += l.gap
		s.write(x, top+l.style.baseline(), l.text, l.style)
		top += l.style.leading()
	}
}

// paragraph prints a text over the whole width and moves on; it breaks over pages between lines.
func (s *sheet) paragraph(text string, st style) {
	s.flow([]float64{s.bodyWidth()}, [][]line{st.wrap(text, s.bodyWidth())})
}

// flow prints columns of lines side by side, each running on over as many pages as it needs, and moves below them.
// Widths are those of the columns with their gutters.
func (s *sheet) flow(widths []float64, columns [][]line) {
	rest := append([][]line(nil), columns...)
	for {
		tallest, x, done := 0.0, marginLeft, true
		for i, lines := range rest {
			n, height := fitting(lines, s.left())
			s.lines(x, s.y, lines[:n])
			rest[i] = lines[n:]
			tallest = max(tallest, height)
			done = done && len(rest[i]) == 0
			x += widths[i]
		}
		s.y += tallest
		if done {
			return
		}
		s.newPage()
	}
}

// fitting counts the lines that fit the room, and their height. On a fresh page every line fits by the bounds on
// style sizes, so a flow always ends.
func fitting(lines []line, room float64) (int, float64) {
	height := 0.0
	for i, l := range lines {
		if height+l.height() > room {
			return i, height
		}
		height += l.height()
	}
	return len(lines), height
}

func (s *sheet) hline(x1, x2, y, width float64, c color) {
	s.pdf.SetDrawColor(c.r, c.g, c.b)
	s.pdf.SetLineWidth(width)
	s.pdf.Line(x1, y, x2, y)
}

func (s *sheet) fill(x, y, w, h float64, c color) {
	s.pdf.SetFillColor(c.r, c.g, c.b)
	s.pdf.Rect(x, y, w, h, "F")
}

// finish prints header and footer on every page, now that their number is known, and gives the bytes.
func (s *sheet) finish() ([]byte, error) {
	pages := s.pdf.PageCount()
	for page := 1; page <= pages; page++ {
		s.pdf.SetPage(page)
		s.font = style{}
		s.header()
		s.footer(page, pages)
	}
	var out bytes.Buffer
	if err := s.pdf.Output(&out); err != nil {
		return nil, fmt.Errorf("write pdf: %w", err)
	}
	return out.Bytes(), nil
}

func (s *sheet) header() {
	small := style{size: 7.5, color: muted}
	half := s.bodyWidth() * 0.55
	for i, title := range []string{s.running.titleKK, s.running.titleRU} {
		s.write(marginLeft, headerTop+float64(i)*small.leading()+small.baseline(), small.elide(title, half), small)
	}
	mark := style{size: 7.5, bold: true, color: danger}
	for i, text := range s.running.marks {
		x := s.width - marginRight - mark.width(text)
		s.write(x, headerTop+float64(i)*mark.leading()+mark.baseline(), text, mark)
	}
	s.hline(marginLeft, s.width-marginRight, bodyTop-4, 0.3, accent)
}

func (s *sheet) footer(page, pages int) {
	top := s.bodyBottom() + 1.5
	s.hline(marginLeft, s.width-marginRight, top, 0.2, rule)
	s.pdf.ImageOptions(qrName, marginLeft, top+1.5, qrSize, qrSize, false, fpdf.ImageOptions{ImageType: "PNG"}, 0, "")

	small := style{size: 6.5, color: muted}
	x, y := marginLeft+qrSize+4, top+3
	for _, text := range []string{
		s.running.titleKK + " / " + s.running.titleRU,
		pair("document.footer.digest", " / "),
		s.running.digest,
		pair("document.footer.template", " / ") + ": " + TemplateVersion + " · " + assets.DateTime(s.running.at),
	} {
		s.write(x, y+small.baseline(), small.elide(text, s.width-marginRight-x-20), small)
		y += small.leading() + 0.6
	}

	number := style{size: 8, color: ink}
	text := strconv.Itoa(page) + " / " + strconv.Itoa(pages)
	s.write(s.width-marginRight-number.width(text), top+3+number.baseline(), text, number)
}

// pair is a text in both languages, Kazakh first.
func pair(key, between string) string {
	kk, ru := assets.KK.T(key), assets.RU.T(key)
	if kk == ru {
		return kk
	}
	return kk + between + ru
}

// qrPicture draws the QR code as a PNG, four pixels a module with the quiet zone that the standard asks for.
// The content is in capitals because a QR code packs those nearly twice as tightly.
func qrPicture(r running) ([]byte, error) {
	number := []rune(r.number)
	number = number[:min(len(number), maxQRNumber)]
	id := []rune(cleanLine(r.id))
	id = id[:min(len(id), maxQRNumber)]
	content := strings.Join([]string{
		"BAQYLAU", r.kind, strings.ToUpper(string(id)), string(number), "SHA256", strings.ToUpper(r.digest),
	}, ":")
	code, err := qr.Encode(content, qr.M, qr.Auto)
	if err != nil {
		return nil, fmt.Errorf("encode qr code: %w", err)
	}
	var out bytes.Buffer
	if err := png.Encode(&out, enlarge(code)); err != nil {
		return nil, fmt.Errorf("draw qr code: %w", err)
	}
	return out.Bytes(), nil
}

func enlarge(code barcode.Barcode) image.Image {
	const pixels, quiet = 4, 2
	modules := code.Bounds().Dx()
	side := (modules + 2*quiet) * pixels
	picture := image.NewGray(image.Rect(0, 0, side, side))
	for i := range picture.Pix {
		x, y := i%side/pixels-quiet, i/side/pixels-quiet
		picture.Pix[i] = 0xFF
		if x >= 0 && y >= 0 && x < modules && y < modules {
			if dark, _, _, _ := code.At(x, y).RGBA(); dark == 0 {
				picture.Pix[i] = 0
			}
		}
	}
	return picture
}
