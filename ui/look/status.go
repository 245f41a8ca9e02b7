package look

// Status is how a status is shown: an icon and a tone beside its word; Filled as the matter advances or is past saving.
type Status struct {
	Tone   Tone
	Icon   Icon
	Filled bool
}

// StatusOf gives the look of a status by the key of its word ("notification.in_agreement", "status.published", …;
// the glossary's identifiers under their area). A key without a look of its own is neutral and has a dot.
func StatusOf(key string) Status {
	if s, ok := statuses[key]; ok {
		return s
	}
	return Status{Icon: IconDot}
}

// statuses is the table of ui.md, "status family".
var statuses = map[string]Status{
	"notification.draft":                       {Neutral, IconPencil, false},
	"notification.in_agreement":                {Info, IconAssign, false},
	"notification.rejected":                    {Danger, IconCross, false},
	"notification.approved":                    {Info, IconSeal, false},
	"notification.delivered":                   {Info, IconEnvelope, false},
	"notification.acknowledged":                {Info, IconEye, false},
	"notification.objection_sent":              {Objection, IconSpeech, false},
	"notification.in_execution":                {Info, IconPlay, true},
	"notification.not_executed_acknowledged":   {Danger, IconCross, true},
	"notification.not_executed_unacknowledged": {Danger, IconCross, true},
	"notification.executed":                    {Success, IconCheck, false},
	"notification.awaiting_confirmation":       {Info, IconHourglass, false},
	"notification.not_confirmed":               {Danger, IconCross, false},
	"notification.annulled":                    {Objection, IconSpeech, true},
	"notification.objection_refused":           {Info, IconPlay, true},
	"notification.objection_partly_satisfied":  {Info, IconPlay, true},

	"conclusion.draft":        {Neutral, IconPencil, false},
	"conclusion.in_agreement": {Info, IconAssign, false},
	"conclusion.rejected":     {Danger, IconCross, false},
	"conclusion.delivered":    {Info, IconEnvelope, false},

	"objection.new":              {Neutral, IconPencil, false},
	"objection.assigned":         {Info, IconAssign, false},
	"objection.positive":         {Success, IconCheck, false},
	"objection.partly_satisfied": {Objection, IconSpeech, false},
	"objection.refused":          {Danger, IconCross, false},

	"status.published":                  {Info, IconPlay, false},
	"status.accepting_applications":     {Info, IconInbox, false},
	"status.supplementing_applications": {Info, IconPlus, false},
	"status.admission_review_decision":  {Warning, IconHourglass, false},
	"status.completed":                  {Success, IconCheck, false},
	"status.under_complaint":            {Objection, IconSpeech, false},
	"status.held":                       {Success, IconCheck, false},
	"status.not_held":                   {Neutral, IconCross, false},
	"status.execution_decision":         {Warning, IconHourglass, false},
	"status.cancelled":                  {Danger, IconCross, false},
	"status.approved":                   {Info, IconSeal, false},
	"status.contract_draft":             {Info, IconFile, false},
	"check.none":                        {Neutral, IconDot, false},
	"check.clear":                       {Success, IconCheck, false},
	"check.violated":                    {Danger, IconCross, false},
}

// Deadline gives the look of a deadline with that many days left (0 is the last day, negative is overdue):
// calm, at 3 a warning, at 1 danger, overdue danger filled.
func Deadline(daysLeft int) Status {
	switch {
	case daysLeft < 0:
		return Status{Danger, IconClock, true}
	case daysLeft <= 1:
		return Status{Danger, IconClock, false}
	case daysLeft <= 3:
		return Status{Warning, IconClock, false}
	default:
		return Status{Neutral, IconClock, false}
	}
}
