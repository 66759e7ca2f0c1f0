package layer

import (
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/op"
	"attune/engine/weights"
)

// Embedding is a table of rows, one for each of its entries.
type Embedding struct {
	nn.Module
	Weight  *nn.Param // [entries x width]
	Padding *int      // the entry that learns nothing by being looked up, or nil: PyTorch's padding_idx
}

// NewEmbedding takes "weight" from the source.
func NewEmbedding(s *weights.Source, entries, width int) *Embedding {
	return &Embedding{Weight: s.Matrix("weight", entries, width)}
}

// Save puts "weight" into the sink.
func (e *Embedding) Save(s *weights.Sink) { s.Matrix("weight", e.Weight) }

// Lookup asks for the rows of the ids.
func (e *Embedding) Lookup(ids []int) op.Lookup {
	return op.Lookup{Table: e.Weight, IDs: ids, Padding: e.Padding}
}

// Params gives the table, named below a name.
func (e *Embedding) Params(name string, yield func(string, *nn.Param) bool) bool {
	return yield(name+".weight", e.Weight)
}
