package document

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/boombuler/barcode/qr"

	"baqylau/assets"
	"baqylau/internal/need"
)

// rendered is every case of the three documents by name.
func rendered(t testing.TB) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	add(t, out, "notification", RenderNotification, notificationCases())
	add(t, out, "certificate", RenderCertificate, certificateCases())
	add(t, out, "conclusion", RenderConclusion, conclusionCases())
	return out
}

func add[D any](t testing.TB, to map[string][]byte, kind string, render func(D) ([]byte, error), cases map[string]D) {
	t.Helper()
	for name, data := range cases {
		pdf, err := render(data)
		if err != nil {
			t.Fatalf("%s, %s: %v", kind, name, err)
		}
		to[kind+", "+name] = pdf
	}
}

// run feeds the PDF to a program and gives what it prints.
func run(t *testing.T, pdf []byte, name string, args ...string) string {
	t.Helper()
	need.Program(t, name)
	cmd := exec.Command(name, args...)
	cmd.Stdin = bytes.NewReader(pdf)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return squeeze(string(out))
}

// textOf is what a reader can select in the PDF, in the order of printing; spaces and line breaks count as one space.
func textOf(t *testing.T, pdf []byte) string {
	t.Helper()
	return run(t, pdf, "pdftotext", "-raw", "-enc", "UTF-8", "-", "-")
}

func squeeze(text string) string { return strings.Join(strings.Fields(text), " ") }

// must takes what a renderer gives and ends the test where that is an error.
func must(t testing.TB) func([]byte, error) []byte {
	return func(pdf []byte, err error) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return pdf
	}
}

func expect(t *testing.T, text string, phrases ...string) {
	t.Helper()
	for _, phrase := range phrases {
		if !strings.Contains(text, squeeze(phrase)) {
			t.Errorf("%q is not on the page", phrase)
		}
	}
}

func forbid(t *testing.T, text string, phrases ...string) {
	t.Helper()
	for _, phrase := range phrases {
		if strings.Contains(text, phrase) {
			t.Errorf("%q is on the page", phrase)
		}
	}
}

func TestPagesAreSoundFiles(t *testing.T) {
	pdfs := rendered(t)
	for _, name := range slices.Sorted(maps.Keys(pdfs)) {
		keep(t, name, pdfs[name])
	}
	need.Program(t, "qpdf")
	dir := t.TempDir()
	for name, pdf := range pdfs {
		path := filepath.Join(dir, "case.pdf")
		if err := os.WriteFile(path, pdf, 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command("qpdf", "--check", path).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

func TestNotificationSaysEverythingInBothLanguages(t *testing.T) {
	n := given()
	text := textOf(t, must(t)(RenderNotification(n)))
	digest, err := n.Digest()
	if err != nil {
		t.Fatal(err)
	}
	expect(
		t, text,
		"Камералдық бақылау нәтижелері бойынша анықталған бұзушылықтарды жою туралы хабарлама",
		"Уведомление об устранении нарушений, выявленных по результатам камерального контроля",
		"№ 2026-0117 · 12.03.2026", n.PurchaseNumber, n.NameKK, n.NameRU, n.Lot.Number, n.Lot.NameKK, n.Lot.NameRU,
		"9 268 965,52 ₸", "Ашық конкурс / Открытый конкурс", "1-бағыт / Направление 1",
		n.Organizer.NameKK, n.Organizer.NameRU, n.Organizer.BIN, n.Department.NameKK, n.Department.NameRU,
		n.Violations[0].NameKK, n.Violations[0].NameRU, n.Violations[1].NameKK, n.Violations[1].NameRU,
		"Жою тәсілі: Құжаттамаға өзгерістер енгізу; Сатып алуды болдырмау",
		"Способ устранения: Внесение изменений в документацию; Отмена закупки",
		textKK, textRU, n.Author.Name, n.Approver.Name, n.Approver.PositionKK, n.Approver.PositionRU,
		"10 жұмыс күні ішінде", "в течение 10 рабочих дней", "в течение 5 рабочих дней",
		digest, "Шаблон документа: "+TemplateVersion, "1 / 1",
	)
	forbid(t, text, "ДЕМО", "ЖОБА", "ПРОЕКТ", "⟦")
}

func TestDocumentsBeforeApprovalAreMarkedAsDrafts(t *testing.T) {
	for name, pdf := range map[string][]byte{
		"notification": must(t)(RenderNotification(given(unapproved))),
		"conclusion":   must(t)(RenderConclusion(givenConclusion(func(c *Conclusion) { c.Approver, c.Number = nil, "" }))),
	} {
		t.Run(name, func(t *testing.T) {
			text := textOf(t, pdf)
			expect(t, text, "ЖОБА / ПРОЕКТ", "нөмірсіз / без номера", "Документ не утверждён и не подписан.")
			forbid(t, text, "Бекітуші", "Утверждающий", "удостоверяется")
		})
	}
}

// bilingual entry is never forced; the absent language leaves no trace.
func TestTextsInOneLanguageShowOnlyThatOne(t *testing.T) {
	for name, c := range map[string]struct {
		written  func(kk, ru string) ([]byte, error)
		kk, ru   string
		headings []string
	}{
		"notification": {
			func(kk, ru string) ([]byte, error) {
				return RenderNotification(given(func(n *Notification) { n.TextKK, n.TextRU = kk, ru }))
			},
			textKK, textRU,
			[]string{"Бұзушылықтардың сипаттамасы", "Описание нарушений"},
		},
		"conclusion": {
			func(kk, ru string) ([]byte, error) {
				return RenderConclusion(givenConclusion(func(c *Conclusion) { c.TextKK, c.TextRU = kk, ru }))
			},
			reasonsKK, reasonsRU,
			[]string{"Негіздеме", "Обоснование"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			kk := textOf(t, must(t)(c.written(c.kk, "")))
			expect(t, kk, c.kk)
			forbid(t, kk, firstWords(c.ru))
			ru := textOf(t, must(t)(c.written(" \n", c.ru)))
			expect(t, ru, c.ru)
			forbid(t, ru, firstWords(c.kk))
			forbid(t, textOf(t, must(t)(c.written("", " \x00\n"))), c.headings...)
		})
	}
}

func firstWords(text string) string { return strings.Join(strings.Fields(text)[:3], " ") }

func TestDemoIsMarkedOnEveryPage(t *testing.T) {
	notification := given(inDemo, func(n *Notification) { n.Violations = repeat(n.Violations, 60) })
	certificate := givenCertificate(100, 12, func(c *Certificate) { c.Demo = true })
	conclusion := givenConclusion(func(c *Conclusion) { c.Demo, c.TextRU = true, strings.Repeat(reasonsRU+"\n", 90) })
	for name, pdf := range map[string][]byte{
		"notification": must(t)(RenderNotification(notification)), "certificate": must(t)(RenderCertificate(certificate)),
		"conclusion": must(t)(RenderConclusion(conclusion)),
	} {
		text := textOf(t, pdf)
		pages := pageCount(t, text)
		for _, mark := range []string{"ДЕМО — заңдық күші жоқ", "ДЕМО — юридической силы не имеет"} {
			if got := strings.Count(text, mark); got != pages || pages < 3 {
				t.Errorf("%s: %q %d times on %d pages", name, mark, got, pages)
			}
		}
	}
}

// pageCount reads the «1 / 7» of the pages and checks that every one of them is there.
func pageCount(t *testing.T, text string) int {
	t.Helper()
	text = " " + text + " "
	for pages := 1; pages <= 500; pages++ {
		if !strings.Contains(text, fmt.Sprintf(" 1 / %d ", pages)) {
			continue
		}
		for page := 1; page <= pages; page++ {
			if !strings.Contains(text, fmt.Sprintf(" %d / %d ", page, pages)) {
				t.Errorf("page %d of %d has no number", page, pages)
			}
		}
		return pages
	}
	t.Fatal("the pages have no numbers")
	return 0
}

func TestNumberAndDigestStandOnEveryPage(t *testing.T) {
	c := givenCertificate(200, 12)
	text := textOf(t, must(t)(RenderCertificate(c)))
	digest, err := c.Digest()
	if err != nil {
		t.Fatal(err)
	}
	pages := pageCount(t, text)
	if got := strings.Count(text, digest); got != pages {
		t.Errorf("the digest stands %d times on %d pages", got, pages)
	}
	if got := strings.Count(text, "Анықтама № 2026-0044"); got < pages {
		t.Errorf("the number stands %d times on %d pages", got, pages)
	}
}

func TestCertificateListsEveryLotAndBothMarks(t *testing.T) {
	c := givenCertificate(200, 12)
	text := textOf(t, must(t)(RenderCertificate(c)))
	for _, r := range c.Rows {
		expect(t, text, r.Lot, assets.Money(r.Amount))
	}
	checked, violated := 200*12, 0
	for _, r := range c.Rows {
		for _, m := range r.Marks {
			if m.Violated {
				violated++
			}
		}
	}
	legend := strings.Count(assets.KK.T("document.marks_legend")+assets.RU.T("document.marks_legend"), "+")
	if got := strings.Count(text, "+"); got != checked+violated+legend {
		t.Errorf("%d marks are set on the pages, want %d", got, checked+violated+legend)
	}
	expect(t, text, c.Profiles[0].NameKK, c.Profiles[1].NameRU,
		fmt.Sprintf("Всего: 200 лотов, 12 профилей риска; отметок о нарушении: %d.", violated))
}

func TestTableHeadStandsOnEveryPageOfTheTable(t *testing.T) {
	text := textOf(t, must(t)(RenderCertificate(givenCertificate(200, 12))))
	pages := pageCount(t, text)
	if got := strings.Count(text, "№ 11 № 12"); got < pages-2 {
		t.Errorf("the head of the table stands %d times on %d pages", got, pages)
	}
}

func TestCertificateSignedForSomebodyNamesBoth(t *testing.T) {
	c := givenCertificate(1, 2, func(c *Certificate) { c.SignedBy = given().Approver })
	expect(t, textOf(t, must(t)(RenderCertificate(c))), c.Assignee.Name, c.SignedBy.Name, "Подписывающий за проверяющего")
}

func TestHostileTextIsShownAsText(t *testing.T) {
	text := textOf(t, must(t)(RenderNotification(given(hostile))))
	expect(t, text, `«"Товар"» <b>&amp;</b> [31m =cmd|' /C calc'!A0 \(закрыть) %s %d {n} {nb}`, "abcdef xyz көз", "соңы")
	forbid(t, text, "\u202e", "\u2067", "\u200b", "\x1b")
}

func TestHundredThousandCharactersAreKept(t *testing.T) {
	var b strings.Builder
	for i := range 12_000 {
		fmt.Fprintf(&b, "сөзін%d ", i)
	}
	long := b.String()
	if n := utf8.RuneCountInString(long); n < 100_000 {
		t.Fatalf("only %d characters", n)
	}
	text := textOf(t, must(t)(RenderNotification(given(func(n *Notification) { n.TextKK = long }))))
	for i := 0; i < 12_000; i += 97 {
		if !strings.Contains(text, fmt.Sprintf("сөзін%d ", i)) {
			t.Fatalf("word %d is lost", i)
		}
	}
	pageCount(t, text)
}

func TestMetadata(t *testing.T) {
	info := run(t, must(t)(RenderNotification(given())), "pdfinfo", "-enc", "UTF-8", "-")
	expect(t, info,
		"Title: Камералдық бақылау нәтижелері бойынша анықталған бұзушылықтарды жою туралы хабарлама № 2026-0117 / Уведомление",
		"Author: Ішкі мемлекеттік аудит комитетінің", "Subject: 17379677-1 84492164-ОК1", "Metadata Stream: no",
		"JavaScript: no", "Page size: 595.28 x 841.89 pts (A4)")
}

func TestRefusals(t *testing.T) {
	huge := strings.Repeat("ә", maxText)
	for _, c := range []struct {
		name string
		err  error
		make func() ([]byte, error)
	}{
		{"a notification without its time", ErrNoTime, func() ([]byte, error) { return RenderNotification(Notification{}) }},
		{"a certificate without its time", ErrNoTime, func() ([]byte, error) { return RenderCertificate(Certificate{}) }},
		{"a conclusion without its time", ErrNoTime, func() ([]byte, error) { return RenderConclusion(Conclusion{}) }},
		{"a year out of bounds", ErrTooLarge, func() ([]byte, error) {
			return RenderNotification(given(func(n *Notification) { n.At = time.Date(99999, 1, 1, 0, 0, 0, 0, time.UTC) }))
		}},
		{"too much text", ErrTooLarge, func() ([]byte, error) {
			return RenderNotification(given(func(n *Notification) { n.TextKK = huge }))
		}},
		{"too many violations", ErrTooLarge, func() ([]byte, error) {
			return RenderNotification(given(func(n *Notification) { n.Violations = make([]Violation, maxViolations+1) }))
		}},
		{"too many remedies", ErrTooLarge, func() ([]byte, error) {
			return RenderNotification(given(func(n *Notification) { n.Violations[0].Remedies = make([]string, maxRemedies+1) }))
		}},
		{"a profile's number out of bounds", ErrTooLarge, func() ([]byte, error) {
			return RenderNotification(given(func(n *Notification) { n.Violations[0].Number = maxProfile + 1 }))
		}},
		{"too many lots", ErrTooLarge, func() ([]byte, error) { return RenderCertificate(givenCertificate(maxRows+1, 1)) }},
		{"too many profiles", ErrTooLarge, func() ([]byte, error) { return RenderCertificate(givenCertificate(1, maxProfiles+1)) }},
		{"too many marks", ErrTooLarge, func() ([]byte, error) { return RenderCertificate(givenCertificate(maxRows, 21)) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			if pdf, err := c.make(); !errors.Is(err, c.err) || pdf != nil {
				t.Errorf("%d bytes and %v, want %v", len(pdf), err, c.err)
			}
		})
	}
	t.Run("marks that don't match the profiles", func(t *testing.T) {
		_, err := RenderCertificate(givenCertificate(2, 3, func(c *Certificate) { c.Rows[1].Marks = c.Rows[1].Marks[:2] }))
		if err == nil || !strings.Contains(err.Error(), "row 1 has 2 marks for 3 profiles") {
			t.Errorf("got %v", err)
		}
	})
}

func TestQRCodeCarriesNumberAndDigest(t *testing.T) {
	for want, data := range map[string]content{
		"NOTIFICATION:" + strings.ToUpper(given().ID) + ":2026-0117:":         given(),
		"CERTIFICATE:" + strings.ToUpper(given().ID) + ":2026-0044:":          givenCertificate(1, 1),
		"CONCLUSION:" + strings.ToUpper(givenConclusion().ID) + ":2026-0009:": givenConclusion(),
	} {
		digest, err := data.Digest()
		if err != nil {
			t.Fatal(err)
		}
		picture, err := qrPicture(data.paper().running(digest))
		if err != nil {
			t.Fatal(err)
		}
		sameModules(t, picture, "BAQYLAU:"+want+"SHA256:"+strings.ToUpper(digest))
	}
}

// sameModules compares a picture with the QR code of a text, module by module.
func sameModules(t *testing.T, picture []byte, text string) {
	t.Helper()
	want, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := image.Decode(bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	modules := want.Bounds().Dx()
	if side := got.Bounds().Dx(); side != (modules+4)*4 {
		t.Fatalf("%s: %d pixels for %d modules", text, side, modules)
	}
	for y := range modules {
		for x := range modules {
			if want.At(x, y) != want.At(0, 0) != (gray(got, (x+2)*4+1, (y+2)*4+1) != 0) {
				t.Fatalf("%s: module %d, %d differs", text, x, y)
			}
		}
	}
}

func gray(picture image.Image, x, y int) uint32 {
	r, _, _, _ := picture.At(x, y).RGBA()
	return r
}
