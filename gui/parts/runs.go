package parts

import (
	"fmt"

	"fyne.io/fyne/v2/widget"

	"attune/engine/dataset"
	"attune/projects"
)

// judged are the rows that a model can be judged on, as a choice names them.
var judged = []struct {
	title string
	split dataset.Split
}{{"on the test rows", dataset.Test}, {"on the validation rows", dataset.Validation}}

// SplitChoice chooses the rows that models are judged on.
type SplitChoice struct{ widget.Select }

// NewSplitChoice gives a choice of which nothing is chosen yet.
func NewSplitChoice(changed func()) *SplitChoice {
	c := &SplitChoice{}
	c.ExtendBaseWidget(c)
	for _, j := range judged {
		c.Options = append(c.Options, j.title)
	}
	c.OnChanged = func(string) { changed() }
	return c
}

// Split gives the rows that are chosen, those of the test where none are.
func (c *SplitChoice) Split() dataset.Split { return judged[max(c.SelectedIndex(), 0)].split }

// Choose chooses rows.
func (c *SplitChoice) Choose(split dataset.Split) {
	for _, j := range judged {
		if j.split == split {
			c.SetSelected(j.title)
		}
	}
}

// RunTitle names a training in a list of them, with its score.
func RunTitle(r projects.RunInfo) string {
	title := fmt.Sprintf("Training %d, %s", r.Number, r.Preset)
	if r.Best != nil {
		name, value := projects.Deciding(*r.Best, r.Main)
		title += ", "
		if name == projects.Loss {
			title += name + " "
		}
		title += Score(value)
	}
	return title
}
