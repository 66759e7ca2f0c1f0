package projects

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strconv"
	"unicode/utf8"

	"attune/engine/dataset"
	"attune/engine/format"
)

// openedRows is a file of rows that are read but not imported.
type openedRows struct {
	table
	ctx  context.Context
	read func(format.Record) (dataset.Example, dataset.Split, *format.Problem)
	told func(int64)
}

// openRows looks at a file whose rows are to be answered or scored.
func (p *Project) openRows(ctx context.Context, file string, o ImportOptions, progress func(Progress)) (*openedRows, error) {
	f, err := format.Open(file)
	if err != nil {
		return nil, err
	}
	learned, err := p.newTask()
	if err != nil {
		return nil, err
	}
	o.Roles.Several = learned.Needs().Several
	meter := newMeter(2*f.Size, progress)
	t, err := look(ctx, f, o, meter.part("Looking at "+f.Name, f.Size))
	if err != nil {
		return nil, err
	}
	t.suit(learned, o.Roles)
	read, err := t.roles.Reader(t.layout)
	if err != nil {
		return nil, err
	}
	return &openedRows{table: t, ctx: ctx, read: read, told: meter.part("Reading "+f.Name, f.Size)}, nil
}

// row is one row of a file with the example made of it, whose text is empty when
// there is nothing to answer.
type row struct {
	record  format.Record
	example dataset.Example
}

func (o *openedRows) rows() iter.Seq2[row, error] {
	return func(yield func(row, error) bool) {
		for record, err := range o.format.Read(o.ctx, o.file, o.layout, o.told) {
			if err != nil {
				yield(row{}, err)
				return
			}
			example, _, _ := o.read(record)
			if !yield(row{record, example}, nil) {
				return
			}
		}
	}
}

// examples gives the rows that have a text.
func (o *openedRows) examples() dataset.Source {
	return func(yield func(dataset.Example, error) bool) {
		for r, err := range o.rows() {
			if err == nil && r.example.Text == "" {
				continue
			}
			if !yield(r.example, err) {
				return
			}
		}
	}
}

// PredictFile answers every row of a table with a run's model, 0 for the best one,
// and writes the table again with the answer and its score behind the other
// columns: all rows, in their order. An answer of places is a JSON list of them, with
// bytes of the row's text. A row without a text gets no answer. The file appears when
// it is whole. It gives the number of rows.
func (p *Project) PredictFile(ctx context.Context, number int, in, out string, o ImportOptions, progress func(Progress)) (int, error) {
	predictor, err := p.Predictor(ctx, number)
	if err != nil {
		return 0, err
	}
	defer predictor.Close()
	return p.PredictFileWith(ctx, predictor, in, out, o, progress)
}

// PredictFileWith is PredictFile with a model that is open.
func (p *Project) PredictFileWith(ctx context.Context, predictor *Predictor, in, out string, o ImportOptions, progress func(Progress)) (int, error) {
	rows, err := p.openRows(ctx, in, o, progress)
	if err != nil {
		return 0, err
	}
	n := 0
	err = writeWhole(out, func(f *os.File) error {
		w := newAnswerWriter(f, rows.layout)
		for r, err := range answered(ctx, predictor, rows) {
			if err != nil {
				return err
			}
			n++
			if err := w.write(r); err != nil {
				return err
			}
		}
		return w.flush()
	})
	return n, err
}

// answeredRow is a row with its answer, whose labels are nil without one.
type answeredRow struct {
	row
	answer dataset.Answer
}

// answered gives every row of a file in order. Rows wait for their answers in a
// queue, which is as long as the predictor's chunk at most.
func answered(ctx context.Context, p *Predictor, rows *openedRows) iter.Seq2[answeredRow, error] {
	return func(yield func(answeredRow, error) bool) {
		var waiting []row
		asked := func(ask func(dataset.Example, error) bool) {
			for r, err := range rows.rows() {
				if err != nil {
					ask(dataset.Example{}, err)
					return
				}
				waiting = append(waiting, r)
				if r.example.Text != "" && !ask(p.cleaner.Example(r.example), nil) {
					return
				}
			}
		}
		pass := func(answer *dataset.Answer) bool { // the next answered row, after those that had no text
			for len(waiting) > 0 {
				r := waiting[0]
				if r.example.Text != "" && answer == nil {
					return true
				}
				waiting = waiting[1:]
				if r.example.Text != "" {
					return yield(answeredRow{r, p.back(r.example.Text, *answer)}, nil)
				}
				if !yield(answeredRow{row: r}, nil) {
					return false
				}
			}
			return true
		}
		for answer, err := range p.model.Stream(ctx, asked) {
			if err != nil {
				yield(answeredRow{}, err)
				return
			}
			if !pass(&answer) {
				return
			}
		}
		pass(nil)
	}
}

// answerWriter writes a table with two more columns, delimited as it was.
type answerWriter struct {
	csv     *csv.Writer
	columns []string
	header  bool
}

func newAnswerWriter(f *os.File, l format.Layout) *answerWriter {
	w := &answerWriter{csv: csv.NewWriter(f), columns: l.Columns, header: l.Header}
	if r, n := utf8.DecodeRuneInString(l.Delimiter); n > 0 && n == len(l.Delimiter) { // not "line"
		w.csv.Comma = r
	}
	return w
}

func (w *answerWriter) write(r answeredRow) error {
	if w.header {
		w.header = false
		if err := w.csv.Write(append(append([]string{}, w.columns...), w.fresh("predicted"), w.fresh("score"))); err != nil {
			return err
		}
	}
	values := append([]string{}, r.record.Values...)
	for len(values) < len(w.columns) {
		values = append(values, "")
	}
	answer, score, err := cells(r.example.Text, r.answer)
	if err != nil {
		return err
	}
	return w.csv.Write(append(values, answer, score))
}

// cells gives an answer as it stands in a table, with its score where it has one:
// the surest label, the text, or the places in the asked text.
func cells(text string, a dataset.Answer) (words, score string, err error) {
	number := func(score float64) string { return strconv.FormatFloat(score, 'f', 4, 64) }
	switch {
	case len(a.Labels) > 0:
		return a.Labels[0].Label, number(a.Labels[0].Score), nil
	case len(a.Texts) > 0:
		return a.Text, number(a.Texts[0].Score), nil
	case a.Text != "" && len(a.Spans) > 0:
		return a.Text, number(a.Spans[0].Score), nil
	case a.Text != "" || a.Spans == nil:
		return a.Text, "", nil
	}
	type place struct {
		dataset.Span
		Text string `json:"text"`
	}
	places := make([]place, len(a.Spans))
	least := 1.0
	for i, x := range a.Spans {
		places[i] = place{x, text[x.Start:x.End]}
		least = min(least, x.Score)
	}
	list, err := json.Marshal(places)
	if len(places) > 0 {
		score = number(least)
	}
	return string(list), score, err
}

// fresh gives a name that no column has yet.
func (w *answerWriter) fresh(name string) string {
	for i := 2; ; i++ {
		taken := false
		for _, c := range w.columns {
			taken = taken || c == name
		}
		if !taken {
			return name
		}
		name = fmt.Sprintf("%s %d", name, i)
	}
}

func (w *answerWriter) flush() error {
	w.csv.Flush()
	return w.csv.Error()
}

// writeWhole writes a file beside its place and moves it there when it is whole.
func writeWhole(path string, write func(*os.File) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return &Error{Got: "cannot write to " + filepath.Dir(path), Way: "choose a folder that you may write to"}
	}
	defer func() {
		err = errors.Join(err, f.Close())
		if err == nil {
			err = os.Rename(f.Name(), path)
		}
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	if err := write(f); err != nil {
		return err
	}
	return f.Sync()
}
