package projects

import (
	"testing"

	"attune/engine/dataset"
)

// What a training learns from stays what it was when it began: with the split taken back
// while it is under way, the rows that it will be tested on are training rows again.
func TestATrainingKeepsItsRows(t *testing.T) {
	ctx := t.Context()
	library, err := OpenLibrary(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	p, err := library.Sample(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if _, err := p.Split(ctx, SplitOptions{Test: 0.5, Validation: 0.1, Seed: 2}); err != nil {
		t.Fatal(err)
	}
	setup, err := p.NewSetup("quick")
	if err != nil {
		t.Fatal(err)
	}
	plan, err := p.plan(ctx, setup, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	count := func(rows dataset.Source) int {
		t.Helper()
		examples, err := dataset.Collect(rows)
		if err != nil {
			t.Fatal(err)
		}
		return len(examples)
	}
	learn, check := count(plan.Learn), count(plan.Check)
	if _, err := p.Undo(ctx); err != nil {
		t.Fatal(err)
	}
	if now := count(p.Source(ctx, dataset.Train)); now == learn {
		t.Fatalf("the split is still there: %d rows to learn from", now)
	}
	if count(plan.Learn) != learn || count(plan.Check) != check {
		t.Errorf("a training of %d and %d rows goes on with %d and %d", learn, check, count(plan.Learn), count(plan.Check))
	}
}
