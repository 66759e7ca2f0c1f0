package projects

import (
	"context"
	"iter"
	"os"

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

// PredictFile answers every row of a table with a model that is open, and writes the table
// again with the answer and its score behind the other columns: all rows, in their order.
// The ending of out says how: as a table of values between commas or tabs, or as JSON
// Lines. A row without a text gets no answer. The file appears when it is whole. It gives
// the number of rows.
//
// In a table several labels stand with "; " between them, and their scores too; none of
// them is an empty list, []. An answer of places is a JSON list, with bytes of the row's
// text. In JSON Lines all of these are lists.
func (p *Project) PredictFile(ctx context.Context, predictor *Predictor, in, out string, o ImportOptions, progress func(Progress)) (int, error) {
	open, err := answersIn(out)
	if err != nil {
		return 0, err
	}
	if err := apart(in, out); err != nil {
		return 0, err
	}
	rows, err := p.openRows(ctx, in, o, progress)
	if err != nil {
		return 0, err
	}
	n := 0
	err = writeWhole(out, func(f *os.File) error {
		w := open(f, rows.layout)
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

// AnswerFile is PredictFile with the model of a run, 0 for the best one, for answers that
// take no other file's place.
func (p *Project) AnswerFile(ctx context.Context, number int, in, out string, progress func(Progress)) (int, error) {
	if _, err := os.Lstat(out); err == nil {
		return 0, &Error{Got: "there is already something at " + out, Way: "choose another name for the answers, or remove it first"}
	}
	predictor, err := p.Predictor(ctx, number)
	if err != nil {
		return 0, err
	}
	defer predictor.Close()
	return p.PredictFile(ctx, predictor, in, out, ImportOptions{}, progress)
}

// answeredRow is a row with its answer, nil where there was nothing to answer.
type answeredRow struct {
	row
	answer *written
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
					return yield(answeredRow{r, p.writing(r.example.Text, p.back(r.example.Text, *answer))}, nil)
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
