package projects

import (
	"cmp"
	"context"
	"maps"
	"math"
	"runtime"
	"slices"
	"time"

	"attune/engine/catalog"
	"attune/engine/dataset"
	"attune/engine/model"
	"attune/engine/setting"
	"attune/engine/task"
	"attune/engine/technique"
	"attune/engine/train"
	"attune/projects/store"
)

// Choice is one of several things to choose from.
type Choice struct{ Name, Title, About string }

// Setup is how a training is to be done. A new one has defaults that suit the
// project; Fields gives its knobs.
type Setup struct {
	Base       string   // what to start from: Starter, Fresh, a name of Models, or the folder of a model; see StartFrom
	Techniques []string // in the order in which they are applied
	Preset     string
	Seed       uint64
	Threads    int     // 0 for as many as there are cores
	MaxMinutes float64 // 0 for no limit
	Resume     int     // the run to go on with, 0 for a new one

	options    train.Options
	size       Size // of the training rows
	task       task.Task
	techniques []technique.Technique // all there are; Techniques says which are used
	given      map[string]string     // the knobs as the preset has them, to see what was changed
}

// preset is a named choice of how long a training may try.
type preset struct {
	Choice
	fresh, trained effort // of a model that knows nothing, and of one that was pre-trained
	starting       effort // of the starter and others that know little
	writing        effort // of one that knows nothing and learns to write
}

// effort is how long a training may try.
type effort struct {
	words    int // of all training rows with which one pass is enough
	power    int // by which the passes fall with the words
	passes   int // at most
	patience int // checks in which nothing gets better before it stops
}

// presets differ in how long they may try. Each check on the validation rows is half a
// pass, and a fresh model moves little during its first passes, so patience grows with the
// passes. The passes of a fresh model fall with the square of the words, since more words
// leave more to learn in each and less to learn by heart: balanced gives banking77
// (114,000 words) 22 and ag_news (229,000) 5. With 15 the first was not learned to the
// end, and with 8 or 10 the second's best model came in the middle, by chance, at a high
// learning rate. A pre-trained model needs a fraction of that: 3 to 5 passes over 10,000
// rows (Devlin et al. 2018, A.3), up to 20 over few (Mosbach et al. 2021). The starter
// lies between: 7 passes over banking77 were too few, and with 8 rows a class it reached
// its best between 15 and 30; quick, with 9, learns 2,000 rows of banking77 in a minute on
// two cores, as well on the test rows as with 12. To write is to choose among all pieces
// at each place, which takes a fresh model more passes than to tell labels apart, and
// their number falls with the words alone: balanced gives 50,000 pairs of sentences
// (310,000 words to translate) 19.
var presets = []preset{
	{Choice{"quick", "Quick", "A first impression in a minute or so."},
		effort{285_000, 2, 20, 6}, effort{350_000, 1, 8, 4}, effort{450_000, 1, 9, 6}, effort{2_000_000, 1, 8, 6}},
	{Choice{"balanced", "Balanced", "Good results without much waiting. Stops by itself when nothing improves."},
		effort{540_000, 2, 40, 10}, effort{900_000, 1, 20, 6}, effort{1_200_000, 1, 30, 14}, effort{6_000_000, 1, 20, 6}},
	{Choice{"best", "Best", "Tries longer before it gives up. For the final model."},
		effort{840_000, 2, 80, 20}, effort{1_800_000, 1, 40, 12}, effort{2_400_000, 1, 60, 20}, effort{12_000_000, 1, 40, 12}},
}

// Presets lists how thorough a training can be.
func Presets() []Choice {
	var all []Choice
	for _, p := range presets {
		all = append(all, p.Choice)
	}
	return all
}

// Techniques lists the ways of fine-tuning.
func Techniques() []Choice {
	var all []Choice
	for _, t := range catalog.Techniques() {
		all = append(all, Choice{Name: t.Name(), Title: t.Title(), About: t.About()})
	}
	return all
}

// NewSetup gives a setup with the defaults of a preset, "" for the balanced one.
// It fails with an *Error if there is no such preset.
func (p *Project) NewSetup(name string) (*Setup, error) {
	chosen, err := presetNamed(cmp.Or(name, "balanced"))
	if err != nil {
		return nil, err
	}
	t, err := p.newTask()
	if err != nil {
		return nil, err
	}
	counts, err := p.tally.of(context.Background(), p.store)
	if err != nil {
		return nil, err
	}
	if err := p.suitTask(t); err != nil {
		return nil, err
	}
	if err := p.suitParts(t); err != nil {
		return nil, err
	}
	base, err := p.suitedBase(context.Background(), t)
	if err != nil {
		return nil, err
	}
	s := &Setup{
		Base: base, Techniques: []string{technique.NewHeadSwap().Name()}, Preset: chosen.Name, Seed: 1,
		size: sizeOf(counts), task: t, techniques: catalog.Techniques(),
	}
	s.suit(chosen)
	return s, nil
}

func presetNamed(name string) (preset, error) {
	i := slices.IndexFunc(presets, func(p preset) bool { return p.Name == name })
	if i < 0 {
		return preset{}, &Error{Got: "there is no preset " + name, Way: "choose quick, balanced or best"}
	}
	return presets[i], nil
}

// suitable is a task whose defaults follow what its rows look like.
type suitable interface{ Suit(dataset.Example) }

// suitTask lets a task look at the first training row.
func (p *Project) suitTask(t task.Task) error {
	suitable, ok := t.(suitable)
	if !ok {
		return nil
	}
	for e, err := range p.Source(context.Background(), dataset.Train) {
		if err == nil {
			suitable.Suit(e)
		}
		return err
	}
	return nil
}

// suitParts lets a task read all of a text where the rows are parts of texts.
func (p *Project) suitParts(t task.Task) error {
	reader, ok := t.(interface{ ReadInParts() })
	if !ok {
		return nil
	}
	c, err := p.Cleaning(context.Background())
	if err == nil && c.divides() {
		reader.ReadInParts()
	}
	return err
}

// StartFrom chooses the base, "" for the one that it has; a new setup has the one that
// suits the project. What the user did not change becomes what the preset has for it.
func (s *Setup) StartFrom(base string) {
	s.Base = cmp.Or(base, s.Base)
	s.Fit(s.size)
}

// TakePreset chooses how long the training may try; a limit that a search had left is gone.
// The base, the techniques and what else the user changed stay. It fails with an *Error if
// there is no such preset.
func (s *Setup) TakePreset(name string) error {
	chosen, err := presetNamed(name)
	if err != nil {
		return err
	}
	for _, key := range []string{"epochs", "patience"} { // which a preset is about
		if err := setting.Apply(s.all(), key, s.given[key]); err != nil {
			return err
		}
	}
	s.Preset, s.MaxMinutes = chosen.Name, 0
	s.Fit(s.size)
	return nil
}

// Fit adapts what the preset chose to the size of the training rows, but for what the
// user changed.
func (s *Setup) Fit(size Size) {
	s.size = size
	i := slices.IndexFunc(presets, func(p preset) bool { return p.Name == s.Preset })
	changed := setting.Values(s.all())
	maps.DeleteFunc(changed, func(key, value string) bool { return value == s.given[key] })
	s.suit(presets[i])
	for key, value := range changed {
		// A knob takes back what it had.
		_ = setting.Apply(s.all(), key, value)
	}
}

// suited is a technique whose defaults follow what is learned from.
type suited interface{ Suit(technique.Start) }

// suit sets all knobs as a preset has them.
func (s *Setup) suit(p preset) {
	// Something is learned at each piece: what to write, or whether it is of a name.
	kind := s.task.Fresh()
	byPiece := kind != model.ReadsBothSides
	read := knowledgeOf(s.Base)
	s.options = p.options(read, s.size, kind)
	start := technique.Start{Small: read != much}
	if !byPiece { // what is to be written hides too much for more dropout
		start.Words = float64(s.size.Words) / float64(max(1, s.size.Rows))
	}
	for _, t := range s.techniques {
		if t, ok := t.(suited); ok {
			t.Suit(start)
		}
	}
	s.given = setting.Values(s.all())
}

// The learning rates at their height: a model that knows nothing takes the largest,
// and a pre-trained one the smaller the larger it is: BERT and its kin 2e-5 to 5e-5
// (Devlin et al. 2018, A.3), small ones up to 3e-4 (Turc et al. 2019). The starter gave
// the same on SST-2 at 1.5e-4 and 3e-4 (0.813 and 0.812) and needed more passes over
// banking77 the slower it went. To find names it learned better more slowly: over 8 passes
// of wnut17 an F1 of 0.233 on the test rows, at 4e-4 and without averaging 0.197, and 0.203
// with twice the dropout.
const (
	freshRate   = 1e-3
	starterRate = 4e-4
	namesRate   = 2e-4
	folderRate  = 5e-5

	// littleAverage is the share of the last steps whose mean a small model is tried with at
	// the end: 8 rows a class of banking77 gave 0.751 with it and 0.747 without.
	littleAverage = 0.2
)

// options of the loop, for a task that a fresh model of the kind would serve. Few rows are
// seen more often and in smaller steps, so that there are enough of them.
func (p preset) options(read knowledge, size Size, kind model.Kind) train.Options {
	e, rate, average := p.trained, folderRate, 0.0
	switch {
	case read == nothing && kind != model.ReadsBothSides:
		e, rate = p.writing, freshRate
	case read == nothing:
		e, rate = p.fresh, freshRate
	case read == little && kind == model.ReadsCapitals:
		e, rate, average = p.starting, namesRate, littleAverage
	case read == little && kind == model.ReadsBothSides:
		e, rate, average = p.starting, starterRate, littleAverage
	case read == little:
		e, rate = p.starting, starterRate
	}
	o := train.Options{
		Epochs: e.passes, Patience: e.patience, BatchSize: 32,
		LearningRate: rate, Warmup: 0.1, Decay: 0.01, Clip: 1, Average: average, Evaluations: 2,
	}
	switch {
	case size.Rows < 1000:
		o.BatchSize = 8
	case size.Rows < 4000:
		o.BatchSize = 16
	}
	if size.Words > 0 {
		passes := math.Pow(float64(e.words)/float64(size.Words), float64(e.power))
		o.Epochs = int(min(max(passes, fewestPasses), float64(e.passes)))
	}
	return o
}

// fewestPasses is how often even very many rows are seen.
const fewestPasses = 3

// LoopSettings gives the knobs of the training loop with the defaults of the
// balanced preset.
func LoopSettings() []setting.Field {
	o := presets[1].options(little, Size{}, model.ReadsBothSides)
	return o.Settings()
}

// Fields gives the knobs of the loop, the task and the chosen techniques, bound to
// this setup.
func (s *Setup) Fields() []setting.Field {
	fields := append(s.options.Settings(), s.task.Settings()...)
	for _, t := range s.techniques {
		if slices.Contains(s.ways(), t.Name()) {
			fields = append(fields, t.Settings()...)
		}
	}
	return fields
}

// all gives every knob that Fields can give, whichever techniques are chosen.
func (s *Setup) all() []setting.Field {
	fields := append(s.options.Settings(), s.task.Settings()...)
	for _, t := range s.techniques {
		fields = append(fields, t.Settings()...)
	}
	return fields
}

// values gives the setting of every knob by key.
func (s *Setup) values() map[string]string { return setting.Values(s.Fields()) }

// ways names the chosen techniques in their order. The plain one comes first where it was
// not chosen: how much is left out while learning, its knobs, matters to all of them.
func (s *Setup) ways() []string {
	plain := technique.NewHeadSwap().Name()
	if slices.Contains(s.Techniques, plain) {
		return s.Techniques
	}
	return append([]string{plain}, s.Techniques...)
}

// chosen gives the techniques to apply, in order.
func (s *Setup) chosen() ([]technique.Technique, error) {
	var all []technique.Technique
	for _, name := range s.ways() {
		i := slices.IndexFunc(s.techniques, func(t technique.Technique) bool { return t.Name() == name })
		if i < 0 {
			return nil, &Error{Got: "there is no technique " + name, Way: "attunectl list techniques names them all"}
		}
		all = append(all, s.techniques[i])
	}
	return all, nil
}

// loop gives the options of the training loop.
func (s *Setup) loop() train.Options {
	o := s.options
	o.Seed = s.Seed
	o.MaxTime = time.Duration(s.MaxMinutes * float64(time.Minute))
	return o
}

// record gives what is written down of the setup.
func (s *Setup) record() store.Run {
	threads := s.Threads
	if threads < 1 {
		threads = runtime.NumCPU()
	}
	return store.Run{
		Base: s.Base, Preset: s.Preset, Techniques: s.Techniques, Settings: s.values(),
		Seed: s.Seed, Threads: threads,
	}
}

// setupOf gives the setup that a run was started with, to go on with it.
func (p *Project) setupOf(r store.Run) (*Setup, error) {
	s, err := p.NewSetup(r.Preset)
	if err != nil {
		return nil, err
	}
	s.StartFrom(r.Base)
	s.Techniques, s.Seed, s.Threads, s.Resume = r.Techniques, r.Seed, r.Threads, r.Number
	for _, key := range slices.Sorted(maps.Keys(r.Settings)) {
		if err := setting.Apply(s.Fields(), key, r.Settings[key]); err != nil {
			return nil, err
		}
	}
	return s, nil
}
