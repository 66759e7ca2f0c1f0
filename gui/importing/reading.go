package importing

import (
	"cmp"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"attune/engine/dataset"
	"attune/gui/parts"
	"attune/projects"
)

// none is what a choice of a column says for no column.
const none = "(none)"

// eachColumn is what it says where each of several columns marks a label.
const eachColumn = "(a column for each label)"

// reading shows how a file will be read and lets the user correct it; each
// correction asks for another look at the file.
type reading struct {
	look    func(projects.Chosen)
	turn    func(to int) // shows another of several tables
	decide  func(task string)
	tasks   []projects.Choice
	chosen  projects.Chosen
	preview projects.Preview
	showing bool // choices that change while being filled ask for nothing

	table, format, sheet            *widget.Select
	encoding, delimiter, header, as *widget.Select
	text, pair, label, split        *widget.Select
	spans, target                   *widget.Select
	task                            *widget.Select
	about                           *widget.Label
	lines                           map[*widget.Select]*fyne.Container // a choice with its name
	names                           map[*widget.Select]*widget.Label
	labels                          *parts.Bars
	labelsTitle                     *widget.Label
	labelsCard                      *fyne.Container
	sample                          *parts.Table
	sampleHolder                    *fyne.Container
	content                         fyne.CanvasObject
}

// uses are the answers to what a file's rows are for.
var uses = []struct {
	title string
	split dataset.Split
}{
	{"Attune splits them", dataset.Unassigned},
	{"training", dataset.Train},
	{"validation", dataset.Validation},
	{"test", dataset.Test},
	{"unlabelled", dataset.Unlabelled},
}

// delimiterTitles names the characters that cannot be seen, or hardly.
var delimiterTitles = map[string]string{"\t": "tab", ",": "comma ,", ";": "semicolon ;", "|": "bar |", ":": "colon :", " ": "space"}

func delimiterTitle(delimiter string) string {
	if title, ok := delimiterTitles[delimiter]; ok {
		return title
	}
	return delimiter
}

func newReading(look func(projects.Chosen), turn func(to int), decide func(task string)) *reading {
	r := &reading{look: look, turn: turn, decide: decide, tasks: projects.Tasks(), about: parts.QuietSentence(""), lines: map[*widget.Select]*fyne.Container{}, names: map[*widget.Select]*widget.Label{}, labels: parts.NewBars(false, nil), labelsTitle: parts.Strong("Labels"), sampleHolder: container.NewStack()}
	change := func(string) { r.changed() }
	for _, s := range []**widget.Select{&r.format, &r.sheet, &r.encoding, &r.delimiter, &r.header, &r.as, &r.text, &r.pair, &r.label, &r.spans, &r.target, &r.split} {
		*s = widget.NewSelect(nil, change)
	}
	r.task = widget.NewSelect(nil, func(string) {
		if !r.showing {
			r.decide(r.tasks[r.task.SelectedIndex()].Name)
		}
	})
	for _, t := range r.tasks {
		r.task.Options = append(r.task.Options, t.Title)
	}
	r.table = widget.NewSelect(nil, func(string) {
		if !r.showing {
			r.turn(r.table.SelectedIndex())
		}
	})
	line := func(name string, s *widget.Select) fyne.CanvasObject {
		r.names[s] = widget.NewLabel(name)
		r.lines[s] = choice(r.names[s], s)
		return r.lines[s]
	}
	r.header.Options = []string{"column names", "data"}
	for _, use := range uses {
		r.as.Options = append(r.as.Options, use.title)
	}
	columns := parts.NewCard(parts.Column(0, parts.Strong("What is to be learned"),
		r.task, r.about,
		parts.Strong("Which column is what"),
		line("Text", r.text),
		line("Label", r.label),
		line("Marked in the text", r.spans),
		line("Text to write", r.target),
		line("Second text", r.pair),
		line("Split", r.split)))
	file := parts.NewCard(parts.Column(0, parts.Strong("How the file is written"),
		line("File", r.table),
		line("Read as", r.format),
		line("Sheet", r.sheet),
		line("Encoding", r.encoding),
		line("Divided by", r.delimiter),
		line("First row holds", r.header),
		line("Rows are for", r.as)))
	top := parts.Evenly(parts.Grid*2, columns, file)
	r.labelsCard = container.New(layout.NewCustomPaddedLayout(0, 0, parts.Grid*2, 0), parts.AtLeast(fyne.NewSize(parts.Grid*36, 0),
		parts.NewCard(container.NewBorder(r.labelsTitle, nil, nil, nil, container.NewVScroll(parts.Inset(parts.Grid, r.labels))))))
	rows := container.NewBorder(parts.Strong("The first rows"), nil, nil, nil, r.sampleHolder)
	below := container.NewBorder(nil, nil, nil, r.labelsCard, rows)
	r.content = container.NewBorder(top, nil, nil, nil, parts.Below(parts.Grid*2, below))
	return r
}

func choice(name *widget.Label, s *widget.Select) *fyne.Container {
	return container.NewBorder(nil, nil, parts.AtLeast(fyne.NewSize(parts.Grid*18, 0), name), nil, s)
}

// show draws how one of the chosen tables is read.
func (r *reading) show(s State) {
	r.showing = true
	defer func() { r.showing = false }()
	chosen, shown, p := s.Chosen, s.Shown, *s.Preview
	r.chosen, r.preview = projects.Chosen{File: p.File}, p
	if shown < len(chosen) {
		r.chosen = chosen[shown]
	}
	r.showTables(chosen, shown)
	r.offer(r.format, p.Formats, p.Format)
	r.offer(r.sheet, p.Sheets, p.Sheet)
	r.offer(r.encoding, p.Encodings, p.Encoding)
	var delimiters []string
	for _, d := range p.Delimiters {
		delimiters = append(delimiters, delimiterTitle(d))
	}
	r.offer(r.delimiter, delimiters, delimiterTitle(p.Delimiter))
	header := r.header.Options[0]
	if !p.Header {
		header = r.header.Options[1]
	}
	fill(r.header, r.header.Options, header)
	r.lines[r.header].Hidden = p.Named
	r.as.SetSelected(useTitle(cmp.Or(r.chosen.Options.As, r.chosen.Named)))
	r.showTask(s.Task)
	r.showColumns(s.Task, p)
	r.enable(s.Progress == nil)
	r.showLabels(s.Task, p)
	r.showSample(p)
}

// showTask says what is to be learned.
func (r *reading) showTask(task string) {
	for _, t := range r.tasks {
		if t.Name == task {
			r.task.SetSelected(t.Title)
			r.about.SetText(t.About)
		}
	}
}

// title is what a task is called.
func title(task string) string {
	for _, t := range projects.Tasks() {
		if t.Name == task {
			return t.Title
		}
	}
	return task
}

// showColumns offers the columns that the task can learn from.
func (r *reading) showColumns(task string, p projects.Preview) {
	wanted := projects.ColumnsOf(task)
	fill(r.text, p.Columns, p.Roles.Text)
	shape := shapeOf(wanted)
	r.names[r.text].SetText(shape.TextName())
	r.names[r.pair].SetText(shape.PairName())
	r.names[r.label].SetText(shape.LabelName())
	r.names[r.spans].SetText("Marked in the text")
	if shape.Answers {
		r.names[r.spans].SetText(shape.RightName())
	}
	for _, s := range []struct {
		choose *widget.Select
		column string
		wanted bool
	}{{r.pair, p.Roles.Pair, wanted.Pair}, {r.label, p.Roles.Label, wanted.Label}, {r.spans, p.Roles.Spans, wanted.Spans},
		{r.target, p.Roles.Target, wanted.Target}, {r.split, p.Roles.Split, true}} {
		nothing := none
		if s.choose == r.label && wanted.Several && p.Roles.Label == "" && len(p.Labels) > 0 {
			nothing = eachColumn
		}
		column := cmp.Or(s.column, nothing)
		fill(s.choose, append([]string{nothing}, p.Columns...), column)
		r.lines[s.choose].Hidden = !s.wanted
	}
}

// shapeOf gives what a task's rows have, and so what it is called.
func shapeOf(c projects.Columns) parts.Shape {
	return parts.Shape{Pair: c.Pair, Labels: c.Label, Several: c.Several, Places: c.Spans && !c.Pair, Answers: c.Spans && c.Pair, Target: c.Target}
}

// showTables lists the tables where there are several.
func (r *reading) showTables(chosen []projects.Chosen, shown int) {
	titles := make([]string, len(chosen))
	for i, c := range chosen {
		titles[i] = fmt.Sprintf("%d of %d: %s", i+1, len(chosen), filepath.Base(c.File))
	}
	r.lines[r.table].Hidden = len(chosen) < 2
	if shown < len(titles) {
		fill(r.table, titles, titles[shown])
	}
}

// offer fills a choice, which is not shown where there is none.
func (r *reading) offer(s *widget.Select, options []string, selected string) {
	r.lines[s].Hidden = len(options) < 2
	fill(s, choices(options, selected), selected)
}

func (r *reading) enable(on bool) {
	for _, s := range []*widget.Select{r.table, r.format, r.sheet, r.encoding, r.delimiter, r.header, r.as, r.task, r.text, r.pair, r.label, r.spans, r.target, r.split} {
		if on {
			s.Enable()
		} else {
			s.Disable()
		}
	}
}

// showLabels counts the labels, for a task that learns some.
func (r *reading) showLabels(task string, p projects.Preview) {
	r.labelsCard.Hidden = !projects.ColumnsOf(task).Label && len(p.Labels) == 0
	r.labelsTitle.SetText("No labels")
	if len(p.Labels) > 0 {
		r.labelsTitle.SetText(parts.Counted(len(p.Labels), "label", "labels"))
	}
	r.labels.Draw(parts.CountBars(p.Labels, func(l projects.LabelCount) (string, int) { return l.Label, l.Rows }))
}

// showSample makes a table with the file's own columns.
func (r *reading) showSample(p projects.Preview) {
	columns := make([]parts.TableColumn, len(p.Columns))
	for i, name := range p.Columns {
		columns[i] = parts.TableColumn{Title: name, Parts: 1, Width: parts.Grid * 14}
		switch name {
		case p.Roles.Text:
			columns[i].Parts, columns[i].Width = 3, parts.Grid*30
		case p.Roles.Pair, p.Roles.Target, p.Roles.Spans:
			columns[i].Parts, columns[i].Width = 2, parts.Grid*22
		}
	}
	r.sample = parts.NewTable(columns, func() int { return len(p.Sample) }, func(row, column int) string {
		if column >= len(p.Sample[row]) {
			return ""
		}
		return inWords(p, row, column)
	})
	r.sampleHolder.Objects = []fyne.CanvasObject{r.sample}
	r.sampleHolder.Refresh()
}

// inWords gives a value of the sample: of a column that a format made of its marks, what
// they mark.
func inWords(p projects.Preview, row, column int) string {
	value := p.Sample[row][column]
	text := slices.Index(p.Columns, p.Roles.Text)
	if !p.Named || p.Columns[column] != p.Roles.Spans || text < 0 {
		return value
	}
	var spans []dataset.Span
	if json.Unmarshal([]byte(value), &spans) != nil {
		return value
	}
	return parts.Places(p.Sample[row][text], spans)
}

// changed asks for another look, as the choices now say.
func (r *reading) changed() {
	if r.showing {
		return
	}
	c := r.chosen
	o := &c.Options
	before := *o
	said := func(s *widget.Select, found string, option *string) {
		if s.Selected != found && s.Selected != "" {
			*option = s.Selected
		}
	}
	said(r.format, r.preview.Format, &o.Format)
	said(r.sheet, r.preview.Sheet, &o.Sheet)
	said(r.encoding, r.preview.Encoding, &o.Encoding)
	if i := r.delimiter.SelectedIndex(); i >= 0 && i < len(r.preview.Delimiters) && r.preview.Delimiters[i] != r.preview.Delimiter {
		o.Delimiter = r.preview.Delimiters[i]
	}
	if o.Format != before.Format {
		*o = projects.ImportOptions{Format: o.Format} // nothing else need hold for it
	}
	header := r.header.Selected == r.header.Options[0]
	reshaped := header != r.preview.Header || o.Format != before.Format || o.Sheet != before.Sheet || o.Encoding != before.Encoding || o.Delimiter != before.Delimiter
	if header != r.preview.Header && !r.preview.Named {
		o.Header = &header
	}
	if o.As = uses[max(slices.Index(r.as.Options, r.as.Selected), 0)].split; o.As == c.Named {
		o.As = dataset.Unassigned
	} else if o.As == dataset.Unassigned {
		c.Named = dataset.Unassigned
	}
	o.Roles = projects.Roles{Text: r.text.Selected, Pair: column(r.pair), Label: column(r.label), Split: column(r.split), Target: column(r.target), Spans: column(r.spans)}
	if reshaped {
		o.Roles = projects.Roles{} // the columns have other names now
	}
	r.look(c)
}

func column(s *widget.Select) string {
	if s.Selected == none || s.Selected == eachColumn {
		return projects.NoColumn
	}
	return s.Selected
}

// insist is a column as an import is to take it, so that none is not guessed
// anew.
func insist(column string) string { return cmp.Or(column, projects.NoColumn) }

func useTitle(split dataset.Split) string {
	for _, use := range uses {
		if use.split == split {
			return use.title
		}
	}
	return uses[0].title
}

func fill(s *widget.Select, options []string, selected string) {
	s.Options = options
	s.SetSelected(selected)
	if selected == "" {
		s.ClearSelected()
	}
	s.Refresh()
}

// choices are those to offer, with the one found among them.
func choices(offered []string, found string) []string {
	if found == "" || slices.Contains(offered, found) {
		return offered
	}
	return append([]string{found}, offered...)
}
