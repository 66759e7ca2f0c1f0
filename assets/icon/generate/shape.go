package main

import "math"

// A point of the unit square; y grows downwards.
type point struct{ x, y float64 }

// A shape tells how far a point is from its edge, negative inside.
type shape func(p point) float64

// union is all shapes as one.
func union(shapes ...shape) shape {
	return func(p point) float64 {
		nearest := math.Inf(1)
		for _, s := range shapes {
			nearest = min(nearest, s(p))
		}
		return nearest
	}
}

// square has rounded corners; half is half its side.
func square(centre point, half, corner float64) shape {
	return func(p point) float64 {
		x := math.Abs(p.x-centre.x) - half + corner
		y := math.Abs(p.y-centre.y) - half + corner
		return math.Hypot(max(x, 0), max(y, 0)) + min(max(x, y), 0) - corner
	}
}

// segment is a stroke from a to b with round ends.
func segment(a, b point, radius float64) shape {
	dx, dy := b.x-a.x, b.y-a.y
	return func(p point) float64 {
		along := ((p.x-a.x)*dx + (p.y-a.y)*dy) / (dx*dx + dy*dy)
		along = min(max(along, 0), 1)
		return math.Hypot(p.x-a.x-along*dx, p.y-a.y-along*dy) - radius
	}
}

// arc is a stroke along a circle, reach to both sides of the angle towards,
// with round ends.
func arc(centre point, radius, towards, reach, stroke float64) shape {
	return func(p point) float64 {
		x, y := p.x-centre.x, p.y-centre.y
		off := math.Remainder(math.Atan2(y, x)-towards, 2*math.Pi)
		at := towards + min(max(off, -reach), reach)
		return math.Hypot(x-radius*math.Cos(at), y-radius*math.Sin(at)) - stroke
	}
}
