package projects

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"runtime"
	"strings"
	"time"
	"unicode"

	"github.com/nlpodyssey/spago/mat"

	"attune/engine/batch"
	"attune/engine/dataset"
	"attune/engine/kernel"
	"attune/engine/op"
	"attune/engine/predict"
	"attune/engine/task"
	"attune/engine/technique"
	"attune/engine/tokenizer"
	"attune/engine/train"
)

// DomainTest is a short try of getting to know the texts, to see whether the long one
// is likely to help.
type DomainTest struct {
	Texts   int     `json:"texts"`   // that were read
	Words   float64 `json:"words"`   // share of their words that the model knows as a whole
	Before  float64 `json:"before"`  // perplexity of the pieces that it guesses in texts that were not read
	After   float64 `json:"after"`   // the same after the try
	Steps   int     `json:"steps"`   // of the try
	Seconds float64 `json:"seconds"` // it took
}

// The bounds of a short try.
const (
	triedTexts   = 3000
	checkedTexts = 300
	checkedParts = 300 // of those texts, long ones have several
)

// What a try says. A small encoder that has read 20 million pieces learns from any text, so
// that the fall of the perplexity alone tells nothing: what tells is whether the words are
// its own. Measured with that encoder and 160 labelled rows, one seed each, by the score on
// the test rows without getting to know the texts and with it:
//
//	                                     words  fall  without  with
//	sms_spam, 1,200 texts more, macro F1  84 %  41 %    0.916  0.949
//	ag_news, 1,200 texts more, accuracy   76 %  38 %    0.715  0.743
//	the same, no text but the 160         77 %  10 %    0.715  0.703
//	20 classes of banking77, 2,361 more   94 %  74 %    0.791  0.779
//	the same, no text but the 160         94 %  33 %    0.791  0.741
//
// Of 2,000 answers of medquad, which are in that encoder's corpus, it knew 87 % of the words,
// and the perplexity fell by 40 %.
const (
	smallFall  = 0.1 // share of the perplexity
	largeFall  = 0.25
	fewTexts   = 1000
	knownWords = 0.9 // share that the model knows as a whole
)

// Fall is by how much the perplexity fell, as a share of what it was.
func (d DomainTest) Fall() float64 { return 1 - d.After/d.Before }

// Sentence says whether getting to know the texts is likely to help.
func (d DomainTest) Sentence() string {
	found := fmt.Sprintf("The model knows %.0f %% of the words as a whole, and guesses pieces of texts as if among %.0f, after a short try among %.0f.",
		100*d.Words, d.Before, d.After)
	switch fall := d.Fall(); {
	case fall < smallFall:
		return found + " The model knows such texts already: getting to know them first is unlikely to help."
	case d.Texts < fewTexts:
		return found + " There are too few texts to learn a language from: getting to know them first is unlikely to help. Import more, labelled or not."
	case d.Words >= knownWords:
		return found + " The texts use words that the model knows: getting to know them first is unlikely to help."
	case fall >= largeFall:
		return found + " Your texts have a language of their own: getting to know them first is likely to help, most of all where few of them have labels."
	}
	return found + " Getting to know the texts first may help a little."
}

// TestDomain tries for so long at most whether the base of a setup has something to
// learn from the project's texts, labelled or not. Nothing is kept of it. It fails when
// the model guesses no words, or begins knowing nothing.
func (p *Project) TestDomain(ctx context.Context, s *Setup, most time.Duration, progress func(Progress)) (DomainTest, error) {
	began := time.Now()
	base, err := p.base(ctx, s, p.Source(ctx, dataset.Train), func(string) {})
	if err != nil {
		return DomainTest{}, err
	}
	if base.Fresh {
		return DomainTest{}, &Error{
			Got: "a fresh model knows no language that could differ from that of the texts",
			Way: "name the pre-trained model that you want to start from",
		}
	}
	tried, checked, err := p.textsToTry(ctx)
	if err != nil {
		return DomainTest{}, err
	}
	plan := &technique.Plan{
		Task: s.task, Base: base, Seed: s.Seed, Learn: dataset.FromSlice(tried), Check: dataset.FromSlice(checked),
	}
	if err := technique.NewDomain().Apply(plan); err != nil {
		return DomainTest{}, err
	}
	phase := &plan.Phases[0]
	parts, err := dataset.Collect(first(checkedParts, phase.Check))
	if err != nil {
		return DomainTest{}, err
	}
	phase.Epochs, phase.Check = 1, nil // it is scored before and after
	phase.BatchSize = 0                // a short try takes small steps, or two minutes would show nothing
	workers := kernel.NewWorkers(cmp.Or(s.Threads, runtime.NumCPU()))
	defer workers.Close()
	t := &domainTry{tape: op.NewTape(workers), reader: phase.Model.(task.AtOnce), result: DomainTest{Texts: len(tried), Words: wholeWords(tried, base.Tokenizer)}}
	if t.items, err = predict.Encode(ctx, workers, phase.Model, parts); err != nil {
		return t.result, err
	}
	if t.result.Before, err = t.perplexity(ctx); err != nil {
		return t.result, err
	}
	o := s.loop()
	o.MaxTime = most
	for step, err := range train.Steps(ctx, t.tape, plan, o, nil) {
		if err != nil {
			return t.result, err
		}
		t.result.Steps = step.Number
		if progress != nil {
			progress(Progress{Verb: "Reading texts", Done: int64(step.Number), Total: int64(step.Of)})
		}
	}
	if ctx.Err() != nil {
		return t.result, ctx.Err()
	}
	t.result.After, err = t.perplexity(ctx)
	t.result.Seconds = time.Since(began).Seconds()
	return t.result, err
}

// textsToTry gives texts to read and others to check by, evenly chosen among those that
// are not for the test.
func (p *Project) textsToTry(ctx context.Context) (tried, checked []dataset.Example, err error) {
	o, err := p.Overview(ctx)
	if err != nil {
		return nil, nil, err
	}
	all := o.Splits[dataset.Train] + o.Splits[dataset.Unlabelled]
	every := max(1, float64(all)/(triedTexts+checkedTexts))
	n, next := 0, 0.0
	for _, split := range []dataset.Split{dataset.Train, dataset.Unlabelled} {
		for e, err := range p.Source(ctx, split) {
			if err != nil {
				return nil, nil, err
			}
			if n++; float64(n) < next {
				continue
			}
			next += every
			if (len(tried)+len(checked))%((triedTexts+checkedTexts)/checkedTexts) == 0 {
				checked = append(checked, e)
			} else {
				tried = append(tried, e)
			}
		}
	}
	if len(tried) == 0 || len(checked) == 0 {
		return nil, nil, &Error{Got: "there are no texts to try", Way: "import some, and split them"}
	}
	return tried, checked, nil
}

// wholeWords is the share of words that a tokenizer does not cut, some behind a space.
func wholeWords(texts []dataset.Example, t tokenizer.Tokenizer) float64 {
	words, whole := 0, 0
	known := map[string]bool{}
	for _, e := range texts {
		for _, word := range strings.FieldsFunc(e.Text, func(r rune) bool { return !unicode.IsLetter(r) }) {
			is, seen := known[word]
			if !seen {
				is = len(t.Encode(word)) == 1 || len(t.Encode(" "+word)) == 1
				known[word] = is
			}
			if words++; is {
				whole++
			}
		}
	}
	return float64(whole) / float64(max(words, 1))
}

// domainTry is a model that reads texts.
type domainTry struct {
	tape   *op.Tape
	reader task.AtOnce
	items  []batch.Item // to check by
	result DomainTest
}

// perplexity is that of the pieces to guess in the texts to check by.
func (t *domainTry) perplexity(ctx context.Context) (float64, error) {
	sum, weight := 0.0, 0.0
	err := predict.Losses(ctx, t.tape, t.reader, t.items, func(loss mat.Tensor) {
		sum += float64(op.Rows(loss)[0]) * t.tape.Weight()
		weight += t.tape.Weight()
	})
	return math.Exp(sum / max(weight, 1)), err
}
