package task_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"attune/engine/batch"
	"attune/engine/dataset"
	"attune/engine/loss"
	"attune/engine/model"
	"attune/engine/op"
	"attune/engine/op/optest"
	"attune/engine/optimizer"
	"attune/engine/setting"
	"attune/engine/task"
	"attune/engine/task/tasktest"
	"attune/engine/tokenizer"

	"github.com/nlpodyssey/spago/ag"
)

// told are texts with what is to be written about them.
var told = []dataset.Example{
	{Text: "my card is lost", Target: "lost card"}, {Text: "where is the parcel", Target: "parcel late"},
	{Text: "i want a refund please", Target: "refund"}, {Text: "has the money come back", Target: "money back please"},
}

// writer gives a model that writes, with some settings.
func writer(t *testing.T, x task.Task, base *model.Base, settings map[string]string) task.Writer {
	t.Helper()
	for key, value := range settings {
		if err := setting.Apply(x.Settings(), key, value); err != nil {
			t.Fatal(err)
		}
	}
	m, err := x.Learn(base, dataset.FromSlice(told), 1)
	if err != nil {
		t.Fatal(err)
	}
	return m.(task.Writer)
}

// writers are the tasks that write, on the bodies that serve them.
func writers(t *testing.T, settings map[string]string, f func(t *testing.T, m task.Writer)) {
	for name, make := range map[string]func() (task.Task, *model.Base){
		"translation":            func() (task.Task, *model.Base) { return task.NewTranslation(), tasktest.EncoderDecoder(t) },
		"generation":             func() (task.Task, *model.Base) { return task.NewGeneration(), tasktest.Decoder(t) },
		"generation by rewriter": func() (task.Task, *model.Base) { return task.NewGeneration(), tasktest.EncoderDecoder(t) },
	} {
		t.Run(name, func(t *testing.T) {
			x, base := make()
			f(t, writer(t, x, base, settings))
		})
	}
}

// learnByHeart trains on the examples until they are known.
func learnByHeart(t *testing.T, m task.Writer, examples []dataset.Example) *op.Tape {
	t.Helper()
	tape := optest.Tape(t)
	b := pack(t, m, examples)
	o := optimizer.NewAdamW(tape.Workers, optimizer.Options{Clip: 1})
	for name, p := range m.Params() {
		o.Add(name, p)
	}
	for step := range 300 {
		tape.Learn(uint64(step))
		y := m.LossAtOnce(tape, b)
		if op.Rows(y)[0] < 0.02 {
			return tape
		}
		if err := ag.Backward(y); err != nil {
			t.Fatal(err)
		}
		o.Step(3e-3)
	}
	t.Fatal("it was not learned by heart")
	return nil
}

func pack(t *testing.T, m task.Model, examples []dataset.Example) *batch.Packed {
	t.Helper()
	var all []batch.Item
	for _, e := range examples {
		items, err := m.Items(e)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, items...)
	}
	return batch.Pack(all)
}

// write lets a model answer.
func write(t *testing.T, m task.Writer, tape *op.Tape, examples ...dataset.Example) []dataset.Answer {
	t.Helper()
	answers, err := m.Write(context.Background(), tape, examples)
	if err != nil {
		t.Fatal(err)
	}
	return answers
}

var plain = map[string]string{"label_smoothing": "0"}

// What is written with what is kept of the steps before is what all at once gives: of a
// text learned by heart every piece is the likeliest after those before it.
func TestWritesWhatItLearned(t *testing.T) {
	writers(t, plain, func(t *testing.T, m task.Writer) {
		tape := learnByHeart(t, m, told)
		for i, a := range write(t, m, tape, told...) {
			if a.Text != told[i].Target {
				t.Errorf("wrote %q, want %q", a.Text, told[i].Target)
			}
			different := map[string]bool{}
			for _, s := range a.Texts {
				different[s.Label] = true
			}
			if len(a.Texts) < 2 || len(different) != len(a.Texts) || a.Texts[0].Label != a.Text || a.Texts[0].Score < 0.9 || a.Texts[1].Score > a.Texts[0].Score {
				t.Errorf("to choose from: %v", a.Texts)
			}
			alone := write(t, m, tape, dataset.Example{Text: told[i].Text})[0]
			if alone.Text != a.Text || math.Abs(alone.Texts[0].Score-a.Texts[0].Score) > 1e-4 {
				t.Errorf("alone %q with %g, among others %q with %g", alone.Text, alone.Texts[0].Score, a.Text, a.Texts[0].Score)
			}
			var shown []string
			text, err := m.Tell(context.Background(), tape, told[i], m.Manner(), func(text string) { shown = append(shown, text) })
			if err != nil || text != told[i].Target || len(shown) < 2 || shown[len(shown)-1] != text || !strings.HasPrefix(text, shown[0]) {
				t.Errorf("told %q by %q, %v", text, shown, err)
			}
		}
	})
}

func TestSurpriseIsTheLoss(t *testing.T) {
	writers(t, nil, func(t *testing.T, m task.Writer) {
		tape := optest.Tape(t)
		b := pack(t, m, told)
		tape.Infer()
		want := float64(op.Rows(m.LossAtOnce(tape, b))[0])
		tape.Infer()
		logits := m.Logits(tape, b)
		if got := float64(op.Rows(m.Loss(tape, logits, b))[0]); math.Abs(got-want) > 1e-5 {
			t.Errorf("the loss of the logits is %g, at once %g", got, want)
		}
		var sum dataset.Surprise
		for _, a := range write(t, m, tape, told...) {
			sum.Nats += a.Surprise.Nats
			sum.Pieces += a.Surprise.Pieces
		}
		counted := 0
		for _, target := range b.Targets {
			if target != loss.Ignored {
				counted++
			}
		}
		if got := sum.Nats / float64(sum.Pieces); math.Abs(got-want) > 1e-5 || sum.Pieces != counted {
			t.Errorf("surprised by %g over %d pieces, the loss is %g", got, sum.Pieces, want)
		}
	})
}

func TestLearningSmoothsTheLoss(t *testing.T) {
	loss := func(smoothing string) (learning, checking float64) {
		m := writer(t, task.NewTranslation(), tasktest.EncoderDecoder(t), map[string]string{"label_smoothing": smoothing})
		tape := optest.Tape(t)
		b := pack(t, m, told)
		tape.Learn(1)
		learning = float64(op.Rows(m.LossAtOnce(tape, b))[0])
		tape.Infer()
		return learning, float64(op.Rows(m.LossAtOnce(tape, b))[0])
	}
	a, b := loss("0")
	c, d := loss("0.3")
	if a != b || b != d || c == d {
		t.Errorf("learning %g and %g, checking %g and %g", a, c, b, d)
	}
}

// Of a text alone every piece counts once, in however many parts it is read.
func TestALongTextIsLearnedWhole(t *testing.T) {
	text := strings.TrimSpace(strings.Repeat("my card is lost ", 10))
	for _, length := range []string{"8", "16", "64"} {
		t.Run(length, func(t *testing.T) {
			m := writer(t, task.NewGeneration(), tasktest.Decoder(t), map[string]string{"max_length": length, "between": "nothing"})
			items, err := m.Items(dataset.Example{Text: text})
			if err != nil {
				t.Fatal(err)
			}
			var read, targets []int
			for _, item := range items {
				if len(item.IDs) != len(item.Targets) {
					t.Errorf("%d pieces and %d targets", len(item.IDs), len(item.Targets))
				}
				read, targets = append(read, item.IDs...), append(targets, item.Targets...)
			}
			if len(targets) != 41 || slices.Contains(targets, loss.Ignored) || !slices.Equal(read[1:], targets[:40]) || read[0] != 2 || targets[40] != 3 {
				t.Errorf("read %v, targets %v", read, targets)
			}
			asked := task.NewGeneration().(task.Asker).Asked(dataset.Example{Text: text})
			a := write(t, m, optest.Tape(t), asked)[0]
			if a.Surprise.Pieces != 41 || a.Text != "" {
				t.Errorf("%+v", a)
			}
		})
	}
}

func TestOnlyTheTargetCounts(t *testing.T) {
	m := writer(t, task.NewGeneration(), tasktest.Decoder(t), map[string]string{"max_length": "12"})
	items, err := m.Items(dataset.Example{Text: strings.Repeat("my card is lost ", 10), Target: "refund please"})
	if err != nil || len(items) != 1 {
		t.Fatal(items, err)
	}
	it := items[0]
	counted := slices.DeleteFunc(slices.Clone(it.Targets), func(target int) bool { return target == loss.Ignored })
	want := append(slices.Clone(it.IDs[10:]), 3)
	if len(it.IDs) != 12 || !slices.Equal(counted, want) || len(counted) != 3 || it.IDs[0] != 2 {
		t.Errorf("read %v, targets %v", it.IDs, it.Targets)
	}
}

// newlines spells a line break, as the vocabularies of decoders do.
type newlines struct{ tokenizer.Tokenizer }

func (n newlines) Encode(text string) []tokenizer.Token {
	if text == "\n" {
		return []tokenizer.Token{{ID: 5, End: 1}}
	}
	return n.Tokenizer.Encode(text)
}

// Of a target that is too long even without its text as much is learned as is read at once.
func TestATargetWithoutRoomIsCut(t *testing.T) {
	base := tasktest.Decoder(t)
	base.Tokenizer = newlines{base.Tokenizer}
	m := writer(t, task.NewGeneration(), base, map[string]string{"max_length": "64"})
	items, err := m.Items(dataset.Example{Text: "my card", Target: strings.Repeat("lost ", 100)})
	if err != nil || len(items) != 1 || len(items[0].IDs) != 64 || len(items[0].Targets) != 64 {
		t.Errorf("%v, %v", items, err)
	}
}

// Where less is written than a text needs around it, nothing of the target is left.
func TestATargetCanHaveNoRoomAtAll(t *testing.T) {
	m := writer(t, task.NewGeneration(), tasktest.EncoderDecoder(t), map[string]string{"max_output": "1"})
	if items, err := m.Items(told[0]); err != nil || len(items) != 1 {
		t.Errorf("%v, %v", items, err)
	}
}

// A target that is cut does not end there.
func TestACutTargetDoesNotEnd(t *testing.T) {
	m := writer(t, task.NewTranslation(), tasktest.EncoderDecoder(t), map[string]string{"max_output": "8", "max_length": "8"})
	items, err := m.Items(dataset.Example{Text: strings.Repeat("card ", 20), Target: strings.Repeat("lost ", 20)})
	if err != nil || len(items) != 1 {
		t.Fatal(items, err)
	}
	it := items[0]
	if len(it.IDs) != 8 || len(it.Output) != 8 || len(it.Targets) != 8 || it.Targets[7] != loss.Ignored || it.Output[0] != 0 || !slices.Equal(it.Output[1:], it.Targets[:7]) {
		t.Errorf("%+v", it)
	}
}

func TestTellingCanBeStopped(t *testing.T) {
	writers(t, nil, func(t *testing.T, m task.Writer) {
		ctx, cancel := context.WithCancel(context.Background())
		o := m.Manner()
		o.Temperature, o.MaxTokens, o.Seed = 1.5, 40, 2
		text, err := m.Tell(ctx, optest.Tape(t), told[0], o, func(string) { cancel() })
		if !errors.Is(err, context.Canceled) || strings.Contains(text, " ") {
			t.Errorf("%q, %v", text, err)
		}
	})
}

func TestWhatCannotBeWrittenIsRefused(t *testing.T) {
	texts := []dataset.Example{{Text: "my card"}, {Text: "the parcel"}}
	for name, learn := range map[string]func() (task.Model, error){
		"an encoder": func() (task.Model, error) {
			return task.NewGeneration().Learn(tasktest.Base(t), dataset.FromSlice(told), 1)
		},
		"a decoder that is to translate": func() (task.Model, error) {
			return task.NewTranslation().Learn(tasktest.Decoder(t), dataset.FromSlice(told), 1)
		},
		"no translations": func() (task.Model, error) {
			return task.NewTranslation().Learn(tasktest.EncoderDecoder(t), dataset.FromSlice(texts), 1)
		},
		"texts alone for one that reads first": func() (task.Model, error) {
			return task.NewGeneration().Learn(tasktest.EncoderDecoder(t), dataset.FromSlice(texts), 1)
		},
		"no texts": func() (task.Model, error) {
			return task.NewGeneration().Learn(tasktest.Decoder(t), dataset.FromSlice(nil), 1)
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := learn()
			var e *task.Error
			if !errors.As(err, &e) || e.Hint() == "" {
				t.Errorf("%v", err)
			}
		})
	}
}
