package parts

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"attune/engine/dataset"
)

// Part is one of several texts that belong together, with a name.
type Part struct {
	Name  string // above the text; ""
	Text  string
	Spans []dataset.Span
}

// PartsOf gives the texts of an example, the question before its passage. A text that
// stands alone needs no name.
func PartsOf(e dataset.Example) []Part {
	shape := ShapeOf([]dataset.Example{e})
	all := []Part{{Name: shape.TextName(), Text: e.Text, Spans: e.Spans}}
	if e.Pair != "" {
		pair := Part{Name: shape.PairName(), Text: e.Pair}
		if shape.Answers {
			all = append([]Part{pair}, all...)
		} else {
			all = append(all, pair)
		}
	}
	if e.Target != "" {
		all = append(all, Part{Name: shape.RightName(), Text: e.Target})
	}
	if len(all) == 1 {
		all[0].Name = ""
	}
	return all
}

// Texts shows texts below each other, in full, and what the colours of their marks mean.
type Texts struct {
	widget.BaseWidget
	palette *Palette
	shown   []Part
	names   []*widget.Label
	texts   []*MarkedText
	legend  *Legend
	column  *fyne.Container
}

// NewTexts gives none yet.
func NewTexts(p *Palette) *Texts {
	t := &Texts{palette: p, legend: NewLegend(p), column: Column(-Grid)}
	t.ExtendBaseWidget(t)
	return t
}

// Draw shows texts.
func (t *Texts) Draw(all []Part) {
	t.shown = all
	for len(t.texts) < len(all) {
		t.names = append(t.names, Quiet(""))
		t.texts = append(t.texts, NewMarkedText(t.palette))
	}
	t.column.Objects = nil
	var marks []dataset.Span
	for i, p := range all {
		if p.Name != "" {
			t.names[i].SetText(p.Name)
			t.column.Add(t.names[i])
		}
		t.texts[i].Draw(p.Text, p.Spans)
		t.column.Add(t.texts[i])
		marks = append(marks, t.texts[i].Marks()...)
	}
	t.legend.Draw(LabelsOf(marks))
	t.column.Add(t.legend)
	t.Refresh()
}

// Drawn gives the texts that are shown.
func (t *Texts) Drawn() []Part { return t.shown }

// CreateRenderer is called by Fyne.
func (t *Texts) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(t.column) }
