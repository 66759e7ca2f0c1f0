package kernel

import "math"

// AddNorm is the end of a transformer's sublayer for one row: dropout, residual connection
// and layer normalisation (Ba et al. 2016). x becomes dropout(x) + residual (which may be
// nil), and then its normalised row, mean 0 and variance 1; y = x*gain + bias. It returns
// 1/std, the standard deviation being sqrt(variance + eps), which the gradient needs. The row
// is elements at, at+1, ... of the dropout's stream.
func AddNorm(y, x, residual, gain, bias []float32, eps float32, d Dropout, at uint64) float32 {
	d.Apply(x, at)
	if residual != nil {
		Add(x, residual)
	}
	sum := 0.0
	for _, v := range x {
		sum += float64(v)
	}
	mean := sum / float64(len(x))
	variance := 0.0
	for _, v := range x {
		variance += (float64(v) - mean) * (float64(v) - mean)
	}
	variance /= float64(len(x))
	rstd := float32(1 / math.Sqrt(variance+float64(eps)))
	for i := range x {
		x[i] = (x[i] - float32(mean)) * rstd
		y[i] = x[i]*gain[i] + bias[i]
	}
	return rstd
}

// AddNormBackward is the gradient of AddNorm for one row, given dy, the gradient of y, and
// what AddNorm left in x (xhat) and returned (rstd). dgain and dbias are added to; dresidual
// gets the gradient of dropout(x) + residual, and dx, unless it is nil, the gradient of x.
// dresidual may be dy.
func AddNormBackward(dresidual, dx, dy, xhat, gain, dgain, dbias []float32, rstd float32, d Dropout, at uint64) {
	var sum, dot float64
	for i, g := range dy {
		dgain[i] += g * xhat[i]
		dbias[i] += g
		sum += float64(g * gain[i])
		dot += float64(g * gain[i] * xhat[i])
	}
	sum /= float64(len(dy))
	dot /= float64(len(dy))
	for i, g := range dy {
		dresidual[i] = (g*gain[i] - float32(sum) - xhat[i]*float32(dot)) * rstd
	}
	if dx != nil {
		copy(dx, dresidual)
		d.Apply(dx, at)
	}
}
