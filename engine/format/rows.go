package format

import (
	"bytes"
	"io"
	"strings"
)

// dialect is how values and rows are told apart in delimited text.
type dialect struct {
	delimiter byte // 0 for a single column
	quote     byte // 0 if quotes are ordinary characters
	escape    byte // 0 if there is none; doubled quotes work anyway
	newline   byte // '\n', before which a '\r' is dropped, or '\r'
}

// flaw is what was wrong with the quotes or the size of a row.
type flaw int

const (
	sound    flaw = iota
	unclosed      // a quote opens and never closes: it is read as an ordinary character
	tooLarge      // the row is cut at maxRowBytes
)

// rows splits UTF-8 text into rows of values, after RFC 4180 and after what
// files do besides: unclosed and stray quotes, blanks around quotes, escaped
// quotes, blank lines (skipped), rows without end. It holds one row in memory.
//
// A quote that never closes must not swallow the rows after it. So a quoted
// value of several lines is given up, and its row ends with its first line, if
// the text ends before the closing quote, if another value opens before it, or
// if what it holds looks line by line like rows.
type rows struct {
	dialect
	stretch
	columns int // that rows are expected to have, 0 if not known

	text   []byte // the row that next found, a part of buf
	cells  []cell // its values
	flaw   flaw
	cutIn  bool // the row was cut inside quotes
	quotes quotes

	// Before this offset of the text no quote closes on a later line, as a
	// search has shown. It keeps the work linear in the size of the text.
	sameLine int64
}

// cell is the place of a value in the text of its row.
type cell struct {
	from, to int
	doubled  bool // it holds quotes that are doubled or escaped
}

// quotes counts how the quotes of a text turn out.
type quotes struct {
	values int // that are quoted, and closed
	needed int // of them, those that hold a delimiter, a line end or a quote
	astray int // quotes inside a quoted value that neither close it nor are doubled
	open   int // quotes that never close
}

func newRows(source io.Reader, d dialect, columns int) *rows {
	return &rows{dialect: d, columns: columns, stretch: newStretch(source)}
}

// next finds the next row. It is false at the end, for which err gives the
// reason.
func (r *rows) next() bool {
	r.skipCut()
	for {
		line, whole := r.line()
		if !whole && (len(line) == 0 || r.err() != nil) {
			return false
		}
		if r.base+int64(r.from) == 0 {
			unmarked := bytes.TrimPrefix(line, []byte("\ufeff"))
			r.from += len(line) - len(unmarked)
			line = unmarked
		}
		switch {
		case r.blank(line):
			r.from = min(r.from+len(line)+1, r.to)
			continue
		case r.quote == 0 || bytes.IndexByte(line, r.quote) < 0:
			r.plain(line, whole)
		default:
			r.quoted()
		}
		return r.err() == nil || r.from < r.to
	}
}

// values gives the row's values, and room for more up to width. They share the
// memory of one string.
func (r *rows) values(width int) []string {
	values := make([]string, max(width, len(r.cells)))
	text := string(r.text)
	for i, c := range r.cells {
		values[i] = text[c.from:c.to]
		if c.doubled {
			values[i] = r.unquote(values[i])
		}
	}
	return values
}

// unquote makes a quote of every doubled or escaped one.
func (d dialect) unquote(v string) string {
	var plain strings.Builder
	plain.Grow(len(v))
	from := 0
	for i := 0; i+1 < len(v); i++ {
		if v[i] == d.quote && v[i+1] == d.quote || d.escapes(v[i], v[i+1]) {
			plain.WriteString(v[from:i])
			i++
			from = i
		}
	}
	plain.WriteString(v[from:])
	return plain.String()
}

// escapes says that the escape takes away the meaning of the next character.
func (d dialect) escapes(c, next byte) bool {
	return c == d.escape && c != 0 && (next == d.quote || next == d.escape)
}

// line gives the unread text up to the next line end. Without one, it is not
// whole: it is all that is left, or as much as a row may have.
func (r *rows) line() (line []byte, whole bool) {
	searched := 0
	for {
		unread := r.buf[r.from:r.to]
		if i := bytes.IndexByte(unread[searched:], r.newline); i >= 0 {
			return unread[:searched+i], true
		}
		searched = len(unread)
		if !r.fill() {
			return unread, false
		}
	}
}

// blank says that a line holds nothing, not even delimiters.
func (r *rows) blank(line []byte) bool {
	for _, b := range line {
		if b > ' ' || b == r.delimiter && b != ' ' || b != ' ' && b != '\t' && b != '\r' {
			return false
		}
	}
	return true
}

// plain splits a line without quotes.
func (r *rows) plain(line []byte, whole bool) {
	r.flaw = sound
	r.from = min(r.from+len(line)+1, r.to)
	if !whole && r.ended == nil {
		r.flaw = tooLarge
		line = line[:len(line)-unfinished(line)]
	}
	if r.newline == '\n' {
		line = bytes.TrimSuffix(line, []byte("\r"))
	}
	r.text, r.cells = line, r.cells[:0]
	at := 0
	for r.delimiter != 0 {
		i := bytes.IndexByte(line[at:], r.delimiter)
		if i < 0 {
			break
		}
		r.cells = append(r.cells, cell{from: at, to: at + i})
		at += i + 1
	}
	r.cells = append(r.cells, cell{from: at, to: len(line)})
}

// quoted splits a row that has quotes, from its beginning again whenever it
// does not end in what is read.
func (r *rows) quoted() {
	counted := r.quotes
	for {
		final := r.ended != nil || r.to-r.from >= r.limit
		unread := r.buf[r.from:r.to]
		if used, ok := r.split(unread, final); ok {
			r.text = unread[:used]
			r.from += used
			return
		}
		r.quotes = counted
		r.fill()
	}
}

// split finds the values of the row at the beginning of b and gives the bytes
// used. It is not ok if the row may go on behind b, which it does not do if b
// is final.
func (r *rows) split(b []byte, final bool) (used int, ok bool) {
	r.cells, r.flaw = r.cells[:0], sound
	at := 0
	for {
		c, stop, ok := r.value(b, at, final)
		if !ok {
			return 0, false
		}
		r.cells = append(r.cells, c)
		if stop < len(b) && b[stop] == r.delimiter && r.delimiter != 0 {
			at = stop + 1
			continue
		}
		return min(stop+1, len(b)), true
	}
}

// value finds the value at b[at:] and the place of the delimiter or line end
// that stops it, or the end of b.
func (r *rows) value(b []byte, at int, final bool) (c cell, stop int, ok bool) {
	open := r.pastBlanks(b, at)
	if open < len(b) && b[open] == r.quote {
		c, stop, end := r.quotedValue(b, open+1, final)
		switch end {
		case closed:
			return c, stop, true
		case unknown:
			return cell{}, 0, false
		}
		r.quotes.open++
		r.flaw = unclosed
		r.sameLine = max(r.sameLine, r.base+int64(r.from+stop))
	}
	stop = r.lineStop(b, at)
	if stop == len(b) && !final {
		return cell{}, 0, false
	}
	c = cell{from: at, to: stop}
	if stop == len(b) && r.ended == nil {
		r.flaw = tooLarge
		c.to -= unfinished(b[at:stop])
	}
	if r.newline == '\n' && (stop == len(b) || b[stop] == '\n') && c.to > at && b[c.to-1] == '\r' {
		c.to--
	}
	return c, stop, true
}

// lineStop is the place of the next delimiter or line end, quotes or not.
func (r *rows) lineStop(b []byte, at int) int {
	for i := at; i < len(b); i++ {
		if c := b[i]; c == r.newline || c == r.delimiter && c != 0 {
			return i
		}
	}
	return len(b)
}

// ending is how a quoted value ends.
type ending int

const (
	closed  ending = iota
	never          // it does not
	unknown        // it may, in what is not read yet
)

// quotedValue finds the end of the value behind the opening quote before
// b[at]. stop is the place of what stops a closed value, or how far the search
// went for one that never closes.
func (r *rows) quotedValue(b []byte, at int, final bool) (c cell, stop int, end ending) {
	c.from = at
	lines := false
	onlyThisLine := r.base+int64(r.from+at) < r.sameLine
	for {
		q := r.nextQuote(b, at)
		if bytes.IndexByte(b[at:q], r.newline) >= 0 {
			if onlyThisLine {
				return c, at, never
			}
			lines = true
		}
		c.to = q
		stop = r.pastBlanks(b, q+1)
		undecided := stop+1 >= len(b) && !final // a line end of two bytes is the longest to look for
		switch {
		case q == len(b) && final && r.ended == nil && !(lines && r.holdsRows(b[c.from:q])):
			c.to -= unfinished(b[at:q])
			r.flaw, r.cutIn = tooLarge, true
			return c, q, closed
		case q == len(b) && final:
			return c, q, never
		case undecided:
			return c, 0, unknown
		case q+1 < len(b) && (b[q+1] == r.quote && b[q] == r.quote || r.escapes(b[q], b[q+1])):
			c.doubled = true
			at = q + 2
		case b[q] != r.quote: // an escape that escapes nothing
			at = q + 1
		case r.stops(b, stop):
			value := b[c.from:q]
			if lines && r.swallows(value) {
				return c, q, never
			}
			r.count(c.doubled || lines || bytes.IndexByte(value, r.delimiter) >= 0)
			if stop < len(b) && b[stop] == '\r' && r.newline == '\n' {
				stop++
			}
			return c, stop, closed
		case lines && r.opens(b, q):
			return c, q, never
		default:
			r.quotes.astray++
			at = q + 1
		}
	}
}

func (r *rows) count(needed bool) {
	r.quotes.values++
	if needed {
		r.quotes.needed++
	}
}

// nextQuote is the place of the next quote or escape, or the end of b.
func (r *rows) nextQuote(b []byte, at int) int {
	if at >= len(b) {
		return len(b)
	}
	q := bytes.IndexByte(b[at:], r.quote)
	if q < 0 {
		q = len(b) - at
	}
	if r.escape != 0 {
		if e := bytes.IndexByte(b[at:at+q], r.escape); e >= 0 {
			q = e
		}
	}
	return at + q
}

// pastBlanks is the place of the first byte that is no blank.
func (r *rows) pastBlanks(b []byte, at int) int {
	for r.delimiter != ' ' && at < len(b) && b[at] == ' ' {
		at++
	}
	return min(at, len(b))
}

// stops says that a value may stop at b[at].
func (r *rows) stops(b []byte, at int) bool {
	if at == len(b) {
		return true
	}
	switch c := b[at]; c {
	case r.newline:
		return true
	case '\r': // the first half of a line end
		return at+1 == len(b) || b[at+1] == r.newline
	case 0:
		return false
	default:
		return c == r.delimiter
	}
}

// opens says that the quote at b[q] stands where a value begins.
func (r *rows) opens(b []byte, q int) bool {
	for q--; q > 0 && b[q] == ' ' && r.delimiter != ' '; q-- {
	}
	return q >= 0 && (b[q] == r.newline || b[q] == r.delimiter && r.delimiter != 0)
}

// swallows says that a closed value of several lines is a run of rows between
// two quotes of different values: too many lines for chance all have the
// delimiters of a row.
func (r *rows) swallows(value []byte) bool {
	const chance = 10
	if r.columns < 2 || bytes.Count(value, []byte{r.newline}) <= chance {
		return false
	}
	alike, all := r.rowLike(value)
	return alike == all
}

// holdsRows says that the beginning of a value without end is mostly rows.
func (r *rows) holdsRows(value []byte) bool {
	alike, all := r.rowLike(value[:min(len(value), chunkBytes)])
	return r.columns > 1 && 2*alike > all
}

// rowLike counts the lines between the first and the last that have as many
// delimiters as a row.
func (r *rows) rowLike(value []byte) (alike, all int) {
	_, value, _ = bytes.Cut(value, []byte{r.newline})
	for {
		line, rest, more := bytes.Cut(value, []byte{r.newline})
		if !more {
			return alike, all
		}
		all++
		if bytes.Count(line, []byte{r.delimiter}) == r.columns-1 {
			alike++
		}
		value = rest
	}
}

// skipCut passes over the rest of a row that was cut.
func (r *rows) skipCut() {
	if r.flaw != tooLarge {
		return
	}
	if r.cutIn {
		r.skipQuoted()
	}
	for {
		i := bytes.IndexByte(r.buf[r.from:r.to], r.newline)
		if i >= 0 {
			r.from += i + 1
			break
		}
		r.from = r.to
		if !r.fill() {
			break
		}
	}
	r.flaw, r.cutIn = sound, false
}

// skipQuoted passes over the rest of a quoted value and its closing quote.
func (r *rows) skipQuoted() {
	for {
		b := r.buf[r.from:r.to]
		q := r.nextQuote(b, 0)
		r.from += q
		stop := r.pastBlanks(b, q+1)
		switch {
		case stop+1 >= len(b) && r.fill():
		case q == len(b):
			return
		case b[q] != r.quote, q+1 < len(b) && b[q+1] == r.quote: // an escape, a doubled quote
			r.from = min(r.from+2, r.to)
		default:
			r.from++
			if r.stops(b, stop) {
				return
			}
		}
	}
}
