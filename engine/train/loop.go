package train

import (
	"cmp"
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"time"

	"github.com/nlpodyssey/spago/ag"

	"attune/engine/batch"
	"attune/engine/dataset"
	"attune/engine/guessing"
	"attune/engine/op"
	"attune/engine/optimizer"
	"attune/engine/predict"
	"attune/engine/task"
	"attune/engine/technique"
)

// loop is the training of one phase.
type loop struct {
	tape      *op.Tape
	phase     technique.Phase
	guessed   guessing.Head // that is kept beside the model's, or nil
	options   Options
	examples  []dataset.Example // kept only to be encoded anew in every pass
	first     []int             // the row of each of those examples' first item
	items     []batch.Item      // the rows that are learned from
	lengths   []int
	atOnce    int // tokens that are computed at once
	check     *evaluator
	fixed     task.Featured // the model, if nothing below its head learns
	optimizer *optimizer.AdamW
	average   *optimizer.Average // of the weights, or nil
	schedule  optimizer.Schedule
	learning  int // numbers of the model that learn
	sized     int // and all that it has
	number    int // of the phase in its plan
	last      bool
	before    int // steps of the phases before
	total     int // steps of this phase
	all       int // steps of all phases
	later     int // steps of the phases after, but for those that take next to no time

	epoch    int // the pass under way
	batches  [][]int
	position int // in the batches
	taken    int // steps of this phase
	best     *Evaluation
	lowest   float64       // loss of an evaluation
	waited   int           // evaluations since one was better than ever
	spent    time.Duration // in steps, over all phases; pauses between steps do not count
	stopped  string        // why the phase ended, or ""
}

// newLoop encodes the rows of a phase and plans its steps.
func newLoop(ctx context.Context, tape *op.Tape, plan *technique.Plan, number int, o Options) (l *loop, err error) {
	defer op.Guard(&err)
	tape.Recompute = o.Recompute
	phase, given := plan.Phases[number], o
	o.Epochs, o.BatchSize = cmp.Or(phase.Epochs, o.Epochs), cmp.Or(phase.BatchSize, o.BatchSize)
	if phase.Begin != nil {
		phase.Begin()
	}
	l = &loop{tape: tape, phase: phase, guessed: plan.Guessed, options: o, number: number, last: number == len(plan.Phases)-1}
	l.learning, l.sized = learned(phase.Model)
	examples, err := dataset.Collect(phase.Learn)
	if err != nil {
		return nil, err
	}
	if len(examples) == 0 {
		return nil, &Error{Reason: "there are no training rows", Way: "split the data so that some rows are for training"}
	}
	if l.items, err = predict.Encode(ctx, tape.Workers, phase.Model, examples); err != nil {
		return nil, err
	}
	if l.check, err = newEvaluator(ctx, tape, phase); err != nil {
		return nil, err
	}
	l.lengths = predict.Lengths(l.items)
	for epoch := range o.Epochs {
		l.total += len(batch.Epoch(l.lengths, o.batches(), epoch))
	}
	for i, other := range plan.Phases {
		steps := l.total
		if i != number {
			if steps, err = given.stepsOf(other); err != nil {
				return nil, err
			}
		}
		if i < number {
			l.before += steps
		}
		if i > number && !other.Fixed {
			l.later += steps
		}
		l.all += steps
	}
	l.schedule = optimizer.WarmupLinear(int(o.Warmup*float64(l.total)), l.total)
	l.fixed = fixed(tape, phase.Model, l.items)
	if phase.Varied > 0 && l.fixed == nil {
		l.examples = examples
		for row, item := range l.items {
			if item.Part == 0 {
				l.first = append(l.first, row)
			}
		}
	}
	return l, l.fit()
}

// start makes the loop ready for its first step, or for the one after a state that
// was taken.
func (l *loop) start(ctx context.Context, from *State) (err error) {
	defer op.Guard(&err)
	l.optimizer = optimizer.NewAdamW(l.tape.Workers, optimizer.Options{
		Decay: l.options.Decay, Clip: l.options.Clip, Decays: optimizer.SpareVectors, Rate: l.phase.Rate, Return: l.phase.Return, Mix: l.phase.Mix,
	})
	if l.options.Average > 0 {
		l.average = optimizer.NewAverage(l.tape.Workers, l.options.Average*float64(l.total))
	}
	for name, p := range l.phase.Model.Params() {
		l.optimizer.Add(name, p)
		if l.average != nil {
			l.average.Add(name, p)
		}
	}
	if from == nil || from.Taken == 0 {
		err = l.begin(ctx, 0)
	} else {
		err = l.restore(ctx, from)
	}
	if err != nil || l.fixed == nil {
		return err
	}
	return l.computeFeatures(ctx)
}

// begin starts a pass over the rows.
func (l *loop) begin(ctx context.Context, epoch int) error {
	l.epoch, l.position = epoch, 0
	if l.phase.Pass != nil {
		l.phase.Pass(epoch)
	}
	if err := l.vary(ctx); err != nil {
		return err
	}
	l.batches = batch.Epoch(l.lengths, l.options.batches(), epoch)
	return nil
}

// vary encodes the examples for the pass under way with their words cut anew. Each
// has random numbers of its own, whichever worker encodes it.
func (l *loop) vary(ctx context.Context) error {
	errs := make([]error, len(l.examples))
	l.tape.Workers.Each(len(l.examples), func(_, i int) {
		random := rand.New(rand.NewPCG(stepSeed(l.options.Seed, l.number, l.epoch), uint64(i)))
		items, err := l.phase.Model.ItemsVaried(l.examples[i], l.phase.Varied, random)
		errs[i] = err
		for part, item := range items {
			item.Index, item.Part = i, part
			row := l.first[i] + part
			l.items[row], l.lengths[row] = item, item.Tokens()
		}
	})
	return cmp.Or(errors.Join(errs...), ctx.Err())
}

// step trains on the next batch, and scores the model when it is time.
func (l *loop) step(ctx context.Context) (s Step, err error) {
	defer op.Guard(&err)
	began := time.Now()
	if l.position == len(l.batches) {
		if err := l.begin(ctx, l.epoch+1); err != nil {
			return Step{}, err
		}
	}
	rows := l.batches[l.position]
	l.averages(false)
	learned, err := l.learn(rows)
	if err != nil {
		return Step{}, err
	}
	l.position++
	l.taken++
	s = Step{
		Phase: l.phase.Name, Number: l.before + l.taken, Of: l.all, ToGo: l.total - l.taken + l.later,
		Epoch:  float64(l.epoch) + float64(l.position)/float64(len(l.batches)),
		Epochs: l.options.Epochs, Loss: learned.mean(), Targets: learned.targets, Rows: len(rows), Tokens: l.tokens(rows), Work: l.work(rows),
		Learning: l.learning, Parameters: l.sized, loop: l,
	}
	outOfTime := l.options.MaxTime > 0 && l.spent+time.Since(began) >= l.options.MaxTime
	if l.check != nil && (outOfTime || l.evaluationDue()) {
		l.averages(true)
		if s.Once, err = l.prepare(ctx); err != nil {
			return Step{}, err
		}
		if s.Evaluation, err = l.check.evaluate(ctx); err != nil {
			return Step{}, err
		}
		s.Best = l.judge(s.Evaluation) && l.last
	}
	s.Stopped = l.stop(outOfTime)
	if s.Stopped != "" && (l.check == nil || !l.last) {
		s.Best = true // nothing compares the models, so the last one is kept
	}
	if l.stopped != "" {
		l.averages(true)
	}
	l.spent += time.Since(began)
	return s, nil
}

// prepare lets the model get ready for its first check, tells of that where it takes a
// while, and gives how long it took.
func (l *loop) prepare(ctx context.Context) (took time.Duration, err error) {
	m, ok := l.phase.Model.(task.Preparing)
	if !ok || l.phase.Metrics == nil {
		return 0, nil
	}
	var began time.Time
	err = m.Prepare(ctx, func(what string) {
		began = time.Now()
		l.options.tell(what)
	})
	if began.IsZero() {
		return 0, err
	}
	l.options.tell(l.phase.Name)
	return time.Since(began), err
}

// averages puts the averaged weights into the model, where they are scored and kept
// from, or takes them out before it learns on.
func (l *loop) averages(in bool) {
	switch {
	case l.average == nil:
	case in:
		l.average.In()
	default:
		l.average.Out()
	}
}

func (l *loop) pack(numbers []int) *batch.Packed {
	items := make([]batch.Item, len(numbers))
	for i, n := range numbers {
		items[i] = l.items[n]
	}
	return batch.Pack(items)
}

// learn moves the model along the gradients of a step's rows and gives what they cost.
// The rows are computed part by part: the gradients of the parts' sums add up to that of
// the whole.
func (l *loop) learn(rows []int) (cost, error) {
	seed := stepSeed(l.options.Seed, l.number, l.taken)
	l.optimizer.Mix(seed)
	c, weight, err := l.gradients(l.parts(rows), seed)
	if l.optimizer.Unmix(seed); err != nil {
		return cost{}, err
	}
	if weight == 0 {
		weight = 1 // no row counts, and no gradient is there to be divided
	}
	l.optimizer.StepOfSum(l.rate()*l.schedule(l.taken), weight)
	if l.average != nil {
		l.average.Update()
	}
	return c, nil
}

// cost is what targets cost together, in nats, as they are checked, and how many they are.
type cost struct{ sum, targets float64 }

// mean is what a target costs, 0 where there is none.
func (c cost) mean() float64 { return c.sum / max(c.targets, 1) }

// gradients adds up those of the parts of a step, what their rows cost, and what their
// losses weigh.
func (l *loop) gradients(parts [][]int, seed uint64) (c cost, weight float64, err error) {
	for i, part := range parts {
		w, err := l.backward(l.pack(part), seed+uint64(i), len(parts) > 1)
		if err != nil {
			return cost{}, 0, err
		}
		plain, targets := l.tape.Counted()
		c.sum += plain * targets
		c.targets += targets
		weight += w
	}
	return c, weight, nil
}

// rate is the learning rate of the phase at its height.
func (l *loop) rate() float64 {
	return cmp.Or(l.phase.LearningRate, l.options.LearningRate*cmp.Or(l.phase.Pace, 1))
}

// backward adds the gradients of a part to the parameters, and gives what its loss weighs
// among other parts; alone it weighs 1.
func (l *loop) backward(b *batch.Packed, seed uint64, among bool) (weight float64, err error) {
	l.tape.Learn(seed)
	loss := l.phase.Loss(l.tape, b)
	if value := float64(op.Rows(loss)[0]); math.IsNaN(value) || math.IsInf(value, 0) {
		return 0, &Error{
			Reason: "the training ran away: its loss is no longer a number",
			Way:    "start again with a lower learning rate; the best model so far is kept",
		}
	}
	weight = 1
	if among {
		weight = l.tape.Weight()
		op.Give(loss, []float32{float32(weight)})
	}
	return weight, ag.Backward(loss)
}

// tokens counts those of some rows.
func (l *loop) tokens(rows []int) int {
	n := 0
	for _, row := range rows {
		n += l.lengths[row]
	}
	return n
}

// stepSeed gives each step random numbers of its own, so that a step taken after
// a resume draws what it would have drawn anyway.
func stepSeed(seed uint64, phase, step int) uint64 {
	x := seed + uint64(phase)<<48 + uint64(step)*0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// evaluationDue spreads the evaluations evenly over the batches of a pass, the
// last of them at its end.
func (l *loop) evaluationDue() bool {
	n, k := len(l.batches), min(l.options.Evaluations, len(l.batches))
	return l.position*k/n > (l.position-1)*k/n
}

// judge says whether an evaluation is the best so far, and counts those since one was
// better than ever. A lower loss counts as well as a better score: where counted words have
// most of the say at first, the score stands still while the network learns what will
// overtake them.
func (l *loop) judge(e *Evaluation) bool {
	best := l.best == nil || e.better(l.best)
	lower := l.best == nil || e.Loss < l.lowest
	l.waited++
	if best || lower {
		l.waited = 0
	}
	if best {
		l.best = e
	}
	if lower {
		l.lowest = e.Loss
	}
	return best
}

// stop ends the phase when it is time, and says why the whole training ends with
// this step, or gives "".
func (l *loop) stop(outOfTime bool) string {
	switch {
	case outOfTime:
		l.stopped = StoppedByTime
	case l.options.Patience > 0 && l.waited >= l.options.Patience:
		l.stopped = StoppedEarly
	case l.taken >= l.total:
		l.stopped = StoppedAtTheEnd
	}
	if outOfTime || l.last {
		return l.stopped
	}
	return ""
}
