package projects_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"attune/engine/dataset"
	"attune/projects"
)

const long = `text,label,author
one two three four. five six seven eight. nine ten,long,a
short one,short,b
a b c d e f g,long,c
`

// partsOf gives the texts, labels and splits of all rows.
func partsOf(t *testing.T, p *projects.Project) []string {
	t.Helper()
	rows, err := p.Rows(t.Context(), projects.Query{}, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, r := range rows {
		all = append(all, strings.TrimSuffix(fmt.Sprint(r.Text, r.Labels, r.Split), " "))
	}
	return all
}

func holds(t *testing.T, p *projects.Project, want ...string) {
	t.Helper()
	if got := partsOf(t, p); !slices.Equal(got, want) {
		t.Errorf("the rows are\n%q, want\n%q", got, want)
	}
}

func TestLongTextsAreDivided(t *testing.T) {
	p := create(t)
	imports(t, p, projects.ImportOptions{}, file(t, "a.csv", long))
	c := cleaning(t, "divide", "words=5")
	preview, err := p.PreviewCleaning(t.Context(), c, 10, nil)
	if err != nil {
		t.Fatal(err)
	}
	done := cleans(t, p, c)
	if fmt.Sprint(done) != fmt.Sprint(preview.Cleaned) || done.Added != 3 || done.Changed != 2 {
		t.Errorf("it did %+v and said %+v", done, preview.Cleaned)
	}
	if after := preview.Samples[0].After; len(after) != 5 || !after[1].Changed || after[4].Text != "nine ten" {
		t.Errorf("the first sample becomes %+v", after)
	}
	divided := []string{"one two three four.[long]", "short one[short]", "a b c d[long]", "five six seven eight.[long]", "nine ten[long]", "e f g[long]"}
	holds(t, p, divided...)
	o := overview(t, p)
	if len(o.Sources) != 1 || o.Rows != 6 || o.CanUndo != "cleaning (Divide long texts): 2 rows changed, 3 added" {
		t.Errorf("%+v", o)
	}

	// Labels follow the texts, where a user gave a part no other; what is as it was stays.
	if err := p.Relabel(t.Context(), []int64{5}, "other"); err != nil {
		t.Fatal(err)
	}
	if err := p.Delete(t.Context(), []int64{6}); err != nil {
		t.Fatal(err)
	}
	cleans(t, p, cleaning(t, "divide", "words=5", "labels", "from=long", "to=L"))
	holds(t, p, "one two three four.[L]", "short one[short]", "a b c d[L]", "five six seven eight.[L]", "nine ten[other]")
	stop := partsOf(t, p)

	// Other parts replace them, and an end of cleaning brings the texts back.
	cleans(t, p, cleaning(t, "divide", "words=8"))
	holds(t, p, "one two three four.[long]", "short one[short]", "a b c d e f g[long]", "five six seven eight. nine ten[long]")
	cleans(t, p, cleaning(t))
	holds(t, p, "one two three four. five six seven eight. nine ten[long]", "short one[short]", "a b c d e f g[long]")

	for range 2 {
		if _, err := p.Undo(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	holds(t, p, stop...)
	for range 4 {
		if _, err := p.Undo(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	holds(t, p, "one two three four. five six seven eight. nine ten[long]", "short one[short]", "a b c d e f g[long]")
	if _, err := p.Redo(t.Context()); err != nil {
		t.Fatal(err)
	}
	holds(t, p, divided...)
}

func TestImportedLaterIsDividedToo(t *testing.T) {
	p := create(t)
	imports(t, p, projects.ImportOptions{}, file(t, "a.csv", long))
	cleans(t, p, cleaning(t, "divide", "words=5"))
	imports(t, p, projects.ImportOptions{}, file(t, "b.csv", "text,label\nu v w x y z,new\n"))
	before := []string{"one two three four.[long]", "short one[short]", "a b c d[long]", "five six seven eight.[long]", "nine ten[long]", "e f g[long]", "u v w[new]", "x y z[new]"}
	holds(t, p, before...)

	// A changed file replaces the parts of the rows that changed or are gone.
	o := projects.UpdateOptions{}
	if _, err := p.Update(t.Context(), file(t, "a.csv", strings.Replace(strings.Replace(long, "nine ten", "nine", 1), "a b c d e f g,long,c\n", "", 1)), o, nil); err != nil {
		t.Fatal(err)
	}
	holds(t, p, "short one[short]", "u v w[new]", "x y z[new]", "one two three four.[long]", "five six seven eight. nine[long]")
	if _, err := p.Undo(t.Context()); err != nil {
		t.Fatal(err)
	}
	holds(t, p, before...)
}

// TestPartsStayTogether splits divided texts in many ways; none may be torn.
func TestPartsStayTogether(t *testing.T) {
	p := create(t)
	var b strings.Builder
	b.WriteString("text,label,day\n")
	for i := range 40 {
		fmt.Fprintf(&b, "n%d a b c d. n%d e f g h. n%d i j k l.,%c,2026-01-%02d\n", i, i, i, 'x'+rune(i%2), i%28+1)
	}
	imports(t, p, projects.ImportOptions{}, file(t, "a.csv", b.String()))
	cleans(t, p, cleaning(t, "divide", "words=5"))
	for name, o := range map[string]projects.SplitOptions{
		"by chance": {Test: 0.3, Validation: 0.2, Seed: 1}, "by labels": {Test: 0.3, Validation: 0.2, Stratify: true, Seed: 2},
		"by time": {Test: 0.3, Validation: 0.2, Time: "day"}, "in parts": {Folds: 4, Fold: 2, Seed: 3},
	} {
		if _, err := p.Split(t.Context(), o); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		rows, err := p.Rows(t.Context(), projects.Query{}, 0, 1000)
		if err != nil || len(rows) != 120 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		splits := map[string]dataset.Split{}
		used := map[dataset.Split]int{}
		for _, r := range rows {
			text, _, _ := strings.Cut(r.Text, " ")
			if other, seen := splits[text]; seen && other != r.Split {
				t.Errorf("%s: a part of %s is in %s, another in %s", name, text, r.Split, other)
			}
			splits[text] = r.Split
			used[r.Split]++
		}
		if used[dataset.Train] == 0 || used[dataset.Validation] == 0 {
			t.Errorf("%s: %v", name, used)
		}
	}
}

func TestRowsOfPartsAreReadInParts(t *testing.T) {
	p := create(t)
	imports(t, p, projects.ImportOptions{}, file(t, "a.csv", long))
	for _, test := range []struct {
		cleaning *projects.Cleaning
		want     string
	}{{cleaning(t), "cut"}, {cleaning(t, "divide", "words=5"), "parts"}} {
		cleans(t, p, test.cleaning)
		s, err := p.NewSetup("")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range s.Fields() {
			if f.Key == "long_texts" && f.Value.String() != test.want {
				t.Errorf("longer texts are %s, want %s", f.Value, test.want)
			}
		}
	}
}
