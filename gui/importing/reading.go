package importing

import (
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

// reading shows how a file will be read and lets the user correct it; each
// correction asks for another look at the file.
type reading struct {
	look    func(projects.ImportOptions)
	options projects.ImportOptions
	preview projects.Preview
	showing bool // choices that change while being filled ask for nothing

	encoding, delimiter, header, as *widget.Select
	text, pair, label, split        *widget.Select
	labels                          *parts.Bars
	labelsTitle                     *widget.Label
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

func newReading(look func(projects.ImportOptions)) *reading {
	r := &reading{look: look, labels: parts.NewBars(false, nil), labelsTitle: parts.Strong("Labels"), sampleHolder: container.NewStack()}
	change := func(string) { r.changed() }
	for _, s := range []**widget.Select{&r.encoding, &r.delimiter, &r.header, &r.as, &r.text, &r.pair, &r.label, &r.split} {
		*s = widget.NewSelect(nil, change)
	}
	r.header.Options = []string{"column names", "data"}
	for _, use := range uses {
		r.as.Options = append(r.as.Options, use.title)
	}
	columns := parts.NewCard(parts.Column(0, parts.Strong("Which column is what"),
		choice("Text", r.text),
		choice("Label", r.label),
		choice("Second text", r.pair),
		choice("Split", r.split)))
	file := parts.NewCard(parts.Column(0, parts.Strong("How the file is written"),
		choice("Encoding", r.encoding),
		choice("Between columns", r.delimiter),
		choice("First row holds", r.header),
		choice("Rows are for", r.as)))
	top := parts.Evenly(parts.Grid*2, columns, file)
	labels := parts.AtLeast(fyne.NewSize(parts.Grid*36, 0),
		parts.NewCard(container.NewBorder(r.labelsTitle, nil, nil, nil, container.NewVScroll(parts.Inset(parts.Grid, r.labels)))))
	rows := container.NewBorder(parts.Strong("The first rows"), nil, nil, nil, r.sampleHolder)
	below := container.New(layout.NewBorderLayout(nil, nil, nil, labels), labels, container.New(layout.NewCustomPaddedLayout(0, 0, 0, parts.Grid*2), rows))
	r.content = container.NewBorder(top, nil, nil, nil, parts.Below(parts.Grid*2, below))
	return r
}

func choice(name string, s *widget.Select) fyne.CanvasObject {
	label := parts.AtLeast(fyne.NewSize(parts.Grid*18, 0), widget.NewLabel(name))
	return container.NewBorder(nil, nil, label, nil, s)
}

// show draws how a file is read.
func (r *reading) show(o projects.ImportOptions, p projects.Preview, busy bool) {
	r.showing = true
	defer func() { r.showing = false }()
	r.options, r.preview = o, p
	fill(r.encoding, choices(p.Encodings, p.Encoding), p.Encoding)
	fill(r.delimiter, choices(p.Delimiters, p.Delimiter), p.Delimiter)
	fill(r.header, r.header.Options, r.header.Options[0])
	if !p.Header {
		r.header.SetSelected(r.header.Options[1])
	}
	r.as.SetSelected(useTitle(o.As))
	fill(r.text, p.Columns, p.Roles.Text)
	for _, s := range []struct {
		choose *widget.Select
		column string
	}{{r.pair, p.Roles.Pair}, {r.label, p.Roles.Label}, {r.split, p.Roles.Split}} {
		column := s.column
		if column == "" {
			column = none
		}
		fill(s.choose, append([]string{none}, p.Columns...), column)
	}
	r.enable(!busy)
	r.showLabels(p)
	r.showSample(p)
}

func (r *reading) enable(on bool) {
	for _, s := range []*widget.Select{r.encoding, r.delimiter, r.header, r.as, r.text, r.pair, r.label, r.split} {
		if on {
			s.Enable()
		} else {
			s.Disable()
		}
	}
}

func (r *reading) showLabels(p projects.Preview) {
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
		if name == p.Roles.Text {
			columns[i].Parts, columns[i].Width = 3, parts.Grid*30
		}
	}
	r.sample = parts.NewTable(columns, func() int { return len(p.Sample) }, func(row, column int) string {
		if column < len(p.Sample[row]) {
			return p.Sample[row][column]
		}
		return ""
	})
	r.sampleHolder.Objects = []fyne.CanvasObject{r.sample}
	r.sampleHolder.Refresh()
}

// changed asks for another look, as the choices now say.
func (r *reading) changed() {
	if r.showing {
		return
	}
	o := r.options
	if r.encoding.Selected != r.preview.Encoding {
		o.Encoding = r.encoding.Selected
	}
	if r.delimiter.Selected != r.preview.Delimiter {
		o.Delimiter = r.delimiter.Selected
	}
	header := r.header.Selected == r.header.Options[0]
	reshaped := header != r.preview.Header || o.Encoding != r.options.Encoding || o.Delimiter != r.options.Delimiter
	if header != r.preview.Header {
		o.Header = &header
	}
	o.As = uses[max(slices.Index(r.as.Options, r.as.Selected), 0)].split
	o.Roles = projects.Roles{Text: r.text.Selected, Pair: column(r.pair), Label: column(r.label), Split: column(r.split), Target: r.preview.Roles.Target}
	if reshaped {
		o.Roles = projects.Roles{} // the columns have other names now
	}
	r.look(o)
}

func column(s *widget.Select) string {
	if s.Selected == none {
		return ""
	}
	return s.Selected
}

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
