package train

import (
	"slices"

	"github.com/nlpodyssey/spago/ag"

	"attune/engine/kernel"
	"attune/engine/op"
)

// passRoom is what the buffers of one pass may take when the parts of a step are
// chosen for the user, in bytes. It is the same on every machine, so that the same
// seed gives the same training there. Smaller parts than this would not save time,
// larger ones hardly any.
const passRoom = 2 << 30

// parts cuts the rows of a step into those that are computed at once.
func (l *loop) parts(rows []int) [][]int {
	tokens := l.tokens(rows)
	n := l.options.Parts
	if n == 0 {
		n = (tokens + l.atOnce - 1) / l.atOnce
	}
	parts := make([][]int, 0, n)
	for from, before, next := 0, 0, 0; from < len(rows); from = next {
		// A part takes the rows that begin in its share of the tokens.
		share := tokens * (len(parts) + 1) / n
		for next++; next < len(rows); next++ {
			if before += l.lengths[rows[next-1]]; before >= share {
				break
			}
		}
		parts = append(parts, rows[from:next])
	}
	return parts
}

// fit finds how many tokens can be computed at once, from what the longest row
// alone needs and what a second one adds. Longer rows need more for a token than
// short ones do, so no other part needs more.
func (l *loop) fit() error {
	longest := slices.Index(l.lengths, slices.Max(l.lengths))
	one, err := l.rehearse([]int{longest})
	if err != nil {
		return err
	}
	two, err := l.rehearse([]int{longest, longest})
	if err != nil {
		return err
	}
	rows := 1 + max(0, passRoom-one)/max(1, two-one)
	l.atOnce = max(1, int(rows)*l.lengths[longest])
	return nil
}

// rehearse gives the bytes of the buffers with which the largest of some parts is
// computed.
func (l *loop) rehearse(parts ...[]int) (bytes int64, err error) {
	defer op.Guard(&err)
	bytes = op.Rehearse(l.tape.Workers.Count(), l.options.Recompute, func(t *op.Tape) {
		for _, part := range parts {
			t.Learn(0)
			if err = ag.Backward(l.phase.Loss(t, l.pack(part))); err != nil {
				return
			}
		}
	})
	// What was added to the gradients of parameters was not computed either. Pages
	// that nobody wrote to stay so.
	for _, p := range l.phase.Model.Params() {
		if g := op.Gradient(p); kernel.SumSquares(g) != 0 {
			clear(g)
		}
	}
	return bytes, err
}
