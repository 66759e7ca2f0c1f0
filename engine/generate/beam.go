package generate

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// Written is one of the texts that beams found.
type Written struct {
	Pieces []int   // with the one that ended it, if any
	Score  float64 // its log-probability divided by its length to the power of the penalty
}

// beam is a text under way.
type beam struct {
	pieces []int
	sum    float64 // log-probability
}

// Beams writes on from a prompt along the likeliest beams and gives the best texts
// they ended with, the best first: the search of Hugging Face transformers
// (generation/beam_search.py, without early stopping).
func (w *Writer) Beams(ctx context.Context, prompt []int, o Options) ([]Written, error) {
	all, err := w.Texts(ctx, [][]int{prompt}, o)
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

// atOnce is how many sequences are written side by side: enough that a step of a small
// model is one product and no longer many small ones.
const atOnce = 64

// Texts is Beams for many prompts, of which those of like length are written side by
// side. With one beam each piece is the likeliest.
func (w *Writer) Texts(ctx context.Context, prompts [][]int, o Options) ([][]Written, error) {
	o.Beams = max(1, o.Beams)
	order := make([]int, len(prompts))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(len(prompts[b]), len(prompts[a])) })
	all := make([][]Written, len(prompts))
	for numbers := range slices.Chunk(order, max(1, atOnce/o.Beams)) {
		chunk := make([][]int, len(numbers))
		for i, n := range numbers {
			chunk[i] = prompts[n]
		}
		found, err := w.together(ctx, chunk, o)
		if err != nil {
			return nil, err
		}
		for i, n := range numbers {
			all[n] = found[i]
		}
	}
	return all, nil
}

// search is what the beams of one text found.
type search struct {
	number int // of the text
	beams  []beam
	ended  []Written
	done   bool
}

// together writes some texts side by side.
func (w *Writer) together(ctx context.Context, prompts [][]int, o Options) ([][]Written, error) {
	t, err := w.begin(prompts, o)
	if err != nil {
		return nil, err
	}
	all := make([]*search, len(prompts))
	for i := range all {
		all[i] = &search{number: i, beams: []beam{{}}}
	}
	var last []int
	for going := all; len(going) > 0; {
		rows, err := t.next(ctx, last)
		if err != nil {
			return nil, err
		}
		first := make([]int, len(going)) // the first row of each text
		for i, s := range going[:len(going)-1] {
			first[i+1] = first[i] + len(s.beams)
		}
		parents := make([][]int, len(going))
		w.tape.Workers.Each(len(going), func(_, i int) {
			s := going[i]
			parents[i] = s.step(t, rows[first[i]:first[i]+len(s.beams)], o)
		})
		var kept []int
		last = nil
		for i, s := range going {
			for j, parent := range parents[i] {
				kept = append(kept, first[i]+parent)
				last = append(last, s.beams[j].last())
			}
		}
		t.past.Keep(kept)
		going = slices.DeleteFunc(slices.Clone(going), func(s *search) bool { return s.done })
	}
	texts := make([][]Written, len(all))
	for i, s := range all {
		texts[i] = s.ended
	}
	return texts, nil
}

// step lets each beam grow by a piece, given the logits of what follows it, and gives
// the parents of those that go on: none when the search is done.
func (s *search) step(t *writing, rows [][]float32, o Options) (parents []int) {
	found := t.candidates(s, rows, 2*o.Beams)
	var going []beam
	for rank, c := range found {
		pieces := append(slices.Clone(s.beams[c.parent].pieces), c.piece)
		if t.w.ends(c.piece) {
			if rank < o.Beams {
				s.ended = o.keep(s.ended, beam{pieces, c.sum})
			}
			continue
		}
		going, parents = append(going, beam{pieces, c.sum}), append(parents, c.parent)
		if len(going) == o.Beams {
			break
		}
	}
	s.beams = going
	switch {
	case len(going) == 0 || len(s.ended) == o.Beams && s.ended[len(s.ended)-1].Score >= o.score(found[0].sum, t.written):
		s.done = true
	case t.written == t.most[s.number]:
		s.done = true
		for _, b := range going {
			s.ended = o.keep(s.ended, b)
		}
	}
	if s.done {
		return nil
	}
	return parents
}

func (b beam) last() int { return b.pieces[len(b.pieces)-1] }

// score is the log-probability of a text of a length, by which texts of different
// lengths are compared.
func (o Options) score(sum float64, length int) float64 {
	return sum / math.Pow(float64(length), o.LengthPenalty)
}

// keep adds a text to those that ended, of which only the best stay.
func (o Options) keep(ended []Written, b beam) []Written {
	ended = append(ended, Written{Pieces: b.pieces, Score: o.score(b.sum, len(b.pieces))})
	slices.SortStableFunc(ended, func(a, b Written) int { return cmp.Compare(b.Score, a.Score) })
	return ended[:min(len(ended), o.Beams)]
}

// candidate is a beam with one piece more.
type candidate struct {
	parent, piece int
	sum           float64
}

// candidates gives the likeliest continuations of a text's beams, the best first.
func (t *writing) candidates(s *search, rows [][]float32, n int) []candidate {
	forced, isForced := t.forced(s.number)
	beams := s.beams
	var all []candidate
	for parent, logits := range rows {
		logProbability := logSoftmax(logits)
		if isForced {
			// As transformers has it, what is forced is certain.
			all = append(all, candidate{parent, forced, beams[parent].sum})
			continue
		}
		best := make([]candidate, 0, n+1)
		for piece := range logits {
			if slices.Contains(t.w.rules.Never, piece) {
				continue
			}
			c := candidate{parent, piece, beams[parent].sum + logProbability(piece)}
			if len(best) < n || c.sum > best[n-1].sum {
				best = insert(best, c, n)
			}
		}
		all = append(all, best...)
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Compare(b.sum, a.sum) })
	return all[:min(n, len(all))]
}

// insert puts a candidate into its place among the n best.
func insert(best []candidate, c candidate, n int) []candidate {
	at, _ := slices.BinarySearchFunc(best, c, func(a, b candidate) int { return cmp.Or(cmp.Compare(b.sum, a.sum), -1) })
	best = slices.Insert(best, at, c)
	return best[:min(n, len(best))]
}

// logSoftmax gives the log-probability of each piece.
func logSoftmax(logits []float32) func(piece int) float64 {
	top := float64(slices.Max(logits))
	sum := 0.0
	for _, v := range logits {
		sum += math.Exp(float64(v) - top)
	}
	norm := top + math.Log(sum)
	return func(piece int) float64 { return float64(logits[piece]) - norm }
}
