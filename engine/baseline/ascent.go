package baseline

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"attune/engine/dataset"
)

// Passes over the examples end when the gap between the loss and the least
// possible loss, as a mean over examples, is small.
const (
	smallGap   = 2e-3
	mostPasses = 60
)

// ascent minimises the mean softmax cross-entropy of the examples plus
// |weights|^2 / (2 cost examples) by stochastic dual coordinate ascent
// (Shalev-Shwartz and Zhang 2014, Prox-SDCA, option III). It needs no learning
// rate, touches the weights of one text's n-grams at a time, and knows how far
// it is from the minimum, which is the same for every method.
//
// Each example has a distribution over the labels, which starts at its right
// label and moves towards what the model says. The weights are at all times cost
// times the sum of (right label - distribution) x vector over the examples.
type ascent struct {
	*Model
	aim
	starts []int     // example i has the numbers starts[i] to starts[i+1] of texts
	texts  vector    // of all examples
	duals  []float32 // [examples x labels]
	reader reader
	says   []float32 // [labels], what the model says about one example
	moves  []float32 // [labels], what one step adds to the bias
}

// aim is what is to be minimised.
type aim struct {
	cost float64
	each bool // any number of labels may be right, and each is told by itself
}

func newAscent(m *Model, to aim) *ascent {
	return &ascent{
		Model:  m,
		aim:    to,
		starts: []int{0},
		says:   make([]float32, len(m.labels)),
		moves:  make([]float32, len(m.labels)),
	}
}

// append takes an example in. Its weights start at zero, as its distribution
// puts all on the right label.
func (a *ascent) append(text string, labels ...string) {
	a.reader.longest = a.vocabulary.longest
	a.texts = a.vocabulary.appendGrams(a.texts, a.reader.grams(text))
	a.takeIn(labels...)
}

// takeIn takes the numbers in that were put behind the texts, as one example.
func (a *ascent) takeIn(labels ...string) {
	a.starts = append(a.starts, len(a.texts.values))
	a.duals = append(a.duals, make([]float32, len(a.labels))...)
	for _, label := range labels {
		right, _ := slices.BinarySearch(a.labels, label)
		a.duals[len(a.duals)-len(a.labels)+right] = 1
	}
}

// run passes over the examples in orders shuffled alike every time.
func (a *ascent) run(ctx context.Context) error {
	examples := len(a.starts) - 1
	step := a.step
	if a.each {
		step = a.stepEach
	}
	random := rand.New(rand.NewPCG(1, 1))
	order := make([]int, examples)
	for range mostPasses {
		for i := range order {
			order[i] = i
		}
		random.Shuffle(examples, func(i, j int) { order[i], order[j] = order[j], order[i] })
		gap := 0.0
		for n, i := range order {
			if n%1024 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			gap += step(i)
		}
		if gap <= smallGap*float64(examples) {
			break
		}
	}
	return nil
}

// step moves the distribution of one example, and the weights with it. It gives
// the example's share of the gap: the Kullback-Leibler divergence between its
// distribution and the model's.
func (a *ascent) step(example int) float64 {
	text := a.texts.part(a.starts[example], a.starts[example+1])
	dual := a.duals[example*len(a.labels):][:len(a.labels)]
	a.predict(a.says, text)
	divergence, distance := 0.0, 0.0
	for c, q := range dual {
		p, q := float64(a.says[c]), float64(q)
		distance += (p - q) * (p - q)
		divergence += share(q, p)
	}
	// Most examples are as good as done after a few passes.
	if divergence < smallGap/100 {
		return max(divergence, 0)
	}
	const convexity = 2 // of the dual: cross-entropy is 1/2-smooth
	rate := min(1, (divergence+convexity/2*distance)/(distance*(convexity+a.cost*squared(text))))
	for c, q := range dual {
		move := rate * (float64(a.says[c]) - float64(q))
		dual[c] += float32(move)
		a.moves[c] = float32(-a.cost * move)
	}
	a.add(text)
	return divergence
}

// stepEach is step where each label has a distribution of its own, over yes and no, of
// which duals holds the share of yes. It gives the sum of the labels' shares of the gap.
func (a *ascent) stepEach(example int) float64 {
	text := a.texts.part(a.starts[example], a.starts[example+1])
	dual := a.duals[example*len(a.labels):][:len(a.labels)]
	a.score(a.says, text)
	gap, moves := 0.0, false
	length := squared(text)
	for c, dualOf := range dual {
		p, q := dataset.Probability(float64(a.says[c])), float64(dualOf)
		divergence := max(0, share(q, p)+share(1-q, 1-p))
		gap += divergence
		if a.moves[c] = 0; divergence < smallGap/100 {
			continue
		}
		const convexity = 4 // of the dual: the logistic loss is 1/4-smooth
		distance := (p - q) * (p - q)
		move := (p - q) * min(1, (divergence+convexity/2*distance)/(distance*(convexity+a.cost*length)))
		dual[c] += float32(move)
		a.moves[c] = float32(-a.cost * move)
		moves = true
	}
	if moves {
		a.add(text)
	}
	return gap
}

// share is one term of the Kullback-Leibler divergence of q from p.
func share(q, p float64) float64 {
	if q <= 0 {
		return 0
	}
	return q * math.Log(q/max(p, math.SmallestNonzeroFloat32))
}

// squared is the length of a text's vector, squared. The bias meets a constant 1.
func squared(text vector) float64 {
	length := 1.0
	for _, value := range text.values {
		length += float64(value) * float64(value)
	}
	return length
}

// add adds moves times a text to the weights, and moves to the bias.
func (a *ascent) add(text vector) {
	moves := a.moves
	for c, move := range moves {
		a.bias[c] += move
	}
	for j, column := range text.columns {
		weights := a.weights[int(column)*len(moves):][:len(moves)]
		value := text.values[j]
		for c, move := range moves {
			weights[c] += value * move
		}
	}
}
