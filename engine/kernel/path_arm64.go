//go:build !purego

package kernel

// paths lists what this processor can run, fastest first. Every arm64 processor has NEON.
func paths() []*path { return append(libraryPaths(), &neon, &plain) }

// neon is plain Go where it has no assembly.
var neon = func() path {
	p := plain
	p.name = "neon"
	p.tiling = tiling{
		cols: 8,
		tiles: []tile{
			tile1NEON, tile2NEON, tile3NEON, tile4NEON, tile5NEON, tile6NEON,
			tile7NEON, tile8NEON, tile9NEON, tile10NEON, tile11NEON, tile12NEON,
		},
		transpose8: transpose8NEON,
		pieces:     piecesPlain,
	}
	p.add, p.multiply, p.addScaled, p.scale = addNEON, multiplyNEON, addScaledNEON, scaleNEON
	p.sum, p.sumSquares = sumNEON, sumSquaresNEON
	p.gelu, p.geluTanh, p.silu, p.relu = geluNEON, geluTanhNEON, siluNEON, reluNEON
	p.dropout = dropoutNEON
	p.softmax, p.softmaxBackward = softmaxNEON, softmaxBackwardNEON
	p.maximum, p.sumExp, p.scaledExp = maximumNEON, sumExpNEON, scaledExpNEON
	p.normalise, p.normSums, p.gainSums, p.normGradient = normaliseNEON, normSumsNEON, gainSumsNEON, normGradientNEON
	p.rotate = rotateNEON
	p.adamW = adamWNEON
	return p
}()
