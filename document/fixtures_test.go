package document

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// keepPages is for people who want to look: go test ./document -run Page -pages DIR.
var keepPages = flag.String("pages", "", "keep the rendered PDFs in this folder")

func keep(t *testing.T, name string, pdf []byte) {
	t.Helper()
	if *keepPages == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(*keepPages, name+".pdf"), pdf, 0o644); err != nil {
		t.Fatal(err)
	}
}

var noon = time.Date(2026, 3, 12, 7, 0, 0, 0, time.UTC)

const (
	textKK = "Конкурстық құжаттаманың 7-тармағында «Nokia» сауда белгісі көрсетілген, баламасына жол берілмейді. Бұл мемлекеттік сатып алу туралы заңнаманың талаптарына қайшы келеді және әлеуетті өнім берушілердің шеңберін шектейді."
	textRU = "В пункте 7 конкурсной документации указан товарный знак «Nokia» без слов «или эквивалент». Это противоречит требованиям законодательства о государственных закупках и ограничивает круг потенциальных поставщиков."

	reasonsKK = "Ұйымдастырушының қысқа тұйықталу тогына қойылатын талап туралы дәлелі негізді деп танылды. Сауда белгісі бойынша дәлел негізсіз: құжаттамада «немесе баламасы» деген сөздер жоқ."
	reasonsRU = "Довод организатора о требовании к току короткого замыкания признан обоснованным. Довод о товарном знаке не обоснован: в документации нет слов «или эквивалент»."
)

// given is a believable notification; each change makes a case of it.
func given(changes ...func(*Notification)) Notification {
	n := Notification{
		ID: "019cd0b1-7f3e-7c11-9a52-3b1f0c6d9e10", Number: "2026-0117", PurchaseNumber: "17379677-1",
		NameKK: "Мектеп асханасына арналған жабдықтарды сатып алу", NameRU: "Приобретение оборудования для школьной столовой",
		Method: "open_tender", Direction: "D1",
		Lot: NotifiedLot{
			Number: "84492164-ОК1", NameKK: "Электр плитасы, өнеркәсіптік", NameRU: "Плита электрическая, промышленная",
			Amount: 926896552,
		},
		Department: Party{"051240002345", "Ішкі мемлекеттік аудит комитетінің Алматы қаласы бойынша департаменті", "Департамент внутреннего государственного аудита по городу Алматы"},
		Organizer:  Party{"990340001234", "«Оқушы» мемлекеттік коммуналдық мекемесі", "Коммунальное государственное учреждение «Оқушы»"},
		Violations: []Violation{
			{1, "Құжаттамада заңнамада көзделмеген немесе бәсекелестікті шектейтін талаптар белгіленген", "В документации установлены требования, не предусмотренные законодательством или ограничивающие конкуренцию", []string{"amend_documentation", "cancel_purchase"}},
			{12, "Біртекті емес тауарлар, жұмыстар, көрсетілетін қызметтер бір лотқа біріктірілген", "Неоднородные товары, работы, услуги объединены в один лот", []string{"cancel_purchase"}},
		},
		TextKK: textKK, TextRU: textRU,
		Author:   Person{Name: "Сейтқали Айгүл Нұрланқызы", PositionKK: "бас ревизор", PositionRU: "главный ревизор"},
		Approver: &Person{Name: "Әбдіғали Ерлан Қайратұлы", PositionKK: "департамент басшысының орынбасары", PositionRU: "заместитель руководителя департамента"},
		Terms:    Terms{Execute: 10, Object: 5},
		At:       noon,
	}
	for _, change := range changes {
		change(&n)
	}
	return n
}

// givenCertificate has lots × profiles; every seventh cell is a violation.
func givenCertificate(lots, profiles int, changes ...func(*Certificate)) Certificate {
	n := given()
	c := Certificate{
		ID: n.ID, Number: "2026-0044", PurchaseNumber: n.PurchaseNumber, NameKK: n.NameKK, NameRU: n.NameRU,
		Method: n.Method, Direction: n.Direction, Department: n.Department, Organizer: n.Organizer,
		Assignee: n.Author, RulesVersion: "2026.1", At: noon,
	}
	for p := range profiles {
		c.Profiles = append(c.Profiles, Profile{p + 1, n.Violations[p%2].NameKK, n.Violations[p%2].NameRU})
	}
	for l := range lots {
		r := CertificateRow{
			Lot: fmt.Sprintf("%d-ОК1", 84492164+l), LotNameKK: n.Lot.NameKK, LotNameRU: n.Lot.NameRU,
			Amount: n.Lot.Amount + int64(l)*123456,
		}
		for p := range profiles {
			r.Marks = append(r.Marks, Mark{Checked: true, Violated: (l+p)%7 == 3})
		}
		c.Rows = append(c.Rows, r)
	}
	for _, change := range changes {
		change(&c)
	}
	return c
}

// givenConclusion is on an objection to the given notification; its controller is the department's author.
func givenConclusion(changes ...func(*Conclusion)) Conclusion {
	n := given()
	c := Conclusion{
		ID: "019d6a52-1c44-7d0e-8f21-6a7b93d0c5e4", Number: "2026-0009",
		Objection: Reference{"2026-0031", noon.AddDate(0, 0, 4)}, Objector: n.Organizer,
		Notification:   Reference{n.Number, noon},
		PurchaseNumber: n.PurchaseNumber, NameKK: n.NameKK, NameRU: n.NameRU, Method: n.Method, Direction: n.Direction,
		Lot:        n.Lot,
		Department: Party{"070140003456", "Ішкі мемлекеттік аудит комитеті", "Комитет внутреннего государственного аудита"},
		TextKK:     reasonsKK, TextRU: reasonsRU, Outcome: "partly_satisfied",
		Deadline: time.Date(2026, 4, 22, 19, 0, 0, 0, time.UTC), // 24:00 of 22 April in Almaty
		Author:   n.Author, Approver: n.Approver, At: noon.AddDate(0, 1, 1),
	}
	for _, change := range changes {
		change(&c)
	}
	return c
}

// absent is who is away while another acts.
func absent() *Person {
	return &Person{Name: "Омаров Бауыржан Серікұлы", PositionKK: "департамент басшысы", PositionRU: "руководитель департамента"}
}

func inDemo(n *Notification) { n.Demo = true }
func unapproved(n *Notification) {
	n.Approver = nil
	n.Number = ""
}

// notificationCases are the ones that are rendered, read back and looked at.
func notificationCases() map[string]Notification {
	return map[string]Notification{
		"approved":          given(),
		"draft in the demo": given(inDemo, unapproved),
		"Kazakh text only":  given(func(n *Notification) { n.TextRU = "" }),
		"Russian text only": given(func(n *Notification) { n.TextKK = "" }),
		"long texts": given(inDemo, func(n *Notification) {
			n.TextKK, n.TextRU = strings.Repeat(textKK+"\n\n", 30), strings.Repeat(textRU+"\n\n", 12)
		}),
		"hundred violations": given(func(n *Notification) { n.Violations = repeat(n.Violations, 100) }),
		"hostile names":      given(inDemo, hostile),
		"nothing given":      {At: noon},
		"plan point": given(func(n *Notification) {
			n.Method, n.Direction, n.Lot.PlanPoint = "single_source", "", true
		}),
		"approved by a substitute": given(func(n *Notification) { n.Approver.Substituted = absent() }),
	}
}

func conclusionCases() map[string]Conclusion {
	return map[string]Conclusion{
		"partly satisfied": givenConclusion(),
		"satisfied":        givenConclusion(func(c *Conclusion) { c.Outcome = "satisfied" }),
		"refused to a customer": givenConclusion(func(c *Conclusion) {
			c.Outcome, c.ByCustomer, c.Lot.PlanPoint, c.Method, c.Direction = "refused", true, true, "single_source", ""
		}),
		"draft in the demo": givenConclusion(func(c *Conclusion) {
			c.Demo, c.Approver, c.Number, c.Deadline = true, nil, "", time.Time{}
		}),
		"Kazakh text only": givenConclusion(func(c *Conclusion) { c.TextRU = "" }),
		"both substitute": givenConclusion(func(c *Conclusion) {
			c.Approver.Substituted = absent()
			c.Author.Substituted = &Person{Name: "Ким Ольга Владимировна", PositionRU: "главный контролёр"}
		}),
		"long texts": givenConclusion(func(c *Conclusion) {
			c.TextKK, c.TextRU = strings.Repeat(reasonsKK+"\n\n", 40), strings.Repeat(reasonsRU+"\n\n", 60)
		}),
		"hostile names": givenConclusion(func(c *Conclusion) {
			n := given(hostile)
			c.Demo, c.NameKK, c.NameRU, c.Objector, c.Number = true, n.NameKK, n.NameRU, n.Organizer, n.Number
			c.Author.Substituted = n.Approver
			c.Approver.Substituted = &Person{Name: "{person} {substituted}\x00\u202e"}
			c.Objection.Number = strings.Repeat("№ 2026/", 300)
			c.Lot.Amount = -1 << 63
		}),
		"nothing given": {At: noon},
	}
}

func certificateCases() map[string]Certificate {
	return map[string]Certificate{
		"four profiles":        givenCertificate(3, 4),
		"eight profiles":       givenCertificate(40, 8),
		"two hundred lots":     givenCertificate(200, 12, func(c *Certificate) { c.Demo = true }),
		"forty profiles":       givenCertificate(5, 40),
		"no lots":              givenCertificate(0, 4),
		"no profiles":          givenCertificate(3, 0),
		"nothing given":        {At: noon},
		"signed for somebody":  givenCertificate(1, 2, func(c *Certificate) { c.SignedBy = given().Approver }),
		"made by a substitute": givenCertificate(2, 3, func(c *Certificate) { c.Assignee.Substituted = absent() }),
		"hostile names": givenCertificate(4, 12, func(c *Certificate) {
			c.Demo = true
			c.Rows[1].LotNameKK = strings.Repeat("Өте ұзақ атау ", 700)
			c.Rows[2].Amount = -1 << 63
			c.Rows[3].Lot = strings.Repeat("W", 3000)
			c.Profiles[3].Number = 99_999
			c.Profiles[4].NameRU = strings.Repeat("(\\", 200)
			c.Number = strings.Repeat("№ 2026/", 300)
		}),
	}
}

func repeat(list []Violation, n int) []Violation {
	var out []Violation
	for i := range n {
		v := list[i%len(list)]
		v.Number = i + 1
		out = append(out, v)
	}
	return out
}

func hostile(n *Notification) {
	n.NameRU = "«\"Товар\"» <b>&amp;</b> \x00\x07\x1b[31m =cmd|' /C calc'!A0 \\(закрыть) %s %d {n} {nb}"
	n.NameKK = "abc\u202edef\u202c \u2067xyz\u2069 \u200bкөз\u200d \xff\xfe 😀🇰🇿 العربية 漢字"
	n.Organizer.NameKK = strings.Repeat("Ұзынсөзбосжерсіз", 60)
	n.Organizer.NameRU = "Организатор\r\nна двух строках\tс табуляцией"
	n.Approver.Name = strings.Repeat("Тым ұзын есім ", 30)
	n.Lot.Number = "a" + strings.Repeat("\u0301", 40) + "b"
	n.TextKK = strings.Repeat("Ә", 3000) + "\n\n\n\n\nсоңы"
	n.Number = "2026-\x00\u202e0117"
}
