package projects

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"attune/engine/dataset"
	"attune/projects/store"
)

// Query chooses and orders examples. Its zero value means all, in the order
// in which they were imported.
type Query = store.Query

// Row is an example as a table shows it.
type Row = store.Row

// Count says how many examples a query chooses.
func (p *Project) Count(ctx context.Context, q Query) (int, error) {
	ids, err := p.view.of(ctx, p.store, q)
	return len(ids), err
}

// Rows gives at most limit examples of those a query chooses, from the
// offset-th on. The first call for a query looks for the ids of all of them;
// every further page is then read by its ids, at any offset equally fast, until
// the examples change or another query comes.
func (p *Project) Rows(ctx context.Context, q Query, offset, limit int) ([]Row, error) {
	ids, err := p.view.of(ctx, p.store, q)
	if err != nil {
		return nil, err
	}
	from := min(max(offset, 0), len(ids))
	to := min(from+max(limit, 0), len(ids))
	return p.store.Rows(ctx, ids[from:to])
}

// view remembers the ids of the last query, eight bytes a row.
type view struct {
	mu  sync.Mutex
	key viewKey
	ids []int64
}

// viewKey is a query by value, with the state of the data it was answered for.
type viewKey struct {
	query        Query
	split, label string
	data         string
}

func keyOf(q Query, data string) viewKey {
	k := viewKey{query: q, data: data, split: "any", label: "any"}
	if q.Split != nil {
		k.split = "=" + string(*q.Split)
	}
	if q.Label != nil {
		k.label = "=" + *q.Label
	}
	k.query.Split, k.query.Label = nil, nil
	return k
}

// of gives the ids that a query chooses. The caller must not change them.
func (v *view) of(ctx context.Context, s *store.Store, q Query) ([]int64, error) {
	data, err := s.DataHash(ctx)
	if err != nil {
		return nil, err
	}
	key := keyOf(q, data)
	if ids, ok := v.get(key); ok {
		return ids, nil
	}
	ids, err := s.IDs(ctx, q)
	if err != nil {
		return nil, err
	}
	v.set(key, ids)
	return ids, nil
}

func (v *view) get(key viewKey) ([]int64, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.ids, v.key == key
}

func (v *view) set(key viewKey, ids []int64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.key, v.ids = key, ids
}

// Source yields the examples of a split in the order of import, one at a time
// in memory, all as they were when the first was read.
func (p *Project) Source(ctx context.Context, split dataset.Split) dataset.Source {
	return p.store.Examples(ctx, split)
}

// Relabel gives the examples with these ids the label; "" takes theirs away, which makes
// them unlabelled. An unlabelled example that gets a label joins the training rows once
// the project is split. Where a row may have several labels they are named with semicolons
// or commas between them, and [] says that none of them applies.
func (p *Project) Relabel(ctx context.Context, ids []int64, label string) error {
	labels, err := p.labelsNamed(ctx, strings.TrimSpace(label))
	if err != nil {
		return err
	}
	return p.store.Edit(ctx, func(e *store.Edit) error {
		changed, err := e.Relabel(ids, labels)
		switch {
		case labels == nil:
			e.Title = "removal of the label of " + rows(int(changed))
		case len(labels) == 0:
			e.Title = "no label for " + rows(int(changed))
		default:
			e.Title = fmt.Sprintf("label %q for %s", strings.Join(labels, "; "), rows(int(changed)))
		}
		return err
	})
}

// labelsNamed gives the labels that a user named, nil for "".
func (p *Project) labelsNamed(ctx context.Context, text string) ([]string, error) {
	t, err := p.newTask()
	switch {
	case text == "" || err != nil:
		return nil, err
	case !t.Needs().Several:
		return []string{text}, nil
	case text == "[]":
		return []string{}, nil
	}
	counts, err := p.tally.of(ctx, p.store)
	if err != nil {
		return nil, err
	}
	known := func(l LabelCount) bool { return l.Label == text }
	if slices.ContainsFunc(labelCounts(counts, nil), known) { // it may have a comma in it
		return []string{text}, nil
	}
	between := ","
	if strings.Contains(text, ";") {
		between = ";"
	}
	labels := []string{}
	for _, label := range strings.Split(text, between) {
		if label = strings.TrimSpace(label); label != "" {
			labels = append(labels, label)
		}
	}
	return labels, nil
}

// Delete takes the examples with these ids away; Undo brings them back.
func (p *Project) Delete(ctx context.Context, ids []int64) error {
	return p.store.Edit(ctx, func(e *store.Edit) error {
		changed, err := e.Delete(ids)
		e.Title = "deletion of " + rows(int(changed))
		return err
	})
}

// RenameLabel renames a label in all examples. If there is a label of the new
// name already, the two become one. It fails with an *Error if no example has
// the label, or the new name is empty.
func (p *Project) RenameLabel(ctx context.Context, from, to string) error {
	to = strings.TrimSpace(to)
	if to == "" {
		return &Error{Got: "a label needs a name", Way: "type one; to take a label away from rows, choose the rows and relabel them"}
	}
	return p.store.Edit(ctx, func(e *store.Edit) error {
		e.Title = fmt.Sprintf("renaming of the label %q to %q", from, to)
		changed, err := e.RenameLabel(from, to)
		if err == nil && changed == 0 && from != to {
			return &Error{Got: fmt.Sprintf("no row has the label %q", from), Way: "check its spelling, upper and lower case included"}
		}
		return err
	})
}
