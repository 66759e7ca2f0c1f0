package shrinking

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"attune/engine/dataset"
	"attune/gui/parts"
	"attune/projects"
)

type project struct {
	found projects.Shrunk
	asked string
	err   error
}

func (p *project) Shrunk(_ context.Context, teacher int, split dataset.Split, _ func(projects.Progress)) (projects.Shrunk, error) {
	p.asked = fmt.Sprint(teacher, " on ", split)
	return p.found, p.err
}

type desk struct{ planned *string }

func (desk) ShowResults()                  {}
func (d desk) Student(teacher, layers int) { *d.planned = fmt.Sprint(layers, " layers of ", teacher) }

func model(run, layers int, score float64, worse ...projects.LabelChange) projects.Sized {
	return projects.Sized{Run: run, Layers: layers, Bytes: int64(layers) * 2_000_000, Speed: 800 / float64(layers), Score: score, Worse: worse}
}

func newPanel(t *testing.T, p *project) (*Panel, *string) {
	test.NewTempApp(t).Settings().SetTheme(parts.Theme{Appearance: parts.Light})
	var planned string
	panel := New(p, desk{&planned}, parts.Background{})
	test.NewTempWindow(t, panel.Content()).Resize(fyne.NewSize(1100, 700))
	panel.Reload(3)
	return panel, &planned
}

func TestStudentsStandBesideTheirTeacher(t *testing.T) {
	bill := projects.LabelChange{Label: "bill", A: 0.9, B: 0.8}
	for name, c := range map[string]struct {
		models []projects.Sized
		says   string
		offers string
		last   string // of the table
	}{
		"none yet":     {[]projects.Sized{model(3, 4, 0.9)}, "There are no students yet.", "Train one with 2 layers, Train one with 1 layer", "Training 3|4|8 MB|200|0.900|"},
		"a good one":   {[]projects.Sized{model(3, 4, 0.9), model(5, 2, 0.88, bill)}, "Training 5 keeps 98 % of the macro F1 with 2 of 4 layers, 2.0 times as fast.", "Train one with 1 layer", "Training 5|2|4 MB|400|0.880|bill (-0.100)"},
		"the smallest": {[]projects.Sized{model(3, 4, 0.9), model(5, 2, 0.91), model(6, 1, 0.89)}, "Training 6 keeps 99 % of the macro F1 with 1 of 4 layers, 4.0 times as fast.", "", "Training 6|1|2 MB|800|0.890|none"},
		"a poor one":   {[]projects.Sized{model(3, 4, 0.9), model(5, 2, 0.6, bill, bill, bill, bill)}, "No student keeps 97 % of the macro F1; training 5 comes nearest with 67 %.", "Train one with 1 layer", "Training 5|2|4 MB|400|0.600|bill (-0.100), bill (-0.100), bill (-0.100), and 1 more"},
		"one layer":    {[]projects.Sized{model(3, 1, 0.9)}, "There are no students yet.", "", "Training 3|1|2 MB|800|0.900|"},
	} {
		t.Run(name, func(t *testing.T) {
			p := &project{found: projects.Shrunk{Main: "macro_f1", Models: c.models}}
			panel, planned := newPanel(t, p)
			if p.asked != "3 on validation" {
				t.Errorf("asked for %s", p.asked)
			}
			if panel.says.Text != c.says {
				t.Errorf("it says %q", panel.says.Text)
			}
			var offered, cells []string
			for _, o := range panel.plans.Objects {
				offered = append(offered, o.(*widget.Button).Text)
			}
			if got := strings.Join(offered, ", "); got != c.offers {
				t.Errorf("offered %q", got)
			}
			for column := range 6 {
				cells = append(cells, panel.cell(len(c.models)-1, column))
			}
			if got := strings.Join(cells, "|"); got != c.last {
				t.Errorf("the last line is %q", got)
			}
			if len(offered) > 0 {
				test.Tap(panel.plans.Objects[len(offered)-1].(*widget.Button))
				if *planned != "1 layers of 3" {
					t.Errorf("planned were %q", *planned)
				}
			}
		})
	}
}

func TestWhatGoesWrongIsSaid(t *testing.T) {
	panel, _ := newPanel(t, &project{err: errors.New("the disk is full")})
	if !panel.notice.Visible() || panel.body.Visible() {
		t.Error("nothing is said")
	}
}
