package projects_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"attune/engine/dataset"
	"attune/projects"
)

// shownRows gives all rows as "row text=labels (split)".
func shownRows(t *testing.T, p *projects.Project) (all []string) {
	t.Helper()
	page, err := p.Rows(t.Context(), projects.Query{}, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range page {
		text := fmt.Sprintf("%d %s=%s", r.SourceRow, r.Text, strings.Join(r.Labels, "+"))
		if r.Split != dataset.Unassigned {
			text += " (" + string(r.Split) + ")"
		}
		all = append(all, text)
	}
	slices.Sort(all)
	return all
}

func TestUpdate(t *testing.T) {
	const before = "id,text,label,note\n1,one two,a,\n2,three four,b,\n3,five six,a,\n4,seven eight,b,\n"
	same := []string{"1 one two=a", "2 three four=b", "3 five six=a", "4 seven eight=b"}
	for name, test := range map[string]struct {
		after       string
		key         string
		want        []string
		differences string // kinds and rows
		unchanged   int
	}{
		"nothing":             {before, "", same, "", 4},
		"other columns":       {"label,note,id,text\na,,1,one two\nb,,2,three four\na,,3,five six\nb,,4,seven eight\n", "", same, "", 4},
		"a label":             {strings.Replace(before, "three four,b", "three four,a", 1), "", []string{"1 one two=a", "2 three four=a", "3 five six=a", "4 seven eight=b"}, "changed 2", 3},
		"a text":              {strings.Replace(before, "three four", "three fours", 1), "", []string{"1 one two=a", "2 three fours=b", "3 five six=a", "4 seven eight=b"}, "changed 2", 3},
		"a row at the top":    {strings.Replace(before, "1,one", "0,zero,a,\n1,one", 1), "", []string{"1 zero=a", "2 one two=a", "3 three four=b", "4 five six=a", "5 seven eight=b"}, "added 1", 4},
		"a row less":          {strings.Replace(before, "2,three four,b,\n", "", 1), "", []string{"1 one two=a", "2 five six=a", "3 seven eight=b"}, "removed 2", 3},
		"by a key":            {"id,text,label,note\n4,seven ate,b,\n1,one two,a,\n2,three four,b,seen\n5,nine,a,\n", "ID", []string{"1 seven ate=b", "2 one two=a", "3 three four=b", "4 nine=a"}, "changed 1, changed 3, added 4, removed 3", 1},
		"others in between":   {"id,text,label,note\n1,one two,a,\n2,three,b,\n3,five,a,\n4,seven eight,b,\n", "", []string{"1 one two=a", "2 three=b", "3 five=a", "4 seven eight=b"}, "changed 2, changed 3", 2},
		"more than was there": {"id,text,label,note\n1,one two,a,\n2,three,b,\n3,five,a,\n9,nine,a,\n4,seven eight,b,\n", "", []string{"1 one two=a", "2 three=b", "3 five=a", "4 nine=a", "5 seven eight=b"}, "added 2, added 3, added 4, removed 2, removed 3", 2},
	} {
		t.Run(name, func(t *testing.T) {
			p := create(t)
			imports(t, p, projects.ImportOptions{}, file(t, "a.csv", before))
			changed := file(t, "a.csv", test.after)
			o := projects.UpdateOptions{Key: test.key}
			would, err := p.Compare(t.Context(), changed, o, nil)
			if err != nil {
				t.Fatal(err)
			}
			var differences []string
			for _, d := range would.Differences {
				differences = append(differences, fmt.Sprint(d.Kind, " ", d.Row))
				if (d.Kind == projects.RowAdded) != (d.Before.Text == "") || (d.Kind == projects.RowRemoved) != (d.After.Text == "") {
					t.Errorf("the difference %+v", d)
				}
			}
			if got := strings.Join(differences, ", "); got != test.differences || would.Unchanged != test.unchanged {
				t.Errorf("it would have %q, unchanged %d", got, would.Unchanged)
			}
			if got := shownRows(t, p); !slices.Equal(got, same) {
				t.Errorf("to compare changes them to %q", got)
			}
			did, err := p.Update(t.Context(), changed, o, nil)
			if err != nil || did.Added != would.Added || did.Changed != would.Changed || did.Removed != would.Removed || did.Unchanged != would.Unchanged {
				t.Fatalf("did %+v, %v; would %+v", did, err, would)
			}
			if got := shownRows(t, p); !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
			again, err := p.Compare(t.Context(), changed, o, nil)
			if err != nil || again.Unchanged != len(test.want) || len(again.Differences) > 0 {
				t.Errorf("a second time there are %+v, %v", again, err)
			}
			if test.differences == "" {
				return
			}
			for range 2 {
				if _, err := p.Undo(t.Context()); err != nil {
					t.Fatal(err)
				}
				if got := shownRows(t, p); !slices.Equal(got, same) {
					t.Errorf("undone there are %q", got)
				}
				if _, err := p.Redo(t.Context()); err != nil {
					t.Fatal(err)
				}
				if got := shownRows(t, p); !slices.Equal(got, test.want) {
					t.Errorf("redone there are %q", got)
				}
			}
			if _, err := p.Update(t.Context(), file(t, "a.csv", before), o, nil); err != nil {
				t.Fatal(err)
			}
			if got := shownRows(t, p); !slices.Equal(got, same) {
				t.Errorf("with the file as it was there are %q", got)
			}
		})
	}
}

// TestUpdateKeepsWork updates rows of which some were split, relabelled, deleted and
// cleaned.
func TestUpdateKeepsWork(t *testing.T) {
	p := create(t)
	imports(t, p, projects.ImportOptions{}, file(t, "a.csv", "text,label\n<b>one</b> two,a\nthree four,b\nfive six,a\nseven eight,b\nnine ten,a\n"))
	if err := p.Relabel(t.Context(), []int64{2, 3}, "c"); err != nil {
		t.Fatal(err)
	}
	if err := p.Delete(t.Context(), []int64{4}); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Split(t.Context(), projects.SplitOptions{Validation: 0.25, Seed: 1}); err != nil {
		t.Fatal(err)
	}
	split := map[int64]dataset.Split{}
	page, err := p.Rows(t.Context(), projects.Query{}, 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range page {
		split[r.ID] = r.Split
	}
	c := &projects.Cleaning{}
	if _, err := c.Add("html"); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Clean(t.Context(), c, nil); err != nil {
		t.Fatal(err)
	}
	// Row 2 changes its text, row 3 its label, row 5 goes, and one is new.
	if _, err := p.Update(t.Context(), file(t, "a.csv", "text,label\n<b>one</b> two,a\nthree fours,b\nfive six,d\nseven eight,b\n<i>new</i> one,a\n"), projects.UpdateOptions{}, nil); err != nil {
		t.Fatal(err)
	}
	want := []string{
		fmt.Sprintf("1 one two=a (%s)", split[1]), fmt.Sprintf("2 three fours=c (%s)", split[2]), fmt.Sprintf("3 five six=d (%s)", split[3]),
		fmt.Sprintf("5 new one=a (%s)", split[5]),
	}
	if got := shownRows(t, p); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if _, err := p.Clean(t.Context(), &projects.Cleaning{}, nil); err != nil {
		t.Fatal(err)
	}
	want[0], want[3] = strings.Replace(want[0], "one two", "<b>one</b> two", 1), strings.Replace(want[3], "new", "<i>new</i>", 1)
	if got := shownRows(t, p); !slices.Equal(got, want) {
		t.Errorf("not cleaned there are %q, want %q", got, want)
	}
}

func TestUpdateRefuses(t *testing.T) {
	p := create(t)
	changed := file(t, "b.csv", "id,text,label\n1,one two,a\n1,three four,b\n")
	for _, test := range []struct {
		before []string
		o      projects.UpdateOptions
		says   string
	}{
		{nil, projects.UpdateOptions{}, "nothing was imported"},
		{[]string{"a.csv"}, projects.UpdateOptions{Key: "number"}, `no column "number"`},
		{nil, projects.UpdateOptions{Key: "id"}, "the rows 1 and 2 have the same id"},
		{[]string{"c.csv"}, projects.UpdateOptions{}, "no file b.csv"},
		{nil, projects.UpdateOptions{Of: "d.csv"}, "no file d.csv"},
	} {
		for _, name := range test.before {
			imports(t, p, projects.ImportOptions{}, file(t, name, "text,label\none two,a\nthree four,b\n"))
		}
		_, err := p.Update(t.Context(), changed, test.o, nil)
		var e *projects.Error
		if !errors.As(err, &e) || !strings.Contains(err.Error(), test.says) || e.Hint() == "" {
			t.Errorf("got %v, want %q", err, test.says)
		}
	}
}
