package parts_test

import (
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"attune/gui/parts"
)

// TestContrast holds texts to the 4.5:1 of WCAG 2.1, level AA, on every surface.
func TestContrast(t *testing.T) {
	test.NewTempApp(t)
	texts := []fyne.ThemeColorName{theme.ColorNameForeground, parts.ColorNameQuiet, theme.ColorNameError, theme.ColorNameWarning, theme.ColorNameSuccess, theme.ColorNameDisabled}
	surfaces := []fyne.ThemeColorName{theme.ColorNameBackground, parts.ColorNameCard, parts.ColorNameRail}
	for name, look := range map[string]parts.Theme{"light": {Appearance: parts.Light}, "dark": {Appearance: parts.Dark}} {
		for _, text := range texts {
			for _, surface := range surfaces {
				if c := contrast(look.Color(text, 0), look.Color(surface, 0)); c < 4.5 {
					t.Errorf("%s: %s on %s has a contrast of %.2f", name, text, surface, c)
				}
			}
		}
		if c := contrast(look.Color(theme.ColorNameForegroundOnPrimary, 0), look.Color(theme.ColorNamePrimary, 0)); c < 4.5 {
			t.Errorf("%s: the primary button's text has a contrast of %.2f", name, c)
		}
	}
}

func contrast(a, b color.Color) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	linear := func(v uint32) float64 {
		x := float64(v) / 0xffff
		if x <= 0.03928 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}

func TestAppearanceOverrulesTheSystem(t *testing.T) {
	test.NewTempApp(t)
	light, dark := parts.Theme{Appearance: parts.Light}, parts.Theme{Appearance: parts.Dark}
	if light.Color(theme.ColorNameBackground, theme.VariantDark) == dark.Color(theme.ColorNameBackground, theme.VariantLight) {
		t.Error("light and dark look the same")
	}
	system := parts.Theme{}
	if system.Color(theme.ColorNameBackground, theme.VariantDark) != dark.Color(theme.ColorNameBackground, theme.VariantLight) {
		t.Error("the system's dark is not followed")
	}
}
