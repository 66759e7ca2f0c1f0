package predict

import (
	"github.com/nlpodyssey/spago/mat"

	"attune/engine/batch"
	"attune/engine/dataset"
	"attune/engine/task"
)

// Joiner gives one answer an example, whichever batches the items of an example come
// in. It holds the answers of those that are not complete.
type Joiner struct {
	model    task.Model
	examples []dataset.Example
	several  map[int]*parts // by example, of those with several items
}

// parts are the answers to the items of one example.
type parts struct {
	answers []dataset.Answer
	missing int
}

// NewJoiner expects the answers to all items of the examples, as Encode gave them.
func NewJoiner(m task.Model, examples []dataset.Example, items []batch.Item) *Joiner {
	j := &Joiner{model: m, examples: examples, several: map[int]*parts{}}
	for _, item := range items {
		if item.Part > 0 {
			j.several[item.Index] = &parts{make([]dataset.Answer, item.Part+1), item.Part + 1}
		}
	}
	return j
}

// Add reads the answers of a batch from its logits, and shows those of the examples
// that are complete with them.
func (j *Joiner) Add(b *batch.Packed, logits mat.Tensor, show func(example int, answer dataset.Answer)) {
	for s, answer := range j.model.Answers(logits, b) {
		i := b.Indices[s]
		p, several := j.several[i]
		all := []dataset.Answer{answer}
		if several {
			p.answers[b.Parts[s]] = answer
			if p.missing--; p.missing > 0 {
				continue
			}
			delete(j.several, i)
			all = p.answers
		}
		show(i, j.model.Join(j.examples[i], all))
	}
}
