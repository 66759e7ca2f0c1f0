package health

import (
	"context"

	"attune/engine/clean"
)

// stained finds the rows that a step of cleaning would change, and lets the step
// mend them.
func stained(ctx context.Context, d *Data, tell func(done float64), step clean.Step) (f Finding, err error) {
	cleaner, err := clean.Pipeline{step}.Cleaner()
	if err != nil {
		return f, err
	}
	err = eachRow(ctx, d, tell, func(_ int, r *Row) {
		if cleaner.Text(r.Text) != r.Text || cleaner.Text(r.Pair) != r.Pair {
			f.Items = append(f.Items, Item{ID: r.ID, Group: len(f.Items) + 1})
		}
	})
	f.Step, f.Severity = step.Name(), graveness(len(f.Items), len(d.Rows))
	return f, err
}
