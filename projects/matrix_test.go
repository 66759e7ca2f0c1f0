package projects_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/nlpodyssey/spago/nn"

	"attune/engine/catalog"
	"attune/engine/dataset"
	"attune/engine/guessing"
	"attune/engine/kernel"
	"attune/engine/model"
	"attune/engine/op"
	"attune/engine/task"
	"attune/engine/task/tasktest"
	"attune/engine/technique"
	"attune/engine/tokenizer"
	"attune/engine/train"
	"attune/engine/weights"
)

// Every family trains every task that fits it; the others are refused before, with a
// reason and a way out. The README's tables say which is which, for families here and
// for techniques as TestEveryTechniqueMeetsEveryTask finds.
func TestWhatFitsWhat(t *testing.T) {
	families, tasks := catalog.Families(), catalog.Tasks()
	fits := map[string]bool{} // by the names of the two
	for _, learned := range tasks {
		for _, family := range families {
			name := family.Name + "/" + learned.Name()
			t.Run(name, func(t *testing.T) { fits[name] = tries(t, family, learned) })
		}
		for _, way := range catalog.Techniques() {
			fits[way.Name()+"/"+learned.Name()] = !slices.Contains(refused[learned.Name()], way.Name())
		}
	}
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{
		guesses(t, families),
		matrix("family", named(families, func(f model.Family) string { return f.Name }), fits),
		matrix("technique", named(catalog.Techniques(), technique.Technique.Name), fits),
	} {
		if !strings.Contains(string(readme), table) {
			t.Errorf("the README lacks this table:\n%s", table)
		}
	}
}

func named[T any](all []T, name func(T) string) (names []string) {
	for _, x := range all {
		names = append(names, name(x))
	}
	return names
}

// matrix draws what fits each task as a table of Markdown.
func matrix(title string, rows []string, fits map[string]bool) string {
	var b strings.Builder
	columns := named(catalog.Tasks(), task.Task.Name)
	fmt.Fprintf(&b, "| %s | %s |\n|---%s|\n", title, strings.Join(columns, " | "), strings.Repeat("|:-:", len(columns)))
	for _, row := range rows {
		fmt.Fprintf(&b, "| %s |", row)
		for _, column := range columns {
			mark := " "
			if fits[row+"/"+column] {
				mark = " ✓ "
			}
			fmt.Fprintf(&b, "%s|", mark)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// guesses draws what getting to know texts lets each family guess in them.
func guesses(t *testing.T, families []model.Family) string {
	t.Helper()
	var b strings.Builder
	var err error
	b.WriteString("| family | `domain` lets it guess |\n|---|---|\n")
	for _, family := range families {
		base := tinyWith(t, family, strings.Replace(tinyConfig, `"vocab_size": 24`, `"vocab_size": 25`, 1))
		words := append(slices.Clone(tasktest.Words), "<extra_id_0>") // which stands for a gap
		if base.Tokenizer, err = tokenizer.NewWordPiece(words, tokenizer.WordPieceOptions{}); err != nil {
			t.Fatal(err)
		}
		m, err := guessing.New(base.Backbone, base.Tokenizer, base.Weights)
		if err != nil {
			tellsWhy(t, err)
			fmt.Fprintf(&b, "| %s | |\n", family.Name)
			continue
		}
		fmt.Fprintf(&b, "| %s | %s |\n", family.Name, m.Asking.Name())
	}
	return b.String()
}

// tries trains a tiny model of a family on a task, and says whether that makes sense.
func tries(t *testing.T, family model.Family, learned task.Task) bool {
	t.Helper()
	rows := rowsFor(learned)
	plan := &technique.Plan{Task: learned, Base: tiny(t, family), Learn: rows, Check: rows, Seed: 1}
	if err := learned.Fits(plan.Base.Backbone); err != nil {
		tellsWhy(t, err)
		return false
	}
	if err := plan.FineTune(); err != nil {
		t.Fatal(err)
	}
	workers := kernel.NewWorkers(2)
	defer workers.Close()
	steps := 0
	o := train.Options{Epochs: 2, BatchSize: 4, LearningRate: 1e-3, Clip: 1, Evaluations: 1, Seed: 1}
	for step, err := range train.Steps(t.Context(), op.NewTape(workers), plan, o, nil) {
		if err != nil {
			t.Fatalf("%s: %v", family.Name, err)
		}
		if math.IsNaN(step.Loss) || math.IsInf(step.Loss, 0) {
			t.Fatalf("%s: the loss is %g", family.Name, step.Loss)
		}
		steps++
	}
	if steps == 0 {
		t.Errorf("%s: not a step was taken", family.Name)
	}
	return true
}

// rowsFor gives eight rows of one text each, but for tasks of two.
func rowsFor(learned task.Task) dataset.Source {
	rows := eight()
	for i := range rows {
		if learned.Needs().Labels > 0 {
			rows[i].Pair = ""
		}
	}
	return dataset.FromSlice(rows)
}

// tiny gives a model of a family with random weights.
func tiny(t *testing.T, family model.Family) *model.Base { return tinyWith(t, family, tinyConfig) }

func tinyWith(t *testing.T, family model.Family, config string) *model.Base {
	t.Helper()
	base := tasktest.Base(t)
	base.Weights = weights.Fresh(weights.Draw{Random: rand.New(rand.NewPCG(1, 1)), Spread: 0.08})
	var err error
	if base.Backbone, err = family.Load([]byte(config), base.Weights); err != nil {
		t.Fatal(err)
	}
	return base
}

// A body that goes on with fewer layers is saved as one that has no more.
func TestFewerLayersAreSaved(t *testing.T) {
	shrunk := 0
	for _, family := range catalog.Families() {
		t.Run(family.Name, func(t *testing.T) {
			body := tiny(t, family).Backbone
			before := len(maps.Collect(body.Params()))
			shrinkable, ok := body.(interface{ Shrink(layers int) })
			if !ok {
				t.Skip("it keeps all of its layers")
			}
			shrinkable.Shrink(1)
			config, err := json.Marshal(body.Config())
			if err != nil {
				t.Fatal(err)
			}
			sink, held := weights.NewSink(), weights.Held{}
			body.Save(sink)
			for _, tensor := range sink.Tensors() {
				held[tensor.Name] = tensor
			}
			again, err := family.Load(config, weights.NewSource(held))
			if err != nil {
				t.Fatal(err)
			}
			want, got := maps.Collect(body.Params()), maps.Collect(again.Params())
			same := func(a, b *nn.Param) bool { return slices.Equal(op.Rows(a), op.Rows(b)) }
			if !maps.EqualFunc(want, got, same) {
				t.Errorf("it has %d parameters, and %d when it is opened", len(want), len(got))
			}
			if len(want) < before {
				shrunk++
			}
		})
	}
	if shrunk < 8 {
		t.Errorf("%d families can go on with fewer layers", shrunk)
	}
}

// tellsWhy checks that an error tells a person why and what to do instead.
func tellsWhy(t *testing.T, err error) {
	t.Helper()
	var tells interface{ Hint() string }
	if !errors.As(err, &tells) || tells.Hint() == "" || err.Error() == "" {
		t.Errorf("%v has no way out", err)
	}
}
