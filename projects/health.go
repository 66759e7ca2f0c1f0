package projects

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"attune/engine/catalog"
	"attune/engine/dataset"
	"attune/engine/health"
	"attune/engine/task"
	"attune/projects/store"
)

// Health is what the Doctor found when it last looked at the rows.
type Health struct {
	Findings []Finding `json:"findings"` // the gravest first
	Checked  time.Time `json:"checked"`
	Stale    bool      `json:"stale,omitempty"` // the rows have changed since
}

// Finding is one thing that is wrong with the rows, without what was settled.
type Finding struct {
	health.Finding
	Settled int `json:"settled,omitempty"` // rows that were fixed or dismissed
}

// FindingItem is a row of a finding.
type FindingItem = health.Item

// Severity says how much harm a finding does.
type Severity = health.Severity

// The severities of a finding, the worst first.
const (
	Grave   = health.Grave
	Warning = health.Warning
	Notice  = health.Notice
)

// Checks names what the Doctor looks for.
func Checks() []Choice {
	var all []Choice
	for _, c := range catalog.Checks() {
		all = append(all, Choice{Name: c.Name, Title: c.Title, About: c.About})
	}
	return all
}

// Examine lets the Doctor look at all rows, and keeps what it finds. It tells
// progress, which may be nil, and can be cancelled at any time.
func (p *Project) Examine(ctx context.Context, progress func(Progress)) (Health, error) {
	data, err := p.store.DataHash(ctx)
	if err != nil {
		return Health{}, err
	}
	rows, err := p.healthRows(ctx)
	if err != nil {
		return Health{}, err
	}
	found, err := examine(ctx, rows, progress)
	if err != nil {
		return Health{}, err
	}
	h := Health{Checked: time.Now().UTC().Truncate(time.Second), Findings: []Finding{}}
	for _, f := range found {
		h.Findings = append(h.Findings, Finding{Finding: f})
	}
	if err := p.keepHealth(ctx, data, h); err != nil {
		return Health{}, err
	}
	return p.undismissed(ctx, h)
}

// examine does all checks on the rows.
func examine(ctx context.Context, d *health.Data, progress func(Progress)) ([]health.Finding, error) {
	checks := catalog.Checks()
	const fine = 1000 // of a check's cost
	total := 0
	for _, c := range checks {
		total += c.Cost * fine
	}
	m := newMeter(int64(total), progress)
	at, told := "", func(int64) {}
	return health.Examine(ctx, checks, d, func(c health.Check, done float64) {
		if c.Name != at {
			at, told = c.Name, m.part("Looking for: "+lowerFirst(c.Title), int64(c.Cost*fine))
		}
		told(int64(done * float64(c.Cost*fine)))
	})
}

func lowerFirst(text string) string { return strings.ToLower(text[:1]) + text[1:] }

// healthRows reads all rows, in the order of import. Equal labels are held once.
func (p *Project) healthRows(ctx context.Context) (*health.Data, error) {
	t, err := p.newTask()
	if err != nil {
		return nil, err
	}
	d := &health.Data{Words: wordsRead(t)}
	if d.Pieces, err = p.pieces(ctx); err != nil {
		return nil, err
	}
	held := map[string][]string{}
	for _, split := range append([]dataset.Split{dataset.Unassigned}, dataset.Splits...) {
		for x, err := range p.Source(ctx, split) {
			if err != nil {
				return nil, err
			}
			key := strings.Join(x.Labels, "\x00")
			if held[key] == nil {
				held[key] = x.Labels
			}
			x.Labels = held[key]
			d.Rows = append(d.Rows, health.Row{Example: x, Split: split})
		}
	}
	slices.SortFunc(d.Rows, func(a, b health.Row) int { return cmp.Compare(a.ID, b.ID) })
	return d, nil
}

// wordsRead is about how many words a model reads of a text, as it is set by
// default: three for four word pieces. 0 is any number.
func wordsRead(t task.Task) int {
	if _, all := t.(task.Thorough); all {
		return 0
	}
	for _, f := range t.Settings() {
		if length, err := strconv.Atoi(f.Value.String()); f.Key == "max_length" && err == nil {
			return length * 3 / 4
		}
	}
	return 0
}

// Treat does what a finding proposes for the rows with these ids, nil for all of
// them, as one event that Undo takes back: it deletes rows, gives them labels, or
// adds a step to the cleaning, which is done to all rows. It gives what is then left
// of what the Doctor found. Rows for which nothing is proposed stay as they are.
func (p *Project) Treat(ctx context.Context, f Finding, ids []int64) (Health, error) {
	before, err := p.Health(ctx)
	if err != nil {
		return Health{}, err
	}
	some := setOf(ids)
	chosen := func(id int64) bool { return ids == nil || some[id] }
	if f.Step != "" {
		return p.treatAll(ctx, before, f)
	}
	var gone []int64
	relabelled := map[string][]int64{}
	for _, item := range f.Items {
		switch c := item.Change; {
		case !chosen(item.ID):
		case c.Delete:
			gone = append(gone, item.ID)
		case c.Label != "":
			relabelled[c.Label] = append(relabelled[c.Label], item.ID)
		}
	}
	err = p.store.Edit(ctx, func(e *store.Edit) error { return treat(e, f.Title, gone, relabelled) })
	if err != nil {
		return Health{}, err
	}
	deleted, treated := setOf(gone), setOf(nil)
	for _, item := range f.Items {
		treated[item.ID] = item.Change != (health.Change{}) && chosen(item.ID)
	}
	after := before.without(func(g Finding, item FindingItem) bool {
		return deleted[item.ID] || g.Check == f.Check && treated[item.ID]
	})
	return p.keepLeft(ctx, after)
}

// treatAll adds the step of cleaning that a finding proposes.
func (p *Project) treatAll(ctx context.Context, before Health, f Finding) (Health, error) {
	c, err := p.Cleaning(ctx)
	if err != nil {
		return Health{}, err
	}
	if _, err := c.Add(f.Step); err != nil {
		return Health{}, err
	}
	if _, err := p.Clean(ctx, c, nil); err != nil {
		return Health{}, err
	}
	after := before.without(func(g Finding, _ FindingItem) bool { return g.Check == f.Check })
	return p.keepLeft(ctx, after)
}

// keepLeft keeps what is left of what was found before the rows changed.
func (p *Project) keepLeft(ctx context.Context, after Health) (Health, error) {
	after.Stale = true
	data, err := p.store.DataHash(ctx)
	if err != nil {
		return Health{}, err
	}
	return after, p.keepHealth(ctx, data, after)
}

// treat deletes and relabels rows in one event.
func treat(e *store.Edit, title string, gone []int64, relabelled map[string][]int64) error {
	var done []string
	if len(gone) > 0 {
		n, err := e.Delete(gone)
		if err != nil {
			return err
		}
		done = append(done, "deletion of "+rows(int(n)))
	}
	changed := 0
	for _, label := range slices.Sorted(maps.Keys(relabelled)) {
		n, err := e.Relabel(relabelled[label], []string{label})
		if err != nil {
			return err
		}
		changed += int(n)
	}
	if changed > 0 {
		done = append(done, "new labels for "+rows(changed))
	}
	e.Title = fmt.Sprintf("%s (%s)", strings.Join(done, " and "), lowerFirst(title))
	return nil
}

// Dismiss says that rows of a finding are right as they are: the Doctor names
// them no more. It gives what is left.
func (p *Project) Dismiss(ctx context.Context, f Finding, ids []int64) (Health, error) {
	all, err := p.dismissed(ctx)
	if err != nil {
		return Health{}, err
	}
	all.add(f.Check, ids)
	if err := p.keepSetting(ctx, dismissedSetting, all); err != nil {
		return Health{}, err
	}
	return p.Health(ctx)
}

// without gives what is left when rows are settled. A group of rows goes with the
// last of them that was to change, and a finding with its last group.
func (h Health) without(settled func(Finding, FindingItem) bool) Health {
	after := h
	after.Findings = []Finding{}
	for _, f := range h.Findings {
		if len(f.Items) == 0 {
			after.Findings = append(after.Findings, f)
			continue
		}
		each := f.Step == "" && f.Changes() > 0 // rows of their own are to be changed
		open := map[int]bool{}                  // groups in which something is to do
		for _, item := range f.Items {
			if !settled(f, item) && (item.Change != (health.Change{}) || !each) {
				open[item.Group] = true
			}
		}
		var left []FindingItem
		for _, item := range f.Items {
			if open[item.Group] && !settled(f, item) {
				left = append(left, item)
			}
		}
		if len(left) > 0 {
			f.Settled += len(f.Items) - len(left)
			f.Items = left
			after.Findings = append(after.Findings, f)
		}
	}
	return after
}

// RowsOf gives the rows with these ids, in this order; those that are no longer
// there as zero.
func (p *Project) RowsOf(ctx context.Context, ids []int64) ([]Row, error) {
	there, err := p.store.Rows(ctx, ids)
	if err != nil {
		return nil, err
	}
	all := make([]Row, len(ids))
	for i, n := 0, 0; i < len(ids) && n < len(there); i++ {
		if there[n].ID == ids[i] {
			all[i] = there[n]
			n++
		}
	}
	return all, nil
}

func setOf(ids []int64) map[int64]bool {
	set := make(map[int64]bool, len(ids))
	for _, id := range ids {
		set[id] = true
	}
	return set
}
