package guessing

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/nlpodyssey/spago/mat"

	"attune/engine/batch"
	"attune/engine/head"
	"attune/engine/loss"
	"attune/engine/model"
	"attune/engine/op"
	"attune/engine/tokenizer"
	"attune/engine/weights"
)

// restoring is a body that reads a text with gaps and writes what stood in them, as T5 was
// pre-trained to (Raffel et al. 2020, 3.1.4).
type restoring interface {
	model.Encoder
	model.Decoder
	LanguageModel(*weights.Source) *head.LanguageModel
	// Sentinel gives the name of the piece that stands for a gap, counted from 0.
	Sentinel(gap int) string
}

func corrupted(b model.Backbone, pieces tokenizer.Tokenizer, s *weights.Source) (*Model, error) {
	body, ok := b.(restoring)
	if !ok {
		return nil, nil
	}
	asking, err := newCorrupting(body, pieces)
	if err != nil {
		return nil, err
	}
	return &Model{
		Body: body, Head: body.LanguageModel(s), Asking: asking,
		read: func(t *op.Tape, b *batch.Packed, places []int) mat.Tensor {
			memory := &model.Memory{Rows: body.Encode(t, b), Starts: b.Starts}
			return op.Pick(t, body.Decode(t, b.Output, memory, nil), places)
		},
	}, nil
}

// Corrupting asks for what stood in gaps: span corruption, with the gaps of
// random_spans_noise_mask in google-research/text-to-text-transfer-transformer.
type Corrupting struct {
	sentinels     []int
	before        int // pieces that Join sets before a text
	around, start int // pieces that it sets around it; the piece that stands before all that is written
	ends          []int
}

const (
	gapsShare = 0.15 // of the pieces stands in gaps
	gapPieces = 3    // in a gap on average
	mostGaps  = 100
)

// newCorrupting fails when the tokenizer has no piece that stands for a gap.
func newCorrupting(b restoring, t tokenizer.Tokenizer) (*Corrupting, error) {
	w := b.Writing()
	c := &Corrupting{before: t.Prefix(), around: t.Specials(false), start: w.Start, ends: w.Ends[:min(1, len(w.Ends))]}
	for gap := range mostGaps {
		id, ok := t.ID(b.Sentinel(gap))
		if !ok {
			break
		}
		c.sentinels = append(c.sentinels, id)
	}
	if len(c.sentinels) == 0 {
		return nil, &Error{Reason: "this model has no piece that stands for a gap", Way: "choose a model with the tokenizer that T5 was published with"}
	}
	return c, nil
}

// Name says what is guessed.
func (c *Corrupting) Name() string { return "what stood in gaps" }

// Plain is the same.
func (c *Corrupting) Plain() Asking { return c }

// Ask cuts gaps into an item, of which the first piece stays.
func (c *Corrupting) Ask(item batch.Item, random *rand.Rand) batch.Item {
	text := item.IDs[c.before : len(item.IDs)-c.around+c.before]
	hidden := min(max(1, int(math.Round(gapsShare*float64(len(text))))), len(text)-1)
	if hidden < 1 {
		item.Output, item.Targets = []int{c.start}, unasked(1)
		return item
	}
	gaps := min(max(1, int(math.Round(float64(hidden)/gapPieces))), len(c.sentinels), len(text)-hidden)
	read, written, at := slices.Clone(item.IDs[:c.before]), []int(nil), 0
	kept, cut := parted(len(text)-hidden, gaps, random), parted(hidden, gaps, random)
	for gap := range gaps {
		read = append(append(read, text[at:at+kept[gap]]...), c.sentinels[gap])
		at += kept[gap]
		written = append(append(written, c.sentinels[gap]), text[at:at+cut[gap]]...)
		at += cut[gap]
	}
	written = append(written, c.ends...)
	item.IDs, item.Segments = append(read, item.IDs[c.before+len(text):]...), nil
	item.Output, item.Targets = append([]int{c.start}, written[:len(written)-1]...), written
	return item
}

// parted cuts so many pieces into parts of one at least, each cut as likely as another.
func parted(pieces, parts int, random *rand.Rand) []int {
	cuts := random.Perm(pieces - 1)[:parts-1]
	slices.Sort(cuts)
	sizes, from := make([]int, 0, parts), 0
	for _, cut := range append(cuts, pieces-1) {
		sizes = append(sizes, cut+1-from)
		from = cut + 1
	}
	return sizes
}

// at asks for the first piece of a gap at one place.
func (c *Corrupting) at(item batch.Item, place int) batch.Item {
	asked := item.IDs[place]
	item.IDs, item.Segments = slices.Clone(item.IDs), nil
	item.IDs[place] = c.sentinels[0]
	item.Output, item.Targets = []int{c.start, c.sentinels[0]}, []int{loss.Ignored, asked}
	return item
}
