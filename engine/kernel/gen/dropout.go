package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// dropout hashes the numbers of its elements as mask.hash of the kernel does.
func (v isa) dropout() {
	v.function("dropout", "func(x []float32, at, key0, key1, threshold uint32, scale float32)",
		"scales the elements whose hash reaches the threshold and clears the others.")
	x, key0, key1 := slice("x"), v.integer("key0"), v.integer("key1")
	threshold, scale := v.integer("threshold"), v.number("scale")
	element := v.integer("at")
	VPADDD(constants.at(laneNumbers), element, element)
	VPADDD(key0, element, element)
	hash, shifted := v.vector(), v.vector()
	mix := func(shift uint64) {
		VPSRLD(Imm(shift), hash, shifted)
		VXORPS(shifted, hash, hash)
	}
	v.stream(length("x"), func(s span) {
		VMOVAPS(element, hash)
		VPADDD(constants.bits(uint32(v.lanes)), element, element)
		mix(16)
		VPMULLD(constants.bits(0x21f0aaad), hash, hash)
		VPADDD(key1, hash, hash)
		mix(15)
		VPMULLD(constants.bits(0x735a2d97), hash, hash)
		mix(15)
		kept := s.load(x)
		VMULPS(scale, kept, kept)
		v.keep(v.compareUnsigned(hash, threshold), kept)
		s.store(kept, x)
	})
	end()
}
