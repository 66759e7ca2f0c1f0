package projects_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"attune/assets"
	"attune/engine/dataset"
	"attune/projects"
)

// ill makes a project with the sample and some things that are wrong with it.
func ill(t *testing.T) *projects.Project {
	t.Helper()
	p := create(t)
	table := string(assets.SampleTickets())
	lines := strings.SplitAfter(table, "\n")
	table += lines[1] + lines[2] + "2026-01-01,mail,n/a,billing\n"
	imports(t, p, projects.ImportOptions{}, file(t, "tickets.csv", table))
	return p
}

func examined(t *testing.T, p *projects.Project) projects.Health {
	t.Helper()
	h, err := p.Examine(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func finding(t *testing.T, h projects.Health, check string) projects.Finding {
	t.Helper()
	at := slices.IndexFunc(h.Findings, func(f projects.Finding) bool { return f.Check == check })
	if at < 0 {
		t.Fatalf("there is no finding of %s", check)
	}
	return h.Findings[at]
}

func has(h projects.Health, check string) bool {
	return slices.ContainsFunc(h.Findings, func(f projects.Finding) bool { return f.Check == check })
}

// TestTreatAndUndo fixes a finding, looks again, and goes back to the import.
func TestTreatAndUndo(t *testing.T) {
	p := ill(t)
	before := overview(t, p).Rows
	h := examined(t, p)
	f := finding(t, h, "duplicates")
	empty := finding(t, h, "empty-texts")
	if len(empty.Items) != 1 {
		t.Errorf("%d empty texts, want the one that was planted", len(empty.Items))
	}
	left, err := p.Treat(t.Context(), f, nil)
	if err != nil {
		t.Fatal(err)
	}
	if has(left, "duplicates") || !has(left, "empty-texts") || !left.Stale {
		t.Errorf("after the fix there is left: %+v", left.Findings)
	}
	if got := overview(t, p); got.Rows != before-f.Changes() || got.CanUndo != fmt.Sprintf("deletion of %d rows (repeated rows)", f.Changes()) {
		t.Errorf("%d rows, undo would take back %q", got.Rows, got.CanUndo)
	}
	if has(examined(t, p), "duplicates") {
		t.Error("looked at again, the rows still repeat each other")
	}
	if _, err := p.Undo(t.Context()); err != nil {
		t.Fatal(err)
	}
	again, err := p.Health(t.Context())
	if err != nil || again.Stale || len(finding(t, again, "duplicates").Items) != len(f.Items) {
		t.Errorf("the fix undone, the Doctor's findings are not back: %v", err)
	}
	if _, err := p.Redo(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := overview(t, p).Rows; got != before-f.Changes() {
		t.Errorf("%d rows when done again, want %d", got, before-f.Changes())
	}
	for range 2 {
		if _, err := p.Undo(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := overview(t, p).Rows; got != 0 {
		t.Errorf("the import undone leaves %d rows", got)
	}
}

// TestTreatSome accepts one suspect, dismisses another, and leaves the rest.
func TestTreatSome(t *testing.T) {
	p := ill(t)
	f := finding(t, examined(t, p), "wrong-labels")
	if len(f.Items) < 3 {
		t.Fatalf("%d labels look wrong", len(f.Items))
	}
	accepted, dismissed := f.Items[0], f.Items[1]
	if _, err := p.Treat(t.Context(), f, []int64{accepted.ID}); err != nil {
		t.Fatal(err)
	}
	left, err := p.Dismiss(t.Context(), f, []int64{dismissed.ID})
	if err != nil {
		t.Fatal(err)
	}
	g := finding(t, left, "wrong-labels")
	if g.Settled != 2 || len(g.Items) != len(f.Items)-2 {
		t.Errorf("of %d, %d are settled and %d are left", len(f.Items), g.Settled, len(g.Items))
	}
	rows, err := p.RowsOf(t.Context(), []int64{accepted.ID, dismissed.ID})
	if err != nil || len(rows) != 2 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	if got := rows[0].Labels; len(got) != 1 || got[0] != accepted.Change.Label {
		t.Errorf("the accepted row has the labels %v, want %q", got, accepted.Change.Label)
	}
	for _, item := range finding(t, examined(t, p), "wrong-labels").Items {
		if item.ID == dismissed.ID {
			t.Error("what was dismissed is named again")
		}
	}
}

func TestHealthOfNoRows(t *testing.T) {
	p := create(t)
	if h, err := p.Health(t.Context()); err != nil || !h.Checked.IsZero() || len(h.Findings) > 0 {
		t.Errorf("never looked at, it has %+v, %v", h, err)
	}
	if h := examined(t, p); len(h.Findings) > 0 || h.Checked.IsZero() {
		t.Errorf("without rows it has %+v", h)
	}
}

func TestExamineCancelled(t *testing.T) {
	p := ill(t)
	ctx, stop := context.WithCancel(t.Context())
	var told []projects.Progress
	_, err := p.Examine(ctx, func(at projects.Progress) { told = append(told, at); stop() })
	if !errors.Is(err, context.Canceled) || len(told) == 0 {
		t.Errorf("stopped after %d reports it gives %v", len(told), err)
	}
	if h, err := p.Health(t.Context()); err != nil || !h.Checked.IsZero() {
		t.Errorf("what was broken off was kept: %+v, %v", h, err)
	}
}

// TestHealthSeesTheSplits: a row of the test that is learned from is a leak.
func TestHealthSeesTheSplits(t *testing.T) {
	p := create(t)
	table := "text,label,split\n"
	for i := range 40 {
		table += fmt.Sprintf("the %d tickets of a%d b%d,l%d,train\n", i, i, i*7, i%2)
	}
	table += "the 3 tickets of a3 b21,l1,test\nsomething quite different here,l0,test\n"
	imports(t, p, projects.ImportOptions{}, file(t, "rows.csv", table))
	f := finding(t, examined(t, p), "leaks")
	rows, err := p.RowsOf(t.Context(), []int64{f.Items[0].ID})
	if err != nil || rows[0].Split != dataset.Test || f.Severity != projects.Grave {
		t.Errorf("the leak begins with %+v, %v", rows, err)
	}
}

// TestTreatByCleaning mends texts by a step of cleaning, and undoes it.
func TestTreatByCleaning(t *testing.T) {
	p := create(t)
	table := "text,label\n"
	for i := range 30 {
		table += fmt.Sprintf("<p>ticket %d of a%d</p>,l%d\n", i, i*7, i%2)
	}
	imports(t, p, projects.ImportOptions{}, file(t, "rows.csv", table))
	f := finding(t, examined(t, p), "html")
	left, err := p.Treat(t.Context(), f, nil)
	if err != nil || has(left, "html") || !left.Stale {
		t.Fatalf("after the fix there is left %+v, %v", left.Findings, err)
	}
	row := func() string {
		rows, err := p.RowsOf(t.Context(), []int64{f.Items[1].ID})
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(rows[0].Text)
	}
	if got := row(); got != "ticket 1 of a7" {
		t.Errorf("mended, the row reads %q", got)
	}
	if has(examined(t, p), "html") {
		t.Error("looked at again, the HTML is still there")
	}
	if _, err := p.Undo(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := row(); got != "<p>ticket 1 of a7</p>" {
		t.Errorf("undone, the row reads %q", got)
	}
}
