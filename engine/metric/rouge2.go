package metric

// NewROUGE2 is ROUGE-1 for pairs of words that follow each other.
func NewROUGE2() Metric { return &rouge{name: "rouge2", common: commonRuns(2)} }
