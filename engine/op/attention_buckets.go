package op

import (
	"math"

	"github.com/nlpodyssey/spago/mat"

	"attune/engine/kernel"
)

// Buckets is T5's relative position bias (Raffel et al. 2020; Hugging Face
// transformers, models/t5/modeling_t5.py): for each head a number for each bucket
// of distances, which is added to the scores before they are scaled. Half of the
// buckets are for one distance each, the others for ranges that grow as its
// logarithm.
type Buckets struct {
	Table    mat.Tensor // [buckets x heads]
	Causal   bool       // no buckets for tokens after; else half of them are
	Farthest int        // distance from which on all are in the last bucket
}

// bucket gives that of a key so many places after its query.
func (b *Buckets) bucket(distance int) int {
	count, _ := Size(b.Table)
	first := 0
	if !b.Causal {
		count /= 2
		if distance > 0 {
			first, distance = count, -distance
		}
	}
	distance = max(0, -distance)
	exact := count / 2
	if distance < exact {
		return first + distance
	}
	// In single precision, as the original: a boundary may lie on a whole number.
	share := float32(math.Log(float64(float32(distance)/float32(exact)))) / float32(math.Log(float64(b.Farthest)/float64(exact)))
	return first + min(count-1, exact+int(share*float32(count-exact)))
}

type buckets struct {
	*attention
	table   mat.Tensor
	longest int       // keys of the longest sequence
	of      []int     // the bucket of each distance from 1-longest on
	bias    []float32 // [heads x 2·longest] for those distances
	slopes  []float32 // for each sequence of m keys: [heads x 2·m], the gradients for the distances from 1-m on
}

func newBuckets(a *attention) *buckets {
	_, heads := Size(a.Buckets.Table)
	check(heads == a.Heads, "attention", "a bias of %d heads for %d", heads, a.Heads)
	b := &buckets{attention: a, table: a.Buckets.Table}
	for s := range len(a.starts) - 1 {
		_, m := a.lengths(s)
		b.longest = max(b.longest, m)
	}
	table := Rows(b.table)
	b.bias = a.tape.Buffer(heads * 2 * b.longest)
	for i := range 2*b.longest - 1 {
		b.of = append(b.of, a.Buckets.bucket(i+1-b.longest))
		for head := range heads {
			b.bias[head*2*b.longest+i] = table[b.of[i]*heads+head]
		}
	}
	return b
}

func (b *buckets) operands() []mat.Tensor { return []mat.Tensor{b.table} }

// add adds to each row of scores a window of the head's biases by distance.
func (b *buckets) add(h *head, t tile, scores block) {
	bias := b.bias[h.number*2*b.longest:]
	for i := range t.rows {
		kernel.Add(scores.row(i, t.keys), bias[b.longest-1-b.place(h, t.first+i):])
	}
}

func (b *buckets) start() {
	b.slopes = b.tape.Buffer(2 * b.Heads * b.keyStarts[len(b.keyStarts)-1])
}

// slopesOf gives the gradients that a head of a sequence of m keys finds.
func (b *buckets) slopesOf(sequence, number, m int) []float32 {
	return b.slopes[2*(b.Heads*b.keyStarts[sequence]+number*m):][:2*m]
}

func (b *buckets) backward(h *head, t tile, dscores, _ block) {
	slopes := b.slopesOf(h.sequence, h.number, h.m)
	if t.last(h) {
		clear(slopes)
	}
	for i := range t.rows {
		kernel.Add(slopes[h.m-1-b.place(h, t.first+i):][:t.keys], dscores.row(i, t.keys))
	}
}

func (b *buckets) give() {
	Learn(b.table, func(gradient []float32) {
		b.tape.Workers.Rows(b.Heads, grain(len(b.slopes)/b.Heads), func(_, from, to int) {
			for s := range len(b.starts) - 1 {
				n, m := b.lengths(s)
				for head := from; n > 0 && head < to; head++ {
					for i := range 2*m - 1 {
						gradient[b.of[b.longest-m+i]*b.Heads+head] += b.slopesOf(s, head, m)[i]
					}
				}
			}
		})
	})
}
