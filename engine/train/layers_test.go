package train_test

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"attune/engine/dataset"
	"attune/engine/op"
	"attune/engine/op/optest"
	"attune/engine/task"
	"attune/engine/task/tasktest"
	"attune/engine/technique"
	"attune/engine/train"
)

// careful wakes the layers one by one, each slower than the one above it and drawn back
// to its start.
func careful(t *testing.T) *technique.Plan {
	return planBy(t, rows(60, 1), rows(20, 2), technique.NewLayerwise(), technique.NewUnfreeze(), technique.NewAnchor(), technique.NewMixout())
}

// depth says where a parameter of the little encoder stands: 0 for the pieces, then the
// blocks, then the head.
func depth(name string) int {
	switch {
	case strings.Contains(name, ".embeddings."):
		return 0
	case strings.Contains(name, ".layer.0."):
		return 1
	case strings.Contains(name, ".layer.1."):
		return 2
	}
	return 3
}

// moved gives for each depth how far its matrices went from before, at most.
func moved(p *technique.Plan, before map[string][]float32) (far [4]float64) {
	for name, param := range p.Model.Params() {
		if rows, _ := op.Size(param); rows == 1 {
			continue
		}
		for i, v := range op.Rows(param) {
			far[depth(name)] = max(far[depth(name)], math.Abs(float64(v-before[name][i])))
		}
	}
	return far
}

// AdamW's first step is as long as the learning rate, whatever the gradient.
func TestLowerLayersLearnSlower(t *testing.T) {
	layerwise := technique.NewLayerwise().(*technique.Layerwise)
	layerwise.Decay = 0.5
	p := planBy(t, rows(8, 1), nil, layerwise)
	before := snapshot(p)
	o := options
	o.Epochs, o.Warmup, o.Decay = 1, 0, 0
	collect(t, train.Steps(context.Background(), optest.Tape(t), p, o, nil))
	for i, far := range moved(p, before) {
		if want := o.LearningRate * math.Pow(0.5, float64(3-i)); math.Abs(far-want) > want/100 {
			t.Errorf("layer %d moved by %.6f, want %.6f", i, far, want)
		}
	}
}

func TestLayersWakeFromTheTop(t *testing.T) {
	for name, c := range map[string]struct {
		techniques []technique.Technique
		awake      [][4]bool // after each pass
	}{
		"all":                  {nil, [][4]bool{{3: true}, {1: true, 2: true, 3: true}, {true, true, true, true}}},
		"but those kept below": {[]technique.Technique{technique.NewFreeze()}, [][4]bool{{3: true}, {1: true, 2: true, 3: true}, {1: true, 2: true, 3: true}}},
	} {
		t.Run(name, func(t *testing.T) {
			p := planBy(t, rows(16, 1), nil, append([]technique.Technique{technique.NewUnfreeze()}, c.techniques...)...)
			o := options
			o.Epochs, o.Decay = 3, 0
			before := snapshot(p)
			for s, err := range train.Steps(context.Background(), optest.Tape(t), p, o, nil) {
				if err != nil {
					t.Fatal(err)
				}
				if s.Epoch != math.Trunc(s.Epoch) {
					continue
				}
				for i, far := range moved(p, before) {
					if want := c.awake[int(s.Epoch)-1][i]; (far > 0) != want {
						t.Errorf("after pass %g layer %d moved by %g; awake: %t", s.Epoch, i, far, want)
					}
				}
			}
		})
	}
}

func TestTheTopLayersBeginAnew(t *testing.T) {
	p := planBy(t, rows(8, 1), nil, technique.NewReinit())
	before := snapshot(p)
	for _, phase := range p.Phases {
		phase.Begin()
	}
	for name, param := range p.Model.Params() {
		rows, _ := op.Size(param) // vectors are what they were drawn as
		if again := !slices.Equal(op.Rows(param), before[name]); again != (depth(name) > 1 && rows > 1) {
			t.Errorf("%s began anew: %t", name, again)
		}
	}
}

func TestTooFewLayersToBeginAnew(t *testing.T) {
	reinit := technique.NewReinit().(*technique.Reinit)
	reinit.Layers = 2
	err := reinit.Apply(&technique.Plan{Task: task.NewClassification(), Base: tasktest.Base(t), Learn: dataset.FromSlice(rows(8, 3))})
	if err == nil {
		t.Error("nothing was left of the model")
	}
}

// A stronger pull leaves the body nearer to where it began, and the head free.
func TestAnAnchoredModelStaysNearItsStart(t *testing.T) {
	far := func(strength float64) [4]float64 {
		anchor := technique.NewAnchor().(*technique.Anchor)
		anchor.Strength = strength
		p := planBy(t, rows(60, 1), nil, anchor)
		before := snapshot(p)
		collect(t, train.Steps(context.Background(), optest.Tape(t), p, options, nil))
		return moved(p, before)
	}
	free, held := far(0), far(200)
	for i := range 3 {
		if held[i] > free[i]/2 {
			t.Errorf("layer %d went %.4f from its start, %.4f without a pull", i, held[i], free[i])
		}
	}
	if held[3] < free[3]/2 {
		t.Errorf("the head went %.4f from its start, %.4f without a pull", held[3], free[3])
	}
}

// What is scored and kept is the mean of the last steps' weights.
func TestAveragedWeightsAreScored(t *testing.T) {
	o := options
	o.Average, o.Epochs, o.Evaluations = 1, 1, 1 // the plain mean of all steps
	p := plan(t, rows(32, 1), rows(20, 2))
	sum := map[string][]float64{}
	steps := 0
	live := plan(t, rows(32, 1), rows(20, 2))
	plain := o
	plain.Average = 0
	for _, err := range train.Steps(context.Background(), optest.Tape(t), live, plain, nil) {
		if err != nil {
			t.Fatal(err)
		}
		steps++
		for name, param := range live.Model.Params() {
			if sum[name] == nil {
				sum[name] = make([]float64, param.Size())
			}
			for i, v := range op.Rows(param) {
				sum[name][i] += float64(v)
			}
		}
	}
	all := collect(t, train.Steps(context.Background(), optest.Tape(t), p, o, nil))
	if !all[len(all)-1].Best {
		t.Error("the last step was not scored")
	}
	for name, param := range p.Model.Params() {
		for i, v := range op.Rows(param) {
			if want := sum[name][i] / float64(steps); math.Abs(float64(v)-want) > 1e-5 {
				t.Fatalf("%s: value %d is %g, the mean of the steps is %g", name, i, v, want)
			}
		}
	}
}

func TestWhatBuildsOnKnowledgeNeedsSome(t *testing.T) {
	for _, build := range []func() technique.Technique{technique.NewLayerwise, technique.NewUnfreeze, technique.NewReinit, technique.NewAnchor, technique.NewMixout} {
		base := tasktest.Base(t)
		base.Fresh = true
		if err := build().Apply(&technique.Plan{Task: task.NewClassification(), Base: base, Learn: dataset.FromSlice(rows(8, 3))}); err == nil {
			t.Errorf("%s of a fresh model passed", build().Name())
		}
	}
}
