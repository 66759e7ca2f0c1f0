package main

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"time"

	"attune/engine/setting"
	"attune/projects"
	"attune/projects/run"
)

var trainModel = command{
	name: "train", usage: "PROJECT [--base starter|fresh|NAME|DIR|FILE.gguf] [--technique NAME]... [--preset quick|balanced|best] [--set KEY=VALUE]... [--seed N] [--threads N] [--max-minutes M] [--resume | --folds K [--group COL]]",
	about: "Fine-tunes a model on the training rows and keeps the one that does best on the validation rows.",
	run: func(ctx context.Context, c *call) error {
		base := c.flags.String("base", "", "what to start from: starter (by itself for English texts), fresh (for others), a model that attunectl models lists, or the folder or .gguf file of one")
		techniques := c.flags.StringArray("technique", nil, "a way of fine-tuning; several are applied in order")
		preset := c.flags.String("preset", "balanced", "how thorough: quick, balanced, best")
		sets := c.flags.StringArray("set", nil, "KEY=VALUE of a setting; attunectl list settings names them")
		seed := c.flags.Uint64("seed", 1, "another number gives other random choices")
		threads := c.flags.Int("threads", 0, "processor cores to use, 0 for all")
		minutes := c.flags.Float64("max-minutes", 0, "stop after so many minutes, 0 for no limit")
		resume := c.flags.Bool("resume", false, "go on with the training that was interrupted")
		folds := c.flags.Int("folds", 0, "train so many times, each time checked on another part of the rows, and keep no model")
		group := c.flags.String("group", "", "with --folds: column whose equal values stay in one part")
		p, _, err := c.open(1, 1)
		if err != nil {
			return err
		}
		defer p.Close()
		if *resume && *folds != 0 {
			return &usageError{"choose --resume or --folds"}
		}
		var s *projects.Setup
		if *resume {
			s, err = interrupted(ctx, p)
		} else {
			s, err = p.NewSetup(*preset)
		}
		if err != nil {
			return err
		}
		if !*resume {
			s.StartFrom(*base)
			s.Seed, s.Threads = *seed, *threads
			if len(*techniques) > 0 {
				s.Techniques = *techniques
			}
			if err := apply(s, *sets); err != nil {
				return err
			}
		}
		s.MaxMinutes = *minutes
		if *folds != 0 {
			m := c.meter()
			done, err := p.CrossValidate(ctx, s, *folds, *group, func(at projects.CrossValidating) { m.progress(at.Progress) })
			m.end()
			if err != nil {
				return err
			}
			return c.print(done, "%s", foldsText(done))
		}
		return c.train(ctx, p, s)
	},
}

// interrupted gives the setup of the run to go on with.
func interrupted(ctx context.Context, p *projects.Project) (*projects.Setup, error) {
	number, ok := p.Unfinished(ctx)
	if !ok {
		return nil, &projects.Error{Got: "no training was interrupted", Way: "start one without --resume"}
	}
	return p.ResumeSetup(ctx, number)
}

func apply(s *projects.Setup, sets []string) error {
	for _, each := range sets {
		key, value, ok := strings.Cut(each, "=")
		if !ok {
			return &usageError{fmt.Sprintf("--set %s: write KEY=VALUE", each)}
		}
		if err := setting.Apply(s.Fields(), key, value); err != nil {
			return err
		}
	}
	return nil
}

// train carries out a setup and prints what came of it.
func (c *call) train(ctx context.Context, p *projects.Project, s *projects.Setup) error {
	info, err := c.carryOut(ctx, p, s)
	if err != nil {
		return err
	}
	return c.print(trained(info), "%s", trainedText(info))
}

// carryOut carries out a setup and shows how it goes.
func (c *call) carryOut(ctx context.Context, p *projects.Project, s *projects.Setup) (projects.RunInfo, error) {
	var none projects.RunInfo
	m := c.meter()
	forecast, err := p.MemoryForecast(ctx, s)
	if err == nil {
		m.say(memoryText(forecast), map[string]any{"memory_needed_bytes": forecast.Need, "memory_free_bytes": forecast.Free})
	} // else the training itself will say what is wrong
	r, err := p.Train(ctx, s)
	if err != nil {
		return none, err
	}
	watcher := trainingMeter{meter: m}
	r.Watch(context.WithoutCancel(ctx), watcher.show)
	m.end()
	switch ended, err := r.Wait(); {
	case err != nil && ended.Status == run.Interrupted:
		return none, &projects.Error{Got: err.Error(), Way: fmt.Sprintf("make room on the disk; attunectl train PROJECT --resume then goes on with run %d", r.Number())}
	case err != nil:
		return none, err
	}
	info, err := p.Run(context.WithoutCancel(ctx), r.Number())
	if err != nil {
		return none, err
	}
	if info.Status == run.Interrupted {
		return none, &projects.Error{Got: fmt.Sprintf("run %d was interrupted", info.Number), Way: "attunectl train PROJECT --resume goes on with it"}
	}
	return info, nil
}

// memoryText tells what memory a training will need, and the flags that help when
// there is not enough.
func memoryText(f projects.MemoryForecast) string {
	text := f.Sentence()
	for _, w := range f.Ways {
		text += fmt.Sprintf("\n  %s: %s. %s", w.Name, w.Title, w.About)
	}
	return text
}

// trained is the JSON of a training that ended.
func trained(i projects.RunInfo) map[string]any {
	best := map[string]any{"step": i.BestStep}
	if i.Best != nil {
		best["validation"] = validation(*i.Best)
	}
	return map[string]any{
		"run": i.Number, "status": i.Status, "base": i.Base, "techniques": i.Techniques, "steps": i.Steps, "epochs": i.Epochs,
		"stopped": i.Stopped, "best": best, "baseline": i.Baseline, "verdict": i.Verdict, "seconds": i.Seconds,
		"samples_per_second": i.SamplesPerSecond, "model": i.Model,
		"new_head": map[string]any{"tensors": append([]string{}, i.NewHead.Tensors...), "labels": i.NewHead.Labels, "sentence": i.NewHead.Sentence()},
		"learned":  i.Learned,
	}
}

// validation gives the scores of an evaluation with its loss among them.
func validation(e run.Evaluation) map[string]float64 {
	all := map[string]float64{projects.Loss: e.Loss}
	maps.Copy(all, e.Scores)
	return all
}

func trainedText(i projects.RunInfo) string {
	var b strings.Builder
	fmt.Fprintf(&b, "run %d: %d steps, %.1f epochs in %s (%.0f rows/s), ended by %s\n", i.Number, i.Steps, i.Epochs,
		time.Duration(i.Seconds*float64(time.Second)).Round(100*time.Millisecond), i.SamplesPerSecond, i.Stopped)
	if said := i.NewHead.Sentence(); said != "" {
		b.WriteString(said + "\n")
	}
	if said := i.Learned.Sentence(); said != "" {
		b.WriteString(said + "\n")
	}
	if i.Best == nil {
		return b.String()
	}
	fmt.Fprintf(&b, "best at step %d, on the validation rows:\n", i.BestStep)
	writeScores(&b, validation(*i.Best), i.Baseline)
	fmt.Fprintf(&b, "model in %s\n", i.Model)
	return b.String()
}

// trainingMeter shows the states of a run.
type trainingMeter struct {
	*meter
	phase       string
	evaluations int
}

func (m *trainingMeter) show(s run.State) {
	news := s.Phase != m.phase || len(s.Curve.Evaluations) > m.evaluations && !m.terminal
	m.phase, m.evaluations = s.Phase, len(s.Curve.Evaluations)
	if !m.due() && !news {
		return
	}
	share, words := -1.0, s.Phase
	if s.Step > 0 {
		share = float64(s.Step) / float64(s.Steps)
		words = fmt.Sprintf("%s: step %d of %d, epoch %.1f, %.0f rows/s, %s", s.Phase, s.Step, s.Steps, s.Epoch, s.Speed, sentence(scores(s), left(s)))
	}
	value := map[string]any{
		"run": s.Number, "status": s.Status, "phase": s.Phase, "step": s.Step, "steps": s.Steps, "epoch": s.Epoch,
		"samples_per_second": s.Speed, "elapsed_seconds": s.Elapsed.Seconds(), "left_seconds": s.Left.Seconds(),
	}
	if n := len(s.Curve.Losses); n > 0 {
		value["loss"] = s.Curve.Losses[n-1].Value
	}
	if n := len(s.Curve.Evaluations); n > 0 {
		value["validation"] = s.Curve.Evaluations[n-1].Scores
	}
	m.meter.show(share, words, value)
}

func scores(s run.State) string {
	n := len(s.Curve.Evaluations)
	if n == 0 {
		return ""
	}
	e := s.Curve.Evaluations[n-1]
	loss := fmt.Sprintf("validation loss %.3f", e.Loss)
	if s.Main == "" { // of what writes, which takes too long to be scored while it learns
		return loss
	}
	return fmt.Sprintf("%s, %s %.4f", loss, strings.ReplaceAll(s.Main, "_", " "), e.Scores[s.Main])
}

func left(s run.State) string {
	if s.Left <= 0 {
		return ""
	}
	return "at most " + s.Left.Round(time.Second).String() + " left"
}

var listRuns = command{
	name: "runs", usage: "PROJECT", about: "Lists the trainings of a project, the newest first.",
	run: func(ctx context.Context, c *call) error {
		p, _, err := c.open(1, 1)
		if err != nil {
			return err
		}
		defer p.Close()
		runs, err := p.Runs(ctx)
		if err != nil {
			return err
		}
		var b strings.Builder
		for _, r := range runs {
			fmt.Fprintf(&b, "%4d  %-12s %-9s %6d steps", r.Number, r.Status, r.Preset, r.Steps)
			if r.Best != nil {
				name, score := projects.Deciding(*r.Best, r.Main)
				fmt.Fprintf(&b, "  %s %.4f", name, score)
			}
			b.WriteByte('\n')
		}
		if len(runs) == 0 {
			b.WriteString("no training yet\n")
		}
		return c.print(map[string]any{"runs": append([]projects.RunInfo{}, runs...)}, "%s", b.String())
	},
}
