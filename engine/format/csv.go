package format

import (
	"bytes"
	"context"
	"fmt"
	"hash/maphash"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"

	"attune/engine/dataset"
)

// CSV is delimited text: comma-separated values after RFC 4180, their TSV and
// semicolon kin, and what spreadsheets, databases and people make of them.
var CSV = Format{
	Name:       "CSV",
	Extensions: []string{".csv", ".tsv", ".tab", ".txt", ".psv", ".dat"},
	Matches:    matchesCSV,
	Inspect:    inspectCSV,
	Read:       readCSV,
}

// matchesCSV accepts any text that is not visibly something else.
func matchesCSV(head []byte) bool { return describe(head) == plainText }

// inspectCSV makes two passes: one over the bytes, for the encoding and samples
// that show the dialect, and one over the rows.
func inspectCSV(ctx context.Context, f File, o Overrides, progress func(bytes int64)) (Layout, error) {
	passes := portions(f.Size, 2, progress)
	s, err := look(ctx, f, passes[0])
	if err != nil {
		return Layout{}, err
	}
	if s.bytes == 0 {
		return Layout{}, emptyError(f)
	}
	name, err := encodingOf(f, s, o.Encoding)
	if err != nil {
		return Layout{}, err
	}
	delimiter, err := delimiterNamed(f, o.Delimiter)
	if err != nil {
		return Layout{}, err
	}
	texts, newline := s.texts(name)
	d := findDialect(texts, newline, delimiter)
	h := findHead(sampleRows(texts[:1], d), sampleRows(texts[1:], d), o.Header)
	if len(h.columns) == 0 {
		return Layout{}, emptyError(f)
	}
	l := Layout{
		Format: "CSV", Encoding: name,
		Delimiter: charName(d.delimiter), Quote: charName(d.quote), Escape: charName(d.escape), Newline: charName(d.newline),
		Preamble: h.preamble, Header: h.header, Columns: h.columns,
		Between: []string{",", ";", "\t", "|", ":", " "},
	}
	return l, l.count(readCSV(ctx, f, l, passes[1]))
}

// portions are the progress of n passes over a file of this size.
func portions(size int64, n int, progress func(bytes int64)) []func(bytes int64) {
	all := make([]func(bytes int64), n)
	if progress == nil {
		return all
	}
	for i := range all {
		all[i] = func(bytes int64) { progress((int64(i)*size + bytes) / int64(n)) }
	}
	return all
}

func emptyError(f File) *Error {
	return &Error{
		File: f.Name,
		Want: "hold a table of text",
		Got:  "it is empty",
		Way:  "check that it was saved completely, or choose another file",
	}
}

// delimiterNames are delimiters as scripts and people call them.
var delimiterNames = map[string]string{
	"tab": "\t", `\t`: "\t", "comma": ",", "semicolon": ";", "pipe": "|", "space": " ", "colon": ":",
}

// delimiterNamed gives the character of a user's delimiter, 0 for "".
func delimiterNamed(f File, name string) (byte, error) {
	if char, ok := delimiterNames[strings.ToLower(name)]; ok {
		name = char
	}
	switch {
	case name == "":
		return 0, nil
	case len(name) > 1, name[0] >= utf8.RuneSelf, strings.ContainsAny(name, "\"\r\n\x00"):
		return 0, &Error{
			File: f.Name,
			Want: fmt.Sprintf("be divided by %q", name),
			Got:  "a delimiter is a single character of ASCII that is no quote and no line end",
			Way:  "use a character such as , ; | or one of the names tab, comma, semicolon, pipe, space, or leave it to be found",
		}
	}
	return name[0], nil
}

// charName is a character of a dialect as a Layout has it, "" for none.
func charName(c byte) string {
	if c == 0 {
		return ""
	}
	return string(rune(c))
}

// dialectOf is the dialect that a Layout tells.
func dialectOf(l Layout) dialect {
	char := func(name string) byte {
		if name == "" {
			return 0
		}
		return name[0]
	}
	d := dialect{delimiter: char(l.Delimiter), quote: char(l.Quote), escape: char(l.Escape), newline: '\n'}
	if l.Newline == "\r" {
		d.newline = '\r'
	}
	return d
}

// skipped is the number of rows before the first of data.
func (l Layout) skipped() int {
	if l.Header && !l.Named {
		return l.Preamble + 1
	}
	return l.Preamble
}

// sampleRows splits sample texts into rows.
func sampleRows(texts [][]byte, d dialect) [][]string {
	const most = 1000 // rows of one text
	var all [][]string
	for _, text := range texts {
		r := splitText(text, d)
		for n := 0; n < most && r.next(); n++ {
			all = append(all, r.values(0))
		}
	}
	return all
}

// count fills in what only a look at every record shows.
func (l *Layout) count(records iter.Seq2[Record, error]) error {
	distinct := newCounters(len(l.Columns))
	for rec, err := range records {
		if err != nil {
			return err
		}
		l.Rows = rec.Row
		row := rec.Values[:len(l.Columns)]
		for i, v := range row {
			distinct[i].add(v)
		}
		if len(l.Sample) < SampleRows {
			sample := make([]string, len(row))
			for i, v := range row {
				sample[i] = cutText(v)
			}
			l.Sample = append(l.Sample, sample)
		}
	}
	l.Distinct = make([]int, len(l.Columns))
	for i := range l.Distinct {
		l.Distinct[i] = distinct[i].value()
	}
	return nil
}

// counter counts different values by their hashes, up to a bound.
type counter struct {
	seed maphash.Seed
	seen map[uint64]struct{}
	most int
}

// newCounters shares a bounded memory among the columns of a wide table.
func newCounters(columns int) []counter {
	const all = 1 << 20
	seed := maphash.MakeSeed()
	counters := make([]counter, columns)
	for i := range counters {
		counters[i] = counter{seed: seed, seen: map[uint64]struct{}{}, most: min(MaxDistinct, 1+all/columns)}
	}
	return counters
}

func (c *counter) add(v string) {
	if v != "" && len(c.seen) < c.most {
		c.seen[maphash.String(c.seed, v)] = struct{}{}
	}
}

func (c *counter) value() int {
	if len(c.seen) == c.most {
		return MaxDistinct
	}
	return len(c.seen)
}

// readCSV gives the records of delimited text.
func readCSV(ctx context.Context, f File, l Layout, progress func(bytes int64)) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		text, err := f.textOf(ctx, l.Encoding, progress)
		if err != nil {
			yield(Record{}, err)
			return
		}
		defer text.Close()
		r := newRows(text, dialectOf(l), len(l.Columns))
		for row := 1 - l.skipped(); r.next(); row++ {
			if row < 1 {
				continue
			}
			if err := ctx.Err(); err != nil {
				yield(Record{}, err)
				return
			}
			if !yield(r.record(row, l), nil) {
				return
			}
		}
		if err := r.err(); err != nil {
			yield(Record{}, err)
		}
	}
}

// record makes a record of the row that was found, repaired where it does not
// fit.
func (r *rows) record(row int, l Layout) Record {
	rec := Record{Row: row, Values: r.values(len(l.Columns))}
	broken := repairText(rec.Values, r.text, l.Encoding)
	if reason, fix := r.misfit(rec.Values, len(l.Columns)); reason != "" {
		rec.Problem = &Problem{Row: row, Reason: reason, Fix: fix}
	} else if broken {
		rec.Problem = undecodable(row, l.Encoding)
	}
	return rec
}

func undecodable(row int, encoding string) *Problem {
	return &Problem{
		Row:    row,
		Reason: "it holds characters that are not " + encoding,
		Fix:    "write them again where the mark " + replacement + " stands now, or import the file with another encoding",
	}
}

// mend replaces what is not UTF-8 in the values, and gives the problem of a
// record where it had to, a decoder had to before, or there are more values than
// columns. A row that is longer than others is no problem if the rest is empty.
func (rec *Record) mend(l Layout) {
	broken := false
	for i, v := range rec.Values {
		if valid := strings.ToValidUTF8(v, replacement); valid != v {
			rec.Values[i], broken = valid, true
		}
		broken = broken || l.Encoding != encodingUTF8 && strings.Contains(v, replacement)
	}
	if rec.Problem != nil {
		return
	}
	if broken {
		rec.Problem = undecodable(rec.Row, l.Encoding)
	} else if reason, fix := surplus(rec.Values, len(l.Columns)); reason != "" {
		rec.Problem = &Problem{Row: rec.Row, Reason: reason, Fix: fix}
	}
}

// replacement stands for what cannot be decoded.
const replacement = string(utf8.RuneError)

// repairText replaces what is not UTF-8 in the values, which are parts of the
// text. It says whether anything was replaced, here or by the decoder of
// another encoding.
func repairText(values []string, text []byte, encoding string) bool {
	if utf8.Valid(text) {
		return encoding != encodingUTF8 && bytes.Contains(text, []byte(replacement))
	}
	for i, v := range values {
		values[i] = strings.ToValidUTF8(v, replacement)
	}
	return true
}

// misfit says why the row that was found is no row of the table, or "".
func (r *rows) misfit(values []string, columns int) (reason, fix string) {
	found := len(r.cells)
	switch {
	case r.flaw == unclosed:
		return "a quote opens and never closes", "close it, or take it away; it was read as an ordinary character"
	case r.flaw == tooLarge:
		return fmt.Sprintf("it is larger than %d MB", r.limit>>20), "divide its text into several rows; only the beginning was read"
	case found < columns:
		return fmt.Sprintf("it has %s where the table has %s", plural(found, "value"), plural(columns, "column")), "add what is missing; the last columns were left empty"
	}
	if reason, fix = surplus(values, columns); reason != "" {
		fix = "put quotes around a value that holds the delimiter; what is too much was left out"
	}
	return reason, fix
}

// surplus says that values stand beyond the last column, or "".
func surplus(values []string, columns int) (reason, fix string) {
	if !slices.ContainsFunc(values[columns:], func(v string) bool { return v != "" }) {
		return "", ""
	}
	return fmt.Sprintf("it has %s where the table has %s", plural(len(values), "value"), plural(columns, "column")), "give them a column of their own; what is too much was left out"
}

func plural(n int, noun string) string {
	return dataset.Counted(n, noun, noun+"s")
}
