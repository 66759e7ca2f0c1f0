package projects_test

import (
	"fmt"
	"testing"

	"attune/engine/dataset"
	"attune/projects"
)

// large is how many rows the benchmarks have.
const large = 100_000

// filled makes a project of large rows, split.
func filled(b *testing.B) *projects.Project {
	b.Helper()
	p := create(b)
	imports(b, p, projects.ImportOptions{}, file(b, "large.csv", tickets(large)))
	split(b, p, projects.DefaultSplit())
	return p
}

func BenchmarkImport(b *testing.B) {
	path := file(b, "large.csv", tickets(large))
	for b.Loop() {
		imports(b, create(b), projects.ImportOptions{}, path)
	}
	b.ReportMetric(float64(b.N)*large/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkPage(b *testing.B) {
	p := filled(b)
	for _, offset := range []int{0, large - 100} {
		b.Run(fmt.Sprint("at ", offset), func(b *testing.B) {
			for b.Loop() {
				if rows, err := p.Rows(b.Context(), projects.Query{}, offset, 100); err != nil || len(rows) != 100 {
					b.Fatalf("%d rows, %v", len(rows), err)
				}
			}
		})
	}
}

// BenchmarkQuery measures the first answer to each question, with its first
// page.
func BenchmarkQuery(b *testing.B) {
	p := filled(b)
	train, late := dataset.Train, "late"
	for name, query := range map[string]projects.Query{
		"all":           {},
		"one split":     {Split: &train},
		"one label":     {Label: &late},
		"search":        {Search: "77 about"},
		"search é":      {Search: "é"},
		"by text":       {Sort: "text"},
		"by label":      {Sort: "label", Descending: true},
		"by length":     {Sort: "length"},
		"search, label": {Search: "77", Label: &late},
	} {
		b.Run(name, func(b *testing.B) {
			other := "no such label"
			for b.Loop() {
				// another question in between, so that nothing is remembered
				if _, err := p.Count(b.Context(), projects.Query{Label: &other}); err != nil {
					b.Fatal(err)
				}
				if _, err := p.Rows(b.Context(), query, 0, 50); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkOverview(b *testing.B) {
	p := filled(b)
	for b.Loop() {
		overview(b, p)
	}
}

func BenchmarkSplit(b *testing.B) {
	p := filled(b)
	o := projects.DefaultSplit()
	for b.Loop() {
		o.Seed++
		split(b, p, o)
	}
}

// BenchmarkUndoImport undoes and redoes the import of all rows.
func BenchmarkUndoImport(b *testing.B) {
	p := create(b)
	imports(b, p, projects.ImportOptions{}, file(b, "large.csv", tickets(large)))
	for b.Loop() {
		for _, turn := range []func() (string, error){
			func() (string, error) { return p.Undo(b.Context()) },
			func() (string, error) { return p.Redo(b.Context()) },
		} {
			if title, err := turn(); err != nil || title == "" {
				b.Fatal(title, err)
			}
		}
	}
}

func BenchmarkSource(b *testing.B) {
	p := filled(b)
	for b.Loop() {
		texts(b, p, dataset.Train)
	}
}

// BenchmarkClean measures a cleaning that changes every row, and one that changes none
// of them.
func BenchmarkClean(b *testing.B) {
	p := filled(b)
	for name, c := range map[string]*projects.Cleaning{
		"every row": cleaning(b, "html", "mask", "whitespace", "lower"),
		"no row":    cleaning(b, "mojibake", "html", "unicode", "mail", "mask", "emoji", "whitespace"),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				cleans(b, p, c)
				b.StopTimer()
				if _, err := p.Undo(b.Context()); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
			}
			b.ReportMetric(float64(b.N)*large/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
