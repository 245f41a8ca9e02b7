package look

// Status is how a status is shown: an icon and a tone beside its word; Filled as the matter advances or is past saving,
// Plain (without a ground) where nothing presses.
type Status struct {
	Tone   Tone
	Icon   Icon
	Filled bool
	Plain  bool
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
	"notification.draft":                       {Tone: Neutral, Icon: IconPencil},
	"notification.in_agreement":                {Tone: Info, Icon: IconAssign},
	"notification.rejected":                    {Tone: Danger, Icon: IconCross},
	"notification.approved":                    {Tone: Info, Icon: IconSeal},
	"notification.delivered":                   {Tone: Info, Icon: IconEnvelope},
	"notification.acknowledged":                {Tone: Info, Icon: IconEye},
	"notification.objection_sent":              {Tone: Objection, Icon: IconSpeech},
	"notification.in_execution":                {Tone: Info, Icon: IconPlay, Filled: true},
	"notification.not_executed_acknowledged":   {Tone: Danger, Icon: IconCross, Filled: true},
	"notification.not_executed_unacknowledged": {Tone: Danger, Icon: IconCross, Filled: true},
	"notification.executed":                    {Tone: Success, Icon: IconCheck},
	"notification.awaiting_confirmation":       {Tone: Info, Icon: IconHourglass},
	"notification.not_confirmed":               {Tone: Danger, Icon: IconCross},
	"notification.annulled":                    {Tone: Objection, Icon: IconSpeech, Filled: true},
	"notification.objection_refused":           {Tone: Info, Icon: IconPlay, Filled: true},
	"notification.objection_partly_satisfied":  {Tone: Info, Icon: IconPlay, Filled: true},

	"conclusion.draft":        {Tone: Neutral, Icon: IconPencil},
	"conclusion.in_agreement": {Tone: Info, Icon: IconAssign},
	"conclusion.rejected":     {Tone: Danger, Icon: IconCross},
	"conclusion.delivered":    {Tone: Info, Icon: IconEnvelope},

	"objection.new":              {Tone: Neutral, Icon: IconPencil},
	"objection.assigned":         {Tone: Info, Icon: IconAssign},
	"objection.positive":         {Tone: Success, Icon: IconCheck},
	"objection.partly_satisfied": {Tone: Objection, Icon: IconSpeech},
	"objection.refused":          {Tone: Danger, Icon: IconCross},

	"message.delivered":            {Tone: Info, Icon: IconEnvelope},
	"message.remedy_opens":         {Tone: Info, Icon: IconPlay},
	"message.remind_execution":     {Tone: Warning, Icon: IconBell},
	"message.lapse":                {Tone: Danger, Icon: IconCross},
	"message.remind_confirmation":  {Tone: Warning, Icon: IconBell},
	"message.confirmation_overdue": {Tone: Danger, Icon: IconClock, Filled: true},
	"message.remind_review":        {Tone: Warning, Icon: IconBell},
	"message.review_overdue":       {Tone: Danger, Icon: IconClock, Filled: true},
	"message.other":                {Icon: IconInfo},

	"status.published":                  {Tone: Info, Icon: IconPlay},
	"status.accepting_applications":     {Tone: Info, Icon: IconInbox},
	"status.supplementing_applications": {Tone: Info, Icon: IconPlus},
	"status.admission_review_decision":  {Tone: Warning, Icon: IconHourglass},
	"status.completed":                  {Tone: Success, Icon: IconCheck},
	"status.under_complaint":            {Tone: Objection, Icon: IconSpeech},
	"status.held":                       {Tone: Success, Icon: IconCheck},
	"status.not_held":                   {Tone: Neutral, Icon: IconCross},
	"status.execution_decision":         {Tone: Warning, Icon: IconHourglass},
	"status.cancelled":                  {Tone: Danger, Icon: IconCross},
	"status.approved":                   {Tone: Info, Icon: IconSeal},
	"status.contract_draft":             {Tone: Info, Icon: IconFile},
	"status.other":                      {Icon: IconMore},
	"check.none":                        {Tone: Neutral, Icon: IconDot},
	"check.clear":                       {Tone: Success, Icon: IconCheck},
	"check.violated":                    {Tone: Danger, Icon: IconCross},
}

// Deadline gives the look of a deadline with that many days left (0 is the last day, negative is overdue):
// calm, at 3 a warning, at 1 danger, overdue danger filled.
func Deadline(daysLeft int) Status {
	switch {
	case daysLeft < 0:
		return Status{Tone: Danger, Icon: IconClock, Filled: true}
	case daysLeft <= 1:
		return Status{Tone: Danger, Icon: IconClock}
	case daysLeft <= 3:
		return Status{Tone: Warning, Icon: IconClock}
	default:
		return Status{Icon: IconClock, Plain: true}
	}
}
