package document

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"baqylau/assets"
)

func TestConclusionSaysEverythingInBothLanguages(t *testing.T) {
	c := givenConclusion()
	text := textOf(t, must(t)(RenderConclusion(c)))
	digest, err := c.Digest()
	if err != nil {
		t.Fatal(err)
	}
	expect(
		t, text,
		"Қарсылыққа қорытынды", "Заключение на возражение", "№ 2026-0009 · 13.04.2026",
		"Қарсылық / Возражение № 2026-0031 · 16.03.2026", "Кімнен: ұйымдастырушы", "От кого: организатор",
		c.Objector.NameKK, c.Objector.NameRU, c.Objector.BIN, c.Department.NameKK, c.Department.NameRU,
		"Хабарлама / Уведомление № 2026-0117 · 12.03.2026", c.PurchaseNumber, c.NameKK, c.NameRU,
		c.Lot.Number, c.Lot.NameKK, c.Lot.NameRU, "9 268 965,52 ₸", "1-бағыт / Направление 1",
		reasonsKK, reasonsRU, "Ішінара қанағаттандырылды", "Удовлетворено частично",
		c.Author.Name, c.Author.PositionKK, c.Author.PositionRU,
		c.Approver.Name, c.Approver.PositionKK, c.Approver.PositionRU,
		digest, "Шаблон документа: "+TemplateVersion, "1 / 1",
	)
	forbid(t, text, "ДЕМО", "ЖОБА", "ПРОЕКТ", "⟦", "тапсырыс беруші", "заказчик")
}

// what the outcome means for the notification: until when it is to be executed.
func TestConclusionSaysWhatFollowsOfItsOutcome(t *testing.T) {
	const (
		annulledKK = "Хабарламаның күші жойылады, оны орындау талап етілмейді."
		annulledRU = "Уведомление аннулируется, исполнять его не требуется."
		byKK       = "Хабарлама 22.04.2026 күнінен кешіктірілмей орындалуға тиіс."
		byRU       = "Уведомление подлежит исполнению не позднее 22.04.2026."
		restKK     = "орындаудың қалған мерзімі осы қорытынды жеткізілген күннен кейінгі күннен бастап есептеледі."
		restRU     = "оставшийся срок исчисляется со дня, следующего за днём доставки настоящего заключения."
	)
	all := []string{annulledKK, annulledRU, byKK, byRU, restKK, restRU}
	endOf22April := givenConclusion().Deadline
	for _, c := range []struct {
		name, outcome string
		deadline      time.Time
		kk, ru        string
	}{
		{"satisfied annuls the notification", "satisfied", time.Time{}, annulledKK, annulledRU},
		{"satisfied leaves no deadline", "satisfied", endOf22April, annulledKK, annulledRU},
		{"partly satisfied is executed by the deadline", "partly_satisfied", endOf22April, byKK, byRU},
		{"refused is executed by the deadline", "refused", endOf22April, byKK, byRU},
		{"the last moment of a day is of that day", "refused", endOf22April.Add(-time.Second), byKK, byRU},
		{"partly satisfied without a deadline yet", "partly_satisfied", time.Time{}, restKK, restRU},
		{"refused without a deadline yet", "refused", time.Time{}, restKK, restRU},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := textOf(t, must(t)(RenderConclusion(givenConclusion(func(data *Conclusion) {
				data.Outcome, data.Deadline = c.outcome, c.deadline
			}))))
			expect(t, text, assets.KK.T("outcome."+c.outcome), assets.RU.T("outcome."+c.outcome), c.kk, c.ru)
			for _, sentence := range all {
				if sentence != c.kk && sentence != c.ru {
					forbid(t, text, sentence)
				}
			}
		})
	}
}

func TestConclusionOnACustomersObjectionNamesTheCustomer(t *testing.T) {
	text := textOf(t, must(t)(RenderConclusion(givenConclusion(func(c *Conclusion) {
		c.ByCustomer, c.Lot.PlanPoint, c.TextKK, c.TextRU = true, true, "", ""
	}))))
	expect(t, text, "Кімнен: тапсырыс беруші", "От кого: заказчик", "Жоспар тармағы / Пункт плана 84492164-ОК1")
	forbid(t, text, "ұйымдастырушы", "организатор")
}

func TestConclusionShowsOfItsReferencesWhatThereIs(t *testing.T) {
	for _, c := range []struct {
		name      string
		objection Reference
		want      string
	}{
		{"number and day", Reference{"2026-0031", noon}, "Қарсылық / Возражение № 2026-0031 · 12.03.2026 Кімнен"},
		{"a number", Reference{Number: "2026-0031"}, "Қарсылық / Возражение № 2026-0031 Кімнен"},
		{"a day", Reference{At: noon}, "Қарсылық / Возражение нөмірсіз / без номера · 12.03.2026 Кімнен"},
	} {
		t.Run(c.name, func(t *testing.T) {
			expect(t, textOf(t, must(t)(RenderConclusion(givenConclusion(func(data *Conclusion) {
				data.Objection = c.objection
			})))), c.want)
		})
	}
	forbid(t, textOf(t, must(t)(RenderConclusion(givenConclusion(func(c *Conclusion) {
		c.Objection = Reference{}
	})))), "Қарсылық / Возражение")
}

func TestConclusionsThatBindNobodyAreRefused(t *testing.T) {
	for _, c := range []struct {
		name, want string
		change     func(*Conclusion)
	}{
		{"an outcome that is none of the three", `unknown outcome "positive"`, func(c *Conclusion) { c.Outcome = "positive" }},
		{"approved without an outcome", "approved conclusion has no outcome", func(c *Conclusion) { c.Outcome = "" }},
		{"a substitute of a substitute", "substituted by a substitute", func(c *Conclusion) {
			c.Author.Substituted = absent()
			c.Author.Substituted.Substituted = absent()
		}},
		{"one who substitutes himself without end", "substituted by a substitute", func(c *Conclusion) {
			c.Approver.Substituted = c.Approver
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			pdf, err := RenderConclusion(givenConclusion(c.change))
			if err == nil || !strings.Contains(err.Error(), c.want) || pdf != nil {
				t.Errorf("%d bytes and %v, want %q", len(pdf), err, c.want)
			}
		})
	}
	for name, change := range map[string]func(*Conclusion){
		"the deadline": func(c *Conclusion) { c.Deadline = time.Date(99999, 1, 1, 0, 0, 0, 0, time.UTC) },
		"the objection": func(c *Conclusion) {
			c.Objection.At = time.Date(99999, 1, 1, 0, 0, 0, 0, time.UTC)
		},
		"the notification": func(c *Conclusion) { c.Notification.At = time.Date(-5, 1, 1, 0, 0, 0, 0, time.UTC) },
		"the names":        func(c *Conclusion) { c.Author.Substituted = &Person{Name: strings.Repeat("ә", maxText)} },
	} {
		t.Run(name+" out of bounds", func(t *testing.T) {
			if _, err := RenderConclusion(givenConclusion(change)); !errors.Is(err, ErrTooLarge) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestConclusionsDigestFollowsItsData(t *testing.T) {
	digest := func(changes ...func(*Conclusion)) string {
		t.Helper()
		text, err := givenConclusion(changes...).Digest()
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	base, zone := digest(), time.FixedZone("", 3600)
	if got := digest(func(c *Conclusion) {
		c.At, c.Deadline = c.At.In(zone), c.Deadline.In(zone)
		c.Objection.At, c.Notification.At = c.Objection.At.In(zone), c.Notification.At.In(zone)
	}); got != base {
		t.Error("the same instants in another zone give another digest")
	}
	for name, change := range map[string]func(*Conclusion){
		"another outcome":      func(c *Conclusion) { c.Outcome = "refused" },
		"another deadline":     func(c *Conclusion) { c.Deadline = c.Deadline.AddDate(0, 0, 1) },
		"another objection":    func(c *Conclusion) { c.Objection.Number = "2026-0032" },
		"another notification": func(c *Conclusion) { c.Notification.At = noon.Add(time.Hour) },
		"by the customer":      func(c *Conclusion) { c.ByCustomer = true },
		"a substitute":         func(c *Conclusion) { c.Approver.Substituted = absent() },
		"the demo":             func(c *Conclusion) { c.Demo = true },
	} {
		if digest(change) == base {
			t.Errorf("%s gives the same digest", name)
		}
	}
}

// both names stand on the document.
func TestWhoActsForAnotherIsNamedWithTheOther(t *testing.T) {
	const label = "Мына қызметкердің орнына / Вместо сотрудника"
	acting := absent()
	for name, pdf := range map[string][]byte{
		"the approver of a notification": must(t)(RenderNotification(given(func(n *Notification) { n.Approver.Substituted = acting }))),
		"the author of a notification":   must(t)(RenderNotification(given(unapproved, func(n *Notification) { n.Author.Substituted = acting }))),
		"the approver of a conclusion":   must(t)(RenderConclusion(givenConclusion(func(c *Conclusion) { c.Approver.Substituted = acting }))),
		"the author of a conclusion":     must(t)(RenderConclusion(givenConclusion(func(c *Conclusion) { c.Author.Substituted = acting }))),
		"the assignee of a certificate":  must(t)(RenderCertificate(givenCertificate(1, 2, func(c *Certificate) { c.Assignee.Substituted = acting }))),
	} {
		t.Run(name, func(t *testing.T) {
			text := textOf(t, pdf)
			expect(t, text, acting.Name, acting.PositionKK, acting.PositionRU, "Сейтқали Айгүл Нұрланқызы")
			if got := strings.Count(text, label); got != 1 {
				t.Errorf("%q stands %d times", label, got)
			}
		})
	}
	text := textOf(t, must(t)(RenderCertificate(certificateCases()["made by a substitute"])))
	expect(t, text,
		"Сейтқали Айгүл Нұрланқызы, бас ревизор (мына қызметкердің орнына: Омаров Бауыржан Серікұлы, департамент басшысы)",
		"Сейтқали Айгүл Нұрланқызы, главный ревизор (вместо сотрудника: Омаров Бауыржан Серікұлы, руководитель департамента)")
}

// What was signed before anybody could be substituted keeps its digest: these are from before the field was there.
func TestNobodySubstitutedLeavesTheDigestAsItWas(t *testing.T) {
	for name, c := range map[string]struct {
		data content
		want string
	}{
		"notification": {given(), "46ec807fe61f48db542f3b4aa3055068ea1ce3f7f6e558c17269ff1149bc82a4"},
		"certificate":  {givenCertificate(3, 4), "3c5f394bb109025e6b4ae452546aa7fdff4cfb20709c90251521f58fda2b8909"},
	} {
		got, err := c.data.Digest()
		if err != nil {
			t.Fatal(err)
		}
		if got != c.want {
			t.Errorf("%s: digest %s, want %s", name, got, c.want)
		}
	}
}

func TestANamelessSubstitutedPersonLeavesNoTrace(t *testing.T) {
	text := textOf(t, must(t)(RenderConclusion(givenConclusion(func(c *Conclusion) {
		c.Approver.Substituted = &Person{Name: " \x00\u202e"}
	}))))
	forbid(t, text, "Вместо сотрудника")
}

// Whatever the length of the reasons, the page with the signatures has the decision that is signed.
func TestDecisionStandsOverItsSignatures(t *testing.T) {
	for paragraphs := 1; paragraphs < 20; paragraphs++ {
		pdf := must(t)(RenderConclusion(givenConclusion(func(c *Conclusion) {
			c.TextKK = strings.TrimSpace(strings.Repeat(reasonsKK+"\n\n", paragraphs))
		})))
		last := fmt.Sprint(pageCount(t, textOf(t, pdf)))
		page := run(t, pdf, "pdftotext", "-raw", "-enc", "UTF-8", "-f", last, "-l", last, "-", "-")
		expect(t, page, "Удовлетворено частично", "не позднее 22.04.2026", "Утверждающий")
	}
}

func TestConclusionsAreEqualBytesEveryTime(t *testing.T) {
	for name, c := range conclusionCases() {
		first := must(t)(RenderConclusion(c))
		if !bytes.Equal(must(t)(RenderConclusion(c)), first) {
			t.Errorf("%s differs from one rendering to the next", name)
		}
	}
}
