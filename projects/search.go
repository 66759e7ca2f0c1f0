package projects

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/bits"
	"runtime"
	"slices"
	"strconv"
	"time"

	"attune/engine/baseline"
	"attune/engine/kernel"
	"attune/engine/op"
	"attune/engine/setting"
	"attune/engine/task"
	"attune/engine/train"
)

// Search is what was found out by trying ways of fine-tuning against each other in a
// given time, by successive halving (Jamieson & Talwalkar 2016): all get a short try,
// the better half a longer one, and so on until one is left. It is written down after
// each try, so that a search that was interrupted goes on.
type Search struct {
	Base    string      `json:"base"`
	Preset  string      `json:"preset"`
	Seed    uint64      `json:"seed"`
	Data    string      `json:"data"`    // hash of the rows
	Seconds float64     `json:"seconds"` // there are in all
	Spent   float64     `json:"spent"`
	Main    string      `json:"main"`  // the score that decides, "" for the loss
	Timed   Trial       `json:"timed"` // the first way for one pass, which says what fits into the time
	Rounds  []Round     `json:"rounds"`
	Left    []Candidate `json:"left"` // those that are still in it
}

// Candidate is one way of fine-tuning.
type Candidate struct {
	Techniques []string          `json:"techniques"`
	Settings   map[string]string `json:"settings"` // that differ from the preset's
}

// Round is the tries of all that were left, in their order.
type Round []Trial

// Trial is how a candidate did in a try.
type Trial struct {
	Candidate
	Passes  int     `json:"passes"`
	Score   float64 `json:"score"` // the best on the validation rows
	Loss    float64 `json:"loss"`  // of the same evaluation
	Steps   int     `json:"steps"`
	Seconds float64 `json:"seconds"`          // 0 for one that would have ended as an earlier one did
	Cut     bool    `json:"cut,omitempty"`    // its time was over before its passes were
	Failed  string  `json:"failed,omitempty"` // why it gave no model
}

// Compare is negative where t did better than o; one that failed did worst.
func (t Trial) Compare(o Trial) int {
	if (t.Failed == "") != (o.Failed == "") {
		return cmp.Compare(len(t.Failed), len(o.Failed))
	}
	return cmp.Or(cmp.Compare(o.Score, t.Score), cmp.Compare(t.Loss, o.Loss))
}

// SearchOptions say what to search.
type SearchOptions struct {
	Base    string // "" for what suits the project
	Preset  string
	Seed    uint64
	Threads int           // 0 for as many as there are cores
	Time    time.Duration // for all of it, with the training of the best
	Resume  bool          // go on with the search that was interrupted
}

// searchSetting is where the project has its search.
const searchSetting = "search"

// The techniques that are tried with a model that knows something, and by how much the
// learning rate differs from the preset's.
var (
	searchedTechniques = [][]string{{"headswap"}, {"headswap", "layerwise"}, {"headswap", "unfreeze"}, {"lora"}}
	searchedRates      = []float64{0.5, 1, 2}
	searchedDropouts   = []float64{0.1, 0.2}
)

// candidates gives all that a search tries: for a model that knows something techniques
// at several learning rates, for a fresh one rates and dropouts.
func (s *Setup) candidates() []Candidate {
	rate := s.options.LearningRate
	number := func(x float64) string { return strconv.FormatFloat(x, 'g', 4, 64) }
	var all []Candidate
	for _, share := range searchedRates {
		if s.startsFresh() {
			for _, dropout := range searchedDropouts {
				all = append(all, Candidate{[]string{"headswap"}, map[string]string{"learning_rate": number(share * rate), "dropout": number(dropout)}})
			}
			continue
		}
		for _, techniques := range searchedTechniques {
			all = append(all, Candidate{techniques, map[string]string{"learning_rate": number(share * rate)}})
		}
	}
	return all
}

// startsFresh says whether the base knows nothing yet.
func (s *Setup) startsFresh() bool { return s.Base == Fresh }

// Search tries ways of fine-tuning for a part of the time and gives what it found, with
// the setup of the best for the rest of the time; show is told of every try. It fails
// with an *Error when the project is not ready or there is nothing to go on with.
func (p *Project) Search(ctx context.Context, o SearchOptions, show func(Search)) (Search, *Setup, error) {
	if reason, err := p.Ready(ctx); err != nil || reason != "" {
		return Search{}, nil, notReady(reason, err)
	}
	found, err := p.searchOf(ctx, o)
	if err != nil {
		return Search{}, nil, err
	}
	unlock, err := p.store.Lock("a search")
	if err != nil {
		return found, nil, err
	}
	defer unlock()
	workers := kernel.NewWorkers(cmp.Or(o.Threads, runtime.NumCPU()))
	defer workers.Close()
	tries := &common{workers: workers}
	for len(found.Left) > 1 {
		if found.roundIsOver() {
			found.halve()
			found.Rounds = append(found.Rounds, nil)
			continue
		}
		last := len(found.Rounds) - 1
		candidate := found.Left[len(found.Rounds[last])]
		if _, timed := found.pass(candidate); !timed {
			if found.Timed, err = p.try(ctx, &found, candidate, tries); err != nil {
				return found, nil, err
			}
			found.Spent += found.Timed.Seconds
		}
		trial, err := p.try(ctx, &found, candidate, tries)
		if err != nil {
			return found, nil, err
		}
		found.Rounds[last] = append(found.Rounds[last], trial)
		found.Spent += trial.Seconds
		if found.roundIsOver() && len(found.Left) == 2 {
			found.halve()
		}
		if err := p.keepSearch(ctx, found); err != nil {
			return found, nil, err
		}
		if show != nil {
			show(found)
		}
	}
	s, err := p.winner(found, o)
	return found, s, err
}

// searchOf gives a new search, or the one to go on with.
func (p *Project) searchOf(ctx context.Context, o SearchOptions) (Search, error) {
	data, err := p.store.DataHash(ctx)
	if err != nil {
		return Search{}, err
	}
	if !o.Resume {
		s, err := p.searchSetup(Search{Base: o.Base, Preset: o.Preset, Seed: o.Seed})
		if err != nil {
			return Search{}, err
		}
		return Search{
			Base: s.Base, Preset: o.Preset, Seed: o.Seed, Data: data, Seconds: o.Time.Seconds(),
			Main: s.mainScore(), Left: s.candidates(), Rounds: []Round{nil},
		}, nil
	}
	found, ok, err := p.LastSearch(ctx)
	if err != nil {
		return Search{}, err
	}
	if !ok {
		return Search{}, &Error{Got: "no search was interrupted", Way: "start a new one"}
	}
	if found.Data != data {
		return Search{}, &Error{Got: "the rows were changed since the search was interrupted", Way: "undo the changes to go on with it, or start a new one"}
	}
	return found, nil
}

// LastSearch gives the search that was begun last, finished or not; ok is false where
// there was none.
func (p *Project) LastSearch(ctx context.Context) (found Search, ok bool, err error) {
	text, ok, err := p.store.Setting(ctx, searchSetting)
	if err != nil || !ok {
		return Search{}, false, err
	}
	if err := json.Unmarshal([]byte(text), &found); err != nil {
		return Search{}, false, fmt.Errorf("read the search: %w", err)
	}
	return found, true, nil
}

// Tries counts the tries that were made, and those that there are in all.
func (f *Search) Tries() (done, all int) {
	for _, round := range f.Rounds {
		done += len(round)
	}
	if last := len(f.Rounds) - 1; last >= 0 {
		all = done - len(f.Rounds[last])
	}
	for n := len(f.Left); n > 1; n = (n + 1) / 2 {
		all += n
	}
	return done, max(all, done)
}

func (p *Project) keepSearch(ctx context.Context, found Search) error {
	text, err := json.Marshal(found)
	if err != nil {
		return err
	}
	return p.store.SetSetting(context.WithoutCancel(ctx), searchSetting, string(text))
}

// mainScore names the score that decides, "" where it is the loss.
func (s *Setup) mainScore() string {
	if metrics := s.task.Metrics(); len(metrics) > 0 {
		return metrics[0].Name()
	}
	return ""
}

// searchSetup gives the preset that candidates differ from.
func (p *Project) searchSetup(found Search) (*Setup, error) {
	s, err := p.NewSetup(found.Preset)
	if err != nil {
		return nil, err
	}
	s.StartFrom(found.Base)
	s.Seed = found.Seed
	return s, nil
}

// setupFor gives the setup of a candidate.
func (p *Project) setupFor(found Search, c Candidate) (*Setup, error) {
	s, err := p.searchSetup(found)
	if err != nil {
		return nil, err
	}
	s.Techniques = c.Techniques
	for _, key := range slices.Sorted(maps.Keys(c.Settings)) {
		if err := setting.Apply(s.Fields(), key, c.Settings[key]); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// roundIsOver says whether all that are left had their try.
func (f *Search) roundIsOver() bool { return len(f.Rounds[len(f.Rounds)-1]) == len(f.Left) }

// halve keeps the better half of those that are left.
func (f *Search) halve() {
	trials := slices.Clone(f.Rounds[len(f.Rounds)-1])
	slices.SortStableFunc(trials, Trial.Compare)
	f.Left = nil
	for _, t := range trials[:(len(trials)+1)/2] {
		f.Left = append(f.Left, t.Candidate)
	}
}

// share is the time of the next try: each round that is to come, the training of the
// best among them, gets as much of what is left as the others.
func (f *Search) share() float64 {
	rounds := bits.Len(uint(len(f.Left)-1)) + 1
	tried := f.Rounds[len(f.Rounds)-1]
	left := f.Seconds - f.Spent
	for _, t := range tried {
		left += t.Seconds
	}
	return max(left, 0) / float64(rounds) / float64(len(f.Left))
}

// pass is how long a pass over the rows takes a candidate, as far as is known: by its
// own tries, else by those of others.
func (f *Search) pass(c Candidate) (seconds float64, known bool) {
	if f.Timed.Passes > 0 {
		seconds, known = f.Timed.Seconds/float64(f.Timed.Passes), true
	}
	for _, round := range f.Rounds {
		for _, t := range round {
			if t.Passes == 0 || t.Seconds == 0 {
				continue
			}
			if slices.Equal(t.Techniques, c.Techniques) || !known {
				seconds, known = t.Seconds/float64(t.Passes), true
			}
		}
	}
	return seconds, known
}

// passes is how many passes go into so many seconds, at least one and at most as many
// as the preset has.
func (f *Search) passes(c Candidate, seconds float64, most int) int {
	pass, known := f.pass(c)
	if !known || pass == 0 {
		return 1
	}
	return max(1, min(most, int(seconds/pass)))
}

// tried gives an earlier try of a candidate with as many passes, which would end as it did;
// it takes no time again.
func (f *Search) tried(c Candidate, passes int) (Trial, bool) {
	for _, t := range append(slices.Concat(f.Rounds...), f.Timed) {
		if t.Passes == passes && !t.Cut && slices.Equal(t.Techniques, c.Techniques) && maps.Equal(t.Settings, c.Settings) {
			t.Seconds = 0
			return t, true
		}
	}
	return Trial{}, false
}

// try trains a candidate for its share of the time. Nothing is kept of it but how it
// did. It fails when the context is done; a candidate that cannot be trained is told
// of in its trial.
func (p *Project) try(ctx context.Context, found *Search, c Candidate, tries *common) (Trial, error) {
	began := time.Now()
	s, err := p.setupFor(*found, c)
	if err != nil {
		return Trial{}, err
	}
	share := found.share()
	o := s.loop()
	o.Epochs, o.Patience = found.passes(c, share, o.Epochs), 0
	if before, ok := found.tried(c, o.Epochs); ok {
		return before, nil
	}
	o.MaxTime = time.Duration(max(share, 1) * float64(time.Second))
	t := Trial{Candidate: c, Score: math.Inf(-1), Loss: math.Inf(1)}
	tries.counting = 0
	err = p.trying(ctx, s, o, tries, &t)
	if ctx.Err() != nil {
		return t, ctx.Err()
	}
	if err != nil {
		t.Failed = err.Error()
	}
	if math.IsInf(t.Loss, 0) { // which JSON cannot tell
		t.Score, t.Loss = 0, 0
		t.Failed = cmp.Or(t.Failed, "it was not scored in its time")
	}
	t.Passes = max(1, t.Passes)
	t.Seconds = (time.Since(began) - tries.counting).Seconds()
	found.Spent += tries.counting.Seconds()
	t.Cut = t.Seconds >= o.MaxTime.Seconds()
	return t, nil
}

// common is what the tries of a search have in common.
type common struct {
	workers  *kernel.Workers
	counts   *baseline.Model // of the words of the rows, nil before the first try
	counting time.Duration   // that the try under way spent on them, which no other will
}

// counting is a model beside which words are counted.
type counting interface {
	task.Preparing
	Counts() *baseline.Model
	CountAs(*baseline.Model)
}

// count gives a model the counts of the words, which the first learns for all.
func (c *common) count(ctx context.Context, m task.Model) error {
	counts, ok := m.(counting)
	if !ok {
		return nil
	}
	if c.counts != nil {
		counts.CountAs(c.counts)
		return nil
	}
	began := time.Now()
	err := counts.Prepare(ctx, func(string) {})
	c.counts, c.counting = counts.Counts(), time.Since(began)
	return err
}

func (p *Project) trying(ctx context.Context, s *Setup, o train.Options, tries *common, t *Trial) error {
	plan, err := p.plan(ctx, s, func(string) {})
	if err != nil {
		return err
	}
	if err := tries.count(ctx, plan.Model); err != nil {
		return err
	}
	main := s.mainScore()
	for step, err := range train.Steps(ctx, op.NewTape(tries.workers), plan, o, nil) {
		if err != nil {
			return err
		}
		t.Steps, t.Passes = step.Number, int(math.Ceil(step.Epoch))
		if e := step.Evaluation; e != nil && step.Best {
			t.Score, t.Loss = e.Scores[main], e.Loss
		}
	}
	return ctx.Err()
}

// winner gives the setup that trains the one that is left in the time that is left.
func (p *Project) winner(found Search, o SearchOptions) (*Setup, error) {
	s, err := p.setupFor(found, found.Left[0])
	if err != nil {
		return nil, err
	}
	left := max(found.Seconds-found.Spent, 1)
	s.Threads, s.MaxMinutes = o.Threads, left/60
	s.options.Epochs = found.passes(found.Left[0], left, s.options.Epochs)
	return s, nil
}
