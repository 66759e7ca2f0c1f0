package examples

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"attune/engine/dataset"
	"attune/gui/parts"
	"attune/projects"
)

// splitting shows how rows are dealt out and deals them out anew.
type splitting struct {
	options          projects.SplitOptions
	counts           *parts.Bars
	test, validation *widget.Slider
	shares           *widget.Label
	content          fyne.CanvasObject
}

func newSplitting(split func(projects.SplitOptions)) *splitting {
	s := &splitting{options: projects.DefaultSplit(), counts: parts.NewBars(false, nil), shares: parts.QuietSentence("")}
	s.test = share(s.options.Test, func(x float64) { s.options.Test = x; s.say() })
	s.validation = share(s.options.Validation, func(x float64) { s.options.Validation = x; s.say() })
	even := widget.NewCheck("Each label keeps its share", func(on bool) { s.options.Stratify = on })
	even.Checked = s.options.Stratify
	s.content = parts.Column(0,
		parts.Strong("Split"),
		parts.QuietSentence("The model learns from the training rows, is checked on the validation rows while it learns, and is judged on the test rows at the end."),
		parts.Inset(parts.Grid, s.counts),
		s.shares,
		labelled("Validation", s.validation), labelled("Test", s.test), even,
		parts.Inset(parts.Grid, widget.NewButton("Split the rows anew", func() { split(s.options) })))
	s.say()
	return s
}

func labelled(name string, slider *widget.Slider) fyne.CanvasObject {
	return parts.Column(-parts.Grid*1.5, widget.NewLabel(name), slider)
}

// share is a slider from 5 to 40 %.
func share(start float64, changed func(float64)) *widget.Slider {
	s := widget.NewSlider(0.05, 0.4)
	s.Step = 0.05
	s.Value = start
	s.OnChanged = changed
	return s
}

func (s *splitting) say() {
	s.shares.SetText(fmt.Sprintf("Next split: %s training, %s validation, %s test.",
		parts.Percent(1-s.options.Validation-s.options.Test), parts.Percent(s.options.Validation), parts.Percent(s.options.Test)))
}

func (s *splitting) show(counts map[dataset.Split]int) {
	shown := dataset.Splits
	if counts[dataset.Unassigned] > 0 {
		shown = append([]dataset.Split{dataset.Unassigned}, shown...)
	}
	var used []dataset.Split
	for _, split := range shown {
		if counts[split] > 0 {
			used = append(used, split)
		}
	}
	s.counts.Draw(parts.CountBars(used, func(split dataset.Split) (string, int) { return parts.UseOf(split), counts[split] }))
}
