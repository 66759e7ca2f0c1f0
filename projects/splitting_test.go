package projects_test

import (
	"fmt"
	"maps"
	"math"
	"strings"
	"testing"

	"attune/engine/dataset"
	"attune/projects"
)

func split(t testing.TB, p *projects.Project, o projects.SplitOptions) projects.SplitSummary {
	t.Helper()
	s, err := p.Split(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if o := overview(t, p); !maps.Equal(o.Splits, s.Counts) {
		t.Errorf("told %v, but the project has %v", s.Counts, o.Splits)
	}
	return s
}

// labelled gives a file with so many rows of each label.
func labelled(rows ...int) string {
	text := "text,label\n"
	for l, n := range rows {
		for i := range n {
			text += fmt.Sprintf("some text number %d,label%d\n", i, l)
		}
	}
	return text
}

func TestSplitCounts(t *testing.T) {
	stratified := func(test, validation float64) projects.SplitOptions {
		return projects.SplitOptions{Test: test, Validation: validation, Stratify: true, Seed: 1}
	}
	for name, test := range map[string]struct {
		text    string
		options projects.SplitOptions
		want    map[dataset.Split]int
		warns   []string
	}{
		"as usual":                 {labelled(60, 40), projects.DefaultSplit(), map[dataset.Split]int{"train": 70, "validation": 10, "test": 20}, nil},
		"not stratified":           {labelled(60, 40), projects.SplitOptions{Test: 0.2, Validation: 0.1}, map[dataset.Split]int{"train": 70, "validation": 10, "test": 20}, nil},
		"shares that do not fit":   {labelled(7, 7, 7), stratified(0.2, 0.1), map[dataset.Split]int{"train": 15, "validation": 2, "test": 4}, nil},
		"a row at least of each":   {labelled(3, 3), stratified(0.01, 0.01), map[dataset.Split]int{"train": 4, "validation": 1, "test": 1}, []string{"in the test set"}},
		"three rows":               {labelled(2, 1), stratified(0.2, 0.1), map[dataset.Split]int{"train": 2, "test": 1}, []string{"no validation rows", "in the test set"}},
		"a label with one row":     {labelled(10, 1), stratified(0.2, 0.1), map[dataset.Split]int{"train": 8, "validation": 1, "test": 2}, []string{`"label1" has no row in the test set`}},
		"many labels, few rows":    {labelled(2, 2, 2, 2, 2), stratified(0.2, 0.1), map[dataset.Split]int{"train": 7, "validation": 1, "test": 2}, []string{"3 labels"}},
		"no test wanted":           {labelled(10, 10), stratified(0, 0.1), map[dataset.Split]int{"train": 18, "validation": 2}, []string{"no test rows"}},
		"unlabelled rows stay so":  {labelled(10, 10) + "no label here,\n", projects.DefaultSplit(), map[dataset.Split]int{"train": 14, "validation": 2, "test": 4, "unlabelled": 1}, nil},
		"every label its own rows": {labelled(1, 1, 1), stratified(0.2, 0.1), map[dataset.Split]int{"train": 3}, []string{"no validation rows", "no test rows"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := create(t)
			imports(t, p, projects.ImportOptions{}, file(t, "a.csv", test.text))
			s := split(t, p, test.options)
			if !maps.Equal(s.Counts, test.want) {
				t.Errorf("got %v, want %v", s.Counts, test.want)
			}
			if len(s.Warnings) != len(test.warns) {
				t.Fatalf("warnings %q", s.Warnings)
			}
			for i, says := range test.warns {
				if !strings.Contains(s.Warnings[i], says) {
					t.Errorf("warnings %q", s.Warnings)
				}
			}
		})
	}
}

func TestSplitKeepsWhatFilesGave(t *testing.T) {
	train := file(t, "train.csv", labelled(50, 50))
	for name, test := range map[string]struct {
		files []string
		want  map[dataset.Split]int
	}{
		"a given test set":       {[]string{train, file(t, "test.csv", labelled(5, 5))}, map[dataset.Split]int{"train": 90, "validation": 10, "test": 10}},
		"a given validation set": {[]string{train, file(t, "dev.csv", labelled(5, 5))}, map[dataset.Split]int{"train": 80, "validation": 10, "test": 20}},
		"both given":             {[]string{train, file(t, "dev.csv", labelled(5, 5)), file(t, "test.csv", labelled(3, 3))}, map[dataset.Split]int{"train": 100, "validation": 10, "test": 6}},
	} {
		t.Run(name, func(t *testing.T) {
			p := create(t)
			imports(t, p, projects.ImportOptions{}, test.files...)
			for range 2 { // a second split changes nothing of it
				if s := split(t, p, projects.DefaultSplit()); !maps.Equal(s.Counts, test.want) {
					t.Errorf("got %v, want %v", s.Counts, test.want)
				}
			}
		})
	}
}

func TestSplitIsStratified(t *testing.T) {
	p := create(t)
	imports(t, p, projects.ImportOptions{}, file(t, "a.csv", labelled(400, 100, 50)))
	split(t, p, projects.DefaultSplit())
	for label, n := range map[string]float64{"label0": 400, "label1": 100, "label2": 50} {
		for s, share := range map[dataset.Split]float64{dataset.Test: 0.2, dataset.Validation: 0.1, dataset.Train: 0.7} {
			got, err := p.Count(t.Context(), projects.Query{Split: &s, Label: &label})
			if err != nil || math.Abs(float64(got)-share*n) > 1 {
				t.Errorf("%s has %d rows in %s, %v", label, got, s, err)
			}
		}
	}
}

func TestSplitBySeed(t *testing.T) {
	deal := func(seed uint64) string {
		p := create(t)
		imports(t, p, projects.ImportOptions{}, file(t, "a.csv", tickets(300)))
		o := projects.DefaultSplit()
		o.Seed = seed
		split(t, p, o)
		return fmt.Sprint(texts(t, p, dataset.Test))
	}
	first := deal(1)
	if deal(1) != first {
		t.Error("the same seed deals differently")
	}
	if deal(2) == first {
		t.Error("another seed deals the same")
	}
}

func TestGroupsStayTogether(t *testing.T) {
	p := create(t)
	imports(t, p, projects.ImportOptions{}, file(t, "a.csv", tickets(400)))
	o := projects.DefaultSplit()
	o.Group = "customer"
	s := split(t, p, o)
	if n := s.Counts[dataset.Test]; n < 70 || n > 90 {
		t.Errorf("%d test rows of 400", n)
	}
	rows, err := p.Rows(t.Context(), projects.Query{}, 0, 400)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range rows {
		if first := rows[i/4*4]; r.Split != first.Split {
			t.Errorf("rows %d and %d of one customer are in %s and %s", first.ID, r.ID, first.Split, r.Split)
		}
	}
}

func TestSplitRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		text    string
		options projects.SplitOptions
		says    string
	}{
		"shares above all":    {labelled(5, 5), projects.SplitOptions{Test: 0.6, Validation: 0.4}, "nothing to train on"},
		"a negative share":    {labelled(5, 5), projects.SplitOptions{Test: -0.1}, "nothing to train on"},
		"not a number":        {labelled(5, 5), projects.SplitOptions{Test: math.NaN()}, "nothing to train on"},
		"no labelled rows":    {"text\nhello you all\nand good bye\n", projects.DefaultSplit(), "no labelled rows"},
		"no such group":       {tickets(10), projects.SplitOptions{Test: 0.2, Group: "client"}, `no column "client"`},
		"no columns to group": {labelled(5, 5), projects.SplitOptions{Test: 0.2, Group: "client"}, `no column "client"`},
	} {
		t.Run(name, func(t *testing.T) {
			p := create(t)
			imports(t, p, projects.ImportOptions{}, file(t, "a.csv", test.text))
			_, err := p.Split(t.Context(), test.options)
			hint, ok := err.(interface{ Hint() string })
			if !ok || !strings.Contains(err.Error(), test.says) || hint.Hint() == "" {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestSplitIsUndone(t *testing.T) {
	p := create(t)
	imports(t, p, projects.ImportOptions{}, file(t, "a.csv", labelled(50, 50)))
	split(t, p, projects.DefaultSplit())
	if title, err := p.Undo(t.Context()); err != nil || title != "split into 70 training, 10 validation and 20 test rows" {
		t.Errorf("undid %q, %v", title, err)
	}
	if o := overview(t, p); o.Splits[dataset.Unassigned] != 100 {
		t.Errorf("splits %v", o.Splits)
	}
}
