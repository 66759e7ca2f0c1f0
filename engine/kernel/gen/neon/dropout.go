package main

// dropout hashes the numbers of its elements as mask.hash of the kernel does.
func (f *file) dropout() {
	fn := f.neon("dropout", "func(x []float32, at, key0, key1, threshold uint32, scale float32)",
		"scales the elements whose hash reaches the threshold and clears the others.")
	x, key1 := fn.slice("x"), fn.whole("key1")
	threshold, scale := fn.whole("threshold"), fn.number("scale")
	element := fn.whole("at")
	fn.scope(func() {
		number, r := fn.whole("key0"), fn.integer()
		fn.emit("VADD %s, %s, %s", number.whole(), element.whole(), element.whole())
		for i := range lanes {
			fn.emit("MOVD $%d, %s", i, r)
			fn.emit("VMOV %s, %s", r, number.lane(i))
		}
		fn.emit("VADD %s, %s, %s", number.whole(), element.whole(), element.whole())
	})
	fn.stream("x", 1, []slice{x}, func(s span) {
		hash, shifted := s.vector(), s.vector()
		mix := func(from vector, shift int) {
			s.emit("VUSHR $%d, %s, %s", shift, from.whole(), shifted.whole())
			s.xor(hash, from, shifted)
		}
		mix(element, 16)
		s.emit("VADD %s, %s, %s", s.constantBits(lanes).whole(), element.whole(), element.whole())
		s.binary("mul", hash, hash, s.constantBits(0x21f0aaad))
		s.emit("VADD %s, %s, %s", key1.whole(), hash.whole(), hash.whole())
		mix(hash, 15)
		s.binary("mul", hash, hash, s.constantBits(0x735a2d97))
		mix(hash, 15)
		s.binary("cmhs", hash, hash, threshold)
		kept := s.load(x)
		s.multiply(kept, kept, scale)
		s.and(kept, kept, hash)
		s.store(kept, x)
	})
	fn.end()
}
