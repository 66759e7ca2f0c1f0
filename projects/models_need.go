package projects

import (
	"context"
	"encoding/json"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"

	"attune/engine/catalog"
	"attune/engine/dataset"
	"attune/engine/kernel"
	"attune/engine/model"
	"attune/engine/task"
	"attune/engine/technique"
	"attune/engine/tokenizer"
	"attune/engine/train"
	"attune/engine/weights"
)

// shape is a model as its config.json tells it, without its weights.
type shape struct {
	tasks  []string     // names of Attune's tasks that it can learn
	memory func() int64 // bytes that fine-tuning all of it takes; 0 when it can learn none
}

// The training that a model's memory is told for: steps as the presets take them on
// more than 4,000 rows, each text as long as the task reads at most.
const (
	typicalRows    = 32
	typicalThreads = 4 // each holds buffers of its own; few beside the rest
)

// shapes remembers those that were looked at, by the text of their config.json.
type shapes struct {
	mu    sync.Mutex
	known map[string]shape
}

// of looks at a model of a config.json. One that no family reads can do nothing.
func (s *shapes) of(config []byte) shape {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.known[string(config)]
	if !ok {
		if s.known == nil {
			s.known = map[string]shape{}
		}
		found = shapeOf(config)
		s.known[string(config)] = found
	}
	return found
}

// shapeOf asks each task whether it can use a model of that shape. Its memory, which
// takes a second or so, is found when it is asked for: that of the first task.
func shapeOf(config []byte) shape {
	s := shape{memory: func() int64 { return 0 }}
	base, err := blank(config)
	if err != nil {
		return s
	}
	for _, t := range catalog.Tasks() {
		if t.Fits(base.Backbone) != nil {
			continue
		}
		if s.tasks = append(s.tasks, t.Name()); len(s.tasks) == 1 {
			s.memory = sync.OnceValue(func() int64 {
				// A training that cannot be rehearsed says why when it begins.
				bytes, _ := rehearsed(t, config)
				return bytes
			})
		}
	}
	return s
}

// blank gives a model of the shape in a config.json, whose weights take no memory.
func blank(config []byte) (*model.Base, error) {
	var c struct {
		Words int `json:"vocab_size"`
	}
	kind, err := typeOf(config)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(config, &c); err != nil {
		return nil, err
	}
	for _, f := range catalog.Families() {
		if slices.Contains(f.Types, kind) {
			source := weights.Blank()
			body, err := f.Load(config, source)
			return &model.Base{Name: kind, Backbone: body, Weights: source, Tokenizer: letters{}}, err
		}
	}
	return nil, accept(config)
}

// rehearsed gives the bytes that the typical training of a model takes, as
// MemoryForecast counts them for a training of a project.
func rehearsed(t task.Task, config []byte) (int64, error) {
	defer debug.FreeOSMemory() // of the gradients, which the rehearsal makes
	base, err := blank(config)
	if err != nil {
		return 0, err
	}
	examples := make([]dataset.Example, 2*typicalRows)
	long := strings.Repeat("a", 4096)
	for i := range examples {
		examples[i] = dataset.Example{Text: long, Labels: []string{strconv.Itoa(i % 2)}, Target: long}
	}
	rows := dataset.FromSlice(examples)
	plan := &technique.Plan{Task: t, Base: base, Learn: rows, Check: rows, Seed: 1}
	if err := technique.NewHeadSwap().Apply(plan); err != nil {
		return 0, err
	}
	workers := kernel.NewWorkers(typicalThreads)
	defer workers.Close()
	m, err := train.Forecast(context.Background(), workers, plan, train.Options{Epochs: 1, BatchSize: typicalRows, Evaluations: 1})
	return programBytes + m.Total() + m.Weights, err
}

// letters is a tokenizer that makes the same piece of each byte.
type letters struct{}

func (letters) Encode(text string) []tokenizer.Token {
	all := make([]tokenizer.Token, len(text))
	for i := range all {
		all[i] = tokenizer.Token{ID: 1, Start: i, End: i + 1}
	}
	return all
}

func (letters) Join(a, b []tokenizer.Token) (ids, segments []int) {
	for range len(a) + len(b) {
		ids = append(ids, 1)
	}
	return ids, make([]int, len(ids))
}

func (letters) Prefix() int                       { return 0 }
func (letters) Specials(bool) int                 { return 0 }
func (letters) Piece(int) string                  { return "" }
func (letters) ID(string) (int, bool)             { return 0, false }
func (letters) Size() int                         { return 2 }
func (letters) Decode([]int) string               { return "" }
func (letters) Files() (map[string][]byte, error) { return nil, nil }
