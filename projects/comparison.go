package projects

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"

	"attune/engine/dataset"
)

// RunsCompared sets the scores of two trainings beside each other, label by label.
type RunsCompared struct {
	A       int           `json:"a"`
	B       int           `json:"b"`
	Split   dataset.Split `json:"split"`
	Rows    int           `json:"rows"`
	Scores  []ScoreChange `json:"scores"`
	Main    string        `json:"main"` // the score that says most
	Turned                // rows, as a whole
	Labels  []LabelChange `json:"labels"` // the largest change first
	Verdict string        `json:"verdict"`
}

// ScoreChange is a score of both.
type ScoreChange struct {
	Name string  `json:"name"`
	A    float64 `json:"a"`
	B    float64 `json:"b"`
}

// LabelChange is the F1 of a label of both, 0 where a model does not know it, with the
// rows in which only one of them is right about it.
type LabelChange struct {
	Label   string  `json:"label"`
	Support int     `json:"support"` // rows that have it
	A       float64 `json:"a"`
	B       float64 `json:"b"`
	Turned          // its chance is corrected for there being several labels
}

// CompareRuns scores the models of two trainings on the rows of a split as they are
// now: after labels were corrected, the earlier model is judged by the corrected ones
// too.
func (p *Project) CompareRuns(ctx context.Context, a, b int, split dataset.Split, progress func(Progress)) (RunsCompared, error) {
	first, err := p.assess(ctx, a, split, progress)
	if err != nil {
		return RunsCompared{}, err
	}
	second, err := p.assess(ctx, b, split, progress)
	if err != nil {
		return RunsCompared{}, err
	}
	return compareReports(first, second), nil
}

func compareReports(a, b assessed) RunsCompared {
	c := RunsCompared{A: a.Run, B: b.Run, Split: a.Split, Rows: a.Rows, Main: a.Main, Turned: turned(a.Wrong.Rows, b.Wrong.Rows)}
	for _, name := range slices.Sorted(maps.Keys(a.Metrics)) {
		if after, both := b.Metrics[name]; both {
			c.Scores = append(c.Scores, ScoreChange{name, a.Metrics[name], after})
		}
	}
	known := map[string]*LabelChange{}
	change := func(s ClassScore) *LabelChange {
		if known[s.Label] == nil {
			known[s.Label] = &LabelChange{Label: s.Label}
		}
		known[s.Label].Support = max(known[s.Label].Support, s.Support)
		return known[s.Label]
	}
	for _, s := range a.PerClass {
		change(s).A = s.F1
	}
	for _, s := range b.PerClass {
		change(s).B = s.F1
	}
	better, worse := 0, 0
	for _, l := range known {
		l.Turned = turned(a.Wrong.Labels[l.Label], b.Wrong.Labels[l.Label])
		c.Labels = append(c.Labels, *l)
		switch d := l.B - l.A; {
		case d > 0:
			better++
		case d < 0:
			worse++
		}
	}
	slices.SortFunc(c.Labels, func(x, y LabelChange) int {
		return cmp.Or(cmp.Compare(math.Abs(y.B-y.A), math.Abs(x.B-x.A)), cmp.Compare(x.Label, y.Label))
	})
	holm(c.Labels)
	if c.Labels == nil {
		c.Labels = []LabelChange{}
	}
	c.Verdict = fmt.Sprintf("On %s, %s goes from %.4f to %.4f.", counted(c.Rows, string(c.Split)+" row"), a.Main, a.Metrics[a.Main], b.Metrics[a.Main])
	if len(c.Labels) > 0 {
		c.Verdict += fmt.Sprintf(" %s better, %s worse, %s the same.", counted(better, "label"), dataset.Thousands(worse), dataset.Thousands(len(c.Labels)-better-worse))
	}
	if c.Better+c.Worse > 0 {
		c.Verdict += fmt.Sprintf(" Of %s it gets %s right that the first got wrong, and %s wrong: %s.", counted(c.Rows, "row"), dataset.Thousands(c.Better), dataset.Thousands(c.Worse), c.Sure())
	}
	return c
}
