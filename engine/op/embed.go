package op

import (
	"github.com/nlpodyssey/spago/mat"

	"attune/engine/kernel"
)

// Lookup is a table [entries x width] and the entry that each row takes from it.
type Lookup struct {
	Table mat.Tensor
	IDs   []int
}

// Embed gives rows [len(IDs) x width], each the sum of its entries in all tables:
// BERT's word, position and segment embeddings in one pass.
func Embed(t *Tape, lookups ...Lookup) mat.Tensor {
	_, width := Size(lookups[0].Table)
	rows := len(lookups[0].IDs)
	for _, l := range lookups {
		entries, w := Size(l.Table)
		check(w == width, "embed", "tables of width %d and %d", width, w)
		check(len(l.IDs) == rows, "embed", "%d and %d rows", rows, len(l.IDs))
		for _, id := range l.IDs {
			check(0 <= id && id < entries, "embed", "entry %d of a table of %d", id, entries)
		}
	}
	return t.Run(&embed{tape: t, lookups: lookups, rows: rows, width: width})
}

type embed struct {
	tape        *Tape
	lookups     []Lookup
	rows, width int
}

func (e *embed) Operands() []mat.Tensor {
	tables := make([]mat.Tensor, len(e.lookups))
	for i, l := range e.lookups {
		tables[i] = l.Table
	}
	return tables
}

func (e *embed) Forward() (mat.Tensor, error) {
	result, y := e.tape.New(e.rows, e.width)
	e.tape.Workers.Rows(e.rows, grain(e.width), func(_, from, to int) {
		for i := from; i < to; i++ {
			row := y[i*e.width : (i+1)*e.width]
			for n, l := range e.lookups {
				entry := Rows(l.Table)[l.IDs[i]*e.width : (l.IDs[i]+1)*e.width]
				if n == 0 {
					copy(row, entry)
				} else {
					kernel.Add(row, entry)
				}
			}
		}
	})
	return result, nil
}

// Backward adds each row to the entries that it came from. The columns are split
// between the workers: two rows may share an entry.
func (e *embed) Backward(gy mat.Tensor) error {
	dy := Rows(gy)
	for _, l := range e.lookups {
		Learn(l.Table, func(table []float32) {
			e.tape.Workers.Rows(e.width, grain(e.rows), func(_, from, to int) {
				for i, id := range l.IDs {
					kernel.Add(table[id*e.width+from:id*e.width+to], dy[i*e.width+from:i*e.width+to])
				}
			})
		})
	}
	return nil
}
