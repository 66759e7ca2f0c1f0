package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"attune/engine/guessing"
	"attune/engine/kernel"
	"attune/engine/op"
	"attune/engine/pretrain"
	"attune/engine/tokenizer"
)

var trainModel = command{
	name: "train", about: "teaches a model, or goes on teaching it; interrupt it at any time",
	run: func(ctx context.Context, flags *pflag.FlagSet, args []string, out io.Writer) error {
		s := sitting{out: out}
		s.flags(flags)
		if err := parse(flags, args); err != nil {
			return err
		}
		s.again = func() error { return parse(flags, args) }
		return s.run(ctx)
	},
}

// sitting is one stretch of a run, from its start or its last checkpoint until its
// tokens are read, its time is up, or it is interrupted.
type sitting struct {
	data, dir     string
	from, model   string // a run, or a model, to begin with where there is no checkpoint; "" for a new model
	tokens, fall  size
	check, sample size
	time, save    time.Duration
	recipe        recipe
	family        family
	again         func() error    // reads the flags once more, over the recipe of a run that goes on
	as            *pretrain.State // when the rate falls, for a run that repeats another
	out           io.Writer

	training *pretrain.Training
	heldout  *pretrain.Corpus
	spent    time.Duration // at work, in the sittings before and this one
	curve    *curve
}

// flags declares the flags. A run that goes on keeps its recipe, but for what is
// given anew.
func (s *sitting) flags(f *pflag.FlagSet) {
	s.tokens, s.check, s.sample = 100_000_000, 1_000_000, 60_000
	f.StringVar(&s.data, "data", "", "folder that prepare wrote")
	f.StringVar(&s.dir, "run", "", "folder of the run; what was begun there goes on")
	f.StringVar(&s.from, "from", "", "folder of another run to branch off from")
	f.StringVar(&s.model, "model", "", "folder of a model that export wrote, to begin with its weights and its recipe")
	f.Var(&s.tokens, "tokens", "stop when so many were read, over all sittings: 60M")
	f.Var(&s.fall, "fall", "let the learning rate fall to zero over so many tokens, then stop; for a new branch")
	f.DurationVar(&s.time, "time", 0, "stop after so long, 0 for no limit")
	f.DurationVar(&s.save, "save", 5*time.Minute, "write a checkpoint this often")
	f.Var(&s.check, "check", "score the held-out text every so many tokens")
	f.Var(&s.sample, "sample", "tokens of the held-out text to score")
	r := &s.recipe
	f.StringVar(&r.Family, "family", families[0].name, "bert guesses hidden words, gpt2 the next one, xlnet words in many orders")
	f.IntVar(&r.Threads, "threads", 2, "processor cores to use")
	f.IntVar(&r.Model.Width, "width", 256, "values of a token's representation")
	f.IntVar(&r.Model.Blocks, "blocks", 4, "layers")
	f.IntVar(&r.Model.Heads, "heads", 4, "attention heads")
	f.IntVar(&r.Model.Inner, "inner", 1024, "width of the feed-forward networks")
	f.IntVar(&r.Model.Positions, "positions", 512, "tokens of a text at most")
	// BERT's spread. One over the root of the width, which a model fresh from a user's
	// rows likes, was 0.04 nats behind after 1.5 million tokens of a 64-wide model, and
	// 0.01 after a million of the 256-wide one in spite of twice the steps.
	f.Float64Var(&r.Spread, "spread", 0.02, "of the weights at first")
	f.BoolVar(&r.Prime, "prime", true, "begin with what counting tells of the pieces: their frequency and their company")
	o := &r.Options
	f.IntVar(&o.Short, "short", 128, "tokens of most sequences at most")
	f.Float64Var(&o.LongShare, "long-share", 0.1, "share of the documents that are cut into sequences as long as there are positions")
	f.IntVar(&o.StepTokens, "step", 1024, "tokens a step")
	// A primed model learns best at 2e-4 to 6e-4; at 1e-3 and 3e-3 the first 200,000
	// tokens undid what it began with.
	f.Float64Var(&o.LearningRate, "learning-rate", 4e-4, "at its height")
	f.IntVar(&o.Warmup, "warmup", 50_000, "tokens in which the learning rate rises")
	f.Float64Var(&o.Decay, "weight-decay", 0.05, "weight decay")
	f.Float64Var(&o.Clip, "clip", 1, "largest norm of the gradients")
	// More hidden pieces give more to learn from in a token: with 40 in 100 the held-out
	// perplexity after 200,000 tokens was 735, with 20 it was 756 (Wettig et al. 2023).
	f.Float64Var(&o.Rate, "mask", 0.4, "of a bert: share of the pieces that is to be guessed")
	f.Float64Var(&o.Swapped, "swapped", 0, "share of those that another piece replaces")
	f.Float64Var(&o.Kept, "kept", 0, "share of those that stay; [MASK] replaces the rest")
	f.Float64Var(&o.Capitals, "capitals", 0, "of a bert: how much it weighs which words begin with a capital, which it is not shown")
	f.Uint64Var(&o.Seed, "seed", 1, "decides all random choices")
}

func (s *sitting) run(ctx context.Context) (err error) {
	if s.data == "" || s.dir == "" {
		return fmt.Errorf("%w: it takes --data and --run", errUsage)
	}
	if s.from != "" && s.model != "" {
		return fmt.Errorf("%w: a run begins with another run or with a model, not with both", errUsage)
	}
	last, err := readCheckpoint(s.dir)
	if err != nil {
		return err
	}
	if last != nil {
		s.from, s.model = "", "" // they were for its start
	} else if last, err = s.branch(); err != nil {
		return err
	}
	if last != nil {
		defer last.tensors.Close()
	}
	before, err := s.settle(last)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(s.dir, 0o755); err != nil {
		return err
	}
	if len(before.Stages) > 0 {
		if err := before.write(s.dir); err != nil {
			return err
		}
	}
	workers := kernel.NewWorkers(s.recipe.Threads)
	defer workers.Close()
	if err := s.begin(ctx, workers, last); err != nil {
		return err
	}
	if s.curve, err = openCurve(filepath.Join(s.dir, curveFile), s.training.Tokens); err != nil {
		return err
	}
	defer s.curve.close()
	return s.train(ctx)
}

// branch gives the checkpoint of the run to branch off from, or nil for none.
func (s *sitting) branch() (*checkpoint, error) {
	if s.from == "" {
		return nil, nil
	}
	last, err := readCheckpoint(s.from)
	if last == nil {
		return nil, cmp.Or(err, fmt.Errorf("there is no checkpoint in %s to branch off from", s.from))
	}
	last.State.FallFrom, last.State.FallTo = 0, 0 // the rate is up again, for the branch to fall when it likes
	return last, nil
}

// settle decides on the recipe: that of the run or of the model so far, but for flags
// that are given now. It gives what the model has behind it that begins a run.
func (s *sitting) settle(last *checkpoint) (before history, err error) {
	switch {
	case s.model != "":
		if before, err = modelHistory(s.model); err != nil {
			return before, err
		}
		s.recipe = before.Stages[len(before.Stages)-1].Recipe
		s.recipe.Prime = false
	case last != nil:
		if before, err = readHistory(s.from); err != nil {
			return before, err
		}
		s.recipe = last.Recipe
		s.spent = time.Duration(last.Seconds * float64(time.Second))
	}
	if err := s.again(); err != nil {
		return before, err
	}
	if s.family, err = familyOf(s.recipe.Family); err == nil && s.recipe.Options.Capitals > 0 && !s.family.capitals {
		err = fmt.Errorf("%w: a %s does not learn --capitals", errUsage, s.family.name)
	}
	return before, err
}

// begin makes the model and its training, new or as the checkpoint or the model's folder
// has them.
func (s *sitting) begin(ctx context.Context, workers *kernel.Workers, last *checkpoint) error {
	corpus, heldout, pieces, err := open(s.data)
	if err != nil {
		return err
	}
	s.heldout = heldout
	s.recipe.Model.Vocabulary, s.recipe.Options.Long = pieces.Size(), s.recipe.Model.Positions
	s.recipe.Options.Together = s.family.together
	m, err := s.made(pieces)
	if err != nil {
		return err
	}
	options := s.recipe.Options
	if last != nil {
		options.Capitals = last.Recipe.Options.Capitals // what there is to restore
	}
	if s.training, err = pretrain.New(op.NewTape(workers), m, corpus, options); err != nil {
		return err
	}
	switch {
	case last != nil:
		if err = s.training.Restore(last.State, last.tensors); err == nil {
			s.training.LearnCapitals(s.recipe.Options.Capitals)
		}
	case s.recipe.Prime:
		s.say("counting which pieces keep company")
		err = pretrain.Prime(ctx, m, corpus, s.recipe.Spread, rand.New(rand.NewPCG(s.recipe.Options.Seed, primeStream)))
	}
	if err != nil {
		return err
	}
	s.plan()
	s.say("%d parameters; %d tokens read of %d", parameters(m), s.training.Tokens, s.tokens)
	return nil
}

// made gives the model that the training begins with: that of a folder, else a new one.
func (s *sitting) made(pieces tokenizer.Tokenizer) (*guessing.Model, error) {
	if s.model != "" {
		return s.family.read(s.recipe, pieces, s.model)
	}
	return s.family.new(s.recipe, pieces)
}

// plan decides when the rate falls and the run ends.
func (s *sitting) plan() {
	t := s.training
	switch {
	case s.as != nil:
		t.FallFrom, t.FallTo = s.as.FallFrom, s.as.FallTo
		return
	case s.fall > 0 && t.FallTo == 0:
		t.Fall(int(s.fall))
	}
	if t.FallTo > 0 {
		s.tokens = size(t.FallTo)
	}
}

// primeStream keeps the random numbers of the priming apart from those of the weights.
const primeStream = 1

func parameters(m *guessing.Model) int {
	n := 0
	for _, p := range m.Params() {
		n += p.Size()
	}
	return n
}

// sayEvery is how often the progress is told.
const sayEvery = 30 * time.Second

// train is the loop of a sitting. It ends with a checkpoint.
func (s *sitting) train(ctx context.Context) error {
	t := s.training
	began, before := time.Now(), s.spent
	saved, said := began, began
	var since stretch
	start := t.Tokens
	for t.Tokens < int(s.tokens) && ctx.Err() == nil && (s.time == 0 || time.Since(began) < s.time) {
		read := t.Tokens
		loss, norm, err := t.Step()
		if err != nil {
			return err
		}
		since.add(loss, norm)
		s.spent = before + time.Since(began)
		if t.Tokens/int(s.check) > read/int(s.check) || t.Tokens >= int(s.tokens) {
			if err := s.score(&since); err != nil {
				return err
			}
		}
		if time.Since(said) >= sayEvery {
			said = time.Now()
			speed := float64(t.Tokens-start) / time.Since(began).Seconds()
			left := time.Duration(float64(int(s.tokens)-t.Tokens) / speed * float64(time.Second))
			s.say("step %d, %.2fM tokens, pass %d, loss %.4f, rate %.2e, %.0f tokens/s, %s left",
				t.State.Step, float64(t.Tokens)/1e6, t.Pass, loss, t.Rate(), speed, left.Round(time.Minute))
		}
		if time.Since(saved) >= s.save {
			saved = time.Now()
			if err := s.keep(); err != nil {
				return err
			}
		}
	}
	if err := s.keep(); err != nil {
		return err
	}
	s.say("at rest after step %d, %d tokens, %s at work", t.State.Step, t.Tokens, s.spent.Round(time.Second))
	return nil
}

// score writes a line of the curve.
func (s *sitting) score(since *stretch) error {
	score := s.training.Score(s.heldout, int(s.sample))
	t := s.training
	s.say("held-out text after %.2fM tokens: %.2f %% of the pieces guessed, perplexity %.2f", float64(t.Tokens)/1e6, 100*score.Accuracy(), score.Perplexity())
	if t.LearnsCapitals() {
		s.say("words with a capital found in it: F1 %.3f", score.Capitals.F1())
	}
	err := s.curve.add(t.Tokens, t.State.Step, s.spent, t.Rate(), since, score)
	*since = stretch{}
	return err
}

func (s *sitting) keep() error {
	c := checkpoint{stage: stage{Recipe: s.recipe, State: s.training.State, Seconds: s.spent.Seconds()}}
	return c.save(s.dir, s.training.Tensors())
}

func (s *sitting) say(format string, values ...any) {
	fmt.Fprintf(s.out, "%s "+format+"\n", append([]any{time.Now().Format(time.DateTime)}, values...)...)
}

// size is a number of tokens that may be written with k or M.
type size int

func (n *size) String() string { return strconv.Itoa(int(*n)) }

func (n *size) Type() string { return "tokens" }

// Set reads a number.
func (n *size) Set(text string) error {
	times := 1.0
	switch {
	case strings.HasSuffix(text, "k"):
		text, times = strings.TrimSuffix(text, "k"), 1e3
	case strings.HasSuffix(text, "M"):
		text, times = strings.TrimSuffix(text, "M"), 1e6
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || v < 1 {
		return fmt.Errorf("write a number of tokens, as 500k or 60M")
	}
	*n = size(v * times)
	return nil
}
