package health

import (
	"context"
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"attune/gui/parts"
	"attune/projects"
)

// actions are what can be done about rows; ids is nil for all of a finding.
type actions struct {
	fix     func(f projects.Finding, ids []int64)
	move    func(f projects.Finding)
	dismiss func(f projects.Finding, ids []int64)
	find    func(text string)
}

// detail shows one finding with its rows.
type detail struct {
	project Project
	actions actions
	finding projects.Finding
	rows    *parts.Pages[projects.Row]
	chosen  int // row, -1 for none

	title, summary, proposal *widget.Label
	fix, mend, leave, open   *widget.Button
	move                     *widget.Button // instead of fix
	text, note               *widget.Label
	table                    *parts.Table
	whole                    *fyne.Container // of the chosen row
	content                  fyne.CanvasObject
}

func newDetail(project Project, place parts.Background, a actions) *detail {
	d := &detail{project: project, actions: a, chosen: -1, title: parts.Heading(""), summary: parts.Sentence(""), proposal: parts.QuietSentence(""),
		text: parts.Sentence(""), note: parts.QuietSentence("")}
	d.text.Selectable = true
	d.table = parts.NewTable(columns(parts.Shape{}), func() int { return len(d.finding.Items) }, d.cell)
	d.table.OnSelected = d.choose
	d.rows = parts.NewPages[projects.Row](place, d.arrived)
	d.fix = parts.Primary("", func() { d.actions.fix(d.finding, nil) })
	d.move = widget.NewButton("", func() { d.actions.move(d.finding) })
	d.mend = widget.NewButton("Mend this row", func() { d.actions.fix(d.finding, d.ids()) })
	d.leave = widget.NewButton("Leave it as it is", func() { d.actions.dismiss(d.finding, d.ids()) })
	d.open = parts.Link("Show among all rows", func() {
		if r, ok := d.row(d.chosen); ok {
			d.actions.find(opening(r.Text))
		}
	})
	d.content = d.layout()
	return d
}

// columns are those of the rows of a finding.
func columns(s parts.Shape) []parts.TableColumn {
	return []parts.TableColumn{
		{Title: "", Width: 44, Right: true},
		{Title: "Text", Parts: 1},
		{Title: s.LabelName(), Width: 112},
		{Title: "Used for", Width: 84},
		{Title: "Proposed", Width: 128},
	}
}

func (d *detail) layout() fyne.CanvasObject {
	head := parts.Column(-parts.Grid, container.NewBorder(nil, nil, nil, container.NewCenter(container.NewHBox(d.move, d.fix)), d.title), d.summary, d.proposal)
	scroll := parts.Tall(parts.Grid*8, container.NewVScroll(d.text))
	d.whole = container.New(layout.NewCustomPaddedLayout(parts.Grid, 0, 0, 0),
		parts.NewCard(parts.Column(-parts.Grid/2, scroll, d.note, container.NewHBox(d.mend, d.leave, layout.NewSpacer(), d.open))))
	return container.NewBorder(container.New(layout.NewCustomPaddedLayout(0, parts.Grid, 0, 0), head), d.whole, nil, nil, d.table)
}

// show shows a finding of a task's rows; free says whether they can be changed now.
func (d *detail) show(f projects.Finding, task string, free bool) {
	d.table.SetColumns(columns(parts.Shape{Several: projects.ColumnsOf(task).Several}))
	same := d.finding.Check == f.Check && len(d.finding.Items) == len(f.Items) && d.finding.Summary == f.Summary
	d.finding = f
	d.title.SetText(f.Title)
	d.summary.SetText(f.Summary)
	d.proposal.SetText(strings.TrimSpace(proposal(f) + " " + f.Advice))
	d.proposal.Hidden = d.proposal.Text == ""
	d.fix.SetText("Mend " + parts.Counted(f.Changes(), "row", "rows"))
	if f.Step != "" {
		d.fix.SetText("Clean " + parts.Counted(f.Changes(), "row", "rows"))
	}
	d.fix.Hidden = f.Changes() == 0
	d.move.SetText("Move " + parts.Counted(f.Moves(), "row", "rows"))
	d.move.Hidden = f.Moves() == 0
	enable(d.fix, free)
	enable(d.move, free)
	enable(d.mend, free)
	enable(d.leave, free)
	if !same {
		d.forget()
		d.table.ToTop()
	}
	d.table.Reload()
	d.showRow()
}

// proposal says what the fix does.
func proposal(f projects.Finding) string {
	switch {
	case f.Settled > 0:
		return fmt.Sprintf("%s settled.", parts.Counted(f.Settled, "row is", "rows are"))
	case f.Fix == "":
		return ""
	}
	text := "Proposed: " + strings.ToLower(f.Fix[:1]) + f.Fix[1:]
	if f.Move != "" {
		text += "; or " + strings.ToLower(f.Move[:1]) + f.Move[1:] + " instead"
	}
	return text + "."
}

// forget forgets the rows, which are other ones now.
func (d *detail) forget() {
	items := d.finding.Items
	d.rows.Reset(func(ctx context.Context, offset, limit int) ([]projects.Row, error) {
		var ids []int64
		for _, item := range items[min(offset, len(items)):min(offset+limit, len(items))] {
			ids = append(ids, item.ID)
		}
		return d.project.RowsOf(ctx, ids)
	})
	d.chosen = -1
	d.table.Select(-1)
}

// arrived draws rows that have come.
func (d *detail) arrived() {
	d.table.Reload()
	d.showRow()
}

func (d *detail) choose(row int) {
	d.chosen = row
	d.showRow()
}

// row gives a row of the finding, if it is here and was not deleted meanwhile.
func (d *detail) row(n int) (projects.Row, bool) {
	if n < 0 || n >= len(d.finding.Items) {
		return projects.Row{}, false
	}
	r, here := d.rows.Row(n)
	return r, here && r.ID != 0
}

// ids gives the rows that are mended or left together with the chosen one: it alone
// if something is proposed for it, or else those that belong to it.
func (d *detail) ids() []int64 {
	if d.chosen < 0 || d.chosen >= len(d.finding.Items) {
		return []int64{}
	}
	item := d.finding.Items[d.chosen]
	if proposed(item) != "" {
		return []int64{item.ID}
	}
	var ids []int64
	for _, other := range d.finding.Items {
		if other.Group == item.Group {
			ids = append(ids, other.ID)
		}
	}
	return ids
}

// showRow shows the chosen row in full.
func (d *detail) showRow() {
	r, ok := d.row(d.chosen)
	d.whole.Hidden = !ok
	if ok {
		item := d.finding.Items[d.chosen]
		d.text.SetText(strings.TrimSpace(r.Text + "\n" + r.Pair))
		d.note.SetText(parts.Sentenced(fmt.Sprintf("Row %s of %s; %s", parts.Count(r.SourceRow), r.File, said(item))))
		d.mend.Hidden = proposed(item) == ""
		d.mend.SetText(map[bool]string{true: "Delete this row", false: fmt.Sprintf("Set label %q", parts.Brief(item.Change.Label))}[item.Change.Delete])
	}
	d.content.Refresh()
}

// said is what the Doctor says about a row.
func said(item projects.FindingItem) string {
	switch {
	case item.Note != "":
		return item.Note
	case proposed(item) != "":
		return "another row says the same"
	}
	return "nothing is proposed for it"
}

// proposed is what the fix does to a row, "" for nothing.
func proposed(item projects.FindingItem) string {
	switch c := item.Change; {
	case c.Delete:
		return "delete"
	case c.Label != "":
		return "label " + c.Label
	}
	return ""
}

func (d *detail) cell(n, column int) string {
	item := d.finding.Items[n]
	switch column {
	case 0:
		if n > 0 && d.finding.Items[n-1].Group == item.Group {
			return ""
		}
		return parts.Count(item.Group)
	case 4:
		if change := proposed(item); change != "" {
			return change
		}
		return item.Note
	}
	r, here := d.rows.Row(n)
	switch {
	case !here:
		return ""
	case r.ID == 0:
		return map[int]string{1: "(deleted meanwhile)"}[column]
	case column == 1:
		return r.Text
	case column == 2:
		return strings.Join(r.Labels, ", ")
	}
	return parts.UseOf(r.Split)
}

// opening is the beginning of a text, by which it is found.
func opening(text string) string {
	const enough = 100
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	if runes := []rune(line); len(runes) > enough {
		return string(runes[:enough])
	}
	return line
}
