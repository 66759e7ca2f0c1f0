package projects

import (
	"bufio"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"attune/engine/dataset"
	"attune/engine/format"
)

// written is an answer as a file has it: the label, the labels, the places, or the text,
// and how sure the model is.
type written struct {
	Predicted any // string, []string or []place
	Score     any // float64, []float64, or nil where the model does not say
}

// place is a part of a text that was found.
type place struct {
	dataset.Span
	Text string `json:"text"`
}

// writing gives an answer to a text as a file has it. Where it does not say how sure it is
// of all its places, it is as sure as of the least sure.
func (p *Predictor) writing(text string, a dataset.Answer) *written {
	switch labels, several := p.Apply(a); {
	case several:
		names, scores := []string{}, []float64{}
		for _, l := range labels {
			names, scores = append(names, l.Label), append(scores, l.Score)
		}
		return &written{names, scores}
	case len(labels) > 0:
		return &written{labels[0].Label, labels[0].Score}
	case len(a.Texts) > 0:
		return &written{a.Text, a.Texts[0].Score}
	case a.Text != "" && len(a.Spans) > 0:
		return &written{a.Text, a.Spans[0].Score}
	case a.Text != "" || a.Spans == nil:
		return &written{Predicted: a.Text}
	}
	places := make([]place, len(a.Spans))
	for i, x := range a.Spans {
		places[i] = place{x, text[x.Start:x.End]}
	}
	if a.Sure > 0 {
		return &written{places, a.Sure}
	}
	if len(places) == 0 {
		return &written{Predicted: places}
	}
	least := slices.MinFunc(a.Spans, func(x, y dataset.Span) int { return cmp.Compare(x.Score, y.Score) })
	return &written{places, least.Score}
}

// rowWriter writes rows with their answers.
type rowWriter interface {
	write(answeredRow) error
	flush() error
}

// answersIn gives what writes into a file of this name.
func answersIn(path string) (func(*os.File, format.Layout) rowWriter, error) {
	switch ending := strings.ToLower(filepath.Ext(path)); ending {
	case ".jsonl", ".ndjson":
		return newLineWriter, nil
	case ".tsv":
		return func(f *os.File, l format.Layout) rowWriter { return newTableWriter(f, l, '\t') }, nil
	case ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".parquet", ".arrow", ".json", ".zip", ".gz":
		return nil, &Error{Got: "answers are not written as " + ending, Way: "choose a name that ends in .csv, .tsv or .jsonl; spreadsheets open the first two"}
	}
	return func(f *os.File, l format.Layout) rowWriter {
		if r, n := utf8.DecodeRuneInString(l.Delimiter); n > 0 && n == len(l.Delimiter) { // not "line"
			return newTableWriter(f, l, r)
		}
		return newTableWriter(f, l, ',')
	}, nil
}

// apart fails where the answers would take the place of the rows that are asked.
func apart(in, out string) error {
	from, err := os.Stat(in)
	if err != nil {
		return nil // a table in an archive
	}
	if to, err := os.Stat(out); err == nil && os.SameFile(from, to) {
		return &Error{Got: "the answers would take the place of " + in, Way: "choose another name for them"}
	}
	return nil
}

// tableWriter writes a table with two more columns.
type tableWriter struct {
	csv     *csv.Writer
	columns []string
	header  bool
}

func newTableWriter(f *os.File, l format.Layout, delimiter rune) rowWriter {
	w := &tableWriter{csv: csv.NewWriter(f), columns: l.Columns, header: l.Header}
	w.csv.Comma = delimiter
	return w
}

func (w *tableWriter) write(r answeredRow) error {
	if w.header {
		w.header = false
		if err := w.csv.Write(append(slices.Clone(w.columns), fresh("predicted", w.columns), fresh("score", w.columns))); err != nil {
			return err
		}
	}
	values := slices.Clone(r.record.Values)
	for len(values) < len(w.columns) {
		values = append(values, "")
	}
	answer, score, err := r.answer.cells()
	if err != nil {
		return err
	}
	return w.csv.Write(append(values, answer, score))
}

// cells gives an answer as it stands in a table.
func (a *written) cells() (words, score string, err error) {
	if a == nil {
		return "", "", nil
	}
	number := func(score float64) string { return strconv.FormatFloat(score, 'f', 4, 64) }
	switch of := a.Score.(type) {
	case float64:
		score = number(of)
	case []float64:
		all := make([]string, len(of))
		for i, x := range of {
			all[i] = number(x)
		}
		score = strings.Join(all, "; ")
	}
	switch answer := a.Predicted.(type) {
	case string:
		return answer, score, nil
	case []string:
		cuts := func(label string) bool { return strings.ContainsAny(label, ";|") || strings.HasPrefix(label, "[") }
		if len(answer) > 0 && !slices.ContainsFunc(answer, cuts) {
			return strings.Join(answer, "; "), score, nil
		}
	}
	list, err := json.Marshal(a.Predicted)
	return string(list), score, err
}

func (w *tableWriter) flush() error {
	w.csv.Flush()
	return w.csv.Error()
}

// lineWriter writes an object a line, with the columns in their order.
type lineWriter struct {
	to      *bufio.Writer
	columns []string
}

func newLineWriter(f *os.File, l format.Layout) rowWriter {
	return &lineWriter{to: bufio.NewWriter(f), columns: l.Columns}
}

func (w *lineWriter) write(r answeredRow) error {
	between := byte('{')
	member := func(name string, value any) error {
		line := &strings.Builder{}
		encoder := json.NewEncoder(line)
		encoder.SetEscapeHTML(false)
		for _, part := range []any{name, value} {
			if err := encoder.Encode(part); err != nil {
				return err
			}
		}
		w.to.WriteByte(between)
		between = ','
		_, err := w.to.WriteString(strings.Replace(strings.TrimSuffix(line.String(), "\n"), "\n", ":", 1))
		return err
	}
	for i, name := range w.columns {
		value := ""
		if i < len(r.record.Values) {
			value = r.record.Values[i]
		}
		if err := member(name, value); err != nil {
			return err
		}
	}
	if r.answer == nil {
		r.answer = new(written)
	}
	if err := member(fresh("predicted", w.columns), r.answer.Predicted); err != nil {
		return err
	}
	if err := member(fresh("score", w.columns), r.answer.Score); err != nil {
		return err
	}
	_, err := w.to.WriteString("}\n")
	return err
}

func (w *lineWriter) flush() error { return w.to.Flush() }

// fresh gives a name that no column has yet.
func fresh(name string, columns []string) string {
	plain := name
	for i := 2; slices.Contains(columns, name); i++ {
		name = fmt.Sprintf("%s %d", plain, i)
	}
	return name
}
