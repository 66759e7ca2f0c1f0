package model

// Quantise turns the weights of a body's linear layers into 8 bits, for answers alone: it
// cannot learn any more. It gives the bytes that they took and those that they take.
func Quantise(b Backbone) (before, after int) {
	for _, l := range b.Linears() {
		before += l.Bytes()
		l.Quantise()
		after += l.Bytes()
	}
	return before, after
}
