package evaluation

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"attune/gui/parts"
	"attune/projects"
)

// mistakes lists the rows that a model gets wrong, the surest first, all or
// those of one cell of the confusion matrix; a chosen one is shown in full.
type mistakes struct {
	report  projects.Report
	shown   []projects.Mistake
	title   *widget.Label
	all     *widget.Button
	table   *parts.Table
	text    *widget.Label
	content fyne.CanvasObject
}

func newMistakes() *mistakes {
	m := &mistakes{title: parts.Strong(""), text: parts.Sentence("")}
	m.text.Selectable = true
	m.all = parts.Link("Show all mistakes", func() { m.show(m.report) })
	m.table = parts.NewTable([]parts.TableColumn{
		{Title: "Text", Parts: 1},
		{Title: "Right label", Width: 136},
		{Title: "Answer", Width: 136},
		{Title: "How sure", Width: 88, Right: true},
	}, func() int { return len(m.shown) }, m.cell)
	m.table.OnSelected = func(row int) { m.text.SetText(m.shown[row].Text) }
	whole := parts.AtLeast(fyne.NewSize(parts.Grid*36, 0), parts.NewCard(container.NewVScroll(m.text)))
	m.content = container.NewBorder(container.NewBorder(nil, nil, m.title, m.all), nil, nil, whole, m.table)
	return m
}

// show lists all mistakes of a report.
func (m *mistakes) show(r projects.Report) {
	m.report = r
	title := "Mistakes, the surest first"
	if len(r.Mistakes) == 0 {
		title = "No mistakes on these rows"
	}
	m.list(r.Mistakes, title)
	m.all.Hide()
}

// only lists the mistakes of one cell.
func (m *mistakes) only(want, got string) {
	var some []projects.Mistake
	for _, each := range m.report.Mistakes {
		if each.Want == want && each.Got == got {
			some = append(some, each)
		}
	}
	title := fmt.Sprintf("Rows of %q that the model calls %q: %s", want, got, parts.Count(len(some)))
	if want == got {
		title = fmt.Sprintf("Rows of %q that the model calls so are right", want)
	}
	m.list(some, title)
	m.all.Show()
}

func (m *mistakes) list(some []projects.Mistake, title string) {
	m.shown = some
	m.title.SetText(title)
	m.table.Select(-1)
	m.text.SetText("")
	if len(some) > 0 {
		m.table.Select(0)
	}
	m.table.ToTop()
	m.content.Refresh()
}

func (m *mistakes) cell(row, column int) string {
	switch each := m.shown[row]; column {
	case 0:
		return each.Text
	case 1:
		return each.Want
	case 2:
		return each.Got
	default:
		return parts.Percent(each.Score)
	}
}
