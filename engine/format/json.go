package format

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// JSON is a list of objects, or of rows as lists, at the top of the file or
// under a key. Members of objects in objects become columns "a.b".
var JSON = Format{
	Name:       "JSON",
	Extensions: []string{".json"},
	Matches:    func(head []byte) bool { return looksJSON(head) && !looksJSONLines(head) },
	Inspect:    inspectJSON,
	Read:       readJSON,
}

// jsonEndings are those of JSON by lines or not, of which either may be taken for
// the other.
var jsonEndings = []string{".json", ".jsonl", ".ndjson", ".jsonlines"}

// looksJSON says that a file begins as JSON does.
func looksJSON(head []byte) bool { return describe(headText(head)) == "JSON" }

// headText is the beginning of a text file in UTF-8, if it has a byte order
// mark: Windows' shell writes what programs print as UTF-16.
func headText(head []byte) []byte {
	for name, mark := range map[string]string{encodingUTF16LE: markUTF16LE, encodingUTF16BE: markUTF16BE} {
		if bytes.HasPrefix(head, []byte(mark)) {
			return []byte(strings.TrimPrefix(decode(head, name), "\ufeff"))
		}
	}
	return bytes.TrimPrefix(head, []byte(markUTF8))
}

func inspectJSON(ctx context.Context, f File, o Overrides, progress func(bytes int64)) (Layout, error) {
	passes := portions(f.Size, 4, progress)
	l := Layout{Format: "JSON"}
	var err error
	if l.Encoding, err = f.encoding(ctx, o.Encoding, passes[0]); err != nil {
		return Layout{}, err
	}
	if err := l.findTables(ctx, f, o.Sheet, passes[1]); err != nil {
		return Layout{}, err
	}
	if err := l.findFields(f, rawJSON(ctx, f, l, passes[2]), o.Header); err != nil {
		return Layout{}, err
	}
	return l, l.count(readJSON(ctx, f, l, passes[3]))
}

// findTables finds the lists that may be the table: the one nearest to the top,
// and of those that are equally near, the longest.
func (l *Layout) findTables(ctx context.Context, f File, wanted string, progress func(bytes int64)) error {
	text, err := f.textOf(ctx, l.Encoding, progress)
	if err != nil {
		return err
	}
	defer text.Close()
	t := newJSONText(text)
	rows := map[string]int{}
	t.tables("", func(path string, n int) {
		if _, known := rows[path]; !known && len(rows) < maxSheets {
			l.Sheets = append(l.Sheets, path)
			rows[path] = n
		}
	})
	for t.peek() != 0 { // to the end, for what may be wrong there
		t.from = t.to
	}
	if err := t.err(); err != nil {
		return err
	}
	far := func(path string) int { return strings.Count(path, ".") }
	for i, path := range l.Sheets {
		if best := l.Sheet; i == 0 || far(path) < far(best) || far(path) == far(best) && rows[path] > rows[best] {
			l.Sheet = path
		}
	}
	if len(l.Sheets) == 1 && l.Sheet == "" {
		l.Sheets = nil
	}
	return l.choose(f, wanted, "list")
}

// maxSheets bounds the tables that a file offers.
const maxSheets = 1000

// choose takes the table that a user asked for, called a sheet or whatever the
// format calls it.
func (l *Layout) choose(f File, wanted, called string) error {
	if wanted == "" || wanted == l.Sheet {
		return nil
	}
	i := slices.Index(l.Sheets, wanted)
	if i < 0 {
		i = slices.IndexFunc(l.Sheets, func(s string) bool { return strings.EqualFold(s, strings.TrimSpace(wanted)) })
	}
	if i < 0 {
		e := &Error{File: f.Name, Want: fmt.Sprintf("have a %s %q", called, wanted), Got: "it has none of that name", Way: "leave the name out"}
		if len(l.Sheets) > 0 {
			e.Way = "choose one of " + strings.Join(l.Sheets[:min(len(l.Sheets), 20)], ", ")
		}
		return e
	}
	l.Sheet = l.Sheets[i]
	return nil
}

// rawRecord is a row of JSON before it is taken apart.
type rawRecord struct {
	raw  []byte
	flaw flaw
}

// rawJSON gives the elements of the list that the layout names.
func rawJSON(ctx context.Context, f File, l Layout, progress func(bytes int64)) iter.Seq2[rawRecord, error] {
	return func(yield func(rawRecord, error) bool) {
		text, err := f.textOf(ctx, l.Encoding, progress)
		if err != nil {
			yield(rawRecord{}, err)
			return
		}
		defer text.Close()
		t := newJSONText(text)
		going := true
		if t.enter(l.Sheet) {
			t.elements(func(raw []byte, f flaw) bool {
				if err := ctx.Err(); err != nil || t.err() != nil {
					going = false
					yield(rawRecord{}, cmp.Or(t.err(), err))
					return false
				}
				going = yield(rawRecord{raw, f}, nil)
				return going
			})
		}
		for going && t.peek() != 0 { // to the end, so that the progress gets there too
			t.from = t.to
		}
		if err := t.err(); going && err != nil {
			yield(rawRecord{}, err)
		}
	}
}

// maxColumns bounds the columns of a table that is made of objects.
const maxColumns = 1000

// findFields finds the columns: the fields of all objects in the order in which
// they come up, or, of rows that are lists, as in any other table.
func (l *Layout) findFields(f File, elements iter.Seq2[rawRecord, error], header *bool) error {
	const most = 1000 // rows that show whether the first is a header
	known := map[string]bool{}
	var lists [][]string
	for e, err := range elements {
		if err != nil {
			return err
		}
		fields, err := fieldsOf(e.raw)
		if err != nil {
			continue
		}
		if isList(e.raw) {
			if len(lists) < most && len(fields) > 0 {
				lists = append(lists, valuesOf(fields))
			}
			continue
		}
		for _, x := range fields {
			if name := columnName(x.name); !known[name] {
				known[name] = true
				l.Columns = append(l.Columns, name)
			}
		}
		if len(l.Columns) > maxColumns {
			return tooManyColumns(f)
		}
	}
	l.Header, l.Named = true, true
	if len(l.Columns) == 0 && len(lists) > 0 {
		h := findHead(lists, nil, header)
		l.Preamble, l.Header, l.Named, l.Columns = h.preamble, h.header, false, h.columns
	}
	if len(l.Columns) == 0 {
		return &Error{
			File: f.Name,
			Want: "hold a list of objects",
			Got:  "no object with a value was found in it",
			Way:  `write it as [{"text": "...", "label": "..."}, ...], or save the table as CSV`,
		}
	}
	return nil
}

func tooManyColumns(f File) *Error {
	return &Error{
		File: f.Name,
		Want: "hold one object for each row",
		Got:  fmt.Sprintf("its objects have more than %d different names", maxColumns),
		Way:  `if the names are numbers of rows, write it by rows (in pandas: to_json(orient="records")); if not, save the columns that matter as CSV`,
	}
}

func isList(raw []byte) bool { return bytes.HasPrefix(raw, []byte{'['}) }

func valuesOf(fields []field) []string {
	values := make([]string, len(fields))
	for i, x := range fields {
		values[i] = x.value
	}
	return values
}

// columnName is the name of a column for fields of this name.
func columnName(name string) string {
	return cutText(strings.Join(strings.Fields(strings.ToValidUTF8(name, replacement)), " "))
}

func readJSON(ctx context.Context, f File, l Layout, progress func(bytes int64)) iter.Seq2[Record, error] {
	return fieldRecords(rawJSON(ctx, f, l, progress), l)
}

// fieldRecords makes a record of each element, with its problem if it is
// broken.
func fieldRecords(elements iter.Seq2[rawRecord, error], l Layout) iter.Seq2[Record, error] {
	places := map[string]int{}
	for i, name := range l.Columns {
		places[name] = i
	}
	names := map[string]int{} // places by the name of the field
	place := func(name string) int {
		at, known := names[name]
		if !known {
			var ok bool
			if at, ok = places[columnName(name)]; !ok {
				at = -1
			}
			names[strings.Clone(name)] = at
		}
		return at
	}
	return func(yield func(Record, error) bool) {
		row := 0
		skip := l.skipped()
		for e, err := range elements {
			if err != nil {
				yield(Record{}, err)
				return
			}
			fields, err := fieldsOf(e.raw)
			if skip > 0 && err == nil && isList(e.raw) && len(fields) > 0 {
				skip--
				continue
			}
			row++
			rec := Record{Row: row, Values: make([]string, len(l.Columns))}
			for i, x := range fields {
				at := i
				if !isList(e.raw) {
					at = place(x.name)
				}
				switch {
				case at < 0, at < len(l.Columns) && x.value == "":
				case at < len(l.Columns):
					rec.Values[at] = x.value
				default:
					rec.Values = append(rec.Values, x.value)
				}
			}
			rec.Problem = jsonProblem(row, e, err)
			rec.mend(l)
			if !yield(rec, nil) {
				return
			}
		}
	}
}

// jsonProblem says what is wrong with a row of JSON, if anything is.
func jsonProblem(row int, e rawRecord, err error) *Problem {
	switch {
	case e.flaw == tooLarge:
		return &Problem{Row: row, Reason: fmt.Sprintf("it is larger than %d MB", maxRowBytes>>20), Fix: "divide its text into several rows; it was left out"}
	case e.flaw == unclosed:
		return &Problem{Row: row, Reason: "the file ends inside it", Fix: "get the whole file; what could be read of the row was kept"}
	case err != nil:
		return &Problem{Row: row, Reason: "it is no valid JSON: " + err.Error(), Fix: "correct it there; what could be read of the row was kept"}
	}
	return nil
}
