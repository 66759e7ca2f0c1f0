package kernel

var plain = path{
	name: "plain",
	tiling: tiling{
		cols:       plainCols,
		tiles:      []tile{plainTile1, plainTile2, plainTile3, plainTile4},
		transpose8: transpose8Plain,
		pieces:     piecesPlain,
	},
	add: addPlain, multiply: multiplyPlain, addScaled: addScaledPlain, scale: scalePlain,
	sum: sumPlain, sumSquares: sumSquaresPlain,
	gelu: geluPlain, geluTanh: geluTanhPlain, silu: siluPlain, relu: reluPlain,
	dropout: dropoutPlain,
	softmax: softmaxPlain, softmaxBackward: softmaxBackwardPlain,
	maximum: maximumPlain, sumExp: sumExpPlain, scaledExp: scaledExpPlain,
	normalise: normalisePlain, normSums: normSumsPlain, normGradient: normGradientPlain,
	gainSums: gainSumsPlain,
	rotate:   rotatePlain,
	adamW:    adamWPlain,
}
