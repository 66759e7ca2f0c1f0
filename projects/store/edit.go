package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"maps"
	"slices"
	"time"

	"attune/engine/dataset"
)

// Edit is one change to the examples, which is done, undone and redone as a
// whole. It is valid only inside the function given to Store.Edit. Examples
// are added at once; all other changes are seen when the edit is done.
type Edit struct {
	// Title says what was done, in words that also fit after "undo":
	// "import of tickets.csv".
	Title string

	ctx    context.Context
	store  *Store
	tx     *sql.Tx
	event  int64
	digest hash.Hash // of the state before and everything done
	piece  [4096]byte
	sets   map[string]int64
	source Source
	added  int64
	adding
	parts parts

	recipe          bool      // other steps of cleaning hold than before
	change, cleaned *sql.Stmt // insert into changes and cleaned
}

// Source is an imported file.
type Source struct {
	ID       int64
	File     string   // its name
	Columns  []string // names of the values in NewExample.Others
	Imported time.Time
	Rows     int // examples of it that are shown

	first, last int64 // ids of its examples
}

// NewExample is an example about to be added.
type NewExample struct {
	dataset.Example               // its ID is not used
	Row             int           // in its file
	Given           dataset.Split // what the file says that it is for
	Split           dataset.Split // what it is used for
	Words           int           // length of its texts
	Others          []string      // values of the source's Columns
}

// Edit changes the examples through do, as one event that Undo takes back,
// reaching back to the first import. What was undone before can then no longer
// be redone. An edit that fails, or whose context ends, leaves nothing behind,
// and one that changes nothing leaves no event.
func (s *Store) Edit(ctx context.Context, do func(*Edit) error) error {
	return s.write(ctx, "change the examples", func(tx *sql.Tx) error {
		e := &Edit{ctx: ctx, store: s, tx: tx, digest: sha256.New(), sets: map[string]int64{}}
		if err := e.begin(); err != nil {
			return err
		}
		if err := do(e); err != nil {
			return err
		}
		return e.finish()
	})
}

// exec does a statement, which sees all that was added.
func (e *Edit) exec(query string, args ...any) (changed int64, err error) {
	if err := e.flush(); err != nil {
		return 0, err
	}
	r, err := e.tx.ExecContext(e.ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// begin forgets what was undone and opens the event.
func (e *Edit) begin() error {
	for _, forget := range []string{
		`delete from examples where id in (
			select x.id from sources s join events v on v.id = s.event join examples x on x.id between s.first and s.last
			where not v.done)`,
		`delete from events where not done`,
	} {
		if _, err := e.exec(forget); err != nil {
			return err
		}
	}
	before, err := state(e.ctx, e.tx)
	if err != nil {
		return err
	}
	e.digest.Write([]byte(before))
	err = e.tx.QueryRowContext(e.ctx, `select coalesce(max(id), 0) + 1 from events`).Scan(&e.event)
	if err != nil {
		return err
	}
	_, err = e.exec(`insert into events values (?, '', 1, '', ?)`, e.event, time.Now().UnixMilli())
	return err
}

// finish applies the changes and closes the event.
func (e *Edit) finish() error {
	if err := e.closeSource(); err != nil {
		return err
	}
	changes, err := e.digestChanges()
	if err != nil {
		return err
	}
	if e.added == 0 && changes == 0 && !e.recipe {
		_, err := e.exec(`delete from events where id = ?`, e.event)
		return err
	}
	if err := apply(e.ctx, e.tx, e.event, "after"); err != nil {
		return err
	}
	_, err = e.exec(`update events set title = ?, state = ? where id = ?`,
		e.Title, hex.EncodeToString(e.digest.Sum(nil)), e.event)
	return err
}

// digestChanges adds the changed values to the digest and counts them.
func (e *Edit) digestChanges() (changes int, err error) {
	rows, err := e.tx.QueryContext(e.ctx, `
		select c.field, c.example, coalesce(l.labels, c.after)
		from changes c left join label_sets l on c.field = 'labels' and l.id = c.after
		where c.event = ? order by c.field, c.example`, e.event)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for ; rows.Next(); changes++ {
		var field, after string
		var id int64
		if err := rows.Scan(&field, &id, &after); err != nil {
			return 0, err
		}
		e.write(field, after)
		e.number(id)
	}
	return changes, rows.Err()
}

// write adds texts to the digest, each with its length before it.
func (e *Edit) write(texts ...string) {
	for _, t := range texts {
		e.number(int64(len(t)))
		for len(t) > 0 { // in pieces, because a text may be 50 MB
			n := copy(e.piece[:], t)
			e.digest.Write(e.piece[:n])
			t = t[n:]
		}
	}
}

func (e *Edit) number(n int64) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], uint64(n))
	e.digest.Write(b[:])
}

// array is a slice as JSON, "" for an empty one.
func array[T any](values []T) (string, error) {
	if len(values) == 0 {
		return "", nil
	}
	text, err := json.Marshal(values)
	return string(text), err
}

// maxSets is how many label sets an edit remembers, to stay in flat memory.
const maxSets = 50_000

// labelSet finds or makes the set of these labels, in any order.
func (e *Edit) labelSet(labels []string) (int64, error) {
	key, err := labelSetKey(labels)
	if err != nil {
		return 0, err
	}
	if id, ok := e.sets[key]; ok {
		return id, nil
	}
	if len(e.sets) > maxSets {
		clear(e.sets)
	}
	if _, err := e.tx.ExecContext(e.ctx, `insert into label_sets (labels) values (?) on conflict do nothing`, key); err != nil {
		return 0, err
	}
	var id int64
	err = e.tx.QueryRowContext(e.ctx, `select id from label_sets where labels = ?`, key).Scan(&id)
	e.sets[key] = id
	return id, err
}

// Two sets hold no label: the one of examples that nobody labelled, whose id is 0, and
// the one of those to which none of the labels applies.
const (
	emptySet = "[]"
	noneSet  = "[ ]"
)

func labelSetKey(labels []string) (string, error) {
	if labels != nil && len(labels) == 0 {
		return noneSet, nil
	}
	sorted := slices.Compact(slices.Sorted(slices.Values(labels)))
	if len(sorted) == 0 {
		return emptySet, nil
	}
	text, err := json.Marshal(sorted)
	return string(text), err
}

// Relabel gives the examples with these ids the labels, none of them if the list is
// empty, or takes theirs away if it is nil, and says how many that changes. An unlabelled
// example that gets labels takes up the split that its
// file gave it, or else joins the training examples if there are any; one that
// loses its labels becomes unlabelled.
func (e *Edit) Relabel(ids []int64, labels []string) (changed int64, err error) {
	set, err := e.labelSet(labels)
	if err != nil {
		return 0, err
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return 0, err
	}
	changed, err = e.exec(`insert or replace into changes
		select ?, 'labels', id, labels, ? from examples
		where id in (select value from json_each(?)) and not hidden and labels <> ?`, e.event, set, list, set)
	if err != nil {
		return 0, err
	}
	if labels == nil {
		_, err = e.exec(`insert or replace into changes
			select ?, 'split', id, split, 'unlabelled' from examples
			where id in (select value from json_each(?)) and not hidden and split <> 'unlabelled'`, e.event, list)
		return changed, err
	}
	_, err = e.exec(`insert or replace into changes
		select ?, 'split', id, split, case
			when given not in ('', 'unlabelled') then given
			when exists (select 1 from examples where split = 'train' and not hidden) then 'train'
			else '' end
		from examples
		where id in (select value from json_each(?)) and not hidden and split = 'unlabelled' and labels = 0`,
		e.event, list)
	return changed, err
}

// RenameLabel gives all examples that have the label from the label to
// instead, and says how many that changes. If there is a label to already, the
// two become one.
func (e *Edit) RenameLabel(from, to string) (changed int64, err error) {
	sets, err := e.LabelSets()
	if err != nil {
		return 0, err
	}
	for _, id := range slices.Sorted(maps.Keys(sets)) {
		at := slices.Index(sets[id], from)
		if at < 0 || from == to {
			continue
		}
		renamed := slices.Clone(sets[id])
		renamed[at] = to
		after, err := e.labelSet(renamed)
		if err != nil {
			return 0, err
		}
		n, err := e.exec(`insert or replace into changes
			select ?, 'labels', id, labels, ? from examples where not hidden and labels = ?`, e.event, after, id)
		if err != nil {
			return 0, err
		}
		changed += n
	}
	return changed, nil
}

// LabelSets gives every combination of labels that examples have had, by the
// number in Assigned.Labels.
func (e *Edit) LabelSets() (map[int64][]string, error) { return labelSets(e.ctx, e.tx) }

func labelSets(ctx context.Context, q querier) (map[int64][]string, error) {
	rows, err := q.QueryContext(ctx, `select id, labels from label_sets`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	sets := map[int64][]string{}
	for rows.Next() {
		var id int64
		var set string
		if err := rows.Scan(&id, &set); err != nil {
			return nil, err
		}
		if sets[id], err = labelsIn(set); err != nil {
			return nil, err
		}
	}
	return sets, rows.Err()
}

// Reassign gives the examples with these ids a split. It says how many that changes, and
// how many the edit takes out of the test or into it. Unlabelled ones stay it.
func (e *Edit) Reassign(ids []int64, to dataset.Split) (changed, tests int64, err error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return 0, 0, err
	}
	changed, err = e.exec(`insert or replace into changes
		select ?1, 'split', id, split, ?2 from examples
		where id in (select value from json_each(?3)) and not hidden and split not in ('unlabelled', ?2)`, e.event, string(to), list)
	if err != nil {
		return 0, 0, err
	}
	err = e.tx.QueryRowContext(e.ctx, `select count(*) from changes
		where event = ? and field = 'split' and 'test' in (before, after)`, e.event).Scan(&tests)
	return changed, tests, err
}

// Delete hides the examples with these ids, and says how many it were.
func (e *Edit) Delete(ids []int64) (changed int64, err error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return 0, err
	}
	return e.exec(`insert or replace into changes
		select ?, 'hidden', id, 0, 1 from examples
		where id in (select value from json_each(?)) and not hidden`, e.event, list)
}

// Assigned is an example as far as dealing it out to splits is concerned.
type Assigned struct {
	ID           int64
	Labels       int64 // a number for its set of labels; 0 for none
	Given, Split dataset.Split
	Group        string // its value in the column asked for, or ""
	Whole        int64  // the example of which this is the first or a further part, 0 for one that was not divided
}

// Together names what must not be torn from each other: a group, or else the parts of a
// text; "" for an example that stands alone.
func (a Assigned) Together() string {
	if a.Group == "" && a.Whole != 0 {
		return fmt.Sprintf("the parts of %d", a.Whole)
	}
	return a.Group
}

// Values gives the value of each example that Assigned gives, in its order, in a column
// of its file; "" where there is none.
func (e *Edit) Values(column string) ([]string, error) {
	assigned, err := e.Assigned(column)
	values := make([]string, len(assigned))
	for i, a := range assigned {
		values[i] = a.Group
	}
	return values, err
}

// Alike numbers the texts of the examples that Assigned gives, in its order: equal texts
// have the same number.
func (e *Edit) Alike() ([]int64, error) {
	if err := e.flush(); err != nil {
		return nil, err
	}
	return alike(e.ctx, e.tx)
}

// Alike is Edit.Alike outside an edit.
func (s *Store) Alike(ctx context.Context) ([]int64, error) {
	all, err := alike(ctx, s.reader)
	return all, s.explain(ctx, "compare its texts", err)
}

func alike(ctx context.Context, q querier) (numbers []int64, err error) {
	rows, err := q.QueryContext(ctx, `
		select dense_rank() over (order by coalesce(k.text, c.text))
		from examples x join contents c on c.id = x.id left join cleaned k on k.id = x.cleaned
		where not x.hidden order by x.id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		numbers = append(numbers, n)
	}
	return numbers, rows.Err()
}

// Assigned gives all examples that are shown, in the order of their ids, each
// with its value in the column group, or "" for none.
func (e *Edit) Assigned(group string) ([]Assigned, error) {
	if err := e.flush(); err != nil {
		return nil, err
	}
	return assigned(e.ctx, e.tx, group)
}

// Assigned is Edit.Assigned outside an edit.
func (s *Store) Assigned(ctx context.Context, group string) ([]Assigned, error) {
	all, err := assigned(ctx, s.reader, group)
	return all, s.explain(ctx, "read what the examples are for", err)
}

func assigned(ctx context.Context, q querier, group string) ([]Assigned, error) {
	const whole = `iif(x.origin <> 0, x.origin, iif(exists (select 1 from examples p where p.origin = x.id and p.origin <> 0 and not p.hidden), x.id, 0))`
	query := `select x.id, x.labels, x.given, x.split, ` + whole + `, '' from examples x where not x.hidden order by x.id`
	if group != "" {
		query = `
			select x.id, x.labels, x.given, x.split, ` + whole + `, coalesce(
				c.others ->> (select '$[' || key || ']' from json_each(s.columns) where value = ?), '')
			from examples x join contents c on c.id = x.id join sources s on s.id = x.source
			where not x.hidden order by x.id`
	}
	rows, err := q.QueryContext(ctx, query, group)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	one := map[string]dataset.Split{} // one string for all equal ones, not one for each row
	for _, s := range dataset.Splits {
		one[string(s)] = s
	}
	var all []Assigned
	for rows.Next() {
		var a Assigned
		var given, split string
		if err := rows.Scan(&a.ID, &a.Labels, &given, &split, &a.Whole, &a.Group); err != nil {
			return nil, err
		}
		a.Given, a.Split = one[given], one[split]
		all = append(all, a)
	}
	return all, rows.Err()
}

// Assign gives examples the splits in to, by place, where they differ.
func (e *Edit) Assign(from []Assigned, to []dataset.Split) (changed int64, err error) {
	insert, err := e.tx.PrepareContext(e.ctx, `insert into changes values (?, 'split', ?, ?, ?)`)
	if err != nil {
		return 0, err
	}
	defer insert.Close()
	for i, a := range from {
		if a.Split == to[i] {
			continue
		}
		if err := e.ctx.Err(); err != nil {
			return 0, err
		}
		// Without the context, as in Add.
		_, err := insert.ExecContext(context.Background(), e.event, a.ID, string(a.Split), string(to[i]))
		if err != nil {
			return 0, err
		}
		changed++
	}
	return changed, nil
}

// changeable are the columns of examples that events change.
var changeable = []string{"split", "labels", "hidden", "cleaned", "words", "source_row"}

// apply sets the values that an event changed to those "before" or "after" it.
func apply(ctx context.Context, tx *sql.Tx, event int64, side string) error {
	for _, field := range changeable {
		_, err := tx.ExecContext(ctx, fmt.Sprintf(`update examples set %[1]s = c.%[2]s from changes c
			where c.event = ? and c.field = '%[1]s' and examples.id = c.example`, field, side), event)
		if err != nil {
			return err
		}
	}
	return nil
}
