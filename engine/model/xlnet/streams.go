package xlnet

import (
	"slices"

	"github.com/nlpodyssey/spago/mat"

	"attune/engine/batch"
	"attune/engine/layer"
	"attune/engine/op"
)

// streams are the rows of the content stream and of the query stream of a batch in one
// matrix: those of each sequence, its tokens first.
type streams struct {
	content, query []int // the rows of each stream
	all, asking    view  // of both streams, of the query stream alone
}

// newStreams asks for rows, those of one sequence after those of another.
func newStreams(b *batch.Packed, rows []int) *streams {
	s := &streams{all: view{starts: []int{0}}, asking: view{starts: []int{0}}}
	var strict []bool
	row := 0
	for n := range b.Len() {
		for i := range b.Starts[n+1] - b.Starts[n] {
			s.content = append(s.content, row)
			s.all.places, strict = append(s.all.places, i), append(strict, false)
			row++
		}
		for ; len(rows) > 0 && rows[0] < b.Starts[n+1]; rows = rows[1:] {
			s.query = append(s.query, row)
			place := rows[0] - b.Starts[n]
			s.asking.places = append(s.asking.places, place)
			s.all.places, strict = append(s.all.places, place), append(strict, true)
			row++
		}
		s.all.starts, s.asking.starts = append(s.all.starts, row), append(s.asking.starts, len(s.query))
	}
	s.all.order = &op.Order{Ranks: b.Ranks, Strict: strict}
	s.asking.order = &op.Order{Ranks: b.Ranks, Strict: slices.Repeat([]bool{true}, len(s.query))}
	return s
}

// pieces asks for the pieces that the content begins with.
func (s *streams) pieces(words *layer.Embedding, ids []int) op.Lookup {
	l := words.Lookup(s.nothing())
	l.Partial = true
	for i, row := range s.content {
		l.IDs[row] = ids[i]
	}
	return l
}

// asks asks for the one entry that all rows of the query stream begin with.
func (s *streams) asks(table mat.Tensor) op.Lookup {
	l := op.Lookup{Table: table, IDs: s.nothing(), Partial: true}
	for _, row := range s.query {
		l.IDs[row] = 0
	}
	return l
}

// nothing takes nothing for any row.
func (s *streams) nothing() []int {
	return slices.Repeat([]int{op.None}, len(s.content)+len(s.query))
}
