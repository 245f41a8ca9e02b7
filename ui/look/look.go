// Package look is how the desktop looks: the colours, sizes, faces and icons of the design tokens (ui.md) as a
// fyne.Theme, for light and dark, at four text sizes.
//
// It promises that every text colour it gives reads at a contrast of at least 4.5 : 1 on the surface that it is
// meant for (WCAG 2.1, 1.4.3; tested), and that every icon in the list renders. It knows no words and no rules:
// what a status is called stands in assets, which actions it allows in control.
package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"baqylau/assets"
)

// Mode says which variant is shown.
type Mode string

// The modes; System follows the desktop's own setting.
const (
	System Mode = ""
	Light  Mode = "light"
	Dark   Mode = "dark"
)

// TextSizes are the sizes that a person may choose from, in percent of the ordinary one.
func TextSizes() []int { return []int{100, 125, 150, 200} }

// Theme is the fyne.Theme of the program. It is immutable: a new setting is a new theme.
type Theme struct {
	mode    Mode
	scale   float32
	regular fyne.Resource
	bold    fyne.Resource
}

// New makes a theme; percent outside 100…200 reads as 100.
func New(mode Mode, percent int) *Theme {
	if percent < 100 || percent > 200 {
		percent = 100
	}
	return &Theme{
		mode:    mode,
		scale:   float32(percent) / 100,
		regular: fyne.NewStaticResource("NotoSans-Regular.ttf", assets.FontRegular),
		bold:    fyne.NewStaticResource("NotoSans-Bold.ttf", assets.FontBold),
	}
}

// Palette gives the colours that the theme shows under the desktop's variant.
func (t *Theme) Palette(v fyne.ThemeVariant) *Palette {
	if t.mode == Dark || (t.mode == System && v == theme.VariantDark) {
		return dark()
	}
	return light()
}

// Color implements fyne.Theme.
func (t *Theme) Color(name fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	p := t.Palette(v)
	switch name {
	case theme.ColorNameBackground:
		return p.Background
	case theme.ColorNameForeground:
		return p.Text
	case theme.ColorNameDisabled, theme.ColorNamePlaceHolder:
		return p.Muted
	case theme.ColorNamePrimary, theme.ColorNameHyperlink:
		return p.Primary
	case theme.ColorNameForegroundOnPrimary, theme.ColorNameForegroundOnError,
		theme.ColorNameForegroundOnSuccess, theme.ColorNameForegroundOnWarning:
		return p.OnPrimary
	case theme.ColorNameFocus, theme.ColorNameSelection:
		return p.Selection
	case theme.ColorNameHover, theme.ColorNamePressed:
		return p.Hover
	case theme.ColorNameButton, theme.ColorNameInputBackground, theme.ColorNameHeaderBackground:
		return p.Surface
	case theme.ColorNameDisabledButton:
		return p.Background
	case theme.ColorNameInputBorder, theme.ColorNameInnerWindowBorder, theme.ColorNameInnerWindowBorderInactive:
		return p.InputLine
	case theme.ColorNameSeparator:
		return p.Line
	case theme.ColorNameMenuBackground, theme.ColorNameOverlayBackground:
		return p.Raised
	case theme.ColorNameScrollBar:
		return p.Scroll
	case theme.ColorNameScrollBarBackground:
		return p.Hover
	case theme.ColorNameShadow:
		return p.Shadow
	case theme.ColorNameError:
		return p.Shade(Danger).Ink
	case theme.ColorNameSuccess:
		return p.Shade(Success).Ink
	case theme.ColorNameWarning:
		return p.Shade(Warning).Ink
	default:
		return theme.DefaultTheme().Color(name, v)
	}
}

// Font implements fyne.Theme. Fyne's own faces serve fixed-width text and symbols alone.
func (t *Theme) Font(style fyne.TextStyle) fyne.Resource {
	switch {
	case style.Monospace || style.Symbol:
		return theme.DefaultTheme().Font(style)
	case style.Bold:
		return t.bold
	default:
		return t.regular
	}
}

// Icon implements fyne.Theme: Fyne's own widgets get our icons where we have one of that meaning.
func (t *Theme) Icon(name fyne.ThemeIconName) fyne.Resource {
	if icon, ok := fyneIcons[name]; ok {
		return icon.Themed()
	}
	return theme.DefaultTheme().Icon(name)
}

// fyneIcons are ours for Fyne's own widgets.
var fyneIcons = map[fyne.ThemeIconName]Icon{
	theme.IconNameCancel:             IconClose,
	theme.IconNameConfirm:            IconCheck,
	theme.IconNameSearch:             IconSearch,
	theme.IconNameMoveDown:           IconDown,
	theme.IconNameMoveUp:             IconUp,
	theme.IconNameArrowDropDown:      IconDown,
	theme.IconNameArrowDropUp:        IconUp,
	theme.IconNameVisibility:         IconEye,
	theme.IconNameVisibilityOff:      IconEyeOff,
	theme.IconNameCheckButton:        IconBox,
	theme.IconNameCheckButtonChecked: IconBoxChecked,
	theme.IconNameFolder:             IconFolder,
	theme.IconNameFile:               IconFile,
	theme.IconNameInfo:               IconInfo,
	theme.IconNameWarning:            IconWarning,
	theme.IconNameViewRefresh:        IconRefresh,
	theme.IconNameMoreHorizontal:     IconMore,
	theme.IconNameNavigateBack:       IconBack,
	theme.IconNameNavigateNext:       IconForward,
	theme.IconNameCalendar:           IconCalendar,
	theme.IconNameContentAdd:         IconPlus,
	theme.IconNameContentUndo:        IconUndo,
	theme.IconNameContentRedo:        IconRedo,
	theme.IconNameDelete:             IconTrash,
	theme.IconNameHome:               IconHome,
	theme.IconNameSettings:           IconSettings,
	theme.IconNameMailSend:           IconSend,
	theme.IconNameAccount:            IconUser,
	theme.IconNameDocumentCreate:     IconPencil,
	theme.IconNameDownload:           IconExport,
	theme.IconNameContentClear:       IconClose,
}

// Size implements fyne.Theme. Spacing stays when the text grows; what holds text grows with it.
func (t *Theme) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case theme.SizeNameText:
		return 14 * t.scale
	case theme.SizeNameCaptionText:
		return 12 * t.scale
	case theme.SizeNameSubHeadingText:
		return 16 * t.scale
	case theme.SizeNameHeadingText:
		return 20 * t.scale
	case theme.SizeNameInlineIcon:
		return 18 * t.scale
	case theme.SizeNamePadding, theme.SizeNameLineSpacing:
		return 4
	case theme.SizeNameInnerPadding:
		return 8
	case theme.SizeNameInputBorder, theme.SizeNameSeparatorThickness:
		return 1
	case theme.SizeNameInputRadius, theme.SizeNameButtonRadius, theme.SizeNameSelectionRadius, theme.SizeNameMenuRadius:
		return 4
	case theme.SizeNameCardRadius, theme.SizeNameDialogRadius, theme.SizeNamePopupRadius:
		return 6
	case theme.SizeNameModalBlurRadius:
		return 0 // costs more than the rest of a frame under software rendering
	default:
		return theme.DefaultTheme().Size(name)
	}
}

// Scale is the factor of the chosen text size: 1, 1.25, 1.5 or 2.
func (t *Theme) Scale() float32 { return t.scale }

// Now gives the palette in force in the running program; under another theme, ours for its variant.
func Now() *Palette {
	settings := fyne.CurrentApp().Settings()
	if t, ok := settings.Theme().(*Theme); ok {
		return t.Palette(settings.ThemeVariant())
	}
	if settings.ThemeVariant() == theme.VariantDark {
		return dark()
	}
	return light()
}

// Scaled gives a length of the design, drawn for the ordinary text size, at the size in force.
func Scaled(length float32) float32 {
	if t, ok := fyne.CurrentApp().Settings().Theme().(*Theme); ok {
		return length * t.scale
	}
	return length
}

// Lengths of the design at the ordinary text size, in Fyne's units; Row and Control go through Scaled.
const (
	Row     float32 = 32 // a line of a table
	Control float32 = 36 // a button, a field
	Ring    float32 = 2  // the focus ring
	Caption float32 = 12 // small text
	Body    float32 = 14 // text
	Heading float32 = 20 // the title of a page
)
