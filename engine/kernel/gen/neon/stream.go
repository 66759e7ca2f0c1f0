package main

// slice is a slice that a kernel goes along.
type slice struct {
	name string
	at   integer // where it has come to
}

func (fn *function) slice(name string) slice { return slice{name, fn.integer()} }

// span is the place that a kernel has reached in its slices: a vector's worth, or at the
// end fewer numbers, in the first lanes of a vector.
type span struct {
	*function
	lanes  int
	part   int // which of a turn's vectors it is
	offset int // of the part, in bytes
	spare  integer
}

// unroll is how many vectors a turn of a light kernel's loop takes. Sums have as many
// registers, so that an addition need not wait for the one before.
const unroll = 4

// stream runs a kernel's body over slices, all as long as the one called length: vectors by turns
// of several if it is unrolled, then one by one, then what is left. A heavy body needs no
// turns, as a processor that reorders instructions already works on several vectors at once.
func (fn *function) stream(length string, turn int, slices []slice, body func(s span)) {
	left, spare := fn.integer(), fn.integer()
	for _, s := range slices {
		fn.emit("MOVD %s, %s", fn.parameter(s.name, "base"), s.at)
	}
	fn.emit("MOVD %s, %s", fn.parameter(length, "len"), left)
	run := func(s span) {
		s.function, s.spare = fn, spare
		fn.scope(func() { body(s) })
	}
	loop := func(vectors int) {
		again, out := fn.label("loop"), fn.label("out")
		fn.emit("SUBS $%d, %s, %s", vectors*lanes, left, left)
		fn.emit("BLT %s", out)
		fn.mark(again)
		for part := range vectors {
			run(span{lanes: lanes, part: part, offset: part * vectorBytes})
		}
		for _, s := range slices {
			fn.emit("ADD $%d, %s, %s", vectors*vectorBytes, s.at, s.at)
		}
		fn.emit("SUBS $%d, %s, %s", vectors*lanes, left, left)
		fn.emit("BGE %s", again)
		fn.mark(out)
		fn.emit("ADD $%d, %s, %s", vectors*lanes, left, left)
	}
	if turn > 1 {
		loop(turn)
	}
	loop(1)
	done, two, three := fn.label("done"), fn.label("two"), fn.label("three")
	fn.emit("CBZ %s, %s", left, done)
	fn.emit("CMP $2, %s", left)
	fn.emit("BEQ %s", two)
	fn.emit("BGT %s", three)
	run(span{lanes: 1})
	fn.emit("B %s", done)
	fn.mark(two)
	run(span{lanes: 2})
	fn.emit("B %s", done)
	fn.mark(three)
	run(span{lanes: 3})
	fn.mark(done)
	fn.integers -= 2
}

// load reads a vector; lanes that do not count are 0.
func (s span) load(from slice) vector {
	v := s.vector()
	s.read(v, from.at)
	return v
}

func (s span) read(v vector, from integer) {
	switch s.lanes {
	case 1:
		s.emit("FMOVS %d(%s), %s", s.offset, from, v.scalar())
	case 2:
		s.emit("FMOVD %d(%s), %s", s.offset, from, v.scalar())
	case 3:
		s.emit("FMOVD %d(%s), %s", s.offset, from, v.scalar())
		s.emit("ADD $%d, %s, %s", s.offset+8, from, s.spare)
		s.emit("VLD1 (%s), %s", s.spare, v.lane(2))
	default:
		s.emit("FMOVQ %d(%s), %s", s.offset, from, v.scalar())
	}
}

// store writes the lanes that count.
func (s span) store(v vector, to slice) {
	switch s.lanes {
	case 1:
		s.emit("FMOVS %s, (%s)", v.scalar(), to.at)
	case 2:
		s.emit("FMOVD %s, (%s)", v.scalar(), to.at)
	case 3:
		s.emit("FMOVD %s, (%s)", v.scalar(), to.at)
		s.emit("ADD $8, %s, %s", to.at, s.spare)
		s.emit("VST1 %s, (%s)", v.lane(2), s.spare)
	default:
		s.emit("FMOVQ %s, %d(%s)", v.scalar(), s.offset, to.at)
	}
}

// pad writes x into the lanes of v that do not count.
func (s span) pad(v vector, x float32) {
	for i := s.lanes; i < lanes; i++ {
		s.emit("VMOV %s, %s", s.constant(x).lane(0), v.lane(i))
	}
}

// trim clears the lanes of v that do not count, before it is added to a sum.
func (s span) trim(v vector) { s.pad(v, 0) }

// parts gives a register per vector of a turn, all cleared.
func (fn *function) parts() []vector {
	var p []vector
	for range unroll {
		p = append(p, fn.zero())
	}
	return p
}
