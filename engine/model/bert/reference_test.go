package bert_test

import (
	"testing"

	"github.com/nlpodyssey/spago/mat"

	"attune/engine/batch"
	"attune/engine/loss"
	"attune/engine/model"
	"attune/engine/model/bert"
	"attune/engine/model/modeltest"
	"attune/engine/op"
)

// opened gives a reference with its body, whose dropout is off.
func opened(t *testing.T, family model.Family, name string) (*modeltest.Reference, *bert.Model) {
	t.Helper()
	r := modeltest.OpenReference(t, name)
	body, err := family.Load(r.Config, r.Source)
	if err != nil {
		t.Fatal(err)
	}
	body.SetDropout(0)
	return r, body.(*bert.Model)
}

func packed(in modeltest.Inputs) *batch.Packed {
	return batch.Pack([]batch.Item{{IDs: in.IDs, Segments: in.Segments}})
}

func TestClassificationAgreesWithTheReference(t *testing.T) {
	for name, family := range map[string]model.Family{
		"bert-sequence-classification":       bert.Family,
		"distilbert-sequence-classification": bert.DistilBERT,
		"roberta-sequence-classification":    bert.RoBERTa,
	} {
		t.Run(name, func(t *testing.T) {
			r, body := opened(t, family, name)
			classifier := body.Classifier(r.Source, r.Labels)
			classifier.Dropout = 0
			r.Check(t, func(tape *op.Tape, in modeltest.Inputs) modeltest.Computed {
				b := packed(in)
				hidden := body.Encode(tape, b)
				logits := classifier.Forward(tape, classifier.Pooling(tape, hidden, b.Starts))
				return computed(hidden, logits, loss.CrossEntropy(tape, logits, in.Targets(t), loss.CrossEntropyOptions{}))
			}, body, classifier)
		})
	}
}

func TestTaggingAgreesWithTheReference(t *testing.T) {
	for name, family := range map[string]model.Family{
		"bert-token-classification":    bert.Family,
		"electra-token-classification": bert.ELECTRA,
	} {
		t.Run(name, func(t *testing.T) {
			r, body := opened(t, family, name)
			tagger := body.Tagger(r.Source, r.Labels)
			tagger.Dropout = 0
			r.Check(t, func(tape *op.Tape, in modeltest.Inputs) modeltest.Computed {
				hidden := body.Encode(tape, packed(in))
				logits := tagger.Forward(tape, hidden)
				return computed(hidden, logits, loss.CrossEntropy(tape, logits, in.Targets(t), loss.CrossEntropyOptions{}))
			}, body, tagger)
		})
	}
}

func TestAnsweringAgreesWithTheReference(t *testing.T) {
	r, body := opened(t, bert.Family, "bert-question-answering")
	span := body.Span(r.Source)
	r.Check(t, func(tape *op.Tape, in modeltest.Inputs) modeltest.Computed {
		b := packed(in)
		hidden := body.Encode(tape, b)
		logits := span.Forward(tape, hidden)
		return computed(hidden, logits, loss.Span(tape, logits, b.Starts, []int{in.Start, in.End}))
	}, body, span)
}

func TestHiddenWordsAgreeWithTheReference(t *testing.T) {
	r, body := opened(t, bert.Family, "bert-masked-lm")
	masked := body.Masked(r.Source)
	config := map[string]any{}
	if masked.Describe(config); config["tie_word_embeddings"] != true {
		t.Error("the head has a table of its own")
	}
	r.Check(t, func(tape *op.Tape, in modeltest.Inputs) modeltest.Computed {
		hidden := body.Encode(tape, packed(in))
		logits := masked.Forward(tape, hidden)
		return computed(hidden, logits, masked.Loss(tape, hidden, in.Targets(t)))
	}, body, masked)
}

func computed(hidden, logits, loss mat.Tensor) modeltest.Computed {
	return modeltest.Computed{Hidden: hidden, Logits: logits, Loss: loss}
}

func TestPackedCheckpointsAreAsAlone(t *testing.T) {
	for name, family := range map[string]model.Family{
		"bert-sequence-classification":       bert.Family,
		"distilbert-sequence-classification": bert.DistilBERT,
		"roberta-sequence-classification":    bert.RoBERTa,
		"electra-token-classification":       bert.ELECTRA,
	} {
		t.Run(name, func(t *testing.T) {
			r, body := opened(t, family, name)
			var items []batch.Item
			for _, c := range r.Cases {
				items = append(items, batch.Item{IDs: c.Inputs.IDs, Segments: c.Inputs.Segments})
			}
			modeltest.SameAlone(t, body, items)
		})
	}
}
