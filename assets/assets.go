// Package assets embeds everything that the programs carry with them and that is not code:
// translations, the fonts, the risk catalogue, the working calendar and the demo's portal files.
//
// It imports nothing of ours and parses nothing but the translations: whoever owns a format parses it.
// The embedded bytes are shared by everybody who reads them and must not be written to.
package assets

import "embed"

// FontRegular and FontBold are Noto Sans (SIL Open Font License 1.1, fonts/OFL.txt) as TrueType.
// They are newer than the ones that Fyne carries, which draw the Kazakh «і» without its dot.
var (
	//go:embed fonts/NotoSans-Regular.ttf
	FontRegular []byte
	//go:embed fonts/NotoSans-Bold.ttf
	FontBold []byte
)

// Icon is the programs' own icon, a PNG of 512 × 512 made of icons/baqylau.svg.
//
//go:embed icons/baqylau.png
var Icon []byte

// RiskProfiles is the built-in catalogue of risk profiles as CSV with the header
// number,direction,methods,remedies,name_kk,name_ru,status; methods and remedies are separated by «|».
// Rows whose status says "sample" are worded by us and wait for the official table.
//
//go:embed catalogue/risk-profiles.csv
var RiskProfiles []byte

// Terms is the built-in book of terms as JSON: version and terms, each with name, value, unit, from
// (absent: always) and basis.
//
//go:embed catalogue/terms.json
var Terms []byte

// WorkCalendar is the working calendar of Kazakhstan as JSON: for each year the days off and the
// working weekend days, as ISO dates.
//
//go:embed calendar/work-calendar.json
var WorkCalendar []byte

// DemoFS holds the demo's portal files under demo/.
//
//go:embed demo
var DemoFS embed.FS

// almatyZone is the zone of Asia/Almaty in TZif format (tz database, public domain). It is carried along
// because an old system's own copy still says UTC+6 after 1 March 2024, and is preferred by time.LoadLocation.
//
//go:embed calendar/Asia-Almaty.tzif
var almatyZone []byte

//go:embed words
var wordsFS embed.FS
