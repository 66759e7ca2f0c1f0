package curve_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"attune/engine/curve"
)

func TestFitFindsTheLaw(t *testing.T) {
	for name, law := range map[string]curve.Law{
		"fast":      {Ceiling: 0.95, Gap: 3, Rate: 0.6},
		"slow":      {Ceiling: 0.9, Gap: 1.5, Rate: 0.25},
		"all known": {Ceiling: 0.8, Gap: 0, Rate: 1},
	} {
		t.Run(name, func(t *testing.T) {
			var points []curve.Point
			for _, n := range []int{100, 200, 400, 800} {
				points = append(points, curve.Point{Rows: n, Score: law.At(n)})
			}
			got := curve.Fit(points)
			for _, n := range []int{100, 800, 1600, 4000} {
				if math.Abs(got.At(n)-law.At(n)) > 0.01 {
					t.Errorf("for %d rows it foretells %.3f, want %.3f (%+v)", n, got.At(n), law.At(n), got)
				}
			}
		})
	}
}

func TestFitKeepsToWhatScoresCanBe(t *testing.T) {
	falling := curve.Fit([]curve.Point{{100, 0.9}, {200, 0.8}, {400, 0.7}})
	if falling.At(10_000) > falling.At(100)+1e-9 || falling.Gap != 0 {
		t.Errorf("of falling scores it makes %+v", falling)
	}
	steep := curve.Fit([]curve.Point{{100, 0.2}, {200, 0.55}, {400, 0.9}})
	if steep.At(1_000_000) > 1 {
		t.Errorf("it foretells %f", steep.At(1_000_000))
	}
	if one := curve.Fit([]curve.Point{{100, 0.5}, {100, 0.7}}); math.Abs(one.At(999)-0.6) > 1e-9 {
		t.Errorf("of one number of rows it makes %+v", one)
	}
	if none := curve.Fit(nil); none.At(10) != 0 {
		t.Errorf("of nothing it makes %+v", none)
	}
}

// TestBandHoldsWhatComes draws curves with noise, and looks how often the score of
// twice the rows is in the band: about nine times in ten.
func TestBandHoldsWhatComes(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	law := curve.Law{Ceiling: 0.92, Gap: 2.5, Rate: 0.4}
	const noise = 0.01
	inside, curves := 0, 50
	for range curves {
		var points []curve.Point
		for _, n := range []int{400, 800, 1600, 3200} {
			for range 3 {
				points = append(points, curve.Point{Rows: n, Score: law.At(n) + noise*random.NormFloat64()})
			}
		}
		low, score, high := curve.Foretell(points).Range(8000)
		if low > score || score > high {
			t.Fatalf("the band is %f to %f around %f", low, high, score)
		}
		if actual := law.At(8000) + noise*random.NormFloat64(); actual >= low && actual <= high {
			inside++
		}
	}
	if inside < 40 {
		t.Errorf("%d of %d are inside", inside, curves)
	}
}

func TestSameBandEachTime(t *testing.T) {
	points := []curve.Point{{10, 0.3}, {20, 0.45}, {40, 0.5}, {80, 0.61}}
	a, _, b := curve.Foretell(points).Range(200)
	c, _, d := curve.Foretell(points).Range(200)
	if a != c || b != d {
		t.Error("the same points gave another band")
	}
}
