package run_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"attune/engine/bundle"
	"attune/engine/dataset"
	"attune/engine/model"
	"attune/engine/model/bert"
	"attune/engine/task"
	"attune/engine/technique"
	"attune/engine/tokenizer"
	"attune/engine/train"
	"attune/engine/weights"
	"attune/projects/run"
	"attune/projects/store"
)

// victim names the project in which a copy of this test program trains, to be
// killed.
const victim = "ATTUNE_TEST_VICTIM"

func TestMain(m *testing.M) {
	if dir := os.Getenv(victim); dir != "" {
		s, err := store.Open(context.Background(), dir)
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		j := job(s, 1)
		j.CheckpointEvery = time.Millisecond
		run.Start(context.Background(), j).Wait()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

var words = strings.Fields("[PAD] [UNK] [CLS] [SEP] [MASK] my card is lost the parcel has not come i want a refund please money back")

// rows gives examples of two labels that the first word tells apart.
func rows(n int, seed uint64) []dataset.Example {
	random := rand.New(rand.NewPCG(seed, 1))
	all := make([]dataset.Example, n)
	for i := range all {
		label, text := "a", "card"
		if random.IntN(2) == 0 {
			label, text = "b", "parcel"
		}
		for range random.IntN(9) {
			text += " " + words[5+random.IntN(len(words)-5)]
		}
		all[i] = dataset.Example{ID: int64(i + 1), Text: text, Labels: []string{label}}
	}
	return all
}

func prepare(context.Context, func(string)) (*technique.Plan, error) {
	pieces, err := tokenizer.NewWordPiece(words, tokenizer.WordPieceOptions{Lowercase: true})
	if err != nil {
		return nil, err
	}
	source := weights.Fresh(weights.Draw{Random: rand.New(rand.NewPCG(1, 1)), Spread: 0.05})
	body, err := bert.New(bert.Config{
		Vocabulary: pieces.Size(), Width: 32, Blocks: 2, Heads: 2, Inner: 64, Activation: "gelu",
		Positions: 64, Segments: 2, Epsilon: 1e-12,
	}, source)
	if err != nil {
		return nil, err
	}
	p := &technique.Plan{
		Task: task.NewClassification(), Base: &model.Base{Backbone: body, Tokenizer: pieces, Weights: source},
		Learn: dataset.FromSlice(rows(400, 1)), Check: dataset.FromSlice(rows(60, 2)), Seed: 1,
	}
	return p, technique.NewHeadSwap().Apply(p)
}

// job trains the same little model every time.
func job(s *store.Store, number int) run.Job {
	return run.Job{
		Store: s, Record: store.Run{Number: number, Threads: 2},
		Options: train.Options{Epochs: 6, BatchSize: 8, LearningRate: 1e-3, Warmup: 0.1, Clip: 1, Evaluations: 2, Seed: 5},
		About:   bundle.About{Task: "classification", Project: "test", Run: number},
		Prepare: prepare,
		Baseline: func(context.Context) (map[string]float64, error) {
			return map[string]float64{"accuracy": 0.5}, nil
		},
		Done: func() {},
	}
}

// project makes an empty project with one run written down.
func project(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Create(context.Background(), filepath.Join(t.TempDir(), "test.attune"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if _, err := s.StartRun(context.Background(), store.Run{Status: string(run.Preparing)}); err != nil {
		t.Fatal(err)
	}
	return s
}

func modelOf(t *testing.T, s *store.Store) []byte {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(s.Path(run.ModelFolder(1)), "model.safetensors"))
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// undisturbed trains to the end and gives the project.
func undisturbed(t *testing.T) *store.Store {
	t.Helper()
	s := project(t)
	state, err := run.Start(context.Background(), job(s, 1)).Wait()
	if err != nil || state.Status != run.Finished {
		t.Fatalf("%s: %v", state.Status, err)
	}
	return s
}

func TestARunIsRecordedAndItsBestModelKept(t *testing.T) {
	s := undisturbed(t)
	record, err := s.Run(context.Background(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if record.Status != "finished" || record.Steps != 300 || record.Step != 300 || record.Main != "macro_f1" || record.Score < 0.9 || record.Baseline["accuracy"] != 0.5 {
		t.Errorf("%+v", record)
	}
	head, err := run.NewHeadOf(context.Background(), s, 1)
	if err != nil || len(head.Tensors) != 4 || !strings.Contains(head.Sentence(), "your labels is new") {
		t.Errorf("of the new head it says %q of %v, %v", head.Sentence(), head.Tensors, err)
	}
	learned, err := run.LearnedIn(context.Background(), s, 1)
	if err != nil || learned.Parameters != learned.Of || !strings.Contains(learned.Sentence(), "(100.0 %)") {
		t.Errorf("of what learned it says %q of %+v, %v", learned.Sentence(), learned, err)
	}
	measures, err := s.Measures(context.Background(), 1)
	if err != nil {
		t.Fatal(err)
	}
	curve := run.CurveOf(measures)
	if len(curve.Evaluations) != 12 || len(curve.Losses) != 300 {
		t.Errorf("%d evaluations, %d losses", len(curve.Evaluations), len(curve.Losses))
	}
	opened, err := bundle.Open(s.Path(run.ModelFolder(1)), []model.Family{bert.Family})
	if err != nil {
		t.Fatal(err)
	}
	if opened.About.Scores["macro_f1"] != record.Score || len(opened.Base.Labels) != 2 {
		t.Errorf("%+v, labels %v", opened.About, opened.Base.Labels)
	}
	if left, _ := filepath.Glob(s.Path("checkpoints/*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// A process that is killed at any moment goes on to the same bits.
func TestAKilledRunResumesToTheSameBits(t *testing.T) {
	want := modelOf(t, undisturbed(t))
	for _, after := range []time.Duration{30 * time.Millisecond, 250 * time.Millisecond, 600 * time.Millisecond} {
		t.Run(after.String(), func(t *testing.T) {
			s := project(t)
			kill(t, s.Dir(), after)
			j := job(s, 1)
			j.Resume = true
			state, err := run.Start(context.Background(), j).Wait()
			if err != nil || state.Status != run.Finished {
				t.Fatalf("%s: %v", state.Status, err)
			}
			if !bytes.Equal(modelOf(t, s), want) {
				t.Error("the weights differ from those of an undisturbed run")
			}
			if n := len(state.Curve.Evaluations); n != 12 {
				t.Errorf("the curve has %d evaluations, want 12", n)
			}
		})
	}
}

// kill starts a copy of this program that trains in the project, and kills it.
func kill(t *testing.T, dir string, after time.Duration) {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), victim+"="+dir)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(after)
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	c.Wait()
}

func TestAnInterruptedRunResumesToTheSameBits(t *testing.T) {
	want := modelOf(t, undisturbed(t))
	s := project(t)
	ctx, cancel := context.WithCancel(context.Background())
	r := run.Start(ctx, job(s, 1))
	r.Watch(context.Background(), func(state run.State) {
		if state.Step > 40 {
			cancel()
		}
	})
	cancel()
	if state, err := r.Wait(); state.Status != run.Interrupted || err != nil {
		t.Fatalf("%s: %v", state.Status, err)
	}
	j := job(s, 1)
	j.Resume = true
	state, err := run.Start(context.Background(), j).Wait()
	if err != nil || state.Status != run.Finished {
		t.Fatalf("%s: %v", state.Status, err)
	}
	if !bytes.Equal(modelOf(t, s), want) {
		t.Error("the weights differ from those of an undisturbed run")
	}
}

func TestPauseAndContinueChangeNothing(t *testing.T) {
	want := modelOf(t, undisturbed(t))
	s := project(t)
	r := run.Start(context.Background(), job(s, 1))
	paused := 0
	r.Watch(context.Background(), func(state run.State) {
		if state.Status == run.Training && state.Step > 20 && paused == 0 {
			paused++
			r.Pause()
		}
		if state.Status == run.Paused && paused == 1 {
			paused++
			if _, err := os.Stat(s.Path("checkpoints/1.safetensors")); err != nil {
				t.Error("a paused run is not written down")
			}
			r.Continue()
		}
	})
	if state, err := r.Wait(); state.Status != run.Finished || err != nil || paused != 2 {
		t.Fatalf("%s: %v, %d", state.Status, err, paused)
	}
	if !bytes.Equal(modelOf(t, s), want) {
		t.Error("the weights differ from those of an undisturbed run")
	}
}

func TestAStoppedRunKeepsItsBestModel(t *testing.T) {
	for _, at := range []int{1, 60} {
		t.Run(fmt.Sprintf("after step %d", at), func(t *testing.T) {
			s := project(t)
			r := run.Start(context.Background(), job(s, 1))
			r.Watch(context.Background(), func(state run.State) {
				if state.Step >= at {
					r.Stop()
				}
			})
			state, err := r.Wait()
			if state.Status != run.Stopped || err != nil || state.Step == 300 {
				t.Fatalf("%s after step %d: %v", state.Status, state.Step, err)
			}
			if len(modelOf(t, s)) == 0 {
				t.Error("no model was kept")
			}
		})
	}
}

func TestAPausedRunCanBeStopped(t *testing.T) {
	s := project(t)
	r := run.Start(context.Background(), job(s, 1))
	r.Pause()
	r.Watch(context.Background(), func(state run.State) {
		if state.Status == run.Paused {
			r.Stop()
		}
	})
	if state, err := r.Wait(); state.Status != run.Stopped || err != nil {
		t.Fatalf("%s: %v", state.Status, err)
	}
}

func TestAFailureIsToldAndWrittenDown(t *testing.T) {
	s := project(t)
	j := job(s, 1)
	reason := errors.New("the rows are gone")
	j.Prepare = func(context.Context, func(string)) (*technique.Plan, error) { return nil, reason }
	released := false
	j.Done = func() { released = true }
	state, err := run.Start(context.Background(), j).Wait()
	if state.Status != run.Failed || !errors.Is(err, reason) || !released {
		t.Fatalf("%s: %v, released %t", state.Status, err, released)
	}
	if record, _ := s.Run(context.Background(), 1); record.Status != "failed" || record.Error != reason.Error() {
		t.Errorf("%+v", record)
	}
}

// Of a model that is new altogether nobody needs to hear that its head is.
func TestAFreshModelHasNoNewHead(t *testing.T) {
	j := job(project(t), 1)
	j.Options.Epochs = 1
	j.Prepare = func(ctx context.Context, doing func(string)) (*technique.Plan, error) {
		p, err := prepare(ctx, doing)
		if err != nil {
			return nil, err
		}
		p.Base.Fresh = true
		fresh := &technique.Plan{Task: p.Task, Base: p.Base, Learn: p.Learn, Check: p.Check, Seed: 1}
		return fresh, technique.NewHeadSwap().Apply(fresh)
	}
	state, err := run.Start(context.Background(), j).Wait()
	if err != nil || state.NewHead.Sentence() != "" {
		t.Errorf("it says %q, %v", state.NewHead.Sentence(), err)
	}
}

func TestWatchersSeeTheEnd(t *testing.T) {
	r := run.Start(context.Background(), job(project(t), 1))
	last := make(chan run.State)
	for range 3 {
		go func() {
			var s run.State
			r.Watch(context.Background(), func(state run.State) { s = state })
			last <- s
		}()
	}
	for range 3 {
		if s := <-last; s.Status != run.Finished || s.Step != 300 {
			t.Errorf("the last state seen was %s after step %d", s.Status, s.Step)
		}
	}
}
