package projects

import (
	"context"
	"fmt"
	"iter"
	"runtime"
	"runtime/debug"
	"strconv"

	"attune/engine/dataset"
	"attune/engine/kernel"
	"attune/engine/machine"
	"attune/engine/setting"
	"attune/engine/task"
	"attune/engine/technique"
	"attune/engine/train"
)

// MemoryForecast says whether a training will fit into the machine's memory.
type MemoryForecast struct {
	Need int64 // bytes
	Free int64 // bytes that programs can still have, 0 when the system does not tell
	Ways []Way // that make it fit, the gentlest first; none when it does, or when nothing would
}

// Way is a change of a setup after which a training needs less memory. Its name is
// what attunectl calls it.
type Way struct {
	Choice
	base       string // to start from instead, or
	key, value string // a setting
}

// Fits says whether the training will find the memory it needs.
func (f MemoryForecast) Fits() bool { return f.Free == 0 || f.Need <= f.Free }

// Sentence tells the forecast to the user.
func (f MemoryForecast) Sentence() string {
	need := "The training will need about " + inBytes(f.Need) + " of memory"
	switch {
	case f.Free == 0:
		return need + "."
	case f.Fits():
		return fmt.Sprintf("%s; %s are free.", need, inBytes(f.Free))
	case len(f.Ways) == 0:
		return fmt.Sprintf("%s, but only %s are free: close other programs, or use a machine with more.", need, inBytes(f.Free))
	}
	return fmt.Sprintf("%s, but only %s are free: the system may end it.", need, inBytes(f.Free))
}

func inBytes(n int64) string {
	if n < 1<<30 {
		return fmt.Sprintf("%d MB", max(1, n>>20))
	}
	return fmt.Sprintf("%.1f GB", float64(n)/(1<<30))
}

// Take changes a setup in a way that a forecast offered.
func (s *Setup) Take(w Way) error {
	if w.base != "" {
		s.StartFrom(w.base)
		return nil
	}
	return setting.Apply(s.Fields(), w.key, w.value)
}

// Copy gives a setup of its own with the same choices, to be looked at while the
// user goes on changing this one.
func (p *Project) Copy(s *Setup) (*Setup, error) {
	copied, err := p.setupOf(s.record())
	if err == nil {
		copied.MaxMinutes = s.MaxMinutes
	}
	return copied, err
}

const (
	sampledRows  = 1000     // that stand for all rows in a forecast
	programBytes = 80 << 20 // of the program itself, its database and its baseline
)

// MemoryForecast foretells what memory a training needs, from its model and a
// sample of its rows, and looks for ways out when the machine has not enough.
func (p *Project) MemoryForecast(ctx context.Context, s *Setup) (MemoryForecast, error) {
	_, free := machine.Memory()
	return p.MemoryForecastIn(ctx, s, free)
}

// MemoryForecastIn is MemoryForecast for so much free memory, in bytes.
func (p *Project) MemoryForecastIn(ctx context.Context, s *Setup, free int64) (MemoryForecast, error) {
	threads := s.Threads
	if threads < 1 {
		threads = runtime.NumCPU()
	}
	f := &forecaster{project: p, workers: kernel.NewWorkers(threads)}
	defer debug.FreeOSMemory() // the model that was looked at makes room for the one that learns
	defer f.workers.Close()
	plan, err := f.plan(ctx, s)
	if err != nil {
		return MemoryForecast{}, err
	}
	result := MemoryForecast{Free: free}
	if result.Need, err = f.need(ctx, plan, s.loop()); err != nil {
		return result, err
	}
	if !result.Fits() {
		result.Ways, err = f.ways(ctx, plan, s, result.Free)
	}
	return result, err
}

// forecaster looks at trainings of a project without carrying them out.
type forecaster struct {
	project *Project
	workers *kernel.Workers
	rows    float64 // training rows for each that was sampled
	checks  bool    // there are validation rows
}

// plan is that of a training on a sample of the rows.
func (f *forecaster) plan(ctx context.Context, s *Setup) (*technique.Plan, error) {
	overview, err := f.project.Overview(ctx)
	if err != nil {
		return nil, err
	}
	f.rows = max(1, float64(overview.Learn.Rows)/sampledRows)
	f.checks = overview.Splits[dataset.Validation] > 0
	sample := func(split dataset.Split) dataset.Source { return first(sampledRows, f.project.Source(ctx, split)) }
	return f.project.planOn(ctx, s, sample, func(string) {})
}

// first gives the first n rows of a source.
func first(n int, source dataset.Source) dataset.Source {
	return func(yield func(dataset.Example, error) bool) {
		next, stop := iter.Pull2(source)
		defer stop()
		for range n {
			e, err, ok := next()
			if !ok || !yield(e, err) {
				return
			}
		}
	}
}

// need gives the bytes that a training of the plan takes, its best model included,
// which is kept beside the one that learns.
func (f *forecaster) need(ctx context.Context, plan *technique.Plan, o train.Options) (int64, error) {
	m, err := train.Forecast(ctx, f.workers, plan, o)
	if err != nil {
		return 0, err
	}
	m.Rows = int64(float64(m.Rows) * f.rows)
	need := programBytes + m.Total() + m.Weights
	if p, ok := plan.Model.(task.Preparing); ok && f.checks {
		once, err := p.Takes(f.rows) // beside all else, which is kept for the next step
		if err != nil {
			return 0, err
		}
		need += once
	}
	return need, nil
}

// ways tries what would make a training fit: smaller parts of a step, layers
// computed twice, shorter texts, a smaller model.
func (f *forecaster) ways(ctx context.Context, plan *technique.Plan, s *Setup, free int64) ([]Way, error) {
	var found []Way
	offer := func(w Way, plan *technique.Plan, o train.Options) (bool, error) {
		need, err := f.need(ctx, plan, o)
		if err != nil || need > free {
			return false, err
		}
		w.Choice.About = fmt.Sprintf("%s It will then need about %s.", w.About, inBytes(need))
		found = append(found, w)
		return true, nil
	}
	o := s.loop()
	for o.Parts = 2; o.Parts < 2*o.BatchSize; o.Parts *= 2 {
		parts := min(o.Parts, o.BatchSize)
		w := settingWay("accumulate", strconv.Itoa(parts), fmt.Sprintf("Compute each step in %d parts", parts), "What is learned stays the same.")
		if ok, err := offer(w, plan, o); ok || err != nil {
			if err != nil {
				return found, err
			}
			break
		}
	}
	o = s.loop()
	if o.Recompute = true; !s.options.Recompute {
		w := settingWay("recompute", "true", "Compute layers twice", "What is learned stays the same; it takes about a third longer.")
		if _, err := offer(w, plan, o); err != nil {
			return found, err
		}
	}
	if err := f.shorter(ctx, s, offer); err != nil {
		return found, err
	}
	if isBuiltIn(s.Base) {
		return found, nil
	}
	small, err := f.project.Copy(s)
	if err != nil {
		return found, err
	}
	w := Way{Choice: Choice{Name: "--base " + Starter, Title: "Start from the starter", About: "It knows less before it begins."}, base: Starter}
	_, err = f.try(ctx, small, w, offer)
	return found, err
}

// offering takes a way if its training fits.
type offering func(Way, *technique.Plan, train.Options) (bool, error)

// shorter tries texts that are cut to half the length, and again.
func (f *forecaster) shorter(ctx context.Context, s *Setup, offer offering) error {
	const key, shortest = "max_length", 32
	length, err := strconv.Atoi(s.values()[key])
	if err != nil {
		return nil // the task has no such knob
	}
	for length /= 2; length >= shortest; length /= 2 {
		short, err := f.project.Copy(s)
		if err != nil {
			return err
		}
		w := settingWay(key, strconv.Itoa(length), fmt.Sprintf("Read %d word pieces of a text", length), "The rest of longer texts is left out.")
		if ok, err := f.try(ctx, short, w, offer); ok || err != nil {
			return err
		}
	}
	return nil
}

// try offers a way whose training has another plan.
func (f *forecaster) try(ctx context.Context, s *Setup, w Way, offer offering) (bool, error) {
	if err := s.Take(w); err != nil {
		return false, err
	}
	plan, err := f.plan(ctx, s)
	if err != nil {
		return false, err
	}
	return offer(w, plan, s.loop())
}

func settingWay(key, value, title, about string) Way {
	return Way{Choice: Choice{Name: "--set " + key + "=" + value, Title: title, About: about}, key: key, value: value}
}
