package model

import (
	"iter"

	"github.com/nlpodyssey/spago/nn"

	"attune/engine/layer"
)

// Parts names what a body is made of. A family embeds it, and with it what a body
// says of its parameters.
type Parts func(*PartList)

// PartList is the parts of a body by their published names, in layers from the
// embeddings up.
type PartList struct{ layers [][]namedPart }

type namedPart struct {
	name string
	part Part
}

// Part is a layer or a block, which names its parameters below a name. All stop where
// yield says so, and say whether they went through.
type Part interface {
	Params(name string, yield func(string, *nn.Param) bool) bool
}

// block is a part with linear layers that an adapter can hang on.
type block interface {
	Linears(name string, yield func(string, *layer.Linear) bool) bool
}

// Layer begins a layer with a part.
func (p *PartList) Layer(name string, part Part) {
	p.layers = append(p.layers, []namedPart{{name, part}})
}

// Add adds a part to the layer that was begun last.
func (p *PartList) Add(name string, part Part) {
	last := len(p.layers) - 1
	p.layers[last] = append(p.layers[last], namedPart{name, part})
}

// Fewer gives so many of the blocks of a body: the first, the last, and others evenly
// between them. It gives all when there are no more.
func Fewer[B any](blocks []B, n int) []B {
	if n < 1 || n >= len(blocks) {
		return blocks
	}
	kept := make([]B, n)
	for i := range kept {
		kept[i] = blocks[i*(len(blocks)-1)/max(1, n-1)]
	}
	return kept
}

// Alone is a parameter that is a part of its own.
type Alone struct{ *nn.Param }

// Params gives the parameter.
func (a Alone) Params(name string, yield func(string, *nn.Param) bool) bool {
	return yield(name, a.Param)
}

func (p Parts) list() [][]namedPart {
	var all PartList
	p(&all)
	return all.layers
}

// Params gives every parameter by name; what is one product here is one of them.
func (p Parts) Params() iter.Seq2[string, *nn.Param] {
	return func(yield func(string, *nn.Param) bool) {
		for _, parts := range p.list() {
			for _, n := range parts {
				if !n.part.Params(n.name, yield) {
					return
				}
			}
		}
	}
}

// Linears gives the layers that an adapter can hang on.
func (p Parts) Linears() iter.Seq2[string, *layer.Linear] {
	return func(yield func(string, *layer.Linear) bool) {
		for _, parts := range p.list() {
			for _, n := range parts {
				if b, ok := n.part.(block); ok && !b.Linears(n.name, yield) {
					return
				}
			}
		}
	}
}

// Layers gives the parameters of the embeddings, then of each block, what stands
// between or behind blocks with the one before it.
func (p Parts) Layers() iter.Seq[[]*nn.Param] {
	return func(yield func([]*nn.Param) bool) {
		for _, parts := range p.list() {
			var params []*nn.Param
			for _, n := range parts {
				n.part.Params("", func(_ string, p *nn.Param) bool { params = append(params, p); return true })
			}
			if !yield(params) {
				return
			}
		}
	}
}
