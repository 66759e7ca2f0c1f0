package main

import (
	"bytes"
	"image"
	"image/png"
	"math"
	"os"
	"testing"
)

func TestCommittedIconIsWhatTheGeneratorDraws(t *testing.T) {
	file, err := os.ReadFile("../icon.png")
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	got, want := decoded.(*image.NRGBA), draw(512).(*image.NRGBA)
	if got.Rect != want.Rect {
		t.Fatalf("committed icon is %v, want %v", got.Rect, want.Rect)
	}
	for i := range want.Pix { // processors that fuse multiply and add round a shade differently
		if d := int(got.Pix[i]) - int(want.Pix[i]); d < -1 || d > 1 {
			t.Fatal("assets/icon/icon.png is not what the generator draws: run go generate ./assets")
		}
	}
}

func TestShapes(t *testing.T) {
	cases := []struct {
		name  string
		shape shape
		at    point
		want  float64
	}{
		{"centre of a square", square(point{0.5, 0.5}, 0.4, 0.1), point{0.5, 0.5}, -0.4},
		{"right of a square", square(point{0.5, 0.5}, 0.4, 0.1), point{1, 0.5}, 0.1},
		{"on a segment", segment(point{0, 0}, point{1, 0}, 0.1), point{0.5, 0}, -0.1},
		{"past a segment's end", segment(point{0, 0}, point{1, 0}, 0.1), point{1.5, 0}, 0.4},
		{"on an arc", arc(point{0, 0}, 1, 0, 1, 0.1), point{1, 0}, -0.1},
		{"behind an arc", arc(point{0, 0}, 1, 0, math.Pi/2, 0.1), point{-1, 0}, math.Sqrt2 - 0.1},
		{"between two", union(segment(point{0, 0}, point{0, 1}, 0), segment(point{1, 0}, point{1, 1}, 0)), point{0.25, 0.5}, 0.25},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := c.shape(c.at); math.Abs(got-c.want) > 1e-9 {
				t.Errorf("distance = %g, want %g", got, c.want)
			}
		})
	}
}
