package importing

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"attune/gui/parts"
	"attune/projects"
)

// problems lists the rows that were left out or repaired.
type problems struct {
	list    []projects.Problem
	title   *widget.Label
	table   *parts.Table
	which   *widget.Label // names the chosen row
	whole   *widget.Label // says of it what the table may cut off
	content fyne.CanvasObject
}

func newProblems() *problems {
	p := &problems{title: parts.Strong(""), which: parts.Quiet(""), whole: parts.Sentence("")}
	p.table = parts.NewTable([]parts.TableColumn{
		{Title: "Row", Width: 80, Right: true},
		{Title: "What is wrong", Parts: 1},
		{Title: "What to do", Parts: 1},
		{Title: "File", Width: 160},
	}, func() int { return len(p.list) }, p.cell)
	p.table.OnSelected = p.tell
	p.content = container.NewBorder(p.title, parts.Column(-parts.Grid, p.which, p.whole), nil, nil, p.table)
	return p
}

func (p *problems) show(i projects.Imported) {
	p.list = i.Problems
	p.table.Hidden = len(p.list) == 0
	p.title.SetText("Every row was read.")
	if n := len(p.list); n > 0 {
		p.title.SetText(parts.Counted(i.ProblemCount, "row to look at", "rows to look at"))
		if n < i.ProblemCount {
			p.title.SetText("The first " + parts.Count(n) + " of " + parts.Counted(i.ProblemCount, "row to look at", "rows to look at"))
		}
	}
	p.table.Reload()
	p.which.SetText("")
	p.whole.SetText("")
	if len(p.list) > 0 {
		p.table.ToTop()
		p.table.Select(0)
	}
}

// tell says all of a row's problem.
func (p *problems) tell(row int) {
	problem := p.list[row]
	p.which.SetText("Row " + parts.Count(problem.Row) + " of " + problem.File)
	p.whole.SetText(strings.TrimSpace(parts.Sentenced(problem.Reason) + " " + parts.Sentenced(problem.Fix)))
}

func (p *problems) cell(row, column int) string {
	switch problem := p.list[row]; column {
	case 0:
		return parts.Count(problem.Row)
	case 1:
		return problem.Reason
	case 2:
		return problem.Fix
	default:
		return problem.File
	}
}
