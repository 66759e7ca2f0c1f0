package parts

import (
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
)

func TestThinKeepsExtremesAndEnds(t *testing.T) {
	points := make([]XY, 100_000)
	for i := range points {
		points[i] = XY{float64(i), math.Sin(float64(i) / 1000)}
	}
	points[54_321].Y = 9 // a peak of one point
	got := thin(points, 0, 99_999, 500)
	if len(got) > 1002 {
		t.Errorf("%d points are left for 500 pixels", len(got))
	}
	peak := false
	for i, p := range got {
		peak = peak || p.Y == 9
		if i > 0 && p.X <= got[i-1].X {
			t.Fatalf("points out of order at %d", i)
		}
	}
	if !peak {
		t.Error("a peak was thinned away")
	}
	if few := thin(points[:10], 0, 10, 500); len(few) != 10 {
		t.Errorf("few points were thinned to %d", len(few))
	}
}

func TestTicksAreRound(t *testing.T) {
	for _, c := range []struct {
		low, high float64
		want      []float64
	}{
		{0, 1, []float64{0, 0.5, 1}},
		{0, 2, []float64{0, 0.5, 1, 1.5, 2}},
		{0, 480, []float64{0, 200, 400}},
		{-3, 1, []float64{-3, -2, -1, 0, 1}},
	} {
		got := ticks(c.low, c.high, 4)
		if len(got) != len(c.want) {
			t.Errorf("ticks(%g, %g) = %v, want %v", c.low, c.high, got, c.want)
			continue
		}
		for i := range got {
			if math.Abs(got[i]-c.want[i]) > 1e-9 {
				t.Errorf("ticks(%g, %g) = %v, want %v", c.low, c.high, got, c.want)
			}
		}
	}
}

func TestLineChartDrawsItsCurves(t *testing.T) {
	newApp(t)
	c := NewLineChart("Loss", "nothing yet")
	w := test.NewTempWindow(t, c)
	w.Resize(fyne.NewSize(600, 300))
	ink := func() map[color.Color]int {
		counts := map[color.Color]int{}
		img := w.Canvas().Capture()
		for y := range img.Bounds().Dy() {
			for x := range img.Bounds().Dx() {
				counts[color.NRGBAModel.Convert(img.At(x, y))]++
			}
		}
		return counts
	}
	training, validation := Color(ColorNameTraining), Color(ColorNameValidation)
	if n := ink()[training]; n != 0 {
		t.Errorf("an empty chart has %d pixels of a curve", n)
	}
	chart := Chart{Title: "Loss", Across: "step", Series: []Series{
		{Name: "training", Color: ColorNameTraining, Points: []XY{{1, 2}, {50, 1}, {100, 0.5}}},
		{Name: "validation", Color: ColorNameValidation, Points: []XY{{50, 1.2}, {100, 0.9}}},
	}, Mark: &Mark{"best", 50}, Level: &Level{"baseline", 0.7}}
	c.Draw(chart)
	first := ink()
	if first[training] < 200 || first[validation] < 100 {
		t.Errorf("the curves have %d and %d pixels", first[training], first[validation])
	}
	c.MouseMoved(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(330, 100)}})
	if c.hover == nil || *c.hover != 50 {
		t.Errorf("the pointer in the middle shows the values at %v, want at 50", c.hover)
	}
	c.MouseOut()
	if c.hover != nil {
		t.Error("the values stay when the pointer is gone")
	}
}

func TestLineChartTakesOddValues(t *testing.T) {
	newApp(t)
	for name, points := range map[string][]XY{
		"one point": {{0, 0}}, "all the same": {{1, 3}, {2, 3}}, "huge": {{1, 1e30}, {2, -1e30}}, "tiny": {{1, 1e-12}, {2, 2e-12}},
	} {
		t.Run(name, func(t *testing.T) {
			c := NewLineChart("x", "")
			w := test.NewTempWindow(t, c)
			w.Resize(fyne.NewSize(400, 200))
			c.Draw(Chart{Series: []Series{{Name: "s", Color: ColorNameTraining, Points: points}}})
			if img := w.Canvas().Capture(); img.Bounds().Dx() < 400 {
				t.Error("nothing was drawn")
			}
		})
	}
}

func BenchmarkLineChart100kPoints(b *testing.B) {
	newApp(b)
	points := make([]XY, 100_000)
	for i := range points {
		points[i] = XY{float64(i), math.Sin(float64(i) / 1000)}
	}
	c := NewLineChart("Loss", "")
	w := test.NewTempWindow(b, c)
	w.Resize(fyne.NewSize(600, 300))
	for b.Loop() {
		c.Draw(Chart{Series: []Series{{Name: "s", Color: ColorNameTraining, Points: points}}})
		w.Canvas().Capture()
	}
}

func TestOnePointIsSeenFromZero(t *testing.T) {
	for name, c := range map[string]struct{ value, low, high float64 }{
		"none right":  {0, 0, 1},
		"a share":     {0.048, 0, 1},
		"all right":   {1, 0, 1},
		"BLEU":        {27.3, 0, 60},
		"correlation": {-0.2, -1, 1},
		"below zero":  {-4, -8, 0},
	} {
		if low, high := widen(c.value, c.value); low != c.low || high != c.high {
			t.Errorf("%s: %g is drawn from %g to %g, want %g to %g", name, c.value, low, high, c.low, c.high)
		}
	}
}

func TestTheNameOfALevelLeavesTheTitleFree(t *testing.T) {
	newApp(t)
	for name, level := range map[string]float64{"at the top": 1, "near the top": 0.99, "at the bottom": 0, "in the middle": 0.75} {
		c := NewLineChart("Macro F1", "")
		w := test.NewTempWindow(t, c)
		w.Resize(fyne.NewSize(600, 300))
		c.Draw(Chart{Title: "Macro F1", Series: []Series{{Name: "validation", Color: ColorNameValidation, Points: []XY{{1, 0}, {2, 1}}}},
			Level: &Level{"baseline", level}})
		r := test.WidgetRenderer(c).(*lineChartRenderer)
		top, bottom := r.level.Position().Y, r.level.Position().Y+r.level.MinSize().Height
		if top < r.title.MinSize().Height || bottom > c.Size().Height-chartFoot {
			t.Errorf("a level %s is named from %g to %g, outside the plot", name, top, bottom)
		}
	}
}
