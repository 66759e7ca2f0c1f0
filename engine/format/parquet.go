package format

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/parquet-go/parquet-go"
	meta "github.com/parquet-go/parquet-go/format"
)

// Parquet is a table of columns as pandas and the Hugging Face hub keep them.
// Columns in columns become "a.b", and the numbers of classes, which the hub
// writes, the names that it keeps beside them.
var Parquet = Format{
	Name:       "Parquet",
	Extensions: []string{".parquet", ".pq"},
	Matches:    func(head []byte) bool { return bytes.HasPrefix(head, []byte(markParquet)) },
	Inspect:    inspectParquet,
	Read:       readParquet,
}

const markParquet = "PAR1"

func damagedParquet(f File, err error) *Error {
	return &Error{
		File: f.Name,
		Want: "be a whole Parquet file",
		Got:  fmt.Sprintf("it is damaged: %v", err),
		Way:  "download it or write it again, or save the table as CSV",
		Err:  err,
	}
}

// parquetFile is a Parquet file that is open.
type parquetFile struct {
	*parquet.File
	file    File
	columns []parquetColumn
	io.Closer
}

// parquetColumn is a column of plain values.
type parquetColumn struct {
	name    string
	text    func(parquet.Value) string
	classes []string // names of the numbers 0, 1, ...; nil if they have none
}

func openParquet(ctx context.Context, f File, progress func(bytes int64)) (p parquetFile, err error) {
	whole, err := f.whole(ctx, progress)
	if err != nil {
		return parquetFile{}, err
	}
	defer func() {
		if r := recover(); r != nil {
			err = damagedParquet(f, fmt.Errorf("%v", r))
		}
		if err != nil {
			err = errors.Join(err, whole.Close())
		}
	}()
	if whole.size == 0 {
		return parquetFile{}, emptyError(f)
	}
	if err := checkFooter(whole, f); err != nil {
		return parquetFile{}, err
	}
	opened, err := parquet.OpenFile(whole, whole.size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return parquetFile{}, damagedParquet(f, err)
	}
	p = parquetFile{File: opened, file: f, Closer: whole}
	classes := p.classes()
	for _, path := range opened.Schema().Columns() {
		leaf, ok := opened.Schema().Lookup(path...)
		if !ok {
			return parquetFile{}, damagedParquet(f, fmt.Errorf("its column %q has no type", path))
		}
		p.columns = append(p.columns, parquetColumn{plainPath(path), textOfType(leaf.Node.Type()), classes[path[0]]})
	}
	if len(p.columns) > maxColumns {
		return parquetFile{}, tooManyColumns(f)
	}
	return p, nil
}

// checkFooter looks at the end of a file, where the size of what describes it
// stands: a wrong one would be reserved in memory.
func checkFooter(w wholeFile, f File) error {
	const marks = 12 // bytes: PAR1 at the start; the size and PAR1 at the end
	var end [8]byte
	if w.size < marks {
		return damagedParquet(f, io.ErrUnexpectedEOF)
	}
	if _, err := w.ReadAt(end[:], w.size-int64(len(end))); err != nil {
		return readError(f, w.size, err)
	}
	if size := int64(binary.LittleEndian.Uint32(end[:])); string(end[4:]) != markParquet || size > w.size-marks {
		return damagedParquet(f, errors.New("its end is missing"))
	}
	return nil
}

// plainPath joins the names of columns in columns, without those by which lists
// are written.
func plainPath(path []string) string {
	plain := slices.DeleteFunc(slices.Clone(path[1:]), func(name string) bool {
		return slices.Contains([]string{"list", "element", "item", "array", "bag", "array_element"}, name)
	})
	return strings.Join(append(path[:1:1], plain...), ".")
}

// instant writes a number of units since 1970.
func instant(n int64, unit time.Duration, layout string) string {
	seconds := n / int64(max(time.Second/unit, 1))
	rest := n % int64(max(time.Second/unit, 1)) * int64(unit)
	if unit >= time.Second {
		seconds, rest = n*int64(unit/time.Second), 0
	}
	return time.Unix(seconds, rest).UTC().Format(layout)
}

// textOfType writes the values of a type as people do.
func textOfType(t parquet.Type) func(parquet.Value) string {
	since := func(unit time.Duration, layout string) func(parquet.Value) string {
		return func(v parquet.Value) string {
			n := v.Int64()
			if v.Kind() == parquet.Int32 {
				n = int64(v.Int32())
			}
			return instant(n, unit, layout)
		}
	}
	l := t.LogicalType()
	if l == nil {
		return parquet.Value.String
	}
	switch kind := l.Value.(type) {
	case *meta.DateType:
		return since(24*time.Hour, time.DateOnly)
	case *meta.TimestampType:
		switch kind.Unit.Value.(type) {
		case *meta.MilliSeconds:
			return since(time.Millisecond, time.RFC3339Nano)
		case *meta.MicroSeconds:
			return since(time.Microsecond, time.RFC3339Nano)
		}
		return since(time.Nanosecond, time.RFC3339Nano)
	}
	return parquet.Value.String
}

// classes gives the names of classes by column.
func (p parquetFile) classes() map[string][]string {
	text, _ := p.Lookup("huggingface")
	return classesIn(text)
}

// classesIn gives the names of classes by column, as the library datasets keeps
// them: "huggingface" in the metadata of a file.
func classesIn(text string) map[string][]string {
	var kept struct {
		Info struct {
			Features map[string]json.RawMessage `json:"features"`
		} `json:"info"`
	}
	if json.Unmarshal([]byte(text), &kept) != nil {
		return nil
	}
	all := map[string][]string{}
	for column, raw := range kept.Info.Features {
		var feature struct {
			Names   []string `json:"names"`
			Feature struct {
				Names []string `json:"names"`
			} `json:"feature"` // of a list
		}
		if json.Unmarshal(raw, &feature) != nil {
			continue
		}
		if all[column] = feature.Names; feature.Names == nil {
			all[column] = feature.Feature.Names
		}
	}
	return all
}

// value is what a table shows of a value.
func (c parquetColumn) value(v parquet.Value) string {
	if v.IsNull() {
		return ""
	}
	text := c.text(v)
	if n, err := strconv.Atoi(text); err == nil && n >= 0 && n < len(c.classes) {
		return c.classes[n]
	}
	return text
}

func inspectParquet(ctx context.Context, f File, o Overrides, progress func(bytes int64)) (Layout, error) {
	passes := portions(f.Size, 2, progress)
	p, err := openParquet(ctx, f, passes[0])
	if err != nil {
		return Layout{}, err
	}
	defer p.Close()
	l := Layout{Format: "Parquet", Encoding: "", Header: true, Named: true}
	names := make([]string, len(p.columns))
	for i, c := range p.columns {
		names[i] = c.name
	}
	l.Columns = columnNames(names, len(names))
	return l, l.count(p.records(ctx, l, byRows(f.Size, int(p.NumRows()), passes[1])))
}

func readParquet(ctx context.Context, f File, l Layout, progress func(bytes int64)) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		passes := portions(f.Size, 2, progress)
		p, err := openParquet(ctx, f, passes[0])
		if err != nil {
			yield(Record{}, err)
			return
		}
		defer p.Close()
		p.records(ctx, l, byRows(f.Size, l.Rows, passes[1]))(yield)
	}
}

func (p parquetFile) records(ctx context.Context, l Layout, told func(row int, last bool)) iter.Seq2[Record, error] {
	damaged := func(err error) *Error { return damagedParquet(p.file, err) }
	return func(yield func(Record, error) bool) {
		row := 0
		guarded(yield, damaged, func(each func(Record) bool) error {
			for _, group := range p.RowGroups() {
				rows := group.Rows()
				stopped, err := p.eachRow(ctx, rows, func(values []string) bool {
					row++
					told(row, false)
					rec := Record{Row: row, Values: values}
					rec.mend(Layout{Columns: l.Columns, Encoding: encodingUTF8})
					return each(rec)
				})
				if closing := rows.Close(); err == nil && closing != nil {
					err = damaged(closing)
				}
				if stopped || err != nil {
					return err
				}
			}
			told(0, true)
			return nil
		})
	}
}

// eachRow gives the rows of a group as values, those of a list joined.
func (p parquetFile) eachRow(ctx context.Context, rows parquet.Rows, each func([]string) bool) (stopped bool, err error) {
	const many = 64 // rows at a time
	buf := make([]parquet.Row, many)
	for {
		n, err := rows.ReadRows(buf)
		for _, row := range buf[:n] {
			if err := ctx.Err(); err != nil {
				return true, err
			}
			if !each(p.values(row)) {
				return true, nil
			}
		}
		if err == io.EOF {
			return false, nil
		}
		if err != nil {
			return true, damagedParquet(p.file, err)
		}
	}
}

func (p parquetFile) values(row parquet.Row) []string {
	values := make([]string, len(p.columns))
	var texts []string
	for len(row) > 0 {
		at, n := row[0].Column(), 1
		for n < len(row) && row[n].Column() == at && row[n].RepetitionLevel() > 0 {
			n++
		}
		if at >= 0 && at < len(values) {
			texts = texts[:0]
			for _, v := range row[:n] {
				texts = append(texts, p.columns[at].value(v))
			}
			values[at] = strings.Join(texts, listSeparator)
		}
		row = row[n:]
	}
	return values
}
