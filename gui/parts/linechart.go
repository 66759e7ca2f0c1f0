package parts

import (
	"image"
	"image/color"
	"math"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
	"github.com/srwiley/rasterx"
	"golang.org/x/image/math/fixed"
)

// XY is one point of a curve.
type XY struct{ X, Y float64 }

// Series is one curve, its points in the order of X.
type Series struct {
	Name   string
	Color  fyne.ThemeColorName
	Points []XY
}

// Level is a horizontal line to compare curves with.
type Level struct {
	Name string
	Y    float64
}

// Mark is a place on the X axis that is worth a dot on each curve and a word.
type Mark struct {
	Name string
	X    float64
}

// Chart is all that a line chart shows.
type Chart struct {
	Title  string
	Across string  // what X counts: "step"
	Until  float64 // the X axis reaches this far at least
	Series []Series
	Level  *Level
	Mark   *Mark
	Empty  string // what is said while there is nothing to draw
}

// LineChart draws curves that grow. Its axes are objects made once; the curves
// are one raster, thinned to the width in pixels, so that a long training costs
// no more to draw than a short one.
type LineChart struct {
	widget.BaseWidget
	chart Chart
	hover *float64 // X under the pointer
}

var _ desktop.Hoverable = (*LineChart)(nil)

// NewLineChart gives a chart that says empty until one is drawn.
func NewLineChart(title, empty string) *LineChart {
	c := &LineChart{chart: Chart{Title: title, Empty: empty}}
	c.ExtendBaseWidget(c)
	return c
}

// Draw shows a chart.
func (c *LineChart) Draw(chart Chart) {
	c.chart = chart
	c.Refresh()
}

// Shown gives what is drawn now.
func (c *LineChart) Shown() Chart { return c.chart }

// MouseIn is called by Fyne.
func (c *LineChart) MouseIn(e *desktop.MouseEvent) { c.MouseMoved(e) }

// MouseMoved shows the values under the pointer.
func (c *LineChart) MouseMoved(e *desktop.MouseEvent) {
	plot := c.plot()
	if plot.empty {
		return
	}
	x := plot.nearest(plot.xAt(e.Position.X))
	c.hover = &x
	c.Refresh()
}

// MouseOut shows the newest values again.
func (c *LineChart) MouseOut() {
	c.hover = nil
	c.Refresh()
}

const (
	chartHead   = Grid * 4 // title and legend
	chartFoot   = Grid * 3 // labels of the X axis
	chartLeft   = Grid * 6 // labels of the Y axis
	chartRight  = Grid * 2
	chartBleed  = 5 // how far a dot at its edge may reach beyond the plot
	chartLabels = 8 // most labels on one axis
)

func (c *LineChart) plot() plot {
	size := c.Size()
	return newPlot(c.chart, fyne.NewPos(chartLeft, chartHead),
		fyne.NewSize(max(size.Width-chartLeft-chartRight, 1), max(size.Height-chartHead-chartFoot, 1)))
}

// CreateRenderer is called by Fyne.
func (c *LineChart) CreateRenderer() fyne.WidgetRenderer {
	r := &lineChartRenderer{
		chart:  c,
		title:  &canvas.Text{TextStyle: fyne.TextStyle{Bold: true}},
		empty:  &canvas.Text{Alignment: fyne.TextAlignCenter},
		level:  &canvas.Text{},
		mark:   &canvas.Text{},
		across: &canvas.Text{Alignment: fyne.TextAlignTrailing},
		cursor: canvas.NewLine(color.Transparent),
	}
	r.curves = canvas.NewRaster(r.draw)
	r.objects = []fyne.CanvasObject{r.title, r.empty}
	for range chartLabels {
		rule, y, x := canvas.NewLine(color.Transparent), &canvas.Text{Alignment: fyne.TextAlignTrailing}, &canvas.Text{Alignment: fyne.TextAlignCenter}
		r.rules, r.yLabels, r.xLabels = append(r.rules, rule), append(r.yLabels, y), append(r.xLabels, x)
		r.objects = append(r.objects, rule, y, x)
	}
	for range 4 {
		key := &legendKey{swatch: canvas.NewRectangle(color.Transparent), text: &canvas.Text{}}
		key.swatch.CornerRadius = 2
		r.keys = append(r.keys, key)
		r.objects = append(r.objects, key.swatch, key.text)
	}
	r.objects = append(r.objects, r.across, r.curves, r.cursor, r.level, r.mark)
	return r
}

type legendKey struct {
	swatch *canvas.Rectangle
	text   *canvas.Text
}

type lineChartRenderer struct {
	chart *LineChart
	plot  plot

	title, empty, level, mark, across *canvas.Text

	rules            []*canvas.Line
	yLabels, xLabels []*canvas.Text
	keys             []*legendKey
	cursor           *canvas.Line
	curves           *canvas.Raster
	objects          []fyne.CanvasObject
}

func (r *lineChartRenderer) Destroy() {}

func (r *lineChartRenderer) Objects() []fyne.CanvasObject { return r.objects }

func (r *lineChartRenderer) MinSize() fyne.Size { return fyne.NewSize(Grid*36, Grid*20) }

func (r *lineChartRenderer) Layout(fyne.Size) { r.arrange() }

func (r *lineChartRenderer) Refresh() {
	r.arrange()
	for _, o := range r.objects {
		canvas.Refresh(o)
	}
}

func (r *lineChartRenderer) arrange() {
	r.plot = r.chart.plot()
	r.arrangeHead()
	r.arrangeAxes()
	r.arrangeNotes()
	r.curves.Move(r.plot.at.SubtractXY(chartBleed, chartBleed))
	r.curves.Resize(r.plot.size.AddWidthHeight(2*chartBleed, 2*chartBleed))
	r.curves.Hidden = r.plot.empty
}

func (r *lineChartRenderer) arrangeHead() {
	write(r.title, r.chart.chart.Title, theme.ColorNameForeground)
	r.title.Move(fyne.NewPos(0, 0))
	x := r.chart.Size().Width - chartRight
	series := r.chart.chart.Series
	for i, key := range r.keys {
		shown := i < len(series) && len(series[i].Points) > 0
		key.swatch.Hidden, key.text.Hidden = !shown, !shown
	}
	for i := min(len(series), len(r.keys)) - 1; i >= 0; i-- {
		if key := r.keys[i]; !key.text.Hidden {
			x = key.arrange(series[i], r.chart.hover, x) - Grid*2
		}
	}
}

// arrange sets a key with its right edge at x and gives its left edge.
func (k *legendKey) arrange(s Series, hover *float64, x float32) float32 {
	write(k.text, s.Name+" "+Fine(valueAt(s.Points, hover)), ColorNameQuiet)
	size := k.text.MinSize()
	x -= size.Width
	k.text.Move(fyne.NewPos(x, 0))
	k.text.Resize(size)
	x -= Grid * 2
	k.swatch.FillColor = Color(s.Color)
	k.swatch.Move(fyne.NewPos(x, size.Height/2-2))
	k.swatch.Resize(fyne.NewSize(Grid*1.5, 4))
	return x
}

func (r *lineChartRenderer) arrangeAxes() {
	p := r.plot
	ys, xs := ticks(p.low, p.high, 4), ticks(p.left, p.right, int(p.size.Width/(Grid*12)))
	for i := range chartLabels {
		shown := !p.empty && i < len(ys)
		r.rules[i].Hidden, r.yLabels[i].Hidden = !shown, !shown
		if shown {
			y := p.y(ys[i])
			rule(r.rules[i], fyne.NewPos(p.at.X, y), fyne.NewPos(p.at.X+p.size.Width, y), theme.ColorNameSeparator)
			write(r.yLabels[i], Measured(ys[i]), ColorNameQuiet)
			r.yLabels[i].Move(fyne.NewPos(0, y-r.yLabels[i].MinSize().Height/2))
			r.yLabels[i].Resize(fyne.NewSize(chartLeft-Grid, r.yLabels[i].MinSize().Height))
		}
		shown = !p.empty && i < len(xs) && p.x(xs[i]) < p.at.X+p.size.Width-Grid*6 && !r.covered(p.x(xs[i]))
		r.xLabels[i].Hidden = !shown
		if shown {
			write(r.xLabels[i], Measured(xs[i]), ColorNameQuiet)
			r.xLabels[i].Move(fyne.NewPos(p.x(xs[i])-Grid*5, p.at.Y+p.size.Height+Grid/2))
			r.xLabels[i].Resize(fyne.NewSize(Grid*10, r.xLabels[i].MinSize().Height))
		}
	}
	write(r.across, r.chart.chart.Across, ColorNameQuiet)
	r.across.Hidden = p.empty || r.covered(p.at.X+p.size.Width)
	r.across.Move(fyne.NewPos(p.at.X, p.at.Y+p.size.Height+Grid/2))
	r.across.Resize(fyne.NewSize(p.size.Width, r.across.MinSize().Height))
}

// markLeft is where the word of the mark begins: below its line, inside the plot.
func (r *lineChartRenderer) markLeft(size fyne.Size) float32 {
	p := r.plot
	return max(min(p.x(r.chart.chart.Mark.X)-size.Width/2, p.at.X+p.size.Width-size.Width), p.at.X)
}

// covered tells whether the word of the mark takes the place of a label at x.
func (r *lineChartRenderer) covered(x float32) bool {
	if r.chart.chart.Mark == nil || r.plot.empty {
		return false
	}
	width := textWidth(r.chart.chart.Mark.Name)
	left := r.markLeft(fyne.NewSize(width, 0))
	return x > left-Grid*4 && x < left+width+Grid*4
}

// ruled tells whether a rule strikes through a line of text.
func (r *lineChartRenderer) ruled(y, height float32) bool {
	return slices.ContainsFunc(r.rules, func(l *canvas.Line) bool {
		return !l.Hidden && l.Position1.Y > y+2 && l.Position1.Y < y+height-2
	})
}

func (r *lineChartRenderer) arrangeNotes() {
	p, chart := r.plot, r.chart.chart
	write(r.empty, chart.Empty, ColorNameQuiet)
	r.empty.Hidden = !p.empty
	r.empty.Move(fyne.NewPos(0, p.at.Y+p.size.Height/2-Grid))
	r.empty.Resize(fyne.NewSize(r.chart.Size().Width, Grid*2))

	r.level.Hidden = p.empty || chart.Level == nil
	if !r.level.Hidden {
		write(r.level, chart.Level.Name+" "+Fine(chart.Level.Y), ColorNameQuiet)
		size := r.level.MinSize()
		y := p.y(chart.Level.Y) - size.Height - 2
		if y < p.at.Y || r.ruled(y, size.Height) { // it would cover the title or be struck through
			y = p.y(chart.Level.Y) + 2
		}
		r.level.Move(fyne.NewPos(p.at.X+Grid/2, y))
		r.level.Resize(size)
	}
	r.mark.Hidden = p.empty || chart.Mark == nil
	if !r.mark.Hidden {
		write(r.mark, chart.Mark.Name, theme.ColorNameForeground)
		size := r.mark.MinSize()
		r.mark.Move(fyne.NewPos(r.markLeft(size), p.at.Y+p.size.Height+Grid/2))
		r.mark.Resize(size)
	}
	r.cursor.Hidden = p.empty || r.chart.hover == nil
	if !r.cursor.Hidden {
		r.across.Hidden, r.mark.Hidden = false, r.covered(p.at.X+p.size.Width)
		x := p.x(*r.chart.hover)
		rule(r.cursor, fyne.NewPos(x, p.at.Y), fyne.NewPos(x, p.at.Y+p.size.Height), ColorNameQuiet)
		write(r.across, chart.Across+" "+Count(int(*r.chart.hover)), theme.ColorNameForeground)
	}
}

// draw strokes the curves at the raster's own resolution.
func (r *lineChartRenderer) draw(w, h int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	if r.plot.empty || w < 2 || h < 2 {
		return img
	}
	pen := &pen{plot: r.plot, scale: float64(w) / float64(r.plot.size.Width+2*chartBleed)}
	pen.dasher = rasterx.NewDasher(w, h, rasterx.NewScannerGV(w, h, img, img.Bounds()))
	chart := r.chart.chart
	if chart.Level != nil {
		pen.stroke([]XY{{r.plot.left, chart.Level.Y}, {r.plot.right, chart.Level.Y}}, 1, Color(ColorNameQuiet), 4, 4)
	}
	if chart.Mark != nil {
		pen.stroke([]XY{{chart.Mark.X, r.plot.low}, {chart.Mark.X, r.plot.high}}, 1, Color(ColorNameQuiet), 2, 4)
	}
	for _, s := range chart.Series {
		pen.stroke(thin(s.Points, r.plot.left, r.plot.right, w), 2, Color(s.Color))
		if chart.Mark != nil {
			pen.dot(XY{chart.Mark.X, valueAt(s.Points, &chart.Mark.X)}, 4, Color(s.Color))
		} else if len(s.Points) == 1 {
			pen.dot(s.Points[0], 3, Color(s.Color))
		}
	}
	return img
}

// pen draws in data coordinates on an image of the plot and its bleed.
type pen struct {
	plot   plot
	scale  float64 // pixels to one of Fyne's
	dasher *rasterx.Dasher
}

// pixel gives the place of a point in the image.
func (p *pen) pixel(at XY) (x, y float64) {
	x, y = p.plot.share(at)
	return (chartBleed + x*float64(p.plot.size.Width)) * p.scale, (chartBleed + (1-y)*float64(p.plot.size.Height)) * p.scale
}

func (p *pen) place(at XY) fixed.Point26_6 { return rasterx.ToFixedP(p.pixel(at)) }

func (p *pen) stroke(points []XY, width float64, c color.Color, dashes ...float64) {
	if len(points) < 2 {
		return
	}
	for i := range dashes {
		dashes[i] *= p.scale
	}
	p.dasher.Clear()
	p.dasher.SetColor(c)
	p.dasher.SetStroke(fixed.Int26_6(width*p.scale*64), fixed.Int26_6(4*64), rasterx.RoundCap, nil, rasterx.RoundGap, rasterx.Round, dashes, 0)
	p.dasher.Start(p.place(points[0]))
	for _, at := range points[1:] {
		p.dasher.Line(p.place(at))
	}
	p.dasher.Stop(false)
	p.dasher.Draw()
}

func (p *pen) dot(at XY, radius float64, c color.Color) {
	x, y := p.pixel(at)
	filler := &p.dasher.Filler
	filler.Clear()
	filler.SetColor(c)
	rasterx.AddCircle(x, y, radius*p.scale, filler)
	filler.Draw()
}

// plot maps values to places.
type plot struct {
	at                     fyne.Position
	size                   fyne.Size
	left, right, low, high float64
	series                 []Series
	empty                  bool
}

func newPlot(c Chart, at fyne.Position, size fyne.Size) plot {
	p := plot{at: at, size: size, left: 0, right: math.Inf(-1), low: math.Inf(1), high: math.Inf(-1), series: c.Series}
	for _, s := range c.Series {
		for _, xy := range s.Points {
			p.right = max(p.right, xy.X)
			p.low, p.high = min(p.low, xy.Y), max(p.high, xy.Y)
		}
	}
	p.empty = math.IsInf(p.right, -1)
	if p.empty {
		p.right, p.low, p.high = 1, 0, 1
		return p
	}
	if c.Level != nil {
		p.low, p.high = min(p.low, c.Level.Y), max(p.high, c.Level.Y)
	}
	p.right = max(p.right, c.Until, 1)
	p.low, p.high = widen(p.low, p.high)
	return p
}

// widen rounds a range outwards to a tick, so that curves do not touch the frame. A
// single value is seen from zero: a share beside 1, what is larger in the middle.
func widen(low, high float64) (float64, float64) {
	if high-low < 1e-9 {
		switch size := math.Abs(low); {
		case size <= 1:
			low, high = min(math.Floor(low), 0), 1
		default:
			low, high = min(2*low, 0), max(2*high, 0)
		}
	}
	step := tickStep(low, high, 4)
	return math.Floor(low/step) * step, math.Ceil(high/step) * step
}

// share gives the place of a point in the plot, 0 to 1 from the lower left.
func (p plot) share(at XY) (x, y float64) {
	return (at.X - p.left) / (p.right - p.left), (at.Y - p.low) / (p.high - p.low)
}

func (p plot) x(value float64) float32 {
	x, _ := p.share(XY{X: value})
	return p.at.X + float32(x)*p.size.Width
}

func (p plot) y(value float64) float32 {
	_, y := p.share(XY{Y: value})
	return p.at.Y + float32(1-y)*p.size.Height
}

func (p plot) xAt(place float32) float64 {
	return p.left + float64((place-p.at.X)/p.size.Width)*(p.right-p.left)
}

// nearest gives the X of the point nearest to x.
func (p plot) nearest(x float64) float64 {
	best := math.Inf(1)
	for _, s := range p.series {
		for _, xy := range s.Points {
			if math.Abs(xy.X-x) < math.Abs(best-x) {
				best = xy.X
			}
		}
	}
	return best
}

// valueAt gives the value of the last point not beyond x, or of the last point
// of all where x is nil.
func valueAt(points []XY, x *float64) float64 {
	value := math.NaN()
	for _, xy := range points {
		if x != nil && xy.X > *x && !math.IsNaN(value) {
			break
		}
		value = xy.Y
	}
	return value
}

// thin keeps at most the lowest and the highest point of each pixel column, in
// their order, and both ends.
func thin(points []XY, left, right float64, width int) []XY {
	if len(points) <= 2*width {
		return points
	}
	kept := make([]XY, 0, 2*width+2)
	column := func(p XY) int { return int((p.X - left) / (right - left) * float64(width)) }
	for start := 0; start < len(points); {
		low, high, end := start, start, start
		for ; end < len(points) && column(points[end]) == column(points[start]); end++ {
			if points[end].Y < points[low].Y {
				low = end
			}
			if points[end].Y > points[high].Y {
				high = end
			}
		}
		kept = append(kept, points[min(low, high)])
		if low != high {
			kept = append(kept, points[max(low, high)])
		}
		start = end
	}
	return kept
}

// tickStep is the round distance, 1, 2 or 5 times a power of ten, that cuts a
// range into about n parts.
func tickStep(low, high float64, n int) float64 {
	raw := (high - low) / float64(max(n, 1))
	power := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, step := range []float64{1, 2, 5} {
		if step*power >= raw*0.999 {
			return step * power
		}
	}
	return 10 * power
}

// ticks gives round values in a range, about n of them.
func ticks(low, high float64, n int) []float64 {
	step := tickStep(low, high, n)
	var at []float64
	for i := math.Ceil(low/step - 1e-9); i*step <= high+step*1e-9 && len(at) < chartLabels; i++ {
		at = append(at, i*step)
	}
	return at
}

func write(t *canvas.Text, text string, c fyne.ThemeColorName) {
	t.Text = strings.TrimSpace(text)
	t.TextSize = theme.TextSize()
	t.Color = Color(c)
}

func rule(l *canvas.Line, from, to fyne.Position, c fyne.ThemeColorName) {
	l.Position1, l.Position2 = from, to
	l.StrokeColor = Color(c)
	l.StrokeWidth = 1
}
