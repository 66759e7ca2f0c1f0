package kernel

import "math"

// CrossEntropy is the loss of one row of logits whose true class is target, in nats. grad,
// unless it is nil, gets the gradient of the loss times weight; the returned loss itself is
// not weighted. grad may be logits. Part smoothing of the target is spread evenly over all
// classes, target included (label smoothing, Szegedy et al. 2016, as torch defines it).
func CrossEntropy(grad, logits []float32, target int, weight, smoothing float32) float64 {
	top := math.Inf(-1)
	for _, v := range logits {
		top = max(top, float64(v))
	}
	var sum, mean float64
	for _, v := range logits {
		sum += math.Exp(float64(v) - top)
		mean += float64(v)
	}
	mean /= float64(len(logits))
	logSum := top + math.Log(sum)
	loss := logSum - (1-float64(smoothing))*float64(logits[target]) - float64(smoothing)*mean
	if grad == nil {
		return loss
	}
	share := smoothing / float32(len(logits))
	for i, v := range logits {
		grad[i] = (float32(math.Exp(float64(v)-logSum)) - share) * weight
	}
	grad[target] -= (1 - smoothing) * weight
	return loss
}
