package main

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime"

	"github.com/nlpodyssey/spago/mat"

	"attune/engine/batch"
	"attune/engine/bundle"
	"attune/engine/catalog"
	"attune/engine/kernel"
	"attune/engine/op"
	"attune/projects"
)

var forward = command{
	name: "forward", usage: "--model DIR|FILE.gguf --ids '[[101,...],...]' [--segments '[[0,...],...]'] [--decoder-ids '[[2,...],...]'] --json",
	about: "Gives the last hidden states and the logits that a model computes of numbered pieces.",
	run: func(_ context.Context, c *call) error {
		var f passed
		dir := c.flags.String("model", "", "folder or .gguf file of the model")
		c.flags.Var(&numbers{&f.ids}, "ids", "pieces of each sequence, as JSON")
		c.flags.Var(&numbers{&f.segments}, "segments", "segment of each piece, as JSON")
		c.flags.Var(&numbers{&f.decoder}, "decoder-ids", "pieces that a decoder has written, as JSON")
		if _, err := c.parse(0, 0); err != nil {
			return err
		}
		if *dir == "" || len(f.ids) == 0 || !c.json {
			return &usageError{"it needs --model, --ids and --json"}
		}
		m, err := bundle.OpenPublished(*dir, catalog.Families())
		if err != nil {
			return err
		}
		if m.Writes() != (f.decoder != nil) {
			return &usageError{"--decoder-ids are for models that have an encoder and a decoder, and needed there"}
		}
		result, err := f.through(m)
		if err != nil {
			return err
		}
		return c.print(result, "")
	},
}

// numbers is a flag of lists of numbers.
type numbers struct{ to *[][]int }

func (n *numbers) String() string         { return "" }
func (n *numbers) Type() string           { return "lists" }
func (n *numbers) Set(value string) error { return json.Unmarshal([]byte(value), n.to) }

// passed is what goes through a model.
type passed struct{ ids, segments, decoder [][]int }

// computed is what comes out: for each sequence its hidden states, and logits for
// each position or one row of them.
type computed struct {
	Hidden [][][]float32 `json:"hidden"`
	Logits []any         `json:"logits"`
}

// through computes all sequences in one batch.
func (f passed) through(m *bundle.Published) (result computed, err error) {
	b, err := f.pack()
	if err != nil {
		return computed{}, err
	}
	defer func() {
		if r := recover(); r != nil {
			err = &projects.Error{Got: fmt.Sprintf("the model does not take these numbers: %v", r), Way: "attunectl encode gives those of a text; no sequence may be longer than the positions in config.json"}
		}
	}()
	workers := kernel.NewWorkers(runtime.NumCPU())
	defer workers.Close()
	tape := op.NewTape(workers)
	tape.Infer()
	hidden, logits := m.Forward(tape, b)
	starts := b.Starts
	if b.Output != nil {
		starts = b.Output.Starts
	}
	all, scores := rowsOf(hidden), rowsOf(logits)
	for s := range len(starts) - 1 {
		result.Hidden = append(result.Hidden, all[starts[s]:starts[s+1]])
		switch {
		case logits == nil:
		case m.PerSequence:
			result.Logits = append(result.Logits, scores[s])
		default:
			result.Logits = append(result.Logits, scores[starts[s]:starts[s+1]])
		}
	}
	return result, nil
}

func (f passed) pack() (*batch.Packed, error) {
	if f.segments != nil && len(f.segments) != len(f.ids) || f.decoder != nil && len(f.decoder) != len(f.ids) {
		return nil, &usageError{"--ids, --segments and --decoder-ids need as many sequences"}
	}
	items, written := make([]batch.Item, len(f.ids)), make([]batch.Item, len(f.decoder))
	for i, ids := range f.ids {
		items[i].IDs = ids
		if f.segments != nil {
			items[i].Segments = f.segments[i]
		}
		if len(ids) == 0 || items[i].Segments != nil && len(items[i].Segments) != len(ids) {
			return nil, &usageError{fmt.Sprintf("sequence %d is empty, or has not as many segments as pieces", i+1)}
		}
	}
	for i, ids := range f.decoder {
		if len(ids) == 0 {
			return nil, &usageError{fmt.Sprintf("sequence %d of --decoder-ids is empty", i+1)}
		}
		written[i].IDs = ids
	}
	b := batch.Pack(items)
	if len(written) > 0 {
		b.Output = batch.Pack(written)
	}
	return b, nil
}

// rowsOf cuts a matrix, which may be nil, into its rows.
func rowsOf(x mat.Tensor) [][]float32 {
	if x == nil {
		return nil
	}
	n, width := op.Size(x)
	values := op.Rows(x)
	all := make([][]float32, n)
	for i := range all {
		all[i] = values[i*width : (i+1)*width]
	}
	return all
}
