package format

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// head is the beginning of a table.
type head struct {
	preamble int      // rows before the table
	header   bool     // its first row names the columns
	columns  []string // names, all different, none empty
}

// findHead looks at sample rows: the first of a file, and others from further
// on. wanted is the user's word on whether there is a header, or nil.
func findHead(first, others [][]string, wanted *bool) head {
	all := slices.Concat(first, others)
	width := usualWidth(all)
	h := head{preamble: preambleOf(first, width)}
	if len(first) == 0 {
		return h
	}
	first = first[h.preamble:]
	h.header = isHeader(first[0], slices.Concat(first[1:], others))
	if wanted != nil {
		h.header = *wanted
	}
	var names []string
	if h.header {
		names = trimEmpty(first[0], width)
	}
	h.columns = columnNames(names, max(width, len(names)))
	return h
}

// usualWidth is the number of values that most rows have; of equals, that of
// the first row.
func usualWidth(rows [][]string) int {
	widths := map[int]int{}
	for _, r := range rows {
		widths[len(r)]++
	}
	width := mostCommon(widths)
	if len(rows) > 0 && widths[len(rows[0])] == widths[width] {
		return len(rows[0])
	}
	return width
}

// mostCommon is the width that is counted most often; of equals, the largest.
func mostCommon(widths map[int]int) int {
	width := 0
	for w, n := range widths {
		if m := widths[width]; n > m || n == m && w > width {
			width = w
		}
	}
	return width
}

// preambleOf counts the titles, comments and the like above a table: rows at
// the top with a single value where the table has more. There is no table
// below too many of them.
func preambleOf(rows [][]string, width int) int {
	const most = 40
	for i, row := range rows {
		switch {
		case i > most:
			return 0
		case i == 0 && row[0] == separatorMark:
		case !isTitle(row, width) && !(width == 2 && isTitleOfTwo(rows[i:])):
			return i
		}
	}
	return 0
}

// isTitle says that a row holds at most one value where a table of the width
// has more, and this is not the name of a column.
func isTitle(row []string, width int) bool {
	value, filled := "", 0
	for _, v := range row {
		if v != "" {
			value = v
			filled++
		}
	}
	return (len(row) == 1 && width > 1 || filled <= 1 && width > 2) && !isKnownColumn(value)
}

// isTitleOfTwo says that the first of these rows is above a table of two columns, where a
// row may well lack a value: it is blank, or has one value and a blank row below.
func isTitleOfTwo(rows [][]string) bool {
	return isBlank(rows[0]) || len(rows) > 1 && isBlank(rows[1]) && isTitle(rows[0], len(rows[0])+1)
}

// trimEmpty drops empty values at the end that go beyond the width.
func trimEmpty(values []string, width int) []string {
	n := len(values)
	for n > width && strings.TrimSpace(values[n-1]) == "" {
		n--
	}
	return values[:n]
}

// columnNames makes of a header the names of columns: trimmed, "column 3" for
// an empty or missing one, and a number after one that was there before.
func columnNames(header []string, width int) []string {
	names := make([]string, width)
	times := map[string]int{} // that a name was given
	for i := range names {
		name := fmt.Sprintf("column %d", i+1)
		if i < len(header) && strings.TrimSpace(header[i]) != "" {
			name = cutText(strings.Join(strings.Fields(header[i]), " "))
		}
		unique := name
		for times[unique] > 0 {
			times[name]++
			unique = fmt.Sprintf("%s %d", name, times[name])
		}
		times[unique]++
		names[i] = unique
	}
	return names
}

// cutText shortens a value for a sample to about SampleBytes.
func cutText(v string) string { return cutTo(v, SampleBytes) }

// cutTo shortens a text to about n bytes.
func cutTo(v string, n int) string {
	if len(v) <= n {
		return strings.Clone(v)
	}
	for n > 0 && !utf8.RuneStart(v[n]) {
		n--
	}
	return v[:n] + "…"
}

// isHeader weighs, column by column, whether the first row names what the
// other rows hold: it does if it is unlike them. A row that is alone is a
// header if it could be one.
func isHeader(first []string, others [][]string) bool {
	if len(others) == 0 {
		return !slices.ContainsFunc(first, func(v string) bool {
			const longName = 60 // characters
			return strings.TrimSpace(v) == "" || isFigure(v) || utf8.RuneCountInString(v) > longName
		})
	}
	votes := 0.0
	for i, name := range first {
		var values []string
		for _, row := range others {
			if i < len(row) && strings.TrimSpace(row[i]) != "" {
				values = append(values, strings.TrimSpace(row[i]))
			}
		}
		votes += namesColumn(strings.TrimSpace(name), values)
	}
	return votes > 0
}

// namesColumn is positive if the name is probably the header of a column of
// the values, and negative if it is probably a value itself.
func namesColumn(name string, values []string) float64 {
	if name == "" {
		return 0
	}
	if slices.Contains(values, name) {
		return -1
	}
	if isKnownColumn(name) {
		return 2
	}
	if len(values) == 0 {
		return 0
	}
	for _, is := range []func(string) bool{isNumber, isFigure} {
		if mostly(values, is) {
			if is(name) {
				return -1
			}
			return 1
		}
	}
	characters, distinct := 0, map[string]bool{}
	for _, v := range values {
		characters += utf8.RuneCountInString(v)
		distinct[v] = true
	}
	switch {
	case len(values) >= 10 && 5*len(distinct) <= len(values):
		return 1 // a few classes, and this is none of them
	case isFigure(name):
		return 0
	case 3*utf8.RuneCountInString(name)*len(values) < characters:
		return 0.3 // much shorter than the rest
	}
	return -0.2
}

func mostly(values []string, is func(string) bool) bool {
	n := 0
	for _, v := range values {
		if is(v) {
			n++
		}
	}
	return 10*n >= 9*len(values)
}

func isKnownColumn(name string) bool {
	for _, names := range [][]string{textColumns, labelColumns, targetColumns, pairColumns, splitColumns, otherColumns} {
		if nameFits(name, names) == 1 {
			return true
		}
	}
	return false
}

// isFigure tells numbers, dates, times and amounts: digits and no words.
func isFigure(v string) bool {
	return isNumber(v) || strings.ContainsAny(v, "0123456789") && !strings.ContainsFunc(v, unicode.IsLetter)
}
