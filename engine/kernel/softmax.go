package kernel

import "math"

// Softmax turns one row of scores p into probabilities: p = softmax(p * scale).
func Softmax(p []float32, scale float32) {
	top := math.Inf(-1)
	for _, v := range p {
		top = max(top, float64(v*scale))
	}
	sum := 0.0
	for i, v := range p {
		e := math.Exp(float64(v*scale) - top)
		p[i] = float32(e)
		sum += e
	}
	Scale(p, float32(1/sum))
}

// SoftmaxBackward turns dp, the gradient of the probabilities p of one row, into the
// gradient of the scores that Softmax was given (before they were scaled).
func SoftmaxBackward(dp, p []float32, scale float32) {
	p = p[:len(dp)]
	dot := 0.0
	for i := range dp {
		dot += float64(dp[i]) * float64(p[i])
	}
	for i := range dp {
		dp[i] = (dp[i] - float32(dot)) * p[i] * scale
	}
}
