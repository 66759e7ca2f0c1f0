// Command generate draws the icon: a tuning fork that sounds, on a rounded
// square. It knows distances to shapes and no image library beyond Go's own.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
)

func main() {
	out := flag.String("out", "icon.png", "the PNG file to write")
	flag.Parse()
	if err := write(*out); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func write(path string) error {
	var b bytes.Buffer
	if err := png.Encode(&b, draw(512)); err != nil {
		return err
	}
	return os.WriteFile(path, b.Bytes(), 0o644)
}

var (
	top    = rgb{0x35, 0x4f, 0xc4}
	bottom = rgb{0x14, 0x9c, 0x9a}
	white  = rgb{0xff, 0xff, 0xff}
)

// A layer is one shape, filled with one colour.
type layer struct {
	shape   shape
	paint   func(p point) rgb
	opacity float64
}

// layers is the icon from back to front, in a unit square.
func layers() []layer {
	plain := func(point) rgb { return white }
	return []layer{
		{square(point{0.5, 0.5}, 0.46, 0.105), func(p point) rgb { return top.mix(bottom, (p.x*0.4+p.y)/1.4) }, 1},
		{wave(0.26), plain, 0.55},
		{wave(0.355), plain, 0.28},
		{fork(), plain, 1},
	}
}

// fork is two prongs, the bow that joins them, and the stem with its foot.
func fork() shape {
	const prong, bow, stroke = 0.098, 0.49, 0.033
	centre := point{0.5, bow}
	return union(
		segment(point{0.5 - prong, 0.2}, point{0.5 - prong, bow}, stroke),
		segment(point{0.5 + prong, 0.2}, point{0.5 + prong, bow}, stroke),
		arc(centre, prong, math.Pi/2, math.Pi/2, stroke),
		segment(point{0.5, bow + prong}, point{0.5, 0.79}, stroke),
		segment(point{0.5, 0.80}, point{0.5, 0.805}, stroke*1.35),
	)
}

// wave is the sound to the left and to the right of the prongs.
func wave(radius float64) shape {
	centre := point{0.5, 0.33}
	return union(arc(centre, radius, 0, 0.62, 0.017), arc(centre, radius, math.Pi, 0.62, 0.017))
}

// draw renders the layers to a square of the given side in pixels.
func draw(side int) image.Image {
	m := image.NewNRGBA(image.Rect(0, 0, side, side))
	all := layers()
	for y := range side {
		for x := range side {
			p := point{(float64(x) + 0.5) / float64(side), (float64(y) + 0.5) / float64(side)}
			m.SetNRGBA(x, y, shade(all, p, 1/float64(side)))
		}
	}
	return m
}

// shade blends the layers at a point; the edge of a shape is one pixel soft.
func shade(all []layer, p point, pixel float64) color.NRGBA {
	var c rgb
	alpha := 0.0
	for _, l := range all {
		cover := l.opacity * min(max(0.5-l.shape(p)/pixel, 0), 1)
		sum := cover + alpha*(1-cover)
		if sum > 0 {
			c = c.mix(l.paint(p), cover/sum)
		}
		alpha = sum
	}
	return color.NRGBA{uint8(c.r + 0.5), uint8(c.g + 0.5), uint8(c.b + 0.5), uint8(255*alpha + 0.5)}
}

// rgb is a colour, 0 to 255 a channel.
type rgb struct{ r, g, b float64 }

func (c rgb) mix(d rgb, share float64) rgb {
	return rgb{c.r + (d.r-c.r)*share, c.g + (d.g-c.g)*share, c.b + (d.b-c.b)*share}
}
