package projects_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"attune/engine/dataset"
	"attune/projects"
)

func TestUniteEndsALeak(t *testing.T) {
	p := create(t)
	imports(t, p, projects.ImportOptions{}, file(t, "a.csv", "text,label,split\nwhere is my parcel now,late,train\nWhere is my parcel now!,late,test\nthank you all so much,happy,train\nit has never come at all,late,test\nno idea what to say,,\n"))
	h, err := p.Examine(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(h.Findings, func(f projects.Finding) bool { return f.Check == "leaks" })
	if at < 0 {
		t.Fatalf("no leak among %+v", h.Findings)
	}
	before := shownRows(t, p)
	if err := p.LockTest(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	var e *projects.Error
	if _, err := p.Unite(t.Context(), h.Findings[at], nil); !errors.As(err, &e) || !strings.Contains(err.Error(), "locked") {
		t.Errorf("of locked test rows: %v", err)
	}
	if got := shownRows(t, p); !slices.Equal(got, before) {
		t.Errorf("locked rows became %q", got)
	}
	if err := p.LockTest(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	left, err := p.Unite(t.Context(), h.Findings[at], nil)
	if err != nil || slices.ContainsFunc(left.Findings, func(f projects.Finding) bool { return f.Check == "leaks" }) {
		t.Fatalf("left are %+v, %v", left.Findings, err)
	}
	if got := shownRows(t, p); !slices.Contains(got, "2 Where is my parcel now!=late (train)") || !slices.Contains(got, "4 it has never come at all=late (test)") {
		t.Errorf("got %q", got)
	}
	if n, err := p.Move(t.Context(), []int64{1, 5}, dataset.Validation); n != 1 || err != nil {
		t.Errorf("%d rows moved, %v", n, err)
	}
	for range 2 {
		if _, err := p.Undo(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := shownRows(t, p); !slices.Equal(got, before) {
		t.Errorf("undone there are %q", got)
	}
}
