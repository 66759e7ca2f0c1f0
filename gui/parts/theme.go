package parts

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Grid is the step of all distances in the window, in Fyne's scaled pixels.
const Grid float32 = 8

// Two text sizes serve the whole window: SizeNameText for everything that is
// read, SizeNameHeading for the one line that says where one is.
const (
	sizeText    float32 = 14
	sizeHeading float32 = 22
)

// SizeNameHeading is the size of a page's title and of its one big number.
const SizeNameHeading = theme.SizeNameHeadingText

// Colours that the window has beside Fyne's own.
const (
	ColorNameCard       fyne.ThemeColorName = "attuneCard"       // surface of cards and tables
	ColorNameRail       fyne.ThemeColorName = "attuneRail"       // surface of the rail and the header
	ColorNameQuiet      fyne.ThemeColorName = "attuneQuiet"      // text of second rank, 4.5:1 or better on every surface
	ColorNameTraining   fyne.ThemeColorName = "attuneTraining"   // the curve of the training rows
	ColorNameValidation fyne.ThemeColorName = "attuneValidation" // the curve of the validation rows
	ColorNameTint       fyne.ThemeColorName = "attuneTint"       // the accent, faint: chosen cards, hovered drop zones
)

// Appearance says whether the window is light or dark.
type Appearance int

// FollowSystem takes the desktop's own setting; the others overrule it.
const (
	FollowSystem Appearance = iota
	Light
	Dark
)

// Theme is Attune's look: one accent colour, light or dark.
type Theme struct{ Appearance Appearance }

var _ fyne.Theme = Theme{}

// Color gives the colour of a name. The two curves are blue and orange, which
// people of every kind of colour vision tell apart.
func (t Theme) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	switch t.Appearance {
	case Light:
		variant = theme.VariantLight
	case Dark:
		variant = theme.VariantDark
	}
	palette := lightPalette
	if variant == theme.VariantDark {
		palette = darkPalette
	}
	if c, ok := palette(name); ok {
		return c
	}
	return theme.DefaultTheme().Color(name, variant)
}

// Font gives Fyne's own fonts, which fall back to the system's for other scripts.
func (Theme) Font(style fyne.TextStyle) fyne.Resource { return theme.DefaultTheme().Font(style) }

// Icon gives Fyne's own icons.
func (Theme) Icon(name fyne.ThemeIconName) fyne.Resource { return theme.DefaultTheme().Icon(name) }

// Size gives distances on the grid and the two text sizes.
func (Theme) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case theme.SizeNameText, theme.SizeNameCaptionText, theme.SizeNameSubHeadingText:
		return sizeText
	case theme.SizeNameHeadingText:
		return sizeHeading
	case theme.SizeNamePadding:
		return Grid / 2
	case theme.SizeNameInnerPadding:
		return Grid
	case theme.SizeNameInputRadius, theme.SizeNameSelectionRadius:
		return Grid * 3 / 4
	default:
		return theme.DefaultTheme().Size(name)
	}
}

func lightPalette(name fyne.ThemeColorName) (color.Color, bool) {
	switch name {
	case theme.ColorNamePrimary, theme.ColorNameHyperlink, ColorNameTraining:
		return hex(0x2f5bd0), true
	case theme.ColorNameForegroundOnPrimary:
		return hex(0xffffff), true
	case theme.ColorNameFocus, theme.ColorNameSelection:
		return faint(0x2f5bd0, 0x38), true
	case ColorNameTint:
		return hex(0xeaf0fd), true
	case ColorNameValidation:
		return hex(0xd9640c), true
	case theme.ColorNameBackground:
		return hex(0xf7f8fa), true
	case ColorNameCard, theme.ColorNameInputBackground, theme.ColorNameMenuBackground, theme.ColorNameOverlayBackground:
		return hex(0xffffff), true
	case ColorNameRail:
		return hex(0xeef0f4), true
	case theme.ColorNameHeaderBackground:
		return hex(0xf1f3f6), true
	case theme.ColorNameForeground:
		return hex(0x1c2129), true
	case ColorNameQuiet, theme.ColorNamePlaceHolder:
		return hex(0x5b6472), true
	case theme.ColorNameDisabled:
		return hex(0x666e7b), true
	case theme.ColorNameButton:
		return hex(0xe6e9ee), true
	case theme.ColorNameDisabledButton:
		return hex(0xeceef2), true
	case theme.ColorNameInputBorder:
		return hex(0xc9ced7), true
	case theme.ColorNameSeparator:
		return hex(0xdfe3e9), true
	case theme.ColorNameError:
		return hex(0xc22f2f), true
	case theme.ColorNameWarning:
		return hex(0x8f5b00), true
	case theme.ColorNameSuccess:
		return hex(0x1f7a45), true
	default:
		rgb, ok := markColor(name, lightMarks)
		return hex(rgb), ok
	}
}

func darkPalette(name fyne.ThemeColorName) (color.Color, bool) {
	switch name {
	case theme.ColorNamePrimary, theme.ColorNameHyperlink, ColorNameTraining:
		return hex(0x7ea2ff), true
	case theme.ColorNameForegroundOnPrimary:
		return hex(0x0e1526), true
	case theme.ColorNameFocus, theme.ColorNameSelection:
		return faint(0x7ea2ff, 0x48), true
	case ColorNameTint:
		return hex(0x22304f), true
	case ColorNameValidation:
		return hex(0xff9d4d), true
	case theme.ColorNameBackground:
		return hex(0x15181d), true
	case ColorNameCard, theme.ColorNameInputBackground, theme.ColorNameMenuBackground, theme.ColorNameOverlayBackground:
		return hex(0x1e2228), true
	case ColorNameRail:
		return hex(0x101216), true
	case theme.ColorNameHeaderBackground:
		return hex(0x252a31), true
	case theme.ColorNameForeground:
		return hex(0xe9ecf1), true
	case ColorNameQuiet, theme.ColorNamePlaceHolder:
		return hex(0xa3acb9), true
	case theme.ColorNameDisabled:
		return hex(0x939cab), true
	case theme.ColorNameButton:
		return hex(0x2c323b), true
	case theme.ColorNameDisabledButton:
		return hex(0x23282f), true
	case theme.ColorNameInputBorder:
		return hex(0x434b57), true
	case theme.ColorNameSeparator:
		return hex(0x313740), true
	case theme.ColorNameError:
		return hex(0xff8080), true
	case theme.ColorNameWarning:
		return hex(0xf2b84b), true
	case theme.ColorNameSuccess:
		return hex(0x63c98d), true
	default:
		rgb, ok := markColor(name, darkMarks)
		return hex(rgb), ok
	}
}

func hex(rgb uint32) color.Color { return faint(rgb, 0xff) }

func faint(rgb uint32, alpha uint8) color.Color {
	return color.NRGBA{R: uint8(rgb >> 16), G: uint8(rgb >> 8), B: uint8(rgb), A: alpha}
}

// Color gives a colour of the current theme.
func Color(name fyne.ThemeColorName) color.Color {
	settings := fyne.CurrentApp().Settings()
	return settings.Theme().Color(name, settings.ThemeVariant())
}
