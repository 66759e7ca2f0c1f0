package kernel

import "math"

// AddNorm is the end of a transformer's sublayer for one row: dropout, residual connection
// and layer normalisation (Ba et al. 2016). x becomes dropout(x) + residual (which may be
// nil), and then xhat, that row brought to mean 0 and variance 1; y = xhat*gain + bias. It
// returns 1/std, where std = sqrt(variance + eps), which the gradient needs. The row is the
// elements at, at+1, ... of the dropout's stream.
func AddNorm(y, x, residual, gain, bias []float32, eps float32, d Dropout, at uint64) float32 {
	n := len(x)
	d.Apply(x, at)
	if residual != nil {
		active.add(x, residual[:n])
	}
	mean := active.sum(x) / float32(n)
	variance := active.sumSquares(x, mean) / float32(n)
	rstd := float32(1 / math.Sqrt(float64(variance)+float64(eps)))
	active.normalise(y[:n], x, gain[:n], bias[:n], mean, rstd)
	return rstd
}

// AddNormBackward is the gradient of AddNorm for one row, given dy, the gradient of y, and
// what AddNorm left in x (xhat) and returned (rstd). dgain and dbias are added to; dresidual
// gets the gradient of dropout(x) + residual, and dx, unless it is nil, the gradient of x.
// dresidual may be dy.
func AddNormBackward(dresidual, dx, dy, xhat, gain, dgain, dbias []float32, rstd float32, d Dropout, at uint64) {
	n := len(dy)
	xhat, gain = xhat[:n], gain[:n]
	sum, dot := active.normSums(dgain[:n], dbias[:n], dy, xhat, gain)
	active.normGradient(dresidual[:n], dy, xhat, gain, sum/float32(n), dot/float32(n), rstd)
	if dx != nil {
		copy(dx[:n], dresidual)
		d.Apply(dx[:n], at)
	}
}

// RMSNorm is root mean square normalisation of one row (Zhang and Sennrich 2019), which
// T5 and Llama use: y = xhat*gain, where x becomes xhat = x/rms and rms = sqrt(mean(x*x) + eps). It
// returns 1/rms, which the gradient needs.
func RMSNorm(y, x, gain []float32, eps float32) float32 {
	square := active.sumSquares(x, 0) / float32(len(x))
	scale := float32(1 / math.Sqrt(float64(square)+float64(eps)))
	active.scale(x, scale)
	y = y[:len(x)]
	copy(y, x)
	active.multiply(y, gain[:len(x)])
	return scale
}

// RMSNormBackward is the gradient of RMSNorm for one row, given dy, the gradient of y, and
// what RMSNorm left in x (xhat) and returned (scale). dgain is added to; dx gets the gradient
// of x and may be dy.
func RMSNormBackward(dx, dy, xhat, gain, dgain []float32, scale float32) {
	n := len(dy)
	xhat, gain = xhat[:n], gain[:n]
	dot := active.gainSums(dgain[:n], dy, xhat, gain)
	active.normGradient(dx[:n], dy, xhat, gain, 0, dot/float32(n), scale)
}

func normalisePlain(y, x, gain, bias []float32, mean, rstd float32) {
	for i := range x {
		x[i] = (x[i] - mean) * rstd
		y[i] = x[i]*gain[i] + bias[i]
	}
}

func normSumsPlain(dgain, dbias, dy, xhat, gain []float32) (float32, float32) {
	var sum, dot float64
	for i, d := range dy {
		dgain[i] += d * xhat[i]
		dbias[i] += d
		sum += float64(d * gain[i])
		dot += float64(d*gain[i]) * float64(xhat[i])
	}
	return float32(sum), float32(dot)
}

func gainSumsPlain(dgain, dy, xhat, gain []float32) float32 {
	dot := 0.0
	for i, d := range dy {
		dgain[i] += d * xhat[i]
		dot += float64(d*gain[i]) * float64(xhat[i])
	}
	return float32(dot)
}

func normGradientPlain(dx, dy, xhat, gain []float32, mean, slope, rstd float32) {
	for i, d := range dy {
		dx[i] = (d*gain[i] - mean - xhat[i]*slope) * rstd
	}
}
