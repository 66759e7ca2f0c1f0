package projects

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/maphash"
	"iter"
	"slices"
	"strings"

	"attune/engine/dataset"
	"attune/engine/format"
	"attune/projects/store"
)

// Update says what a file brings that was imported before and has changed since.
type Update struct {
	Of          string       `json:"of"` // the file as it was called when it was imported
	Added       int          `json:"added"`
	Changed     int          `json:"changed"`
	Removed     int          `json:"removed"`
	Unchanged   int          `json:"unchanged"`
	Differences []Difference `json:"differences"` // the first 200
	Imported    Imported     `json:"imported"`    // of what is new: problems, labels, splits
}

// Difference is a row that is another in the changed file.
type Difference struct {
	Kind   string `json:"kind"` // "added", "changed", "removed"
	Row    int    `json:"row"`  // in the changed file; in the earlier one if removed
	Before Row    `json:"before"`
	After  Row    `json:"after"`
}

// The kinds of a Difference.
const (
	RowAdded   = "added"
	RowChanged = "changed"
	RowRemoved = "removed"
)

// maxDifferences is how many differences are shown; all are counted.
const maxDifferences = 200

// UpdateOptions says which rows of a changed file are which of before.
type UpdateOptions struct {
	ImportOptions
	Key string // the column whose value names a row for good; "" for the row's text, and its place between others
	Of  string // the file as it was called when it was imported; "" for one of the same name, or the only one
}

// Compare tells what an update from a file would do, and does nothing.
func (p *Project) Compare(ctx context.Context, file string, o UpdateOptions, progress func(Progress)) (Update, error) {
	u, err := p.newUpdate(ctx, file, o, progress)
	if err != nil {
		return Update{}, err
	}
	if err := u.match(ctx, p.store.FileRows(ctx, u.done.Of)); err != nil {
		return Update{}, err
	}
	if err := u.compare(ctx, p); err != nil {
		return Update{}, err
	}
	return u.done, nil
}

// Update brings the project's rows of a file to what the file is now, as one event
// that Undo takes back. Rows that are as they were keep all that was done to them; one
// that changed keeps its split, and a label that was given here unless the file has
// another one than before; rows that were deleted here stay so until they change.
// It fails as Import does, and with an *Error if no such file was imported.
func (p *Project) Update(ctx context.Context, file string, o UpdateOptions, progress func(Progress)) (Update, error) {
	unlock, err := p.store.Lock("update from " + file)
	if err != nil {
		return Update{}, err
	}
	defer unlock()
	u, err := p.newUpdate(ctx, file, o, progress)
	if err != nil {
		return Update{}, err
	}
	err = p.store.Edit(ctx, func(e *store.Edit) error {
		if err := u.match(ctx, e.FileRows(u.done.Of)); err != nil {
			return err
		}
		if err := u.apply(ctx, e); err != nil {
			return err
		}
		e.Title = fmt.Sprintf("update from %s (%s added, %s changed, %s removed)", u.table.file.Name,
			dataset.Thousands(u.done.Added), dataset.Thousands(u.done.Changed), dataset.Thousands(u.done.Removed))
		if u.done.Added+u.done.Changed == 0 {
			return nil
		}
		_, err := p.cleanImported(e)
		return err
	})
	return u.done, err
}

// update is an update on its way.
type update struct {
	table table
	use   dataset.Split
	key   string
	meter *meter
	seed  maphash.Seed
	old   []olderRow
	new   []identity
	place []int32 // of each new row, that of the old one which it is now; -1 for none
	left  []int32 // old rows that are in the file no more
	done  Update
}

// identity tells which row a row is, and what is in it, by their digests.
type identity struct{ name, content uint64 }

// olderRow is a row as an earlier import or update left it.
type olderRow struct {
	identity
	id                 int64
	row                int32
	hidden, relabelled bool
	labels             uint64 // digest of those that the file gave it
	given, split       dataset.Split
}

func (p *Project) newUpdate(ctx context.Context, file string, o UpdateOptions, progress func(Progress)) (*update, error) {
	f, err := format.Open(file)
	if err != nil {
		return nil, err
	}
	learned, err := p.newTask()
	if err != nil {
		return nil, err
	}
	u := &update{meter: newMeter(3*f.Size, progress), seed: maphash.MakeSeed()}
	o.Roles.Several = learned.Needs().Several
	if u.table, err = look(ctx, f, o.ImportOptions, u.meter.part("Looking at "+f.Name, f.Size)); err != nil {
		return nil, err
	}
	u.use = source{f, o.ImportOptions, dataset.Unassigned}.use(u.table.roles)
	if _, names := u.table.others(); o.Key != "" {
		i := slices.IndexFunc(names, func(name string) bool { return strings.EqualFold(name, o.Key) })
		if i < 0 {
			return nil, &Error{Got: fmt.Sprintf("%s has no column %q that could name its rows", f.Name, o.Key), Way: "choose one of " + strings.Join(names, ", ")}
		}
		u.key = names[i]
	}
	u.done = Update{Differences: []Difference{}, Imported: *newImported(u.table, learned)}
	u.done.Of, err = p.importedAs(ctx, f.Name, o.Of)
	return u, err
}

// importedAs finds the file that a changed one was when it was imported.
func (p *Project) importedAs(ctx context.Context, name, wished string) (string, error) {
	sources, err := p.store.Sources(ctx)
	if err != nil {
		return "", err
	}
	var names []string
	for _, s := range sources {
		if !slices.Contains(names, s.File) {
			names = append(names, s.File)
		}
	}
	switch {
	case wished != "" && slices.Contains(names, wished):
		return wished, nil
	case wished == "" && slices.Contains(names, name):
		return name, nil
	case wished == "" && len(names) == 1:
		return names[0], nil
	case len(names) == 0:
		return "", &Error{Got: "nothing was imported yet that could be updated", Way: "import the file"}
	}
	if wished != "" {
		name = wished
	}
	return "", &Error{Got: "no file " + name + " was imported", Way: "say which it was: " + strings.Join(names, ", ")}
}

// match finds out which row is which.
func (u *update) match(ctx context.Context, before iter.Seq2[store.FileRow, error]) error {
	for r, err := range before {
		if err != nil {
			return err
		}
		u.old = append(u.old, olderRow{identity: u.identify(r.Example, r.Given, r.Columns, r.Others), id: r.ID, row: int32(r.Row),
			hidden: r.Hidden, relabelled: r.Relabelled, labels: u.digest(r.Labels...), given: r.Given, split: r.Split})
	}
	_, names := u.table.others()
	rows := u.done.Imported // its problems are noted when the file is read again
	seen := map[uint64]int{}
	for x, err := range (&rows).read(ctx, u.table, u.use, u.meter.part("Comparing "+u.table.file.Name, u.table.file.Size)) {
		if err != nil {
			return err
		}
		is := u.identify(x.Example, x.Given, names, x.Others)
		if other, twice := seen[is.name]; twice && u.key != "" {
			return &Error{Got: fmt.Sprintf("the rows %d and %d have the same %s", other, x.Row, u.key), Way: "choose a column that names each row in its own way, or none"}
		}
		if u.key != "" {
			seen[is.name] = x.Row
		}
		u.new = append(u.new, is)
	}
	u.pair()
	return nil
}

// pair gives each new row the old one of the same name. Where texts are the names,
// as many rows between two that stayed are taken for those that stood there.
func (u *update) pair() {
	u.place = make([]int32, len(u.new))
	taken := make([]bool, len(u.old))
	first, next := map[uint64]int32{}, make([]int32, len(u.old))
	for i := len(u.old) - 1; i >= 0; i-- {
		next[i] = -1
		if later, ok := first[u.old[i].name]; ok {
			next[i] = later
		}
		first[u.old[i].name] = int32(i)
	}
	for k, is := range u.new {
		i, ok := first[is.name]
		if !ok || i < 0 {
			u.place[k] = -1
			continue
		}
		u.place[k], taken[i], first[is.name] = i, true, next[i]
	}
	if u.key == "" {
		u.pairBetween(taken)
	}
	for i := range u.old {
		if !taken[i] {
			u.left = append(u.left, int32(i))
		}
	}
}

func (u *update) pairBetween(taken []bool) {
	before, open := -1, []int{} // the old row of the last that stayed, and those after it
	close := func(until int) {
		var free []int32
		for i := before + 1; i < until; i++ {
			if !taken[i] {
				free = append(free, int32(i))
			}
		}
		if len(free) == len(open) {
			for n, k := range open {
				u.place[k], taken[free[n]] = free[n], true
			}
		}
		open = open[:0]
	}
	for k, i := range u.place {
		if i < 0 {
			open = append(open, k)
			continue
		}
		close(int(i))
		before = int(i)
	}
	close(len(u.old))
}

// identify digests a row. Values of columns count by the columns' names, so that one
// that was moved, or is empty, makes no difference.
func (u *update) identify(x dataset.Example, given dataset.Split, columns, others []string) identity {
	var named []string
	key := ""
	for i, value := range others {
		if value != "" && i < len(columns) {
			named = append(named, columns[i]+"\x00"+value)
			if columns[i] == u.key {
				key = value
			}
		}
	}
	slices.Sort(named)
	spans, _ := json.Marshal(x.Spans) // nothing in spans is without a word in JSON
	is := identity{
		name:    u.digest(x.Text, x.Pair),
		content: u.digest(append([]string{x.Text, x.Pair, x.Target, string(spans), string(given), fmt.Sprint(u.digest(x.Labels...))}, named...)...),
	}
	if u.key != "" && key != "" {
		is.name = u.digest(key)
	}
	return is
}

// digest is the same for the same texts in the same order.
func (u *update) digest(texts ...string) uint64 {
	var h maphash.Hash
	h.SetSeed(u.seed)
	for _, t := range texts {
		h.WriteString(t)
		h.WriteByte(0xff) // in no text of UTF-8
	}
	return h.Sum64()
}

// rows reads the changed file again, each row with the old one that it is, nil for a
// new one.
func (u *update) rows(ctx context.Context) iter.Seq2[changedRow, error] {
	return func(yield func(changedRow, error) bool) {
		k := 0
		for x, err := range u.done.Imported.read(ctx, u.table, u.use, u.meter.part("Reading "+u.table.file.Name, u.table.file.Size)) {
			if err != nil {
				yield(changedRow{}, err)
				return
			}
			if !yield(u.changed(k, x), nil) {
				return
			}
			k++
		}
	}
}

// changed sets the k-th row of the changed file beside the old one that it is.
func (u *update) changed(k int, x store.NewExample) changedRow {
	r := changedRow{NewExample: x, kind: RowAdded}
	if u.place[k] < 0 {
		return r
	}
	switch r.old = &u.old[u.place[k]]; {
	case r.old.content == u.new[k].content:
		r.kind = ""
	case r.old.hidden: // it was deleted here, and is back since it changed
	default:
		r.kind = RowChanged
	}
	return r
}

// changedRow is a row of the changed file.
type changedRow struct {
	store.NewExample
	kind string    // of its difference, "" for none
	old  *olderRow // nil if there was none
}

func (d *Update) count(kind string) {
	switch kind {
	case RowAdded:
		d.Added++
	case RowChanged:
		d.Changed++
	case RowRemoved:
		d.Removed++
	default:
		d.Unchanged++
	}
}

// compare counts the differences and gathers the first.
func (u *update) compare(ctx context.Context, p *Project) error {
	var ids []int64
	note := func(d Difference, old *olderRow) {
		if len(ids) == maxDifferences {
			return
		}
		id := int64(0)
		if old != nil {
			id = old.id
		}
		ids, u.done.Differences = append(ids, id), append(u.done.Differences, d)
	}
	for r, err := range u.rows(ctx) {
		if err != nil {
			return err
		}
		if u.done.count(r.kind); r.kind != "" {
			after := Row{Text: strings.Clone(r.Text), Pair: strings.Clone(r.Pair), Target: strings.Clone(r.Target), Labels: slices.Clone(r.Example.Labels), Spans: r.Spans, Split: r.Split, SourceRow: r.Row}
			note(Difference{Kind: r.kind, Row: r.Row, After: after}, r.old)
		}
	}
	for _, i := range u.left {
		if old := &u.old[i]; !old.hidden {
			u.done.count(RowRemoved)
			note(Difference{Kind: RowRemoved, Row: int(old.row)}, old)
		}
	}
	before, err := p.RowsOf(ctx, ids)
	for i := range before {
		u.done.Differences[i].Before = before[i]
	}
	return err
}

// apply adds what is new, and hides what it replaces or is no longer there.
func (u *update) apply(ctx context.Context, e *store.Edit) error {
	if err := e.Update(); err != nil {
		return err
	}
	_, names := u.table.others()
	if err := e.Source(u.done.Of, names); err != nil {
		return err
	}
	recipe, err := e.Recipe()
	if err != nil {
		return err
	}
	var gone []int64
	moved := map[int64]int{}
	for r, err := range u.rows(ctx) {
		if err != nil {
			return err
		}
		u.done.count(r.kind)
		if r.old != nil && int(r.old.row) != r.Row {
			moved[r.old.id] = r.Row
		}
		if r.kind == "" {
			continue
		}
		if r.old != nil {
			gone = append(gone, r.old.id)
		}
		if err := u.put(e, r, recipe != ""); err != nil {
			return err
		}
	}
	for _, i := range u.left {
		gone = append(gone, u.old[i].id)
		if !u.old[i].hidden {
			u.done.count(RowRemoved)
		}
	}
	if err := e.Move(moved); err != nil {
		return err
	}
	return e.Replace(gone)
}

// put adds a row of the changed file in place of the old one that it is, which leaves it
// its split and the labels that were given here. A cleaning may change labels in the same
// event.
func (u *update) put(e *store.Edit, r changedRow, cleaned bool) (err error) {
	var labels []string // given here
	if old := r.old; old != nil {
		if r.Split != dataset.Unlabelled && r.Given == old.given && old.split != dataset.Unlabelled && old.split != dataset.Unassigned {
			r.Split = old.split
		}
		if old.relabelled && old.labels == u.digest(r.Example.Labels...) {
			if labels, err = e.Labels(old.id); err != nil {
				return err
			}
		}
	}
	if labels != nil && cleaned {
		r.Example.Labels, labels = labels, nil
	}
	if err := e.Add(r.NewExample); err != nil {
		return err
	}
	u.done.Imported.count(r.NewExample)
	if labels != nil {
		_, err = e.Relabel([]int64{e.Added()}, labels)
	}
	return err
}
