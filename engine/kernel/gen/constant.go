package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// pool holds the numbers that kernels use, each repeated over the widest vector so that
// any instruction can take it from memory.
type pool struct {
	name   string
	vector [][]uint32
	offset map[uint32]int // of a repeated number, in bytes
}

// widest is the number of lanes of the widest vector.
const widest = 16

var constants = pool{name: "constants", offset: map[uint32]int{}}

// bits gives the place of a vector of one 32-bit integer.
func (p *pool) bits(x uint32) Mem {
	at, known := p.offset[x]
	if !known {
		var repeated []uint32
		for range widest {
			repeated = append(repeated, x)
		}
		at = p.add(repeated)
		p.offset[x] = at
	}
	return p.at(at)
}

// float gives the place of a vector of one number.
func (p *pool) float(x float32) Mem { return p.bits(math.Float32bits(x)) }

// add stores any vector and gives its offset in bytes.
func (p *pool) add(vector []uint32) int {
	p.vector = append(p.vector, vector)
	return (len(p.vector) - 1) * 4 * widest
}

func (p *pool) at(offset int) Mem { return NewDataAddr(NewStaticSymbol(p.name), offset) }

func (p *pool) emit() {
	GLOBL(p.name, RODATA|NOPTR)
	for i, vector := range p.vector {
		for lane, x := range vector {
			DATA((i*widest+lane)*4, U32(x))
		}
	}
}

// laneNumbers is the offset of the vector 0, 1, 2, ...
var laneNumbers = constants.add([]uint32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})

// laneMasks is the offset of a vector from whose middle on no bit is set: read n lanes
// before that, it masks the first n lanes of an AVX2 vector.
var laneMasks = constants.add([]uint32{
	all, all, all, all, all, all, all, all, 0, 0, 0, 0, 0, 0, 0, 0,
})

const all = math.MaxUint32
