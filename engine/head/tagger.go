package head

import (
	"iter"

	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/layer"
	"attune/engine/op"
	"attune/engine/weights"
)

// Tagger scores classes for every token: the tags of entities, or the two classes
// "an answer begins here" and "ends here" (Devlin et al. 2018, 4.2 and 5.3).
type Tagger struct {
	nn.Module
	Architecture string // published name of the whole model
	Name         string // and of the layer
	Out          *layer.Linear
	Dropout      float64
}

// NewTagger takes the layer from the source.
func NewTagger(s *weights.Source, architecture, name string, width, classes int) *Tagger {
	return &Tagger{Architecture: architecture, Name: name, Out: layer.NewLinear(s.In(name), width, classes)}
}

// Save puts the layer into the sink.
func (g *Tagger) Save(s *weights.Sink) { g.Out.Save(s.In(g.Name)) }

// Forward gives logits [tokens x classes] for x [tokens x width].
func (g *Tagger) Forward(t *op.Tape, x mat.Tensor) mat.Tensor {
	return g.Out.Forward(t, op.Dropout(t, x, g.Dropout))
}

// Params gives the head's parameters by name.
func (g *Tagger) Params() iter.Seq2[string, *nn.Param] {
	return func(yield func(string, *nn.Param) bool) { g.Out.Params(g.Name, yield) }
}
