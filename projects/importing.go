package projects

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"attune/engine/catalog"
	"attune/engine/dataset"
	"attune/engine/format"
	"attune/engine/task"
	"attune/projects/store"
)

// Roles says which column of a file is what, by name; "" leaves it to a guess
// from names and values, NoColumn means that no column has this role.
type Roles = format.Roles

// NoColumn in a role says that no column has it.
const NoColumn = "-"

// ImportOptions is what a user insists on about files; what is left at its
// zero value is found by looking at the whole file.
type ImportOptions struct {
	Roles     Roles
	As        dataset.Split // what all rows are for; a file's own split column yields to it
	Encoding  string        // a WHATWG name, "windows-1252"
	Delimiter string        // one character, or "tab", "comma", "semicolon", "pipe", "space"
	Header    *bool         // whether the first row names the columns
	Format    string        // the name of a format, "CSV", for a file that is taken for another
	Sheet     string        // which of several tables of a file: a sheet of a workbook, a key in JSON
}

// Imported says what an import did.
type Imported struct {
	Rows         int                   `json:"rows"`     // rows of the files, headers not counted
	Imported     int                   `json:"imported"` // examples made of them
	Problems     []Problem             `json:"problems"` // the first 1000
	ProblemCount int                   `json:"problem_count"`
	Columns      map[string]string     `json:"columns"` // of the first file, role to column: "text": "v2"
	Format       string                `json:"format"`
	Sheet        string                `json:"sheet,omitempty"`
	Encoding     string                `json:"encoding"`
	Delimiter    string                `json:"delimiter"`
	Labels       map[string]int        `json:"labels"`
	Splits       map[dataset.Split]int `json:"splits"`
	Warnings     []string              `json:"warnings"` // as in a Preview

	task task.Task // that the rows are for
}

// Problem is what is wrong with one row of a file and the way out. Row counts
// from 1, the header not counted.
type Problem struct {
	File   string `json:"file"`
	Row    int    `json:"row"`
	Reason string `json:"reason"`
	Fix    string `json:"fix"`
}

// maxProblems is how many problems an import lists; all are counted.
const maxProblems = 1000

// table is a file that was looked at: how it is laid out, and what its columns
// are.
type table struct {
	file   format.File
	format format.Format
	layout format.Layout
	roles  Roles
}

// look opens a file and looks at all of it.
func look(ctx context.Context, file format.File, o ImportOptions, progress func(int64)) (t table, err error) {
	t.file = file
	if t.format, err = formatOf(file, o.Format); err != nil {
		return t, err
	}
	insisted := format.Overrides{Encoding: o.Encoding, Delimiter: o.Delimiter, Header: o.Header, Sheet: o.Sheet}
	if t.layout, err = t.format.Inspect(ctx, file, insisted, progress); err != nil {
		return t, err
	}
	if t.layout.Rows == 0 {
		return t, &Error{
			Got: file.Name + " has no rows, only a header",
			Way: "choose a file with rows; if its only line is a row, say that it has no header",
		}
	}
	t.roles = resolve(o.Roles, format.Guess(t.layout))
	if t.roles.Several && o.Roles.Label == "" {
		t.roles = t.layout.Unmarked(t.roles)
	}
	return t, nil
}

// suit leaves out a guessed column of labels where the task learns nothing from it: that
// of SQuAD 2.0 says whether there is an answer, which the answers say too. Where it learns
// from two texts alone it looks for two columns of text.
func (t *table) suit(learned task.Task, wished Roles) {
	columns := ColumnsOf(learned.Name())
	if wished.Label == "" && !columns.Label {
		t.roles.Label = ""
	}
	if columns.Target && !learned.Labelled(dataset.Example{Text: "a"}) && t.roles.Target == "" && wished.Text == "" && wished.Target == "" {
		t.roles.Text, t.roles.Target = format.GuessPair(t.layout)
	}
}

// formatOf is the format of a file, or the one that a user named.
func formatOf(file format.File, wished string) (format.Format, error) {
	all := catalog.Formats()
	if wished == "" {
		return format.Find(all, file)
	}
	for _, x := range all {
		if strings.EqualFold(x.Name, wished) {
			return x, nil
		}
	}
	for _, x := range slices.Backward(all) { // the least special comes last
		if slices.Contains(x.Extensions, "."+strings.ToLower(wished)) {
			return x, nil
		}
	}
	return format.Format{}, &Error{Got: fmt.Sprintf("there is no format %q", wished), Way: "choose one of " + strings.Join(formatNames(), ", ")}
}

// Endings are those of the names of files that can be imported, with the dot and
// in lower case.
func Endings() []string {
	all := []string{".zip", ".gz"}
	for _, x := range catalog.Formats() {
		all = append(all, x.Extensions...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func formatNames() []string {
	var names []string
	for _, x := range catalog.Formats() {
		names = append(names, x.Name)
	}
	return names
}

// resolve takes the columns as wished, and for those left empty the guess,
// unless its column was wished to be something else.
func resolve(wished, guess Roles) Roles {
	wish := []*string{&wished.Text, &wished.Pair, &wished.Label, &wished.Target, &wished.Split, &wished.Spans}
	taken := map[string]bool{}
	for _, column := range wish {
		taken[*column] = true
	}
	for i, column := range []string{guess.Text, guess.Pair, guess.Label, guess.Target, guess.Split, guess.Spans} {
		switch {
		case *wish[i] == NoColumn:
			*wish[i] = ""
		case *wish[i] == "" && !taken[column]:
			*wish[i] = column
		}
	}
	return wished
}

// others are the columns without a role, as places in a record and as names.
func (t table) others() (places []int, names []string) {
	for i, name := range t.layout.Columns {
		if !slices.Contains([]string{t.roles.Text, t.roles.Pair, t.roles.Label, t.roles.Target, t.roles.Split, t.roles.Spans}, name) {
			places, names = append(places, i), append(names, name)
		}
	}
	return places, names
}

// Import adds the rows of files to the project, as one event that Undo takes
// back. Several files named train, validation and test (or valid, dev) are
// those splits, unless o.As or a column says otherwise. Rows without a label
// are kept as unlabelled; rows without a text are left out and listed.
//
// It reads in flat memory. Other changes of the project wait only while what was read is
// added. If it fails or the context ends, nothing of it is
// left behind. Errors are those of format for a file that cannot be read, an
// *Error for one that holds nothing to import, and a *store.Error if the disk is
// full or another import or training is under way.
func (p *Project) Import(ctx context.Context, files []string, o ImportOptions, progress func(Progress)) (Imported, error) {
	chosen, err := Choose(files, o)
	if err != nil {
		return Imported{}, err
	}
	return p.ImportEach(ctx, chosen, progress)
}

// Chosen is a file to import and how. Named is what its name says that its rows
// are for, which yields to a column of splits and to the options.
type Chosen struct {
	File    string
	Options ImportOptions
	Named   dataset.Split
}

// Choose gives the tables that files, folders and archives hold, each to be
// imported with these options. Where there are several, their names may say what
// their rows are for. It fails with an error of format for a path that leads to nothing.
func Choose(files []string, o ImportOptions) ([]Chosen, error) {
	var all []Chosen
	for _, name := range format.Pairs(files) {
		tables, err := format.Tables(name)
		if err != nil {
			return nil, err
		}
		if _, err := os.Stat(name); err != nil { // inside an archive, two files as one, or nowhere
			if _, err := format.Open(name); err != nil {
				return nil, err
			}
		}
		for _, table := range tables {
			all = append(all, Chosen{File: table, Options: o})
		}
	}
	if len(all) > 1 {
		for i := range all {
			all[i].Named = splitInPath(all[i].File)
		}
	}
	return all, nil
}

// ImportEach is Import with options for each file.
func (p *Project) ImportEach(ctx context.Context, chosen []Chosen, progress func(Progress)) (Imported, error) {
	files := make([]source, len(chosen))
	for i, c := range chosen {
		f, err := format.Open(c.File)
		if err != nil {
			return Imported{}, err
		}
		files[i] = source{f, c.Options, c.Named}
	}
	return p.importFiles(ctx, files, progress)
}

// source is a file to import and how, as Chosen is.
type source struct {
	format.File
	options ImportOptions
	named   dataset.Split
}

// use is what all rows of the file are for.
func (s source) use(r Roles) dataset.Split {
	if s.options.As == dataset.Unassigned && r.Split == "" {
		return s.named
	}
	return s.options.As
}

func (p *Project) importFiles(ctx context.Context, files []source, progress func(Progress)) (Imported, error) {
	if len(files) == 0 {
		return Imported{}, &Error{Got: "no file was chosen", Way: "choose one or more"}
	}
	title := "import of " + titleOf(files)
	unlock, err := p.store.Lock(title)
	if err != nil {
		return Imported{}, err
	}
	defer unlock()
	var size int64
	for _, f := range files {
		size += f.Size
	}
	meter := newMeter(3*size, progress)
	learned, err := p.newTask()
	if err != nil {
		return Imported{}, err
	}
	tables, err := lookAt(ctx, files, learned, meter)
	if err != nil {
		return Imported{}, err
	}
	read, err := p.stage()
	if err != nil {
		return Imported{}, err
	}
	defer read.close()
	done := newImported(tables[0], learned)
	for i, t := range tables {
		if err := done.stage(ctx, read, t, files[i].use(t.roles), meter.part("Reading "+t.file.Name, t.file.Size)); err != nil {
			return Imported{}, err
		}
	}
	if err := errors.Join(done.check(), read.rewind()); err != nil {
		return Imported{}, err
	}
	meter.bound = true
	added := meter.part("Adding "+counted(done.Imported, "row"), size)
	var cleaned Cleaned
	err = p.store.Edit(ctx, func(e *store.Edit) error {
		e.Title = fmt.Sprintf("%s (%s)", title, rows(done.Imported))
		for _, t := range tables {
			if err := read.addTo(e, t, func(n int) { added(size * int64(n) / int64(done.Imported)) }); err != nil {
				return err
			}
		}
		var err error
		cleaned, err = p.cleanImported(e)
		return err
	})
	if err != nil {
		return Imported{}, err
	}
	done.Warnings = judge(p.Task(), tables[0].roles, done.Labels, done.Imported)
	if cleaned.Dropped > 0 {
		done.Warnings = append(done.Warnings, fmt.Sprintf("The project's cleaning leaves %s of them out. Its page, or attunectl clean, tells why.", rows(cleaned.Dropped)))
	}
	return *done, nil
}

// lookAt finds how each of the files is read for a task.
func lookAt(ctx context.Context, files []source, learned task.Task, meter *meter) ([]table, error) {
	tables := make([]table, len(files))
	for i, f := range files {
		f.options.Roles.Several = learned.Needs().Several
		t, err := look(ctx, f.File, f.options, meter.part("Looking at "+f.Name, f.Size))
		if err != nil {
			return nil, err
		}
		t.suit(learned, f.options.Roles)
		tables[i] = t
	}
	return tables, nil
}

// titleOf names files in few words.
func titleOf(files []source) string {
	if len(files) == 1 {
		return files[0].Name
	}
	return fmt.Sprintf("%s and %d more", files[0].Name, len(files)-1)
}

func newImported(first table, learned task.Task) *Imported {
	done := &Imported{
		task:      learned,
		Problems:  []Problem{},
		Columns:   map[string]string{},
		Format:    first.layout.Format,
		Sheet:     first.layout.Sheet,
		Encoding:  first.layout.Encoding,
		Delimiter: first.layout.Delimiter,
		Labels:    map[string]int{},
		Splits:    map[dataset.Split]int{},
	}
	r := first.roles
	for role, column := range map[string]string{"text": r.Text, "pair": r.Pair, "label": r.Label, "target": r.Target, "split": r.Split, "spans": r.Spans} {
		if column != "" {
			done.Columns[role] = column
		}
	}
	return done
}

// stage reads the rows of one file; split is what all of them are for, or Unassigned.
func (done *Imported) stage(ctx context.Context, to *staged, t table, split dataset.Split, progress func(int64)) error {
	to.begin()
	for x, err := range done.read(ctx, t, split, progress) {
		if err == nil {
			err = to.add(x)
		}
		if err != nil {
			return err
		}
		if done.count(x); len(done.Labels) > maxLabels {
			return tooManyLabels(t)
		}
	}
	return nil
}

// read gives the rows of one file as they are to be added, and notes those that
// cannot be.
func (done *Imported) read(ctx context.Context, t table, split dataset.Split, progress func(int64)) iter.Seq2[store.NewExample, error] {
	return func(yield func(store.NewExample, error) bool) {
		read, err := t.roles.Reader(t.layout)
		if err != nil {
			yield(store.NewExample{}, err)
			return
		}
		places, _ := t.others()
		for record, err := range t.format.Read(ctx, t.file, t.layout, progress) {
			if err != nil {
				yield(store.NewExample{}, err)
				return
			}
			done.Rows++
			example, given, problem := read(record)
			if record.Problem != nil { // of two, the one that comes first may be the reason of the other
				done.note(t.file.Name, record.Problem)
			} else {
				done.note(t.file.Name, problem)
			}
			if problem != nil && !problem.Repaired {
				continue
			}
			if split != dataset.Unassigned {
				given = split
			}
			x := store.NewExample{Example: example, Row: record.Row, Given: given, Words: words(example.Text) + words(example.Pair)}
			x.Split = useOf(done.task, example, given)
			for _, at := range places {
				x.Others = append(x.Others, record.Values[at])
			}
			if !yield(x, nil) {
				return
			}
		}
	}
}

// maxLabels is how many different labels a project can get from one import.
// A column with more holds no labels, and would take memory for each.
const maxLabels = 10_000

func tooManyLabels(t table) error {
	return &Error{
		Got: fmt.Sprintf("the column %q of %s has more than %s different values, too many to be labels", t.roles.Label, t.file.Name, dataset.Thousands(maxLabels)),
		Way: "choose another column as the label, or none",
	}
}

func (done *Imported) note(file string, problem *format.Problem) {
	if problem == nil {
		return
	}
	done.ProblemCount++
	if len(done.Problems) < maxProblems {
		done.Problems = append(done.Problems, Problem{File: file, Row: problem.Row, Reason: problem.Reason, Fix: problem.Fix})
	}
}

func (done *Imported) count(x store.NewExample) {
	done.Imported++
	done.Splits[x.Split]++
	countLabels(done.Labels, x.Example)
}

// countLabels counts the rows of each label into counts, be it of the whole text or
// of places in it. A label is copied when it is new, so that it does not keep the
// memory of its whole record.
func countLabels(counts map[string]int, e dataset.Example) {
	labels := e.Labels
	for _, span := range e.Spans {
		if span.Label != "" && !slices.Contains(labels, span.Label) {
			labels = append(slices.Clip(labels), span.Label)
		}
	}
	for _, l := range labels {
		if _, known := counts[l]; !known {
			l = strings.Clone(l)
		}
		counts[l]++
	}
}

// check fails if there was nothing to import.
func (done *Imported) check() error {
	if done.Imported > 0 {
		return nil
	}
	e := &Error{
		Got: fmt.Sprintf("none of the %s could be imported", rows(done.Rows)),
		Way: "choose the column that holds the text",
	}
	if len(done.Problems) > 0 {
		first := done.Problems[0]
		e.Got += fmt.Sprintf("; the first, row %d of %s, because %s", first.Row, first.File, first.Reason)
	}
	return e
}

// splitInPath finds the split of a file by its name, or else by the folder that it
// is in: data sets of the hub have folders "train" and "test".
func splitInPath(path string) dataset.Split {
	return cmp.Or(splitInName(filepath.Base(path)), splitWords[strings.ToLower(filepath.Base(filepath.Dir(path)))])
}

// splitInName finds the word for a split in a file's name: "tickets-dev.csv".
func splitInName(name string) dataset.Split {
	stem := strings.ToLower(strings.TrimSuffix(name, filepath.Ext(name)))
	parts := strings.FieldsFunc(stem, func(r rune) bool { return !('a' <= r && r <= 'z') })
	for _, part := range parts {
		if split, ok := splitWords[part]; ok {
			return split
		}
	}
	return dataset.Unassigned
}

var splitWords = map[string]dataset.Split{
	"train":      dataset.Train,
	"training":   dataset.Train,
	"valid":      dataset.Validation,
	"validation": dataset.Validation,
	"val":        dataset.Validation,
	"dev":        dataset.Validation,
	"test":       dataset.Test,
	"testing":    dataset.Test,
	"unlabelled": dataset.Unlabelled,
	"unlabeled":  dataset.Unlabelled,
}
