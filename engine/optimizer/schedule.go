package optimizer

// Schedule gives the share of the full learning rate for a step, counted from 0.
type Schedule func(step int) float64

// WarmupLinear rises from zero over the first steps and then falls linearly to
// zero at the total (Devlin et al. 2018).
func WarmupLinear(warmup, total int) Schedule {
	return func(step int) float64 {
		if step < warmup {
			return float64(step+1) / float64(warmup+1)
		}
		if step >= total {
			return 0
		}
		return float64(total-step) / float64(max(1, total-warmup))
	}
}

// Trapezoid rises from zero over the warm-up, stays at its height, and falls
// linearly to zero between two moments; with to at 0 it never falls. What was
// trained at the height can so be trained on at any time, and be brought to rest
// from any moment by a short fall (Hägele et al. 2024, arXiv 2405.18392).
func Trapezoid(warmup, from, to int) Schedule {
	return func(at int) float64 {
		height := min(1, float64(at+1)/float64(warmup+1))
		switch {
		case to == 0 || at < from:
			return height
		case at >= to:
			return 0
		}
		return height * float64(to-at) / float64(to-from)
	}
}
