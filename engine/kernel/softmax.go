package kernel

import "math"

// Softmax turns one row of scores p into probabilities: p = softmax(p * scale). A score of
// minus infinity has no probability; one that is not a number spoils its row.
func Softmax(p []float32, scale float32) { active.softmax(p, scale) }

// SoftmaxBackward turns dp, the gradient of the probabilities p of one row, into the
// gradient of the scores that Softmax was given (before they were scaled).
func SoftmaxBackward(dp, p []float32, scale float32) { active.softmaxBackward(dp, p[:len(dp)], scale) }

func softmaxPlain(p []float32, scale float32) {
	scalePlain(p, scale)
	top := maximumPlain(p)
	scaledExpPlain(p, p, top, 1, 0)
	scalePlain(p, 1/sumPlain(p))
}

func softmaxBackwardPlain(dp, p []float32, scale float32) {
	mean := 0.0
	for i := range dp {
		mean += float64(dp[i]) * float64(p[i])
	}
	for i := range dp {
		dp[i] = (dp[i] - float32(mean)) * p[i] * scale
	}
}

func maximumPlain(x []float32) float32 {
	top := float32(math.Inf(-1))
	for _, v := range x {
		top = max(top, v)
	}
	return top
}

func sumExpPlain(x []float32, top float32) float32 {
	sum := 0.0
	for _, v := range x {
		sum += float64(exp(v - top))
	}
	return float32(sum)
}

func scaledExpPlain(y, x []float32, top, k, less float32) {
	for i, v := range x {
		y[i] = k*exp(v-top) - less
	}
}
