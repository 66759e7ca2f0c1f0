package format

import (
	"encoding/json"
	"slices"
	"strings"
)

// separators stand between joined labels, those first that labels themselves hold
// least often.
var separators = []string{"|", ";", ",", "\n", "/"}

// severals reads the labels of a row that may have any number of them.
type severals struct {
	label     int // the column, -1 for none
	separator string
	marks     []int // columns that mark a label each, where there is no column of labels
	names     []string
}

// severalIn finds how a file writes several labels a row: as a list, joined by a
// character, or as a column for each with 0 and 1 in it.
func severalIn(l Layout, r Roles, label int) severals {
	s := severals{label: label}
	if label >= 0 {
		s.separator, _ = joinedBy(sampled(l, label))
		return s
	}
	for i, name := range l.Columns {
		if !slices.Contains([]string{r.Text, r.Pair, r.Target, r.Split, r.Spans}, name) && marksOnly(sampled(l, i)) {
			s.marks, s.names = append(s.marks, i), append(s.names, name)
		}
	}
	return s
}

// read gives the labels of a row, each once; nil says that none were given.
func (s severals) read(value func(column int) string) []string {
	if s.label >= 0 {
		return s.split(value(s.label))
	}
	var labels []string
	for i, column := range s.marks {
		if marked[strings.ToLower(strings.TrimSpace(value(column)))] {
			labels = append(labels, s.names[i])
		} else if labels == nil {
			labels = []string{}
		}
	}
	return labels
}

func (s severals) split(value string) []string {
	pieces, isList := listed(value)
	if !isList {
		pieces = []string{value}
		if s.separator != "" {
			pieces = strings.Split(value, s.separator)
		}
	}
	var labels []string
	if isList {
		labels = []string{}
	}
	for _, piece := range pieces {
		if piece = strings.TrimSpace(piece); piece != "" && !slices.Contains(labels, piece) {
			labels = append(labels, piece)
		}
	}
	return labels
}

// listed reads a JSON list of texts or numbers, or a list as Python prints it.
func listed(value string) (pieces []string, ok bool) {
	value = strings.TrimSpace(value)
	if !strings.HasPrefix(value, "[") || !strings.HasSuffix(value, "]") {
		return nil, false
	}
	var items []any
	if json.Unmarshal([]byte(value), &items) != nil && json.Unmarshal([]byte(strings.ReplaceAll(value, "'", `"`)), &items) != nil {
		return nil, false
	}
	for _, item := range items {
		switch item := item.(type) {
		case string:
			pieces = append(pieces, item)
		default:
			text, err := json.Marshal(item)
			if err != nil {
				return nil, false
			}
			pieces = append(pieces, string(text))
		}
	}
	return pieces, true
}

// joinedBy finds the character between joined labels: one whose pieces come back in
// other values, so that it does not cut single labels. several says whether any value
// holds more than one label.
func joinedBy(values []string) (separator string, several bool) {
	for _, v := range values {
		if pieces, ok := listed(v); ok && len(pieces) > 1 {
			several = true
		}
	}
	if several {
		return "", true
	}
	for _, by := range separators {
		if joins(by, values) {
			return by, true
		}
	}
	return "", false
}

// joins says whether at least half of the values that hold the separator are cut by it into
// pieces that all stand in two rows or more, and one of them in another value too:
// "Sci/Tech" in many rows is one label.
func joins(by string, values []string) bool {
	type standing struct {
		rows   int
		values map[string]bool
	}
	pieces, in := map[string]standing{}, 0
	cut := func(value string) []string {
		all := strings.Split(value, by)
		for i := range all {
			all[i] = strings.TrimSpace(all[i])
		}
		return all
	}
	for _, v := range values {
		all := cut(v)
		if len(all) > 1 {
			in++
		}
		for _, piece := range all {
			s := pieces[piece]
			if s.values == nil {
				s.values = map[string]bool{}
			}
			s.rows++
			s.values[v] = true
			pieces[piece] = s
		}
	}
	back := 0
	for _, v := range values {
		all := cut(v)
		rare := slices.ContainsFunc(all, func(piece string) bool { return pieces[piece].rows < 2 })
		shared := slices.ContainsFunc(all, func(piece string) bool { return len(pieces[piece].values) > 1 })
		if len(all) > 1 && !rare && shared {
			back++
		}
	}
	return in > 0 && 2*back >= in
}

// Several says whether the column of labels, or the other columns where each marks a
// label, hold several labels a row.
func (l Layout) Several(r Roles) bool {
	r = l.Unmarked(r)
	at, _ := columnNamed(l.Columns, r.Label)
	if at < 0 {
		return len(severalIn(l, r, -1).marks) > 1
	}
	_, several := joinedBy(sampled(l, at))
	return several
}

// Unmarked gives the roles without a column of labels where that is only one of several
// that each mark a label.
func (l Layout) Unmarked(r Roles) Roles {
	at, _ := columnNamed(l.Columns, r.Label)
	if at < 0 || !marksOnly(sampled(l, at)) {
		return r
	}
	without := r
	without.Label = ""
	if len(severalIn(l, without, -1).marks) < 2 {
		return r
	}
	return without
}

// marked are the values that say that a row has a column's label; the others of marks
// say that it has not.
var (
	marked = map[string]bool{"1": true, "1.0": true, "true": true, "yes": true, "x": true}
	marks  = []string{"", "0", "1", "0.0", "1.0", "true", "false", "yes", "no", "x"}
)

// marksOnly says whether values only mark something, and at least one of them does.
func marksOnly(values []string) bool {
	for _, v := range values {
		if !slices.Contains(marks, strings.ToLower(v)) {
			return false
		}
	}
	return len(values) > 0
}

// sampled gives the sample of a column without its empty values.
func sampled(l Layout, column int) (values []string) {
	for _, row := range l.Sample {
		if v := strings.TrimSpace(row[column]); v != "" {
			values = append(values, v)
		}
	}
	return values
}
