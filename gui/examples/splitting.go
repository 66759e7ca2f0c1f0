package examples

import (
	"fmt"
	"slices"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"attune/engine/dataset"
	"attune/gui/parts"
	"attune/projects"
)

// The rules by which rows can be dealt out.
const (
	byChance = "By chance"
	byTime   = "By time: the newest are the test"
	byColumn = "As a column says"
	byTurns  = "Into 5 parts that take turns"
)

// turns is how many parts take turns.
const turns = 5

// noGroup is the choice of no column to keep rows together by.
const noGroup = "(none)"

// splitting shows how rows are dealt out and deals them out anew.
type splitting struct {
	options          projects.SplitOptions
	showing          bool // choices that change while being filled ask for nothing
	counts           *parts.Bars
	test, validation *widget.Slider
	even             *widget.Check
	rule, column     *widget.Select
	part, group      *widget.Select
	lines            map[*widget.Select]fyne.CanvasObject
	shares           *widget.Label
	testSet          *widget.Label
	lock             *widget.Check
	content          *fyne.Container
}

func newSplitting(split func(projects.SplitOptions), lock func(bool)) *splitting {
	s := &splitting{options: projects.DefaultSplit(), counts: parts.NewBars(false, nil), shares: parts.QuietSentence(""), testSet: parts.QuietSentence("")}
	s.test = share(s.options.Test, func(x float64) { s.options.Test = x; s.say() })
	s.validation = share(s.options.Validation, func(x float64) { s.options.Validation = x; s.say() })
	s.even = widget.NewCheck("Each label keeps its share", func(on bool) { s.options.Stratify = on })
	s.even.Checked = s.options.Stratify
	choose := func(string) { s.chosen() }
	s.rule = widget.NewSelect([]string{byChance, byTime, byColumn, byTurns}, choose)
	s.column, s.group, s.part = widget.NewSelect(nil, choose), widget.NewSelect(nil, choose), widget.NewSelect(nil, choose)
	for i := range turns {
		s.part.Options = append(s.part.Options, strconv.Itoa(i+1))
	}
	s.lines = map[*widget.Select]fyne.CanvasObject{
		s.rule: above("Rows go", s.rule), s.column: above("Column", s.column),
		s.part: above("Validation is part", s.part), s.group: above("Keep together the same", s.group),
	}
	s.lock = widget.NewCheck("Lock the test rows", func(on bool) {
		if !s.showing {
			lock(on)
		}
	})
	s.content = parts.Column(0,
		parts.Strong("Split"),
		parts.QuietSentence("The model learns from the training rows, is checked on the validation rows while it learns, and is judged on the test rows at the end."),
		parts.Inset(parts.Grid, s.counts),
		s.testSet, s.lock,
		s.shares,
		s.lines[s.rule], s.lines[s.column], s.lines[s.part],
		labelled("Validation", s.validation), labelled("Test", s.test), s.lines[s.group], s.even,
		parts.Inset(parts.Grid, widget.NewButton("Split the rows anew", func() { split(s.options) })))
	s.rule.SetSelected(byChance)
	s.part.SetSelected("1")
	s.group.SetSelected(noGroup)
	return s
}

func labelled(name string, control fyne.CanvasObject) fyne.CanvasObject {
	return parts.Column(-parts.Grid*1.5, widget.NewLabel(name), control)
}

func above(name string, choice *widget.Select) fyne.CanvasObject {
	return parts.Column(-parts.Grid/2, widget.NewLabel(name), choice)
}

// share is a slider from 5 to 40 %.
func share(start float64, changed func(float64)) *widget.Slider {
	s := widget.NewSlider(0.05, 0.4)
	s.Step = 0.05
	s.Value = start
	s.OnChanged = changed
	return s
}

// chosen takes the choices in and shows those that belong to the rule.
func (s *splitting) chosen() {
	if s.showing {
		return
	}
	o := &s.options
	o.Time, o.Column, o.Folds, o.Fold, o.Group = "", "", 0, 0, ""
	switch s.rule.Selected {
	case byTime:
		o.Time = s.column.Selected
	case byColumn:
		o.Column = s.column.Selected
	case byTurns:
		o.Folds = turns
		o.Fold, _ = strconv.Atoi(s.part.Selected)
	}
	if s.group.Selected != noGroup {
		o.Group = s.group.Selected
	}
	s.say()
}

func (s *splitting) say() {
	o, rule := s.options, s.rule.Selected
	named := rule == byTime || rule == byColumn
	s.lines[s.column].(*fyne.Container).Hidden = !named
	s.lines[s.part].(*fyne.Container).Hidden = rule != byTurns
	s.lines[s.group].(*fyne.Container).Hidden = len(s.group.Options) < 2
	s.even.Hidden = rule == byTime
	validation := o.Validation
	if rule == byTurns {
		validation = (1 - o.Test) / turns
	}
	text := fmt.Sprintf("Next split: %s training, %s validation, %s test.", parts.Percent(1-validation-o.Test), parts.Percent(validation), parts.Percent(o.Test))
	switch {
	case named && len(s.column.Options) == 0:
		text = "The files have no column besides the text and the label."
	case rule == byColumn:
		text = "Next split: as the column says; rows of which it says nothing by these shares."
	}
	s.shares.SetText(text)
	s.content.Refresh()
}

func (s *splitting) show(o projects.Overview, test projects.TestSet) {
	counts := o.Splits
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
	s.showing = true
	s.lock.Hidden = test.Rows == 0 && !test.Locked
	s.testSet.Hidden = s.lock.Hidden
	s.testSet.SetText(test.Sentence())
	s.testSet.Importance = widget.LowImportance
	if test.Broken {
		s.testSet.Importance = widget.WarningImportance
	}
	s.lock.SetChecked(test.Locked)
	s.offer(o.Sources)
	s.showing = false
	s.chosen()
}

// offer gives the columns of all files to choose from.
func (s *splitting) offer(files []projects.Source) {
	columns := parts.FileColumns(files)
	s.column.SetOptions(columns)
	s.group.SetOptions(append([]string{noGroup}, columns...))
	if !slices.Contains(columns, s.column.Selected) && len(columns) > 0 {
		s.column.SetSelected(columns[0])
	}
	if !slices.Contains(s.group.Options, s.group.Selected) {
		s.group.SetSelected(noGroup)
	}
}
