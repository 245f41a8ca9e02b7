package look

import (
	"embed"
	"fmt"
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Icon names one of our drawings: 24 × 24, one colour, lines of 2. An empty Icon draws nothing.
type Icon string

// The icons, by what they show.
const (
	IconAssign     Icon = "assign"
	IconBack       Icon = "back"
	IconBell       Icon = "bell"
	IconBox        Icon = "box"
	IconBoxChecked Icon = "box-checked"
	IconCalendar   Icon = "calendar"
	IconChart      Icon = "chart"
	IconCheck      Icon = "check"
	IconClock      Icon = "clock"
	IconClose      Icon = "close"
	IconCloud      Icon = "cloud"
	IconColumns    Icon = "columns"
	IconCross      Icon = "cross"
	IconDash       Icon = "dash"
	IconDot        Icon = "dot"
	IconDown       Icon = "down"
	IconEnvelope   Icon = "envelope"
	IconExport     Icon = "export"
	IconEye        Icon = "eye"
	IconEyeOff     Icon = "eye-off"
	IconFile       Icon = "file"
	IconFilter     Icon = "filter"
	IconFlag       Icon = "flag"
	IconFolder     Icon = "folder"
	IconForward    Icon = "forward"
	IconHome       Icon = "home"
	IconHourglass  Icon = "hourglass"
	IconInbox      Icon = "inbox"
	IconInfo       Icon = "info"
	IconKey        Icon = "key"
	IconLeft       Icon = "left"
	IconList       Icon = "list"
	IconLock       Icon = "lock"
	IconMore       Icon = "more"
	IconOffline    Icon = "offline"
	IconPencil     Icon = "pencil"
	IconPlay       Icon = "play"
	IconPlus       Icon = "plus"
	IconRedo       Icon = "redo"
	IconRefresh    Icon = "refresh"
	IconRight      Icon = "right"
	IconRing       Icon = "ring"
	IconSeal       Icon = "seal"
	IconSearch     Icon = "search"
	IconSend       Icon = "send"
	IconSettings   Icon = "settings"
	IconSign       Icon = "sign"
	IconSpeech     Icon = "speech"
	IconTrash      Icon = "trash"
	IconUndo       Icon = "undo"
	IconUp         Icon = "up"
	IconUser       Icon = "user"
	IconUsers      Icon = "users"
	IconWarning    Icon = "warning"
)

// Icons lists every icon.
func Icons() []Icon {
	return []Icon{
		IconAssign, IconBack, IconBell, IconBox, IconBoxChecked, IconCalendar, IconChart, IconCheck,
		IconClock, IconClose, IconCloud, IconColumns, IconCross, IconDash, IconDot, IconDown,
		IconEnvelope, IconExport, IconEye, IconEyeOff, IconFile, IconFilter, IconFlag, IconFolder,
		IconForward, IconHome, IconHourglass, IconInbox, IconInfo, IconKey, IconLeft, IconList,
		IconLock, IconMore, IconOffline, IconPencil, IconPlay, IconPlus, IconRedo, IconRefresh, IconRight,
		IconRing, IconSeal, IconSearch, IconSend, IconSettings, IconSign, IconSpeech, IconTrash,
		IconUndo, IconUp, IconUser, IconUsers, IconWarning,
	}
}

//go:embed icons
var drawings embed.FS

// SVG gives the drawing in black, or nil for an icon that there is none of.
func (i Icon) SVG() []byte {
	data, err := drawings.ReadFile("icons/" + string(i) + ".svg")
	if err != nil {
		return nil
	}
	return data
}

// In gives the drawing in one colour; nil for the empty icon. The name tells colours apart, because Fyne
// caches by name.
func (i Icon) In(c color.NRGBA) fyne.Resource {
	svg := i.SVG()
	if svg == nil {
		return nil
	}
	hex := fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B)
	return fyne.NewStaticResource(string(i)+hex+".svg", []byte(strings.ReplaceAll(string(svg), "#000000", hex)))
}

// Themed gives the drawing for Fyne's own widgets, which colour it themselves; nil for the empty icon.
func (i Icon) Themed() fyne.Resource {
	if i.SVG() == nil {
		return nil
	}
	return themed{i}
}

// themed takes the colour of text whenever it is asked. Fyne's own themed resource colours what is filled, not lines.
type themed struct{ icon Icon }

// Name implements fyne.Resource; it holds the colour, because Fyne caches by name.
func (t themed) Name() string { return t.icon.In(Now().Text).Name() }

// Content implements fyne.Resource.
func (t themed) Content() []byte { return t.icon.In(Now().Text).Content() }

// ThemeColorName implements fyne.ThemedResource.
func (t themed) ThemeColorName() fyne.ThemeColorName { return theme.ColorNameForeground }
