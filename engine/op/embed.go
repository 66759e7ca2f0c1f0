package op

import (
	"github.com/nlpodyssey/spago/mat"

	"attune/engine/kernel"
)

// Lookup is a table [entries x width] and the entry that each row takes from it.
type Lookup struct {
	Table   mat.Tensor
	IDs     []int
	Padding *int // the entry that learns nothing by being looked up, or nil
	Partial bool // some rows take None
}

// None is the entry of a row that takes nothing from a Partial table.
const None = -1

// Embed gives rows [len(IDs) x width], each the sum of its entries in all tables:
// BERT's word, position and segment embeddings in one pass.
func Embed(t *Tape, lookups ...Lookup) mat.Tensor { return EmbedAfter(t, nil, lookups...) }

// EmbedAfter is Embed of tables that what made another tensor, which may be nil, has
// used too, as a decoder shares its encoder's. In the backward pass that tensor's
// gradient is not complete before the tables have theirs from here: so they sum both
// in a fixed order.
func EmbedAfter(t *Tape, before mat.Tensor, lookups ...Lookup) mat.Tensor {
	_, width := Size(lookups[0].Table)
	rows := len(lookups[0].IDs)
	for _, l := range lookups {
		entries, w := Size(l.Table)
		check(w == width, "embed", "tables of width %d and %d", width, w)
		check(len(l.IDs) == rows, "embed", "%d and %d rows", rows, len(l.IDs))
		for _, id := range l.IDs {
			check(0 <= id && id < entries || l.Partial && id == None, "embed", "entry %d of a table of %d", id, entries)
		}
	}
	return t.Run(&embed{tape: t, before: before, lookups: lookups, rows: rows, width: width})
}

type embed struct {
	tape        *Tape
	before      mat.Tensor // or nil
	lookups     []Lookup
	rows, width int
}

func (e *embed) Operands() []mat.Tensor {
	var all []mat.Tensor
	for _, l := range e.lookups {
		all = append(all, l.Table)
	}
	if e.before != nil {
		all = append(all, e.before)
	}
	return all
}

func (e *embed) Forward() (mat.Tensor, error) {
	result, y := e.tape.New(e.rows, e.width)
	e.tape.Workers.Rows(e.rows, grain(e.width), func(_, from, to int) {
		for i := from; i < to; i++ {
			row := y[i*e.width : (i+1)*e.width]
			for n, l := range e.lookups {
				if n == 0 {
					clear(row)
				}
				if id := l.IDs[i]; id != None {
					kernel.Add(row, Rows(l.Table)[id*e.width:(id+1)*e.width])
				}
			}
		}
	})
	return result, nil
}

// Backward adds each row to the entries that it came from, but for padding. The columns are split
// between the workers: two rows may share an entry.
func (e *embed) Backward(gy mat.Tensor) error {
	dy := Rows(gy)
	for _, l := range e.lookups {
		Learn(l.Table, func(table []float32) {
			e.tape.Workers.Rows(e.width, grain(e.rows), func(_, from, to int) {
				for i, id := range l.IDs {
					if id == None || l.Padding != nil && id == *l.Padding {
						continue
					}
					kernel.Add(table[id*e.width+from:id*e.width+to], dy[i*e.width+from:i*e.width+to])
				}
			})
		})
	}
	if e.before != nil && e.before.RequiresGrad() {
		nothing := e.tape.Buffer(e.before.Size())
		clear(nothing)
		Give(e.before, nothing)
	}
	return nil
}
