package projects

import (
	"context"
	"fmt"

	"attune/engine/dataset"
	"attune/projects/store"
)

// Move gives the rows with these ids a split, as one event that Undo takes back, and
// says how many changed. Unlabelled rows stay it. It fails with an *Error if the test
// rows are locked and would be others.
func (p *Project) Move(ctx context.Context, ids []int64, to dataset.Split) (changed int, err error) {
	return p.move(ctx, map[dataset.Split][]int64{to: ids}, "move to "+string(to))
}

func (p *Project) move(ctx context.Context, to map[dataset.Split][]int64, title string) (changed int, err error) {
	test, err := p.TestSet(ctx)
	if err != nil {
		return 0, err
	}
	err = p.store.Edit(ctx, func(e *store.Edit) error {
		for split, ids := range to {
			n, tests, err := e.Reassign(ids, split)
			if err != nil {
				return err
			}
			if tests > 0 && test.Locked {
				return &Error{Got: "the test rows are locked, and this would change them", Way: "move other rows, or unlock them first"}
			}
			changed += int(n)
		}
		e.Title = fmt.Sprintf("%s (%s)", title, rows(changed))
		return nil
	})
	if err != nil {
		return 0, err
	}
	return changed, nil
}

// Unite is Treat by moving rows instead of deleting any: those of a finding, all or with
// these ids, go where it says that they can. It fails as Move does.
func (p *Project) Unite(ctx context.Context, f Finding, ids []int64) (Health, error) {
	before, err := p.Health(ctx)
	if err != nil {
		return Health{}, err
	}
	some := setOf(ids)
	settled := map[int]bool{} // groups
	to := map[dataset.Split][]int64{}
	for _, item := range f.Items {
		if item.Move != dataset.Unassigned && (ids == nil || some[item.ID]) {
			to[item.Move] = append(to[item.Move], item.ID)
			settled[item.Group] = true
		}
	}
	if _, err := p.move(ctx, to, "move of rows ("+lowerFirst(f.Title)+")"); err != nil {
		return Health{}, err
	}
	return p.keepLeft(ctx, before.without(func(g Finding, item FindingItem) bool {
		return g.Check == f.Check && g.Title == f.Title && settled[item.Group]
	}))
}
