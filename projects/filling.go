package projects

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync"

	"attune/engine/clean"
	"attune/engine/dataset"
	"attune/engine/guessing"
	"attune/engine/kernel"
	"attune/engine/op"
	"attune/engine/technique"
	"attune/engine/weights"
)

// Filler guesses the word that a text lacks, with a model that was pre-trained to. It may
// be called from several goroutines; they take turns.
type Filler struct {
	mu      sync.Mutex
	workers *kernel.Workers
	tape    *op.Tape
	filler  *guessing.Filler // nil once closed
	cleaner *clean.Cleaner   // does to texts what was done to those that the model learned from
}

// OpenFiller opens a base that guesses words, such as the starter, or the folder of a
// model. It fails for one that cannot, and for one that was saved without the head that it
// did so with.
func OpenFiller(base string) (*Filler, error) {
	if base == Fresh {
		return nil, &Error{Got: "a fresh model knows no words yet", Way: "choose the starter or another model that was pre-trained"}
	}
	opened, err := readBase(base)
	if err != nil {
		return nil, err
	}
	cleaner, err := cleanerOf(opened.About)
	if err != nil {
		return nil, err
	}
	m, err := guessing.New(opened.Base.Backbone, opened.Base.Tokenizer, opened.Base.Weights)
	var lacks *weights.MismatchError
	if errors.As(err, &lacks) {
		return nil, &Error{Got: "this model was saved without the head that it guessed words with", Way: "choose the starter, or fine-tune with the technique domain, which keeps that head"}
	}
	if err != nil {
		return nil, err
	}
	workers := kernel.NewWorkers(runtime.NumCPU())
	return &Filler{workers: workers, tape: op.NewTape(workers), filler: guessing.NewFiller(m, opened.Base.Tokenizer), cleaner: cleaner}, nil
}

// Filler opens the model of a run that got to know the texts first, and kept the head with
// which it guessed their words; 0 is the best of these runs. It gives the run's number.
func (p *Project) Filler(ctx context.Context, number int) (*Filler, int, error) {
	runs, err := p.Runs(ctx)
	if err != nil {
		return nil, 0, err
	}
	guesses := func(r RunInfo) bool { return slices.Contains(r.Techniques, technique.NewDomain().Name()) }
	if number == 0 {
		runs = slices.DeleteFunc(runs, func(r RunInfo) bool { return !guesses(r) })
		if len(runs) == 0 {
			return nil, 0, &Error{Got: "no training of this project got to know its texts first", Way: "train with the technique domain, or name another model"}
		}
	}
	info, err := choose(runs, number)
	if err != nil {
		return nil, 0, err
	}
	if !guesses(info) || info.Model == "" {
		return nil, 0, &Error{Got: "this training kept no head that guesses words", Way: "choose one that got to know the texts first"}
	}
	f, err := OpenFiller(p.store.Path(info.Model))
	return f, info.Number, err
}

// Holes are how a text may name the place of the word that it lacks.
var Holes = []string{"[MASK]", "<mask>", "___", "…"}

// HasHole says whether a text names the place of a word that it lacks.
func HasHole(text string) bool { _, _, ok := cutAtHole(text); return ok }

// WithHole gives the beginning of a text without the longest of its words, as something to
// guess.
func WithHole(text string) string {
	const most = 30 // words
	words := strings.Fields(text)
	words = words[:min(len(words), most)]
	longest := 0
	for i, w := range words {
		if len(w) > len(words[longest]) {
			longest = i
		}
	}
	if len(words) > 0 {
		word := strings.Trim(words[longest], ".,;:!?()\"")
		words[longest] = strings.Replace(words[longest], word, "___", 1)
	}
	return strings.Join(words, " ")
}

// mostFillings is how many words are given.
const mostFillings = 12

// Fill gives the likeliest words for the first hole in a text, the likeliest first, and the
// text with that one in it and marked. The model reads what its cleaning leaves of the rest.
// Without a hole, or where that is cleaned away, it fails with an *Error, and once the filler
// was closed with context.Canceled.
func (f *Filler) Fill(ctx context.Context, text string) (answer dataset.Answer, err error) {
	before, after, ok := cutAtHole(text)
	if !ok {
		return dataset.Answer{}, &Error{Got: "the text has no hole", Way: "write ___ where a word is to be guessed"}
	}
	left, right, ok := f.cleaned(before, after)
	if !ok {
		return dataset.Answer{}, &Error{Got: "what cleans the texts of this model takes the hole away", Way: "write ___ where the model's own texts are left as they are"}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.filler == nil || ctx.Err() != nil {
		return dataset.Answer{}, context.Canceled
	}
	defer op.Guard(&err)
	answer.Labels = f.filler.Fill(f.tape, left, right, mostFillings)
	if len(answer.Labels) > 0 {
		word := answer.Labels[0].Label
		answer.Text = before + word + after
		answer.Spans = []dataset.Span{{Start: len(before), End: len(before) + len(word), Label: "guessed"}}
	}
	return answer, nil
}

// cleaned gives what is left before and after a hole of a text by what cleans it, which is
// shown a word there; ok is false where that goes.
func (f *Filler) cleaned(before, after string) (left, right string, ok bool) {
	const word = "word"
	e := f.cleaner.Example(dataset.Example{
		Text: before + word + after, Spans: []dataset.Span{{Start: len(before), End: len(before) + len(word)}},
	})
	if len(e.Spans) == 0 {
		return "", "", false
	}
	return e.Text[:e.Spans[0].Start], e.Text[e.Spans[0].End:], true
}

// cutAtHole gives what stands before and after the first hole.
func cutAtHole(text string) (before, after string, ok bool) {
	at, hole := len(text), ""
	for _, h := range Holes {
		if i := strings.Index(text, h); i >= 0 && i < at {
			at, hole = i, h
		}
	}
	if hole == "" {
		return text, "", false
	}
	return text[:at], strings.TrimLeft(text[at+len(hole):], "_"), true
}

// Close lets the model go, after the answer that it is giving. Closing it again does
// nothing.
func (f *Filler) Close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.workers.Close()
	f.filler = nil
}
