package bundle_test

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"attune/engine/bundle"
	"attune/engine/dataset"
	"attune/engine/guessing"
	"attune/engine/kernel"
	"attune/engine/model"
	"attune/engine/model/bert"
	"attune/engine/op"
	"attune/engine/predict"
	"attune/engine/task"
	"attune/engine/task/tasktest"
	"attune/engine/technique"
	"attune/engine/train"
	"attune/engine/weights"
)

var families = []model.Family{bert.Family}

var learn = []dataset.Example{
	{Text: "my card is lost", Labels: []string{"Karte für alle"}},
	{Text: "the parcel has not come", Labels: []string{"快递"}},
	{Text: "i want my money back", Labels: []string{`a "quoted", label`}},
}

// saved gives a folder with a model and the model itself.
func saved(t *testing.T) (string, task.Model) {
	t.Helper()
	c := task.NewClassification().(*task.Classification)
	c.MaxLength = 20
	base := tasktest.Base(t)
	m, err := c.Learn(base, dataset.FromSlice(learn), 1)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	about := bundle.About{Task: c.Name(), Pipeline: c.Pipeline(), Settings: map[string]string{"max_length": "20"}, Project: "Tickets", Run: 3}
	if err := bundle.Take(m, nil, base.Tokenizer, nil).Save(dir, about); err != nil {
		t.Fatal(err)
	}
	return dir, m
}

func answers(t *testing.T, m task.Model) []dataset.Answer {
	t.Helper()
	workers := kernel.NewWorkers(1)
	t.Cleanup(workers.Close)
	all, err := predict.New(m, workers).Answers(context.Background(), learn)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestASavedModelAnswersTheSame(t *testing.T) {
	dir, m := saved(t)
	opened, err := bundle.Open(dir, families)
	if err != nil {
		t.Fatal(err)
	}
	found, err := opened.Task([]task.Task{task.NewClassification()})
	if err != nil {
		t.Fatal(err)
	}
	if got := found.(*task.Classification).MaxLength; got != 20 {
		t.Errorf("the longest text is %d, not 20", got)
	}
	again, err := found.Open(opened.Base)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := answers(t, again), answers(t, m); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if unused := opened.Base.Weights.Unused(); len(unused) > 0 {
		t.Errorf("not used: %v", unused)
	}
}

// A model goes on with the head that it was saved with; for other labels its last layer
// alone is new, and the plan knows.
func TestANewHeadIsKnown(t *testing.T) {
	others := slices.Clone(learn)
	others[0].Labels = []string{"another"}
	for name, c := range map[string]struct {
		learn []dataset.Example
		want  []string
	}{
		"the same labels": {learn, nil},
		"other labels":    {others, []string{"classifier.weight", "classifier.bias"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir, _ := saved(t)
			opened, err := bundle.Open(dir, families)
			if err != nil {
				t.Fatal(err)
			}
			p := &technique.Plan{Task: task.NewClassification(), Base: opened.Base, Learn: dataset.FromSlice(c.learn)}
			if err := p.FineTune(); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(p.Drawn, c.want) {
				t.Errorf("drawn %v, want %v", p.Drawn, c.want)
			}
		})
	}
}

// What LoRA learned is saved merged, and apart as PEFT names it; over the model that it
// was made for that is the same model.
func TestAnAdapterIsKeptApart(t *testing.T) {
	dir, _ := saved(t)
	others := slices.Clone(learn)
	others[0].Labels = []string{"another"}
	opened, err := bundle.Open(dir, families)
	if err != nil {
		t.Fatal(err)
	}
	p := &technique.Plan{Task: task.NewClassification(), Base: opened.Base, Learn: dataset.FromSlice(others), Check: dataset.FromSlice(nil), Seed: 1}
	if err := technique.NewLoRA().Apply(p); err != nil {
		t.Fatal(err)
	}
	workers := kernel.NewWorkers(1)
	defer workers.Close()
	o := train.Options{Epochs: 20, BatchSize: 3, LearningRate: 1e-3, Evaluations: 1}
	for _, err := range train.Steps(t.Context(), op.NewTape(workers), p, o, nil) {
		if err != nil {
			t.Fatal(err)
		}
	}
	to := t.TempDir()
	if err := bundle.Take(p.Model, nil, opened.Base.Tokenizer, nil).Save(to, bundle.About{Task: "classification", Base: dir}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(to, "adapter", "adapter_config.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"peft_type": "LORA"`, `"task_type": "SEQ_CLS"`, `"r": 8`, `"lora_alpha": 16`, `"bert.encoder.layer.0.attention.self.query"`, `"bert.pooler.dense"`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("adapter_config.json lacks %s:\n%s", want, text)
		}
	}
	want := answers(t, p.Model)
	for name, folder := range map[string]string{"merged": to, "apart": filepath.Join(to, "adapter")} {
		t.Run(name, func(t *testing.T) {
			again, err := bundle.Open(folder, families)
			if err != nil {
				t.Fatal(err)
			}
			m, err := task.NewClassification().Open(again.Base)
			if err != nil {
				t.Fatal(err)
			}
			got := answers(t, m)
			for i := range got {
				for j, s := range got[i].Labels {
					if w := want[i].Labels[j]; s.Label != w.Label || math.Abs(s.Score-w.Score) > 1e-4 {
						t.Errorf("text %d: %v, want %v", i, s, w)
					}
				}
			}
		})
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	var e *bundle.Error
	if _, err := bundle.Open(filepath.Join(to, "adapter"), families); !errors.As(err, &e) || e.Hint() == "" {
		t.Errorf("without its model: %v", err)
	}
}

// An adapter of a body that another technique changed is not one of the published model.
func TestAnAdapterOfAnAlteredBodyIsNotKeptApart(t *testing.T) {
	dir, _ := saved(t)
	opened, err := bundle.Open(dir, families)
	if err != nil {
		t.Fatal(err)
	}
	p := &technique.Plan{Task: task.NewClassification(), Base: opened.Base, Learn: dataset.FromSlice(learn), Check: dataset.FromSlice(nil), Seed: 1}
	for _, by := range []technique.Technique{technique.NewLoRA(), technique.NewDomain()} {
		if err := by.Apply(p); err != nil {
			t.Fatal(err)
		}
	}
	p.Phases[len(p.Phases)-1].Begin()
	to := t.TempDir()
	if err := bundle.Take(p.Model, nil, opened.Base.Tokenizer, nil).Save(to, bundle.About{Task: "classification", Base: dir}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(to, "adapter")); err == nil {
		t.Error("it was kept apart")
	}
}

// A body that guessed words first keeps the head that it did so with, under its published
// names, and only such a body has one.
func TestTheHeadThatGuessedIsKept(t *testing.T) {
	for name, techniques := range map[string][]technique.Technique{
		"guessed first": {technique.NewDomain(), technique.NewHeadSwap()}, "not so": {technique.NewHeadSwap()},
	} {
		t.Run(name, func(t *testing.T) {
			p := &technique.Plan{Task: task.NewClassification(), Base: tasktest.Base(t), Learn: dataset.FromSlice(learn), Check: dataset.FromSlice(nil), Seed: 1}
			for _, by := range techniques {
				if err := by.Apply(p); err != nil {
					t.Fatal(err)
				}
			}
			if p.Guessed != nil {
				for _, parameter := range p.Guessed.Params() {
					op.Rows(parameter)[0] += 0.25 // it has learned
				}
			}
			to := t.TempDir()
			if err := bundle.Take(p.Model, p.Guessed, p.Base.Tokenizer, nil).Save(to, bundle.About{Task: "classification"}); err != nil {
				t.Fatal(err)
			}
			again, err := bundle.Open(to, families)
			if err != nil {
				t.Fatal(err)
			}
			kept := again.Base.Weights.Has("cls.predictions.transform.dense.weight")
			if kept != (p.Guessed != nil) {
				t.Fatalf("kept: %t", kept)
			}
			if _, err := task.NewClassification().Open(again.Base); err != nil {
				t.Fatal(err)
			}
			m, err := guessing.New(again.Base.Backbone, again.Base.Tokenizer, again.Base.Weights)
			if !kept {
				if err == nil {
					t.Error("it guesses with a head that it was not saved with")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			want := maps.Collect(p.Guessed.Params())
			for name, parameter := range m.Head.Params() {
				if !slices.Equal(op.Rows(parameter), op.Rows(want[name])) {
					t.Errorf("%s differs", name)
				}
			}
			if unused := again.Base.Weights.Unused(); len(unused) > 0 {
				t.Errorf("not used: %v", unused)
			}
		})
	}
}

// What Python's from_pretrained looks for.
func TestTheFolderIsHuggingFaces(t *testing.T) {
	dir, _ := saved(t)
	for _, name := range []string{"config.json", "model.safetensors", "vocab.txt", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "README.md"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	text, err := os.ReadFile(filepath.Join(dir, "config.json"))
	if err != nil {
		t.Fatal(err)
	}
	var config struct {
		Architectures []string
		ID2Label      map[string]string `json:"id2label"`
		Label2ID      map[string]int    `json:"label2id"`
		Type          string            `json:"model_type"`
	}
	if err := json.Unmarshal(text, &config); err != nil {
		t.Fatal(err)
	}
	if config.Architectures[0] != "BertForSequenceClassification" || config.Type != "bert" || len(config.ID2Label) != 3 || config.Label2ID[config.ID2Label["2"]] != 2 {
		t.Errorf("%s", text)
	}
	card, err := os.ReadFile(filepath.Join(dir, "README.md"))
	if err != nil || !strings.HasPrefix(string(card), "---\nlibrary_name: transformers\n") || !strings.Contains(string(card), "快递") {
		t.Errorf("%s, %v", card, err)
	}
}

func TestASnapshotStaysWhileTheModelLearns(t *testing.T) {
	base := tasktest.Base(t)
	m, err := task.NewClassification().Learn(base, dataset.FromSlice(learn), 1)
	if err != nil {
		t.Fatal(err)
	}
	about := bundle.About{Task: "classification"}
	before, after, again := t.TempDir(), t.TempDir(), t.TempDir()
	snapshot := bundle.Take(m, nil, base.Tokenizer, nil)
	if err := snapshot.Save(before, about); err != nil {
		t.Fatal(err)
	}
	for _, p := range m.Params() {
		op.Rows(p)[0] += 1
	}
	if err := snapshot.Save(after, about); err != nil {
		t.Fatal(err)
	}
	if tensorsOf(t, before) != tensorsOf(t, after) {
		t.Error("the snapshot changed with the model")
	}
	if err := bundle.Take(m, nil, base.Tokenizer, snapshot).Save(again, about); err != nil {
		t.Fatal(err)
	}
	if tensorsOf(t, again) == tensorsOf(t, before) {
		t.Error("a snapshot in old buffers has the old weights")
	}
}

// withMore saves a tensor more than the model that it is.
type withMore struct{ task.Model }

func (m withMore) Save(s *weights.Sink) {
	m.Model.Save(s)
	s.Vector("more", op.NewParam(1, 2, []float32{3, 4}))
}

// A model can have more to save later on: counted words that are trusted now.
func TestASnapshotHoldsMoreThanAnOlderOne(t *testing.T) {
	base := tasktest.Base(t)
	m, err := task.NewClassification().Learn(base, dataset.FromSlice(learn), 1)
	if err != nil {
		t.Fatal(err)
	}
	older := bundle.Take(m, nil, base.Tokenizer, nil)
	dir := t.TempDir()
	if err := bundle.Take(withMore{m}, nil, base.Tokenizer, older).Save(dir, bundle.About{Task: "classification"}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(tensorsOf(t, dir), `"more"`) {
		t.Error("what came later is not saved")
	}
}

func tensorsOf(t *testing.T, dir string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(dir, "model.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestBrokenFoldersAreSentences(t *testing.T) {
	for name, spoil := range map[string]func(dir string) error{
		"no config":        func(dir string) error { return os.Remove(filepath.Join(dir, "config.json")) },
		"no weights":       func(dir string) error { return os.Remove(filepath.Join(dir, "model.safetensors")) },
		"cut weights":      func(dir string) error { return os.Truncate(filepath.Join(dir, "model.safetensors"), 2000) },
		"config no JSON":   func(dir string) error { return write(dir, "config.json", "{") },
		"unknown family":   func(dir string) error { return write(dir, "config.json", `{"model_type":"mamba"}`) },
		"about no JSON":    func(dir string) error { return write(dir, "attune.json", "[") },
		"a newer attune":   func(dir string) error { return write(dir, "attune.json", `{"version":99}`) },
		"a number as text": func(dir string) error { return write(dir, "config.json", `{"model_type":"bert","vocab_size":"9"}`) },
		"an activation": func(dir string) error {
			return write(dir, "config.json", `{"model_type":"bert","hidden_act":"mish"}`)
		},
		"other shape": func(dir string) error { return write(dir, "config.json", `{"model_type":"bert","vocab_size":9}`) },
		"no vocabulary": func(dir string) error {
			return errors.Join(os.Remove(filepath.Join(dir, "vocab.txt")), os.Remove(filepath.Join(dir, "tokenizer.json")))
		},
		"empty vocabulary": func(dir string) error {
			return errors.Join(write(dir, "vocab.txt", ""), os.Remove(filepath.Join(dir, "tokenizer.json")))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir, _ := saved(t)
			if err := spoil(dir); err != nil {
				t.Fatal(err)
			}
			_, err := bundle.Open(dir, families)
			var hinted interface{ Hint() string }
			if !errors.As(err, &hinted) || hinted.Hint() == "" {
				t.Errorf("no way out: %v", err)
			}
		})
	}
}

func write(dir, name, content string) error {
	return os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644)
}

// A folder inside the program is read as one on the disk.
func TestAnEmbeddedModelAnswersTheSame(t *testing.T) {
	dir, m := saved(t)
	opened, err := bundle.OpenEmbedded("starter", os.DirFS(dir), families)
	if err != nil {
		t.Fatal(err)
	}
	again, err := task.NewClassification().Open(opened.Base)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := answers(t, again), answers(t, m); opened.Base.Name != "starter" || !reflect.DeepEqual(got, want) {
		t.Errorf("%s: got %v, want %v", opened.Base.Name, got, want)
	}
	if _, err := bundle.OpenEmbedded("nothing", os.DirFS(t.TempDir()), families); err == nil {
		t.Error("an empty folder passed")
	}
}
