package technique

import (
	"slices"

	"github.com/nlpodyssey/spago/mat"

	"attune/engine/batch"
	"attune/engine/dataset"
	"attune/engine/op"
	"attune/engine/task"
)

// lesson is what a teacher says of each example, found out when it is first asked.
type lesson struct {
	teacher  task.Model
	seeing   task.Featured // the teacher, if its features are asked for too
	examples []dataset.Example
	said     [][]said // by example and item, nil until then
}

// newLesson has nothing to say yet.
func newLesson(teacher task.Model, examples []dataset.Example) *lesson {
	return &lesson{teacher: teacher, examples: examples, said: make([][]said, len(examples))}
}

// said is what a teacher says of an item.
type said struct {
	logits   []float32 // [classes], or [tokens x classes] where every token is scored
	features []float32 // [width], where they are asked for
}

func logitsSaid(s said) []float32   { return s.logits }
func featuresSaid(s said) []float32 { return s.features }

// see asks for the teacher's features too, if they are so wide.
func (l *lesson) see(width int) bool {
	teacher, ok := l.teacher.(task.Featured)
	if !ok || teacher.Backbone().Width() != width {
		return false
	}
	l.seeing = teacher
	return true
}

// of gives what the teacher says, so many values, for the items of a batch.
func (l *lesson) of(t *op.Tape, b *batch.Packed, values int, what func(said) []float32) []float32 {
	var items []batch.Item
	for _, i := range b.Indices {
		if l.said[i] != nil {
			continue
		}
		parts, err := l.teacher.Items(l.examples[i])
		if err != nil {
			panic(err) // the student encoded the same example
		}
		l.said[i] = make([]said, len(parts))
		for part, item := range parts {
			item.Index, item.Part = i, part
			items = append(items, item)
		}
	}
	if len(items) > 0 {
		l.ask(t, items)
	}
	if t.Rehearsing() {
		for _, item := range items {
			l.said[item.Index] = nil
		}
		return make([]float32, values)
	}
	var all []float32
	for s, i := range b.Indices {
		all = append(all, what(l.said[i][b.Parts[s]])...)
	}
	return all
}

// ask computes what the teacher says on a tape of its own: the student's pass is under
// way on the other.
func (l *lesson) ask(t *op.Tape, items []batch.Item) {
	own, packed := t.Beside(), batch.Pack(items)
	var logits, features mat.Tensor
	if l.seeing == nil {
		logits = l.teacher.Logits(own, packed)
	} else {
		features = l.seeing.Features(own, packed)
		logits = l.seeing.Judge(own, features)
	}
	for s, i := range packed.Indices {
		x := &l.said[i][packed.Parts[s]]
		if x.logits = rowsOf(logits, packed, s); features != nil {
			x.features = rowsOf(features, packed, s)
		}
	}
}

// rowsOf copies the row of a sequence, or those of its tokens where there is one for
// each.
func rowsOf(x mat.Tensor, b *batch.Packed, s int) []float32 {
	rows, width := op.Size(x)
	from, to := s, s+1
	if rows != b.Len() {
		from, to = b.Starts[s], b.Starts[s+1]
	}
	return slices.Clone(op.Rows(x)[from*width : to*width])
}
