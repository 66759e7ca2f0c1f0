package kernel

import "math"

// CrossEntropy is the loss of one row of logits whose true class is target, in nats. grad,
// unless it is nil, gets the gradient of the loss times weight; the returned loss itself is
// not weighted. grad may be logits. The part smoothing of the target is spread evenly over all
// classes, its own included (label smoothing, Szegedy et al. 2016, as torch defines it); plain
// is the loss without that.
func CrossEntropy(grad, logits []float32, target int, weight, smoothing float32) (loss, plain float64) {
	n := len(logits)
	top := active.maximum(logits)
	sum := inPieces(logits, func(piece []float32) float32 { return active.sumExp(piece, top) })
	loss = float64(top) + math.Log(sum) - float64(1-smoothing)*float64(logits[target])
	plain = loss
	if smoothing > 0 {
		plain -= float64(smoothing) * float64(logits[target])
		loss -= float64(smoothing) * inPieces(logits, active.sum) / float64(n)
	}
	if grad != nil {
		active.scaledExp(grad[:n], logits, top, weight/float32(sum), weight*smoothing/float32(n))
		grad[target] -= weight * (1 - smoothing)
	}
	return loss, plain
}
