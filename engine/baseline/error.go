package baseline

// Error says why there can be no baseline, and what to do about it.
type Error struct{ Problem, Way string }

func (e *Error) Error() string { return e.Problem }

// Hint gives a way out.
func (e *Error) Hint() string { return e.Way }
