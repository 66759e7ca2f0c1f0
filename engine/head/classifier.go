// Package head holds what stands on a model's body: the layers that turn
// representations into the logits of a task. A head knows neither body nor data.
package head

import (
	"iter"

	"github.com/nlpodyssey/spago/mat"
	"github.com/nlpodyssey/spago/nn"

	"attune/engine/layer"
	"attune/engine/op"
	"attune/engine/weights"
)

// Classifier scores classes from one representation a sequence: a dense layer
// with an activation, where the family has one, then one row of weights a class
// (Devlin et al. 2018, 4.1).
type Classifier struct {
	nn.Module
	Names      Names
	Pooling    Pooling
	Query      *nn.Param     // [1 x width] what the pooling looks for, or nil where it does not learn
	Pool       *layer.Linear // [width x width] or nil
	Activation op.Activation
	Out        *layer.Linear // [classes x width]
	Dropout    float64
}

// Names are the published names of the whole model and of a classifier's layers,
// which differ between families.
type Names struct{ Architecture, Pool, Out string }

// NewClassifier takes the layers from the source; where the labels are others than
// those of the head that was saved, its dense layer is kept. It reads the first token
// of each sequence.
func NewClassifier(s *weights.Source, names Names, width, classes int, activation op.Activation) *Classifier {
	return &Classifier{
		Names: names, Pooling: First, Activation: activation,
		Pool: layer.NewLinear(s.Kept().In(names.Pool), width, width),
		Out:  layer.NewLinear(s.In(names.Out), width, classes),
	}
}

// NewScore takes a classifier of one layer, which has no bias, from the source. It
// reads the last token of each sequence: the decoders that have such a head have
// seen all other tokens only there.
func NewScore(s *weights.Source, names Names, width, classes int) *Classifier {
	return &Classifier{Names: names, Pooling: Last, Out: layer.NewUnbiasedLinear(s.In(names.Out), width, classes)}
}

// queryName is that of what a pooling looks for, which no published model has.
const queryName = "pooling.query"

// attend lets the classifier weigh the tokens of a sequence by how like each is to what it
// learns to look for (Yang et al. 2016, eq. 6). It begins by weighing all alike.
func (c *Classifier) attend(s *weights.Source, width int) {
	c.Query = s.Vector(queryName, width)
	c.Pooling = func(t *op.Tape, x mat.Tensor, starts []int) mat.Tensor {
		return op.WeightedMean(t, x, op.Linear(t, x, c.Query, nil), starts)
	}
}

// Save puts the layers into the sink.
func (c *Classifier) Save(s *weights.Sink) {
	if c.Query != nil {
		s.Vector(queryName, c.Query)
	}
	if c.Pool != nil {
		c.Pool.Save(s.In(c.Names.Pool))
	}
	c.Out.Save(s.In(c.Names.Out))
}

// Forward gives logits [sequences x classes] for x [sequences x width], which
// Pooling gave.
func (c *Classifier) Forward(t *op.Tape, x mat.Tensor) mat.Tensor {
	if c.Pool != nil {
		x = op.Activate(t, c.Pool.Forward(t, x), c.Activation)
	}
	return c.Out.Forward(t, op.Dropout(t, x, c.Dropout))
}

// Params gives the head's parameters by name.
func (c *Classifier) Params() iter.Seq2[string, *nn.Param] {
	return func(yield func(string, *nn.Param) bool) {
		_ = (c.Query == nil || yield(queryName, c.Query)) && (c.Pool == nil || c.Pool.Params(c.Names.Pool, yield)) && c.Out.Params(c.Names.Out, yield)
	}
}
