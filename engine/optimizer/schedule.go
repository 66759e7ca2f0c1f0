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
