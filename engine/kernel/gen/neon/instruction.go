package main

import "fmt"

// instruction is one that Go's assembler does not know: its bits with all registers 0, and how
// Arm writes it. The number of the result's register goes to bit 0, those of the operands to
// bits 5 and 16.
type instruction struct {
	bits   uint32
	syntax string
}

// The instructions are those for four float32 or 32-bit integers, from the Arm Architecture
// Reference Manual (DDI 0487), chapter C7.2.
var instructions = map[string]instruction{
	"fadd":  {0x4e20d400, three},
	"fsub":  {0x4ea0d400, three},
	"fmul":  {0x6e20dc00, three},
	"fdiv":  {0x6e20fc00, three},
	"fmax":  {0x4e20f400, three},
	"faddp": {0x6e20d400, three},
	"fcmgt": {0x6ea0e400, three},
	"mul":   {0x4ea09c00, three},
	"cmhs":  {0x6ea03c00, three},
	"bic":   {0x4e601c00, "v%d.16b, v%d.16b, v%d.16b"},

	"fsqrt":  {0x6ea1f800, two},
	"fabs":   {0x4ea0f800, two},
	"fcvtns": {0x4e21a800, two},
	"scvtf":  {0x4e21d800, two},
	"fcmlt":  {0x4ea0e800, two + ", #0.0"},
	"fcmle":  {0x6ea0d800, two + ", #0.0"},
	"fmaxv":  {0x6e30f800, "s%d, v%d.4s"},
}

const two, three = "v%d.4s, v%d.4s", "v%d.4s, v%d.4s, v%d.4s"

// byLane multiplies by one lane of the second operand, whose number's low bit goes to bit
// 21 and high bit to bit 11.
var byLane = instruction{0x4f801000, "fmla v%d.4s, v%d.4s, v%d.s[%d]"}

func (fn *function) word(bits uint32, syntax string, registers ...any) {
	fn.emit("WORD $%#08x // %s", bits, fmt.Sprintf(syntax, registers...))
}

// binary writes d = a op b, unary d = op a.
func (fn *function) binary(op string, d, a, b vector) {
	i := instructions[op]
	fn.word(i.bits|uint32(d)|uint32(a)<<5|uint32(b)<<16, op+" "+i.syntax, int(d), int(a), int(b))
}

func (fn *function) unary(op string, d, a vector) {
	i := instructions[op]
	fn.word(i.bits|uint32(d)|uint32(a)<<5, op+" "+i.syntax, int(d), int(a))
}

// multiplyAddLane is d += a times one lane of b.
func (fn *function) multiplyAddLane(d, a, b vector, lane int) {
	low, high := uint32(lane&1), uint32(lane>>1)
	fn.word(byLane.bits|uint32(d)|uint32(a)<<5|uint32(b)<<16|low<<21|high<<11, byLane.syntax, int(d), int(a), int(b), lane)
}

func (fn *function) add(d, a, b vector)      { fn.binary("fadd", d, a, b) }
func (fn *function) subtract(d, a, b vector) { fn.binary("fsub", d, a, b) }
func (fn *function) multiply(d, a, b vector) { fn.binary("fmul", d, a, b) }
func (fn *function) divide(d, a, b vector)   { fn.binary("fdiv", d, a, b) }

// multiplyAdd is d += a b, and multiplySubtract d -= a b, rounded once.
func (fn *function) multiplyAdd(d, a, b vector) {
	fn.emit("VFMLA %s, %s, %s", b.whole(), a.whole(), d.whole())
}

func (fn *function) multiplySubtract(d, a, b vector) {
	fn.emit("VFMLS %s, %s, %s", b.whole(), a.whole(), d.whole())
}

func (fn *function) copy(d, a vector)   { fn.emit("VMOV %s, %s", a.bits(), d.bits()) }
func (fn *function) clear(d vector)     { fn.emit("VEOR %s, %s, %s", d.bits(), d.bits(), d.bits()) }
func (fn *function) and(d, a, b vector) { fn.emit("VAND %s, %s, %s", b.bits(), a.bits(), d.bits()) }
func (fn *function) xor(d, a, b vector) { fn.emit("VEOR %s, %s, %s", b.bits(), a.bits(), d.bits()) }

// spread copies the first lane to all lanes.
func (fn *function) spread(d, a vector) { fn.emit("VDUP %s, %s", a.lane(0), d.whole()) }

// zero gives a cleared register.
func (fn *function) zero() vector {
	v := fn.vector()
	fn.clear(v)
	return v
}

// drop clears the lanes of r that are in the mask.
func (fn *function) drop(mask, r vector) { fn.binary("bic", r, r, mask) }

// choose makes of a mask yes in its lanes and no in the others.
func (fn *function) choose(mask, yes, no vector) {
	fn.emit("VBSL %s, %s, %s", no.bits(), yes.bits(), mask.bits())
}

// total leaves the sum of all lanes of all parts in every lane of the first part. Which
// meet first is fixed, and so is the result.
func (fn *function) total(parts []vector) vector {
	for n := len(parts) / 2; n > 0; n /= 2 {
		for i := range n {
			fn.add(parts[i], parts[i], parts[i+n])
		}
	}
	sum := parts[0]
	fn.binary("faddp", sum, sum, sum)
	fn.binary("faddp", sum, sum, sum)
	return sum
}

// largest leaves the largest number of all parts in every lane of the first part.
func (fn *function) largest(parts []vector) vector {
	for n := len(parts) / 2; n > 0; n /= 2 {
		for i := range n {
			fn.binary("fmax", parts[i], parts[i], parts[i+n])
		}
	}
	top := parts[0]
	fn.unary("fmaxv", top, top)
	fn.spread(top, top)
	return top
}
