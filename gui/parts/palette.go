package parts

import (
	"fmt"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"attune/engine/dataset"
)

// Palette gives the labels of marked texts their colours, so that a label has the same
// one wherever a page shows it.
type Palette struct{ labels []string }

// Know gives labels colours in their order, before any is seen in a text.
func (p *Palette) Know(labels ...string) {
	for _, label := range labels {
		p.Color(label)
	}
}

// Color gives the colour of a label; a place without a label has that of the accent.
func (p *Palette) Color(label string) fyne.ThemeColorName {
	if label == "" {
		return theme.ColorNamePrimary
	}
	i := slices.Index(p.labels, label)
	if i < 0 {
		i = len(p.labels)
		p.labels = append(p.labels, label)
	}
	return markName(i % len(lightMarks))
}

func markName(i int) fyne.ThemeColorName { return fyne.ThemeColorName(fmt.Sprint("attuneMark", i)) }

// The colours of marks, told apart by people of every kind of colour vision as far as
// so many can be; the text over them keeps its own colour.
var (
	lightMarks = []uint32{0x2f5bd0, 0xd9640c, 0x14866d, 0xb0307a, 0x8a6d00, 0x6a4bc4, 0x0a7fa8, 0x8b4a2b}
	darkMarks  = []uint32{0x7ea2ff, 0xff9d4d, 0x4fd0b0, 0xf283c0, 0xe3c34d, 0xb79cff, 0x5cc8ee, 0xd9a084}
)

func markColor(name fyne.ThemeColorName, colors []uint32) (rgb uint32, ok bool) {
	for i, rgb := range colors {
		if name == markName(i) {
			return rgb, true
		}
	}
	return 0, false
}

// LabelsOf gives the labels of spans once each, in the order of their places.
func LabelsOf(spans []dataset.Span) []string {
	var labels []string
	for _, s := range spans {
		if s.Label != "" && !slices.Contains(labels, s.Label) {
			labels = append(labels, s.Label)
		}
	}
	return labels
}
