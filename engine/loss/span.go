package loss

import (
	"github.com/nlpodyssey/spago/mat"

	"attune/engine/kernel"
	"attune/engine/op"
)

// Span gives the loss of extractive answers (Devlin et al. 2018, 4.2): the mean
// over the sequences of the negative log-probabilities of the answer's first and
// last token, halved. The logits [tokens x 2] score each token as first and as
// last; each sequence of the starts has two targets, counted from its own first
// token, and one that is Ignored does not count.
func Span(t *op.Tape, logits mat.Tensor, starts, targets []int) mat.Tensor {
	rows, columns := op.Size(logits)
	if columns != 2 || rows != starts[len(starts)-1] || len(targets) != 2*(len(starts)-1) {
		panic(&op.ShapeError{Op: "span", Reason: "two scores a token and two targets a sequence are needed"})
	}
	for i, target := range targets {
		if length := starts[i/2+1] - starts[i/2]; target != Ignored && (target < 0 || target >= length) {
			panic(&op.ShapeError{Op: "span", Reason: "a target lies outside its sequence"})
		}
	}
	t.Weigh(float64(len(starts) - 1))
	return t.Run(&span{tape: t, logits: logits, starts: starts, targets: targets})
}

type span struct {
	tape            *op.Tape
	logits          mat.Tensor
	starts, targets []int
	grad            []float32 // [tokens x 2] gradient of the logits
}

func (s *span) Operands() []mat.Tensor { return []mat.Tensor{s.logits} }

func (s *span) Forward() (mat.Tensor, error) {
	logits := op.Rows(s.logits)
	s.grad = s.tape.Buffer(len(logits))
	column, slope := s.tape.Buffer(len(logits)/2), s.tape.Buffer(len(logits)/2)
	share := 0.5 / float64(len(s.starts)-1)
	sum := 0.0
	for i, target := range s.targets {
		from, to, side := s.starts[i/2], s.starts[i/2+1], i%2
		for row := from; row < to; row++ {
			column[row] = logits[2*row+side]
		}
		if target == Ignored {
			clear(slope[from:to])
		} else {
			l, _ := kernel.CrossEntropy(slope[from:to], column[from:to], target, float32(share), 0)
			sum += share * l
		}
		for row := from; row < to; row++ {
			s.grad[2*row+side] = slope[row]
		}
	}
	s.tape.Count(sum, float64(len(s.starts)-1))
	result, y := s.tape.New(1, 1)
	y[0] = float32(sum)
	return result, nil
}

func (s *span) Backward(gy mat.Tensor) error {
	giveScaled(s.logits, s.grad, gy)
	return nil
}
