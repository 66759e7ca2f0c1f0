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
	Marks        *layer.Embedding // of tokens, beside their pieces, or nil; the body adds them to its own
	Dropout      float64
}

// NewTagger takes the layer from the source.
func NewTagger(s *weights.Source, architecture, name string, width, classes int) *Tagger {
	return &Tagger{Architecture: architecture, Name: name, Out: layer.NewLinear(s.In(name), width, classes)}
}

// marksName is that of what is told of tokens, which no published model has.
const marksName = "word_shapes"

// Mark takes a table of what is told of tokens from the source. Drawn anew it is zeros, so
// that the body begins as it was.
func (g *Tagger) Mark(s *weights.Source, entries, width int) {
	g.Marks = layer.NewEmbedding(s.In(marksName), entries, width)
}

// Save puts the layers into the sink.
func (g *Tagger) Save(s *weights.Sink) {
	if g.Marks != nil {
		g.Marks.Save(s.In(marksName))
	}
	g.Out.Save(s.In(g.Name))
}

// Forward gives logits [tokens x classes] for x [tokens x width].
func (g *Tagger) Forward(t *op.Tape, x mat.Tensor) mat.Tensor {
	return g.Out.Forward(t, op.Dropout(t, x, g.Dropout))
}

// Params gives the head's parameters by name.
func (g *Tagger) Params() iter.Seq2[string, *nn.Param] {
	return func(yield func(string, *nn.Param) bool) {
		_ = (g.Marks == nil || g.Marks.Params(marksName, yield)) && g.Out.Params(g.Name, yield)
	}
}
