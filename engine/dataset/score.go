package dataset

import (
	"cmp"
	"math"
	"slices"
)

// SurestFirst sorts scores in place, the highest first, and gives them back. Of equal ones
// the order stays.
func SurestFirst(scores []Score) []Score {
	slices.SortStableFunc(scores, func(a, b Score) int { return cmp.Compare(b.Score, a.Score) })
	return scores
}

// LogOdds is the logit of a probability, within what float64 tells apart: never infinite.
func LogOdds(probability float64) float64 {
	const least = 1e-15
	p := min(max(probability, least), 1-least)
	return math.Log(p / (1 - p))
}

// Probability is the sigmoid of log-odds.
func Probability(logOdds float64) float64 { return 1 / (1 + math.Exp(-logOdds)) }
