package projects

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"attune/engine/dataset"
	"attune/engine/format"
)

// Preview is what an import would do with one file.
type Preview struct {
	File      string // its path
	Bytes     int64
	Format    string // "CSV"
	Encoding  string
	Delimiter string
	Header    bool
	Named     bool   // the columns have their names from the format, so Header is no question
	Sheet     string // of several tables in the file, the one shown
	Columns   []string
	Sample    [][]string // the first rows, as wide as Columns, long values cut
	Rows      int
	Roles     Roles        // as wished, the rest guessed; "" for no column
	Task      string       // what its rows seem to be for, "" where that is not clear
	Labels    []LabelCount // of the label column, most frequent first
	Problems  int          // rows that would be left out or repaired
	Warnings  []string     // what makes training on this file hard, a sentence each with the way out

	// Choices to offer for what was found wrong; nil where there is nothing to
	// choose.
	Encodings, Delimiters, Sheets, Formats []string
}

// encodings are offered where a text was taken for one of another.
var encodings = []string{"utf-8", "windows-1252", "utf-16le", "utf-16be", "iso-8859-2", "windows-1251", "gbk", "big5", "shift_jis", "euc-kr"}

// Preview looks at all of a file and imports nothing. It fails as Import does,
// except that a file without a column for the text, or with a label column
// that cannot be one, is shown with a warning.
func (p *Project) Preview(ctx context.Context, file string, o ImportOptions, progress func(Progress)) (Preview, error) {
	f, err := format.Open(file)
	if err != nil {
		return Preview{}, err
	}
	learned, err := p.newTask()
	if err != nil {
		return Preview{}, err
	}
	o.Roles.Several = learned.Needs().Several
	meter := newMeter(2*f.Size, progress)
	t, err := look(ctx, f, o, meter.part("Looking at "+f.Name, f.Size))
	if err != nil {
		return Preview{}, err
	}
	seems := taskOf(t.layout, t.roles)
	t.suit(learned, o.Roles)
	preview := Preview{
		File: file, Bytes: f.Size, Format: t.format.Name,
		Encoding: t.layout.Encoding, Delimiter: t.layout.Delimiter, Header: t.layout.Header,
		Columns: t.layout.Columns, Sample: t.layout.Sample, Rows: t.layout.Rows, Roles: t.roles,
		Named: t.layout.Named, Sheet: t.layout.Sheet, Task: seems,
		Formats: formatNames(), Sheets: t.layout.Sheets,
	}
	if t.layout.Encoding != "" {
		preview.Encodings = offer(encodings, t.layout.Encoding)
	}
	if t.layout.Between != nil {
		preview.Delimiters = offer(t.layout.Between, t.layout.Delimiter)
	}
	if t.roles.Text == "" {
		preview.Warnings = []string{"No column looks like a text. Choose the one that the model shall read."}
		return preview, nil
	}
	labels, err := preview.countLabels(ctx, t, meter.part("Counting labels in "+f.Name, f.Size))
	if unfit := new(Error); errors.As(err, &unfit) {
		preview.Warnings = []string{sentence(unfit)}
		return preview, nil
	}
	if err != nil {
		return Preview{}, err
	}
	preview.Labels = mostFrequent(labels)
	preview.Warnings = judge(learned.Name(), t.roles, labels, t.layout.Rows)
	return preview, nil
}

// sentence is an error with its way out, as a warning says it.
func sentence(e *Error) string {
	capital := func(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
	return capital(e.Got) + ". " + capital(e.Way) + "."
}

// offer puts what was found among the choices.
func offer(choices []string, found string) []string {
	if found == "" || slices.Contains(choices, found) {
		return choices
	}
	return append([]string{found}, choices...)
}

// countLabels reads the file as an import would.
func (p *Preview) countLabels(ctx context.Context, t table, progress func(int64)) (map[string]int, error) {
	read, err := t.roles.Reader(t.layout)
	if err != nil {
		return nil, err
	}
	labels := map[string]int{}
	for record, err := range t.format.Read(ctx, t.file, t.layout, progress) {
		if err != nil {
			return nil, err
		}
		example, _, problem := read(record)
		if problem != nil || record.Problem != nil {
			p.Problems++
		}
		if countLabels(labels, example); len(labels) > maxLabels {
			return nil, tooManyLabels(t)
		}
	}
	return labels, nil
}

// twice finds a column with two roles, and what these are called.
func twice(r Roles) (column, one, other string) {
	roles := []struct{ column, name string }{{r.Text, "the text"}, {r.Pair, "the second text"}, {r.Label, "the label"},
		{r.Spans, "what is marked"}, {r.Target, "the text to write"}}
	for i, a := range roles {
		for _, b := range roles[i+1:] {
			if a.column != "" && a.column == b.column {
				return a.column, a.name, b.name
			}
		}
	}
	return "", "", ""
}

// judge says in sentences what will make it hard to learn these labels, or without them
// what a task learns instead.
func judge(learned string, r Roles, labels map[string]int, all int) []string {
	warnings := []string{}
	warn := func(format string, args ...any) { warnings = append(warnings, fmt.Sprintf(format, args...)) }
	labelled, single := 0, 0
	for _, n := range labels {
		labelled += n
		if n == 1 {
			single++
		}
	}
	columns := ColumnsOf(learned)
	if column, one, other := twice(r); column != "" {
		warn("The column %q is both %s and %s. Choose another for one of them, or the model reads what it is to answer.", column, one, other)
	}
	switch {
	case r.Target != "", r.Spans != "", columns.Target && !columns.Label:
	case r.Label == "" && len(labels) == 0:
		warn("No column is the label, so all %s count as unlabelled. Choose the column that says what each text is.", rows(all))
	case labelled == 0:
		warn("The column %q is empty in every row, so all rows count as unlabelled. Choose another column as the label.", r.Label)
	case len(labels) == 1:
		warn("All labelled rows have the label %q. A model learns to tell labels apart: choose another column, or import rows with other labels too.",
			slices.Collect(maps.Keys(labels))[0])
	case len(labels) > 2 && 2*single > labelled:
		warn("The column %q has %s in %s, most of them once, so it looks like a text or a number of its own for each row. Choose another column as the label.",
			r.Label, counted(len(labels), "different label"), rows(labelled))
	case single > 0:
		warn("%s only one row, which cannot be both learned from and tested. Add rows, or rename rare labels to one that they share.",
			dataset.Counted(single, "label has", "labels have"))
	}
	return warnings
}
