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

// placed gives the texts of each split.
func placed(t *testing.T, p *projects.Project) map[dataset.Split]string {
	t.Helper()
	all := map[dataset.Split]string{}
	for _, s := range dataset.Splits {
		if some := texts(t, p, s); len(some) > 0 {
			all[s] = strings.Join(some, " ")
		}
	}
	return all
}

func TestSplitByTime(t *testing.T) {
	const header = "text,label,sent,who\n"
	for name, test := range map[string]struct {
		rows  string
		group string
		want  map[dataset.Split]string
		note  string
		warns []string
	}{
		"days": {"a,x,2026-01-09,1\nb,y,2026-01-01,2\nc,x,2026-01-03,3\nd,y,2026-01-10,4\ne,x,2026-01-02,5\nf,y,2026-01-04,6\n", "",
			map[dataset.Split]string{"train": "b c e", "validation": "a f", "test": "d"}, "The test rows are those from 2026-01-10 on. The validation rows begin on 2026-01-04.", []string{`"x" has no row in the test`}},
		"of one moment together": {"a,x,2026-01-01,1\nb,y,2026-01-02,2\nc,x,2026-01-02,3\nd,y,2026-01-02,4\ne,x,2026-01-03,5\nf,y,2026-01-03,6\n", "",
			map[dataset.Split]string{"train": "a", "validation": "b c d", "test": "e f"}, "", []string{`"y" has no row to learn from`}},
		"month first": {"a,x,1/31/2026,1\nb,y,1/30/2026,2\nc,x,2/1/2026,3\nd,y,2/2/2026,4\ne,x,1/1/2026,5\nf,y,1/2/2026,6\n", "",
			map[dataset.Split]string{"train": "b e f", "validation": "a c", "test": "d"}, "", []string{"in the test"}},
		"day or month first": {"a,x,01/02/2026,1\nb,y,02/02/2026,2\nc,x,03/02/2026,3\nd,y,04/03/2026,4\n", "",
			map[dataset.Split]string{"train": "a b", "validation": "c", "test": "d"}, "", []string{"in the test", "the day first"}},
		"some without": {"a,x,2026-01-09 10:00,1\nb,y,,2\nc,x,unknown,3\nd,y,2026-01-10 09:30,4\ne,x,2026-01-01 08:00,5\ng,y,2026-01-02 08:00,5\n", "",
			map[dataset.Split]string{"train": "b c e g", "validation": "a", "test": "d"}, "", []string{"in the test", "2 rows have no date"}},
		"in groups": {"a,x,2026-01-01,1\nb,y,2026-01-09,1\nc,x,2026-01-02,2\nd,y,2026-01-03,2\ne,x,2026-01-01,3\nf,y,2026-01-01,3\n", "who",
			map[dataset.Split]string{"train": "e f", "validation": "c d", "test": "a b"}, "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			p := create(t)
			o := projects.ImportOptions{Roles: projects.Roles{Text: "text", Label: "label", Split: projects.NoColumn}}
			imports(t, p, o, file(t, "a.csv", header+test.rows))
			s := split(t, p, projects.SplitOptions{Test: 0.2, Validation: 0.3, Time: "sent", Group: test.group})
			if got := placed(t, p); !maps.Equal(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
			if test.note != "" && s.Note != test.note {
				t.Errorf("it notes %q", s.Note)
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

func TestSplitByColumn(t *testing.T) {
	p := create(t)
	text := "text,label,part,who\na,x,Train,i\nb,y,train,j\nc,x,dev,i\nd,y,TEST,j\ne,x,,i\nf,y,training,j\n"
	o := projects.ImportOptions{Roles: projects.Roles{Text: "text", Label: "label", Split: projects.NoColumn}}
	imports(t, p, o, file(t, "a.csv", text))
	s := split(t, p, projects.SplitOptions{Test: 0.2, Validation: 0.2, Column: "part"})
	want := map[dataset.Split]string{"train": "a b e f", "validation": "c", "test": "d"}
	if got := placed(t, p); !maps.Equal(got, want) || s.Note == "" {
		t.Errorf("got %v, want %v; %q", got, want, s.Note)
	}
	if _, err := p.Split(t.Context(), projects.SplitOptions{Column: "who"}); err == nil || !strings.Contains(err.Error(), `says "i", "j"`) {
		t.Errorf("error %v", err)
	}
}

func TestFoldsTakeTurns(t *testing.T) {
	p := create(t)
	imports(t, p, projects.ImportOptions{}, file(t, "a.csv", tickets(203)))
	checked, test := map[string]int{}, ""
	for fold := range 5 {
		o := projects.SplitOptions{Test: 0.2, Stratify: true, Folds: 5, Fold: fold + 1, Seed: 3, Group: "customer"}
		s := split(t, p, o)
		if n := s.Counts[dataset.Validation]; n < 28 || n > 37 {
			t.Errorf("part %d has %d rows", fold+1, n)
		}
		rows, err := p.Rows(t.Context(), projects.Query{}, 0, 300)
		if err != nil {
			t.Fatal(err)
		}
		now := ""
		for _, r := range rows {
			switch r.Split {
			case dataset.Validation:
				checked[fmt.Sprint(r.ID)]++
			case dataset.Test:
				now += fmt.Sprint(r.ID, " ")
			}
		}
		if test == "" {
			test = now
		}
		if now != test {
			t.Errorf("part %d has another test", fold+1)
		}
	}
	for id, n := range checked {
		if n != 1 {
			t.Errorf("row %s is for validation %d times", id, n)
		}
	}
	if tested := len(strings.Fields(test)); len(checked)+tested != 203 {
		t.Errorf("%d rows were checked, %d are the test, of 203", len(checked), tested)
	}
	for name, o := range map[string]projects.SplitOptions{
		"no such part": {Folds: 5, Fold: 6}, "one part": {Folds: 1, Fold: 1}, "two rules": {Folds: 5, Fold: 1, Time: "customer"}, "no dates": {Time: "customer", Test: 0.1},
	} {
		if _, err := p.Split(t.Context(), o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestLockedTestStays(t *testing.T) {
	p := create(t)
	imports(t, p, projects.ImportOptions{}, file(t, "a.csv", labelled(50, 50)))
	if err := p.LockTest(t.Context(), true); err == nil {
		t.Error("no rows were locked")
	}
	split(t, p, projects.DefaultSplit())
	if err := p.LockTest(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	was := strings.Join(texts(t, p, dataset.Test), "\n")
	o := projects.DefaultSplit()
	o.Seed = 9
	validation := texts(t, p, dataset.Validation)
	split(t, p, o)
	if got := strings.Join(texts(t, p, dataset.Test), "\n"); got != was {
		t.Errorf("the locked test became\n%s\nfrom\n%s", got, was)
	}
	if fmt.Sprint(validation) == fmt.Sprint(texts(t, p, dataset.Validation)) {
		t.Error("the other rows were not split anew")
	}
	imports(t, p, projects.ImportOptions{As: dataset.Test}, file(t, "b.csv", labelled(3, 3)))
	state := func() projects.TestSet {
		t.Helper()
		s, err := p.TestSet(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	if s := state(); !s.Locked || !s.Broken || !strings.Contains(s.Sentence(), "not the 20 rows that were locked") {
		t.Errorf("with more test rows it is %+v: %s", s, s.Sentence())
	}
	if _, err := p.Undo(t.Context()); err != nil || state().Broken {
		t.Errorf("undone it is %+v, %v", state(), err)
	}
	test := dataset.Test
	rows, err := p.Rows(t.Context(), projects.Query{Split: &test}, 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Relabel(t.Context(), []int64{rows[0].ID}, "changed"); err != nil || !state().Broken {
		t.Errorf("with another label it is %+v, %v", state(), err)
	}
	cleans(t, p, cleaning(t, "lower"))
	if err := p.LockTest(t.Context(), false); err != nil || state().Locked {
		t.Errorf("unlocked it is %+v, %v", state(), err)
	}
}

func TestLooksAreCounted(t *testing.T) {
	p := trained(t)
	for range 2 { // the second gives what was kept: nothing new is learned of the test
		report, err := p.Evaluate(t.Context(), 0, dataset.Test, nil)
		if err != nil || report.TestSet == nil || report.TestSet.Looks != 1 {
			t.Fatalf("%+v, %v", report.TestSet, err)
		}
	}
	trainShortly(t, p)
	report, err := p.Evaluate(t.Context(), 2, dataset.Test, nil)
	if err != nil || report.TestSet.Looks != 2 || !strings.Contains(report.TestSet.Sentence(), "looked at 2 times") {
		t.Errorf("%+v, %v", report.TestSet, err)
	}
	if report, err := p.Evaluate(t.Context(), 2, dataset.Validation, nil); err != nil || report.TestSet != nil {
		t.Errorf("validation: %+v, %v", report.TestSet, err)
	}
	o := projects.DefaultSplit()
	o.Seed = 99
	split(t, p, o)
	if s, err := p.TestSet(t.Context()); err != nil || s.Looks != 0 {
		t.Errorf("other test rows: %+v, %v", s, err)
	}
}

// Questions about one passage stay together: a model would be judged on passages that it
// learned from.
func TestSplitKeepsPassagesWhole(t *testing.T) {
	var paragraphs []string
	for i := range 30 {
		var questions []string
		for j := range 4 {
			questions = append(questions, fmt.Sprintf(`{"id":"%d-%d","question":"what is %d of it?","answers":[{"text":"thing %d","answer_start":4}]}`, i, j, j, i))
		}
		paragraphs = append(paragraphs, fmt.Sprintf(`{"context":"The thing %d stands here.","qas":[%s]}`, i, strings.Join(questions, ",")))
	}
	p := create(t)
	imports(t, p, projects.ImportOptions{}, file(t, "squad.json", `{"version":"1.1","data":[{"title":"x","paragraphs":[`+strings.Join(paragraphs, ",")+`]}]}`))
	if err := p.SetTask(t.Context(), "answering"); err != nil {
		t.Fatal(err)
	}
	for name, o := range map[string]projects.SplitOptions{"by chance": {Test: 0.3, Validation: 0.2, Seed: 1}, "in parts": {Folds: 5, Fold: 2, Seed: 2}} {
		if _, err := p.Split(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		rows, err := p.Rows(t.Context(), projects.Query{}, 0, 200)
		if err != nil || len(rows) != 120 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		place, used := map[string]dataset.Split{}, map[dataset.Split]int{}
		for _, r := range rows {
			if other, seen := place[r.Text]; seen && other != r.Split {
				t.Errorf("%s: %q is in %s and in %s", name, r.Text, other, r.Split)
			}
			place[r.Text] = r.Split
			used[r.Split]++
		}
		if used[dataset.Train] == 0 || used[dataset.Validation] == 0 {
			t.Errorf("%s: %v", name, used)
		}
	}
}
