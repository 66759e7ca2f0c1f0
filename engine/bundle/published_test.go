package bundle_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"attune/engine/batch"
	"attune/engine/bundle"
	"attune/engine/catalog"
	"attune/engine/dataset"
	"attune/engine/model/modeltest"
	"attune/engine/op"
	"attune/engine/op/optest"
	"attune/engine/task"
	"attune/engine/task/tasktest"
	"attune/engine/weights"
)

// Every reference checkpoint is opened with the head that its config.json names, and
// gives all of its sequences, packed into one batch, what the original gave them alone.
func TestPublishedModelsAgreeWithTheReference(t *testing.T) {
	for _, name := range []string{
		"bert-sequence-classification", "bert-token-classification", "bert-question-answering", "bert-masked-lm",
		"distilbert-sequence-classification", "roberta-sequence-classification", "electra-token-classification",
		"gpt2-lm", "llama-lm", "xlnet-lm", "xlnet-sequence-classification",
		"bart-conditional-generation", "marian-mt", "t5-conditional-generation",
		"extra/bert-gamma-beta", "extra/bert-legacy-pickle-bin", "extra/gpt2-no-prefix",
	} {
		t.Run(name, func(t *testing.T) {
			r := modeltest.OpenReference(t, name)
			m, err := bundle.OpenPublished(filepath.Join(modeltest.References(t), name), catalog.Families())
			if err != nil {
				t.Fatal(err)
			}
			agrees(t, m, r.Cases)
		})
	}
}

// agrees compares a model with what the original made of the cases, all in one batch.
func agrees(t *testing.T, m *bundle.Published, all []modeltest.Case) {
	t.Helper()
	var read, written []batch.Item
	var cases []modeltest.Case
	for _, c := range all {
		if c.Inputs.TargetMapping != nil {
			continue // the query stream is checked beside XLNet
		}
		cases = append(cases, c)
		read = append(read, batch.Item{IDs: c.Inputs.IDs, Segments: c.Inputs.Segments})
		written = append(written, batch.Item{IDs: c.Inputs.DecoderIDs})
	}
	b := batch.Pack(read)
	starts := b.Starts
	if m.Writes() {
		b.Output = batch.Pack(written)
		starts = b.Output.Starts
	}
	tape := optest.Tape(t)
	tape.Infer()
	hidden, logits := m.Forward(tape, b)
	_, width := op.Size(hidden)
	_, scores := op.Size(logits)
	for i, c := range cases {
		for row, first := range c.Hidden.First8 {
			at := (starts[i] + row) * width
			modeltest.Close(t, op.Rows(hidden)[at:at+len(first)], first, 1e-4)
		}
		at := starts[i] * scores
		if m.PerSequence {
			at = i * scores
		}
		want := firstLogits(t, c)
		modeltest.Close(t, op.Rows(logits)[at:at+len(want)], want, 1e-4)
	}
}

// firstLogits gives the logits of a case's first position, as many as are known.
func firstLogits(t *testing.T, c modeltest.Case) []float32 {
	t.Helper()
	switch {
	case c.StartLogits != nil:
		return []float32{c.StartLogits[0], c.EndLogits[0]}
	case c.Logits.First16 != nil:
		return c.Logits.First16[0]
	}
	var one []float32
	if json.Unmarshal(c.Logits.Full, &one) == nil {
		return one
	}
	var rows [][]float32
	if err := json.Unmarshal(c.Logits.Full, &rows); err != nil {
		t.Fatal(err)
	}
	return rows[0]
}

func TestAHeadThatIsNotKnownIsNamed(t *testing.T) {
	body := tasktest.Base(t).Backbone
	config := body.Config()
	config["architectures"] = []string{"BertForMultipleChoice"}
	_, err := bundle.OpenPublished(folderOf(t, config, body.Save), catalog.Families())
	if err == nil || !strings.Contains(err.Error(), "BertForMultipleChoice") {
		t.Errorf("got %v", err)
	}
}

// A classifier whose texts other tokens stand for scores as it did when it was saved.
func TestAClassifierIsPublishedWithItsPooling(t *testing.T) {
	rows := []dataset.Example{{Text: "my card is lost", Labels: []string{"x"}}, {Text: "the parcel", Labels: []string{"y"}}}
	for _, pooling := range []string{"own", "mean", "last", "attention"} {
		m, err := (&task.Classification{MaxLength: 64, Pooling: pooling}).Learn(tasktest.Base(t), dataset.FromSlice(rows), 1)
		if err != nil {
			t.Fatal(err)
		}
		p, err := bundle.OpenPublished(folderOf(t, m.Config(), m.Save), catalog.Families())
		if err != nil {
			t.Fatal(err)
		}
		items, err := m.Items(rows[0])
		if err != nil {
			t.Fatal(err)
		}
		tape := optest.Tape(t)
		tape.Infer()
		_, logits := p.Forward(tape, batch.Pack(items))
		if got, want := op.Rows(logits), op.Rows(m.Logits(tape, batch.Pack(items))); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", pooling, got, want)
		}
	}
}

// folderOf writes a model down.
func folderOf(t *testing.T, config map[string]any, save func(*weights.Sink)) string {
	t.Helper()
	sink := weights.NewSink()
	save(sink)
	text, err := json.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	var tensors bytes.Buffer
	if err := weights.WriteSafetensors(&tensors, sink.Tensors(), nil); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, content := range map[string][]byte{"config.json": text, "model.safetensors": tensors.Bytes()} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
