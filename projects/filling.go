package projects

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"

	"attune/engine/dataset"
	"attune/engine/guessing"
	"attune/engine/kernel"
	"attune/engine/op"
)

// Filler guesses the word that a text lacks, with a model that was pre-trained to. It may
// be called from several goroutines; they take turns.
type Filler struct {
	mu      sync.Mutex
	workers *kernel.Workers
	tape    *op.Tape
	filler  *guessing.Filler // nil once closed
}

// OpenFiller opens a base that fills gaps, such as the starter. It fails with a
// *guessing.Error for one that does not.
func OpenFiller(base string) (*Filler, error) {
	if base == Fresh {
		return nil, &Error{Got: "a fresh model knows no words yet", Way: "choose the starter or another model that was pre-trained"}
	}
	opened, err := openBase(base)
	if err != nil {
		return nil, err
	}
	m, err := guessing.New(opened.Backbone, opened.Tokenizer, opened.Weights)
	if err != nil {
		return nil, err
	}
	f, err := guessing.NewFiller(m, opened.Tokenizer)
	if err != nil {
		return nil, err
	}
	workers := kernel.NewWorkers(runtime.NumCPU())
	return &Filler{workers: workers, tape: op.NewTape(workers), filler: f}, nil
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
// text with that one in it and marked. Without a hole it fails with an *Error, and once the
// filler was closed with context.Canceled.
func (f *Filler) Fill(ctx context.Context, text string) (answer dataset.Answer, err error) {
	before, after, ok := cutAtHole(text)
	if !ok {
		return dataset.Answer{}, &Error{Got: "the text has no hole", Way: "write ___ where a word is to be guessed"}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.filler == nil || ctx.Err() != nil {
		return dataset.Answer{}, context.Canceled
	}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the model could not be computed: %v", r)
		}
	}()
	answer.Labels = f.filler.Fill(f.tape, before, after, mostFillings)
	if len(answer.Labels) > 0 {
		word := answer.Labels[0].Label
		answer.Text = before + word + after
		answer.Spans = []dataset.Span{{Start: len(before), End: len(before) + len(word), Label: "guessed"}}
	}
	return answer, nil
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
