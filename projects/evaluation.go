package projects

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"attune/engine/dataset"
	"attune/engine/metric"
	"attune/engine/task"
)

// Report is how well a run's model does on rows whose labels are known.
type Report struct {
	Run       int                `json:"run"`
	Split     dataset.Split      `json:"split,omitempty"`
	Rows      int                `json:"rows"`
	Right     int                `json:"right"` // rows answered as they should be, whole
	Main      string             `json:"main"`  // the score that says most
	Metrics   map[string]float64 `json:"metrics"`
	PerClass  PerClass           `json:"per_class"`
	Bounds    map[string]float64 `json:"bounds,omitempty"`   // probability from which on each label applies, where they have their own
	Confusion Confusion          `json:"confusion"`          // empty for a task in which a row has not one label
	Sureness  Sureness           `json:"sureness,omitempty"` // how often it is right where it is how sure; nil where it does not say
	Baseline  map[string]float64 `json:"baseline,omitempty"`
	Mistakes  []Mistake          `json:"mistakes"`           // the surest wrong answers first
	TestSet   *TestSet           `json:"test_set,omitempty"` // what is known of the test rows, when they were scored
}

// ClassScore says how well one label is told from the others.
type ClassScore = metric.ClassScore

// Sureness counts how often answers are right by how sure the model was of them.
type Sureness = metric.Sureness

// PerClass is one score a label, in the order of the labels. As JSON it is an
// object with the labels as keys.
type PerClass []ClassScore

// MarshalJSON writes the object.
func (p PerClass) MarshalJSON() ([]byte, error) {
	all := map[string]ClassScore{}
	for _, c := range p {
		all[c.Label] = c
	}
	return json.Marshal(all)
}

// UnmarshalJSON reads the object.
func (p *PerClass) UnmarshalJSON(text []byte) error {
	var all map[string]ClassScore
	if err := json.Unmarshal(text, &all); err != nil {
		return err
	}
	*p = nil
	for _, c := range all {
		*p = append(*p, c)
	}
	slices.SortFunc(*p, func(a, b ClassScore) int { return strings.Compare(a.Label, b.Label) })
	return nil
}

// Confusion counts which label was answered where which was right.
type Confusion struct {
	Labels []string `json:"labels"`
	Counts [][]int  `json:"counts"` // [right][answered]
}

// Mistake is a row that the model answered wrongly.
type Mistake struct {
	ID    int64   `json:"id"` // 0 for a row that is not of the project
	Text  string  `json:"text"`
	Pair  string  `json:"pair,omitempty"`
	Want  string  `json:"want"`
	Got   string  `json:"got"`
	Score float64 `json:"score"` // how sure the model was of its answer

	WantSpans []dataset.Span `json:"want_spans,omitempty"` // places in Text
	GotSpans  []dataset.Span `json:"got_spans,omitempty"`
}

// reportVersion says what a report tells; one that was kept by another version of
// Attune is made anew.
const reportVersion = 6

// mostMistakes bounds the list of mistakes in a report.
const mostMistakes = 500

// Evaluate scores a run's model, 0 for the best one, on a split. A report is kept,
// and given again while neither the data nor the model changed. Each model that is
// scored on the test rows counts as a look at them.
func (p *Project) Evaluate(ctx context.Context, number int, split dataset.Split, progress func(Progress)) (Report, error) {
	report, err := p.assess(ctx, number, split, progress)
	return report.Report, err
}

// assessed is a report with all that was answered wrongly, as it is kept.
type assessed struct {
	Report
	Wrong wrongRows `json:"wrong"`
}

// assess is Evaluate.
func (p *Project) assess(ctx context.Context, number int, split dataset.Split, progress func(Progress)) (assessed, error) {
	report, err := p.evaluate(ctx, number, split, progress)
	if err != nil || split != dataset.Test {
		return report, err
	}
	if err := p.look(ctx, report.Run); err != nil {
		return report, err
	}
	test, err := p.TestSet(ctx)
	report.TestSet = &test
	return report, err
}

func (p *Project) evaluate(ctx context.Context, number int, split dataset.Split, progress func(Progress)) (assessed, error) {
	info, err := p.Run(ctx, number)
	if err != nil {
		return assessed{}, err
	}
	data, err := p.store.DataHash(ctx)
	if err != nil {
		return assessed{}, err
	}
	key := fmt.Sprintf("%d %s %s %d %s", reportVersion, split, data, info.BestStep, info.Ended.UTC().Format("20060102150405"))
	if report, ok, err := p.storedReport(ctx, info.Number, key); ok || err != nil {
		return report, err
	}
	n, err := p.Count(ctx, Query{Split: &split})
	if err != nil {
		return assessed{}, err
	}
	told := newMeter(int64(n), progress).part("Scoring the rows", int64(n))
	report, err := p.score(ctx, info.Number, p.store.Imported(ctx, split), told)
	if err != nil {
		return assessed{}, err
	}
	report.Split = split
	if report.Rows == 0 {
		return assessed{}, &Error{Got: fmt.Sprintf("there are no rows for %s", split), Way: "split the data so that some rows are kept for it"}
	}
	t, err := p.newTask()
	if err != nil {
		return assessed{}, err
	}
	if report.Baseline, err = p.baseline(ctx, t, split); err != nil {
		return assessed{}, err
	}
	return report, p.storeReport(ctx, info.Number, key, report)
}

func (p *Project) storedReport(ctx context.Context, number int, key string) (report assessed, ok bool, err error) {
	text, ok, err := p.store.Report(ctx, number, key)
	if err != nil || !ok {
		return assessed{}, false, err
	}
	if err := json.Unmarshal(text, &report); err != nil {
		return assessed{}, false, nil // made by another version: it is made anew
	}
	return report, true, nil
}

func (p *Project) storeReport(ctx context.Context, number int, key string, report assessed) error {
	text, err := json.Marshal(report)
	if err != nil {
		return err
	}
	return p.store.SaveReport(ctx, number, key, text)
}

// EvaluateFile scores a run's model, 0 for the best one, on the labelled rows of a
// file, which are not imported.
func (p *Project) EvaluateFile(ctx context.Context, number int, file string, o ImportOptions, progress func(Progress)) (Report, error) {
	info, err := p.Run(ctx, number)
	if err != nil {
		return Report{}, err
	}
	rows, err := p.openRows(ctx, file, o, progress)
	if err != nil {
		return Report{}, err
	}
	report, err := p.score(ctx, info.Number, rows.examples(), func(int64) {})
	if err == nil && report.Rows == 0 {
		err = &Error{Got: file + " has no labelled rows", Way: "say which column holds the labels"}
	}
	return report.Report, err
}

// score lets a model answer labelled examples, cleaned as it learned them, and
// compares. told hears how many it has answered.
func (p *Project) score(ctx context.Context, number int, source dataset.Source, told func(int64)) (assessed, error) {
	predictor, err := p.Predictor(ctx, number)
	if err != nil {
		return assessed{}, err
	}
	defer predictor.Close()
	t, err := p.newTask()
	if err != nil {
		return assessed{}, err
	}
	sheet := newMarking(t)
	var asked []dataset.Example // waiting for their answers
	remembered := func(yield func(dataset.Example, error) bool) {
		for e, err := range cleanedBy(predictor.cleaner, source) {
			if err == nil && !t.Labelled(e) {
				continue
			}
			asked = append(asked, e)
			if a, ok := t.(task.Asker); ok {
				e = a.Asked(e)
			}
			if !yield(e, err) {
				return
			}
		}
	}
	for answer, err := range predictor.model.Stream(ctx, remembered) {
		if err != nil {
			return assessed{}, err
		}
		sheet.add(asked[0], answer)
		asked = asked[1:]
		if len(asked) == 0 { // answers come many at once
			told(int64(sheet.rows))
		}
	}
	report := sheet.report()
	report.Run, report.Bounds = number, predictor.Bounds()
	return assessed{report, sheet.wrong}, nil
}

// marking gathers what a report tells.
type marking struct {
	task     task.Task
	metrics  []metric.Metric
	perLabel metric.PerLabel // nil for a task without labels
	sureness metric.Sureness
	mistakes []Mistake
	wrong    wrongRows
	rows     int
	right    int
}

func newMarking(t task.Task) *marking {
	return &marking{task: t, metrics: t.Metrics(), perLabel: t.PerLabel()}
}

func (m *marking) add(want dataset.Example, got dataset.Answer) {
	m.rows++
	for _, each := range m.metrics {
		each.Add(want, got)
	}
	if m.perLabel != nil {
		m.perLabel.Add(want, got)
	}
	compared := m.task.Compare(want, got)
	if compared.Score > 0 && (got.Labels != nil || got.Spans != nil) { // of texts that are read along it ranks them
		m.sureness.Add(compared.Score, compared.Right)
	}
	if compared.Right {
		m.right++
		return
	}
	m.wrong.add(want, got, m.task.PerLabel())
	m.mistakes = append(m.mistakes, Mistake{
		ID: want.ID, Text: want.Text, Pair: want.Pair, Want: compared.Want, Got: compared.Got, Score: compared.Score,
		WantSpans: want.Spans, GotSpans: got.Spans,
	})
	if len(m.mistakes) > 2*mostMistakes {
		m.trim()
	}
}

// trim keeps the surest mistakes.
func (m *marking) trim() {
	slices.SortStableFunc(m.mistakes, func(a, b Mistake) int {
		switch {
		case a.Score > b.Score:
			return -1
		case a.Score < b.Score:
			return 1
		}
		return 0
	})
	m.mistakes = m.mistakes[:min(len(m.mistakes), mostMistakes)]
}

// matrix is a task's scores label by label that also say what was taken for what.
type matrix interface {
	Labels() []string
	Matrix() [][]int
}

func (m *marking) report() Report {
	m.trim()
	r := Report{Rows: m.rows, Right: m.right, Metrics: map[string]float64{}, PerClass: PerClass{}, Sureness: m.sureness, Mistakes: m.mistakes}
	for i, each := range m.metrics {
		if some, ok := each.(metric.Partial); ok && !some.Any() {
			continue
		}
		r.Metrics[each.Name()] = each.Value()
		if i == 0 {
			r.Main = each.Name()
		}
	}
	if m.perLabel != nil {
		r.PerClass = m.perLabel.PerClass()
	}
	if counted, ok := m.perLabel.(matrix); ok {
		r.Confusion = Confusion{Labels: counted.Labels(), Counts: counted.Matrix()}
	}
	return r
}
