package cleaning

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"attune/gui/parts"
	"attune/projects"
)

// steps is the list of all steps: those of the draft with their settings, the others
// to be ticked.
type steps struct {
	changed func()
	draft   *projects.Cleaning
	drawn   bool // for this draft
	lines   []*stepLine
	content *fyne.Container
}

// stepLine is one step. Its place is that in the draft, or -1.
type stepLine struct {
	step  projects.CleaningStep
	place int
	rows  *widget.Label
	form  *parts.Form
}

func newSteps(changed func()) *steps {
	return &steps{changed: changed, content: parts.Column(parts.Grid)}
}

// forget makes the list be drawn anew: what is set was set elsewhere.
func (l *steps) forget() { l.drawn = false }

// wrong says whether a setting was refused.
func (l *steps) wrong() bool {
	for _, line := range l.lines {
		if line.form != nil && line.form.Wrong() {
			return true
		}
	}
	return false
}

// show draws the steps, or only their counts while the user is setting them.
func (l *steps) show(draft *projects.Cleaning, preview *projects.CleaningPreview) {
	if l.draft != draft || !l.drawn {
		l.draft, l.drawn = draft, true
		l.draw()
	}
	for _, line := range l.lines {
		text := ""
		if preview != nil && line.place >= 0 && line.place < len(preview.By) && preview.Steps[line.place] == line.step.Name {
			text = parts.Counted(preview.By[line.place], "row", "rows")
		}
		line.rows.SetText(text)
	}
}

func (l *steps) draw() {
	l.lines = nil
	texts, others := parts.Column(parts.Grid), parts.Column(parts.Grid)
	for _, each := range projects.CleaningSteps() {
		column := texts
		if each.Rows {
			column = others
		}
		chosen := false
		for place, step := range l.draft.Steps() {
			if step.Name == each.Name {
				chosen = true
				column.Add(l.line(step, place))
			}
		}
		if !chosen {
			column.Add(l.line(each, -1))
		}
	}
	l.content.Objects = []fyne.CanvasObject{
		heading("Texts", "A model does the same to everything that it is asked."), texts,
		parts.Below(parts.Grid, heading("Rows and labels", "A model learns from what is left, and answers everything.")), others,
	}
	l.content.Refresh()
}

func heading(name, about string) fyne.CanvasObject {
	return parts.Column(-parts.Grid*1.5, parts.Strong(name), parts.QuietSentence(about))
}

// line is the card of a step.
func (l *steps) line(step projects.CleaningStep, place int) fyne.CanvasObject {
	line := &stepLine{step: step, place: place, rows: parts.Quiet("")}
	l.lines = append(l.lines, line)
	tick := widget.NewCheck(step.Title, nil)
	tick.Checked = place >= 0
	tick.OnChanged = func(on bool) { l.tick(line, on) }
	body := parts.Column(-parts.Grid, container.NewBorder(nil, nil, nil, line.rows, tick), parts.QuietSentence(step.About))
	if place >= 0 && len(step.Fields) > 0 {
		line.form = parts.NewNarrowForm(step.Fields)
		line.form.OnChanged = l.changed
		body.Add(parts.Sides(parts.Grid, parts.Grid/2, line.form))
	}
	if place >= 0 && step.Again {
		another := widget.NewButtonWithIcon("Another one", theme.ContentAddIcon(), func() { l.add(step.Name) })
		another.Importance = widget.LowImportance
		body.Add(container.NewHBox(another))
	}
	return parts.NewCard(body)
}

func (l *steps) tick(line *stepLine, on bool) {
	if on {
		l.add(line.step.Name)
		return
	}
	l.draft.Remove(line.place)
	l.forget()
	l.changed()
}

func (l *steps) add(name string) {
	if _, err := l.draft.Add(name); err != nil {
		return // the list holds no others than there are
	}
	l.forget()
	l.changed()
}
