package parts

import "attune/engine/dataset"

// UseOf says what rows of a split are for.
func UseOf(s dataset.Split) string {
	if s == dataset.Unassigned {
		return "not split"
	}
	return string(s)
}
