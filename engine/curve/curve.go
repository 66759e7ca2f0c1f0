// Package curve says what more rows would buy: it fits a law to the scores of models
// that learned from parts of the rows. It trains nothing itself.
package curve

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Point is how well a model did that learned from so many rows.
type Point struct {
	Rows  int
	Score float64 // 0 to 1, higher is better
}

// Law is a power law of learning: a model that learned from n rows scores
// Ceiling - Gap n^-Rate (Hestness et al. 2017).
type Law struct{ Ceiling, Gap, Rate float64 }

// At gives the score that the law foretells for so many rows.
func (l Law) At(rows int) float64 {
	return max(0, l.Ceiling-l.Gap*math.Pow(float64(rows), -l.Rate))
}

// The rates that are tried. What is learned from text has rates of 0.1 to 0.5
// (Hestness et al. 2017); a little more on both sides is left open.
const (
	slowest, fastest = 0.05, 1.5
	rateSteps        = 60
)

// Fit gives the law that misses the points least, each rate tried in turn and the rest
// solved for by least squares. A score never falls with more rows, and never passes 1.
// It needs points of two numbers of rows at least, else the law is their mean.
func Fit(points []Point) Law {
	best, least := Law{Ceiling: mean(points)}, math.Inf(1)
	if len(points) == 0 || !slices.ContainsFunc(points, func(p Point) bool { return p.Rows != points[0].Rows }) {
		return best
	}
	for i := range rateSteps + 1 {
		rate := slowest * math.Pow(fastest/slowest, float64(i)/rateSteps)
		l := solve(points, rate)
		if missed := l.misses(points); missed < least {
			best, least = l, missed
		}
	}
	return best
}

// solve gives the ceiling and the gap for a rate.
func solve(points []Point, rate float64) Law {
	var n, sx, sy, sxx, sxy float64
	for _, p := range points {
		x := math.Pow(float64(p.Rows), -rate)
		n, sx, sy, sxx, sxy = n+1, sx+x, sy+p.Score, sxx+x*x, sxy+x*p.Score
	}
	gap := (sx*sy - n*sxy) / (n*sxx - sx*sx)
	l := Law{(sy + gap*sx) / n, gap, rate}
	switch {
	case l.Gap < 0:
		return Law{sy / n, 0, rate}
	case l.Ceiling > 1:
		return Law{1, max(0, (sx-sxy)/sxx), rate}
	}
	return l
}

func (l Law) misses(points []Point) (sum float64) {
	for _, p := range points {
		d := l.At(p.Rows) - p.Score
		sum += d * d
	}
	return sum
}

func mean(points []Point) float64 {
	sum := 0.0
	for _, p := range points {
		sum += p.Score
	}
	return sum / math.Max(1, float64(len(points)))
}

// Band is a law with how sure it is.
type Band struct {
	Law
	laws []Law // of points drawn anew from those measured
	rows int   // the most that a model learned from
	off  float64
}

// draws is how often points are drawn anew.
const draws = 200

// Foretell fits a law to measured points and finds how far others would be that fit
// as well: the points of each number of rows are drawn anew, with the error that is
// left added by chance (a bootstrap). The same points give the same band.
func Foretell(points []Point) Band {
	b := Band{Law: Fit(points)}
	free := math.Max(1, float64(len(points)-3)) // three numbers were fitted
	b.off = math.Sqrt(b.misses(points) / free)
	random := rand.New(rand.NewPCG(8, 8))
	for _, p := range points {
		b.rows = max(b.rows, p.Rows)
	}
	drawn := make([]Point, len(points))
	for range draws {
		for i, p := range points {
			drawn[i] = Point{p.Rows, b.At(p.Rows) + b.off*random.NormFloat64()}
		}
		b.laws = append(b.laws, Fit(drawn))
	}
	return b
}

// Range gives the score for so many rows, and between which two nine in ten would be,
// a model's own chance included.
func (b Band) Range(rows int) (low, score, high float64) {
	random := rand.New(rand.NewPCG(9, uint64(rows)))
	all := make([]float64, 0, len(b.laws))
	for _, l := range b.laws {
		all = append(all, l.At(rows)+b.off*random.NormFloat64())
	}
	slices.Sort(all)
	score = b.At(rows)
	if len(all) == 0 {
		return score, score, score
	}
	at := func(share float64) float64 { return min(1, max(0, all[int(share*float64(len(all)-1))])) }
	return min(at(0.05), score), score, max(at(0.95), score)
}
