package technique

import (
	"github.com/nlpodyssey/spago/mat"

	"attune/engine/batch"
	"attune/engine/dataset"
	"attune/engine/loss"
	"attune/engine/op"
	"attune/engine/task"
)

// readAlong lets the student learn from a teacher that reads along in every pass, so that
// what goes on inside it can be matched.
func (d *Distil) readAlong(p *Plan, student task.Student, teacher task.Model, read reading) error {
	if !read.sameItems {
		return otherPieces()
	}
	if err := d.matchable(student, teacher, read.examples); err != nil {
		return err
	}
	p.last().Loss = func(t *op.Tape, b *batch.Packed) mat.Tensor {
		own, mine, plain := t.Beside(), t.Watch(), *b
		plain.Features = nil // are the student's
		theirs := own.Watch()
		said := op.Rows(teacher.Logits(own, &plain))
		x := student.Logits(t, p.hide(t, b))
		taught := d.blend(t, student, x, said, b)
		if len(mine.Blocks) == 0 {
			return taught // the body does not learn
		}
		return op.Add(t, op.Scale(t, d.unlike(t, mine, theirs, b.Starts), d.Hidden), taught, 0)
	}
	return nil
}

// unlike is how much of what is matched differs.
func (d *Distil) unlike(t *op.Tape, mine, theirs *op.Watched, starts []int) mat.Tensor {
	if d.Match == matchRelations {
		return loss.Relations(t, mine.Last, theirs.Last, starts)
	}
	var sum mat.Tensor
	for i, x := range mine.Blocks {
		one := loss.SquaredError(t, x, op.Rows(theirs.Blocks[ofTeacher(i, mine, theirs)]))
		if one = op.Scale(t, one, 1/float64(len(mine.Blocks))); sum == nil {
			sum = one
		} else {
			sum = op.Add(t, sum, one, 0)
		}
	}
	return sum
}

// ofTeacher is the number of the teacher's layer that one of the student's is to be like:
// the last of its share (TinyBERT's uniform mapping).
func ofTeacher(i int, mine, theirs *op.Watched) int {
	return (i+1)*len(theirs.Blocks)/len(mine.Blocks) - 1
}

// matchable says why what is to be matched cannot be, or nil.
func (d *Distil) matchable(student, teacher task.Model, examples []dataset.Example) error {
	if len(examples) == 0 {
		return nil // the training says so
	}
	items, err := student.Items(examples[0])
	if err != nil {
		return err
	}
	mine, theirs := inside(student, items), inside(teacher, items)
	switch way := "match features or nothing"; {
	case d.Match == matchRelations && (mine.Last.Rows == nil || theirs.Last.Rows == nil):
		return &Error{Reason: "the attention of this kind of model, or of its teacher, cannot be matched", Way: way}
	case d.Match == matchHidden && student.Backbone().Width() != teacher.Backbone().Width():
		return &Error{Reason: "the teacher's layers are not as wide as the student's", Way: "match relations, which need no equal widths"}
	case d.Match == matchHidden && (len(mine.Blocks) == 0 || len(mine.Blocks) > len(theirs.Blocks)):
		return &Error{Reason: "the student has more layers than its teacher", Way: "match relations, or a student with fewer layers"}
	}
	return nil
}

// inside gives the shapes of what a model tells of its inside.
func inside(m task.Model, items []batch.Item) (w *op.Watched) {
	op.Rehearse(1, false, func(t *op.Tape) {
		t.Infer()
		w = t.Watch()
		m.Logits(t, batch.Pack(items))
	})
	return w
}

// write lets a model that writes learn what a teacher thinks comes next at each place.
// The teacher reads along in every pass: what it says of a text is as many numbers as
// there are pieces, at each of its places.
func (d *Distil) write(p *Plan, student task.Pupil, teacher task.Model, read reading) error {
	if !read.sameItems {
		return otherPieces()
	}
	p.last().Loss = func(t *op.Tape, b *batch.Packed) mat.Tensor {
		return student.LossBeside(t, t.Beside(), p.hide(t, b), teacher, d.Temperature, d.Soft)
	}
	return nil
}

// counts says whether some target of the items does.
func counts(items []batch.Item) bool {
	for _, item := range items {
		for _, target := range item.Targets {
			if target != loss.Ignored {
				return true
			}
		}
	}
	return false
}
