package projects_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"attune/engine/dataset"
	"attune/projects"
)

func tickets(n int) string {
	var b strings.Builder
	b.WriteString("text,label,customer\n")
	for i := range n {
		fmt.Fprintf(&b, "Ticket %d about the %s parcel,%s,c%d\n", i, []string{"red", "green", "blue"}[i%3], []string{"late", "lost", "wrong"}[i%3], i/4)
	}
	return b.String()
}

func TestPages(t *testing.T) {
	p := create(t)
	imports(t, p, projects.ImportOptions{}, file(t, "a.csv", tickets(1000)))
	lost := "lost"
	for name, test := range map[string]struct {
		query         projects.Query
		offset, limit int
		want          []int64
		count         int
	}{
		"the first page":       {projects.Query{}, 0, 3, []int64{1, 2, 3}, 1000},
		"far down":             {projects.Query{}, 997, 10, []int64{998, 999, 1000}, 1000},
		"beyond the end":       {projects.Query{}, 2000, 10, nil, 1000},
		"before the beginning": {projects.Query{}, -5, 2, []int64{1, 2}, 1000},
		"nothing wanted":       {projects.Query{}, 5, -1, nil, 1000},
		"of a label":           {projects.Query{Label: &lost}, 1, 2, []int64{5, 8}, 333},
		"a search":             {projects.Query{Search: "TICKET 99"}, 0, 3, []int64{100, 991, 992}, 11},
	} {
		t.Run(name, func(t *testing.T) {
			rows, err := p.Rows(t.Context(), test.query, test.offset, test.limit)
			var got []int64
			for _, r := range rows {
				got = append(got, r.ID)
			}
			if err != nil || fmt.Sprint(got) != fmt.Sprint(test.want) {
				t.Errorf("got %v, %v, want %v", got, err, test.want)
			}
			if n, err := p.Count(t.Context(), test.query); n != test.count || err != nil {
				t.Errorf("counted %d, %v", n, err)
			}
		})
	}
}

func TestEditsAreSeenAndUndone(t *testing.T) {
	p := create(t)
	imports(t, p, projects.ImportOptions{}, file(t, "a.csv", tickets(30)))
	ctx := t.Context()
	count := func(label string) int {
		t.Helper()
		n, err := p.Count(ctx, projects.Query{Label: &label})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, test := range []struct {
		do     func() error
		label  string
		before int
		after  int
		title  string
	}{
		{func() error { return p.Relabel(ctx, []int64{1, 2}, " lost ") }, "lost", 10, 11, `label "lost" for 1 row`},
		{func() error { return p.Relabel(ctx, []int64{3}, "") }, "", 0, 1, "removal of the label of 1 row"},
		{func() error { return p.Delete(ctx, []int64{4, 5, 6}) }, "lost", 11, 10, "deletion of 3 rows"},
		{func() error { return p.RenameLabel(ctx, "lost", "missing") }, "missing", 0, 10, `renaming of the label "lost" to "missing"`},
	} {
		t.Run(test.title, func(t *testing.T) {
			if n := count(test.label); n != test.before {
				t.Errorf("before there are %d", n)
			}
			if err := test.do(); err != nil {
				t.Fatal(err)
			}
			if n := count(test.label); n != test.after {
				t.Errorf("after there are %d", n)
			}
			if o := overview(t, p); o.CanUndo != test.title {
				t.Errorf("can undo %q", o.CanUndo)
			}
			if title, err := p.Undo(ctx); title != test.title || err != nil || count(test.label) != test.before {
				t.Errorf("undid %q, %v", title, err)
			}
			if title, err := p.Redo(ctx); title != test.title || err != nil || count(test.label) != test.after {
				t.Errorf("redid %q, %v", title, err)
			}
		})
	}
	for name, err := range map[string]error{
		"a label that is not there": p.RenameLabel(ctx, "nothing", "x"),
		"a label without a name":    p.RenameLabel(ctx, "missing", "  "),
	} {
		if hint, ok := err.(interface{ Hint() string }); !ok || hint.Hint() == "" {
			t.Errorf("renaming %s gave %v", name, err)
		}
	}
}

// Where rows may have several labels, one that is typed names them all.
func TestRelabelWithSeveral(t *testing.T) {
	p := createFor(t, "multilabel")
	imports(t, p, projects.ImportOptions{}, file(t, "a.jsonl", `{"text": "one", "labels": ["joy", "love"]}
{"text": "two", "labels": ["anger, cold"]}
{"text": "three", "labels": null}
`))
	for _, c := range []struct {
		typed  string
		labels []string
		split  dataset.Split
	}{
		{"joy, anger", []string{"anger", "joy"}, dataset.Unassigned},
		{" joy; a, b ;", []string{"a, b", "joy"}, dataset.Unassigned},
		{"anger, cold", []string{"anger, cold"}, dataset.Unassigned},
		{"[]", []string{}, dataset.Unassigned},
		{"", nil, dataset.Unlabelled},
	} {
		for _, id := range []int64{1, 3} {
			if err := p.Relabel(t.Context(), []int64{id}, c.typed); err != nil {
				t.Fatal(err)
			}
			got, err := p.RowsOf(t.Context(), []int64{id})
			if err != nil || !reflect.DeepEqual(got[0].Labels, c.labels) || got[0].Split != c.split {
				t.Errorf("row %d with %q: %#v for %q, %v", id, c.typed, got[0].Labels, got[0].Split, err)
			}
		}
	}
}

func TestOverview(t *testing.T) {
	p := create(t)
	imports(t, p, projects.ImportOptions{}, file(t, "a.csv", "text,label\none,a\none two,a\none two three four,b\n"), file(t, "b.csv", "text,label\n我爱北京,b\n"))
	o := overview(t, p)
	if o.Rows != 4 || o.Text != (projects.TextLengths{MedianWords: 2, LongestWords: 4}) || len(o.Sources) != 2 || o.Sources[0].Rows != 3 || o.Sources[1].File != "b.csv" {
		t.Errorf("got %+v", o)
	}
	if fmt.Sprint(o.Labels) != "[{a 2} {b 2}]" {
		t.Errorf("labels %v", o.Labels)
	}
	if e := overview(t, create(t)); e.Rows != 0 || e.CanUndo != "" || len(e.Labels) != 0 {
		t.Errorf("an empty project has %+v", e)
	}
}
