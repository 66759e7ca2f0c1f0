package projects_test

import (
	"encoding/csv"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"attune/engine/baseline"
	"attune/engine/dataset"
	"attune/engine/metric"
	"attune/projects"
)

// splitFile writes a table with a column of splits.
func splitFile(t *testing.T, train, validation [][]string) string {
	t.Helper()
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.Write([]string{"text", "label", "split"})
	for _, r := range train {
		w.Write([]string{r[0], r[1], "train"})
	}
	for _, r := range validation {
		w.Write([]string{r[0], r[1], "validation"})
	}
	w.Flush()
	return file(t, "rows.csv", b.String())
}

func TestLearningCurve(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 3))
	invent := func(n int) (rows [][]string) {
		for i := range n {
			label := []string{"parcel", "invoice"}[i%2]
			text := ""
			for range 6 { // one word in four tells the label
				word := fmt.Sprint("word", random.IntN(200))
				if random.IntN(4) == 0 {
					word = fmt.Sprint(label, random.IntN(60))
				}
				text += word + " "
			}
			rows = append(rows, []string{text, label})
		}
		return rows
	}
	p := create(t)
	imports(t, p, projects.ImportOptions{}, splitFile(t, invent(400), invent(200)))
	told := 0
	c, err := p.LearningCurve(t.Context(), "", func(projects.Progress) { told++ })
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Points) != 12 || c.Points[0].Rows != 40 || c.Points[11].Rows != 320 || c.Checked != 200 || told == 0 || len(c.Foretold) != 3 {
		t.Fatalf("got %+v", c)
	}
	if first, last := c.Points[0].Score, c.Points[11].Score; last <= first {
		t.Errorf("320 rows score %.3f, 40 rows %.3f", last, first)
	}
	for i, f := range c.Foretold {
		if f.Rows != []int{400, 800, 2000}[i] || f.Low > f.Score || f.High < f.Score || f.High > 1 || i > 0 && f.Score < c.Foretold[i-1].Score {
			t.Errorf("foretold is %+v", f)
		}
	}
	if !strings.Contains(c.Sentence, "twice the rows (800)") {
		t.Errorf("it says %q", c.Sentence)
	}

	few := create(t)
	imports(t, few, projects.ImportOptions{}, splitFile(t, invent(20), invent(10)))
	var e *projects.Error
	if _, err := few.LearningCurve(t.Context(), "", nil); !errors.As(err, &e) || !strings.Contains(err.Error(), "20 training rows") {
		t.Errorf("of 20 rows: %v", err)
	}
}

// TestCurveForetells looks whether a model that learned from twice the rows is in the
// band that was foretold.
func TestCurveForetells(t *testing.T) {
	f, err := os.Open(filepath.Join(shared(t, "banking77"), "train.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	rows = rows[1:]
	rand.New(rand.NewPCG(5, 5)).Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	check, learn := rows[:1000], rows[1000:4000]
	p := create(t)
	imports(t, p, projects.ImportOptions{}, splitFile(t, learn[:1500], check))
	c, err := p.LearningCurve(t.Context(), projects.Fresh, nil)
	if err != nil {
		t.Fatal(err)
	}
	var examples []dataset.Example
	for _, r := range learn {
		examples = append(examples, dataset.Example{Text: r[0], Labels: []string{r[1]}})
	}
	m, err := baseline.Train(t.Context(), examples, baseline.Options{})
	if err != nil {
		t.Fatal(err)
	}
	score := metric.NewMacroF1()
	for _, r := range check {
		score.Add(dataset.Example{Labels: []string{r[1]}}, m.Answer(r[0]))
	}
	actual, twice := score.Value(), c.Foretold[1]
	t.Logf("%d rows score %.3f; foretold was %.3f, between %.3f and %.3f", twice.Rows, actual, twice.Score, twice.Low, twice.High)
	if c.Metric != score.Name() || actual < twice.Low || actual > twice.High {
		t.Errorf("%s of %d rows is not as foretold: %+v", c.Metric, twice.Rows, c)
	}
}
