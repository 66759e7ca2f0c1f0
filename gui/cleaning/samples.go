package cleaning

import (
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"attune/gui/parts"
	"attune/projects"
)

// samples shows rows before and after, with the parts that differ.
type samples struct {
	says    *widget.Label
	shown   *projects.CleaningPreview
	rows    *fyne.Container
	content fyne.CanvasObject
}

func newSamples() *samples {
	s := &samples{says: parts.QuietSentence(""), rows: parts.Column(parts.Grid)}
	s.content = container.NewBorder(parts.Column(-parts.Grid*1.5, parts.Strong("Before and after"), s.says), nil, nil, nil,
		container.NewVScroll(container.New(layout.NewCustomPaddedLayout(parts.Grid, 0, 0, parts.Grid*1.5), s.rows)))
	return s
}

func (s *samples) show(draft *projects.Cleaning, preview *projects.CleaningPreview) {
	switch {
	case len(draft.Steps()) == 0:
		s.says.SetText("Rows that the ticked steps change are shown here.")
	case preview == nil:
		s.says.SetText("")
	case len(preview.Samples) == 0:
		s.says.SetText("The ticked steps change no row. A model will do them to what it is asked all the same.")
	default:
		s.says.SetText("Some of the rows; · is a space and ¶ a line break that goes.")
	}
	if s.shown == preview && (preview == nil) == (len(s.rows.Objects) == 0) {
		return
	}
	s.shown, s.rows.Objects = preview, nil
	if preview != nil {
		titles := map[string]string{}
		for _, each := range projects.CleaningSteps() {
			titles[each.Name] = each.Title
		}
		for _, row := range preview.Samples {
			var by []string
			for _, place := range row.By {
				by = append(by, titles[preview.Steps[place]])
			}
			s.rows.Add(sample(row, strings.Join(by, ", ")))
		}
	}
	s.rows.Refresh()
}

// sample is the card of a row.
func sample(row projects.CleanedRow, by string) fyne.CanvasObject {
	before := marked(row.Before, theme.ColorNameError, true)
	card := parts.Column(-parts.Grid/2, titled("Before", labelled(row.LabelsBefore, row.LabelsAfter)), before)
	if row.Dropped != "" {
		card.Add(titled("Left out", row.Dropped))
	} else {
		card.Add(titled("After", labelled(row.LabelsAfter, row.LabelsBefore)))
		card.Add(marked(row.After, theme.ColorNameSuccess, false))
	}
	card.Add(parts.QuietSentence(by))
	return parts.NewCard(card)
}

func titled(name, more string) fyne.CanvasObject {
	return container.NewHBox(parts.Quiet(name), parts.Strong(more))
}

// labelled gives a row's labels where they change.
func labelled(labels, others []string) string {
	text := strings.Join(labels, ", ")
	if text == strings.Join(others, ", ") {
		return ""
	}
	return text
}

const (
	longest = 120 // runes of a stretch that does not change; of longer ones the ends are shown
	mostOf  = 60  // stretches of one text
)

// marked is a text whose changed parts stand out. Those that go are shown even where
// they are blank.
func marked(text []projects.TextPart, colour fyne.ThemeColorName, blanks bool) fyne.CanvasObject {
	rich := widget.NewRichText()
	rich.Wrapping = fyne.TextWrapWord
	for i, part := range text[:min(len(text), mostOf)] {
		shown, style := part.Text, widget.RichTextStyleInline
		if part.Changed {
			style.ColorName, style.TextStyle = colour, fyne.TextStyle{Bold: true, Underline: !blanks, Strikethrough: blanks}
			if blanks {
				shown = strings.NewReplacer(" ", "·", "\t", "·", "\u00a0", "·", "\r\n", "¶\n", "\n", "¶\n", "\r", "¶\n").Replace(shown)
			}
		}
		rich.Segments = append(rich.Segments, &widget.TextSegment{Text: shortened(shown, i == 0, i == len(text)-1), Style: style})
	}
	if len(text) > mostOf {
		rich.Segments = append(rich.Segments, &widget.TextSegment{Text: " ...", Style: widget.RichTextStyleInline})
	}
	return rich
}

// shortened leaves out the middle of a long stretch, or its beginning or end where
// it is the first or the last.
func shortened(text string, first, last bool) string {
	if utf8.RuneCountInString(text) <= longest {
		return text
	}
	runes := []rune(text)
	head, tail := string(runes[:longest/2]), string(runes[len(runes)-longest/2:])
	switch {
	case first && last:
		return string(runes[:longest]) + " ..."
	case first:
		return "... " + tail
	case last:
		return head + " ..."
	}
	return head + " ... " + tail
}
