package bundle

import (
	"fmt"
	"strings"

	"github.com/nlpodyssey/spago/mat"

	"attune/engine/batch"
	"attune/engine/head"
	"attune/engine/model"
	"attune/engine/op"
	"attune/engine/weights"
)

// Published is a body with the head that it was published with: the whole model
// that architectures in config.json names, without Attune's tasks.
type Published struct {
	Body         model.Backbone
	Architecture string // "" for a body alone
	PerSequence  bool   // its logits are one row a sequence, rather than one a position

	pooling  string // of a classifier, "" for its family's
	logits   func(t *op.Tape, hidden mat.Tensor, starts []int) mat.Tensor
	language *head.LanguageModel
}

// kind is a sort of whole model, told by how its name ends.
type kind struct {
	ending      string
	perSequence bool
	// open takes the head, or fails where the body has none of its kind.
	open func(p *Published, s *weights.Source, labels int) bool
}

// kinds are the whole models of transformers that serve a task of Attune's.
var kinds = []kind{
	{"ForSequenceClassification", true, func(p *Published, s *weights.Source, labels int) bool {
		body, ok := p.Body.(interface {
			Classifier(*weights.Source, int) *head.Classifier
		})
		if ok {
			c := body.Classifier(s, labels)
			c.PoolBy(p.pooling, s, p.Body.Width())
			p.logits = func(t *op.Tape, hidden mat.Tensor, starts []int) mat.Tensor {
				return c.Forward(t, c.Pooling(t, hidden, starts))
			}
		}
		return ok
	}},
	{"ForTokenClassification", false, func(p *Published, s *weights.Source, labels int) bool {
		body, ok := p.Body.(interface {
			Tagger(*weights.Source, int) *head.Tagger
		})
		if ok {
			p.each(body.Tagger(s, labels))
		}
		return ok
	}},
	{"ForQuestionAnswering", false, answers},
	{"ForQuestionAnsweringSimple", false, answers},
	{"ForMaskedLM", false, func(p *Published, s *weights.Source, _ int) bool {
		body, ok := p.Body.(interface {
			Masked(*weights.Source) *head.Masked
		})
		if ok {
			p.each(body.Masked(s))
		}
		return ok
	}},
	{"LMHeadModel", false, writes},
	{"ForCausalLM", false, writes},
	{"ForConditionalGeneration", false, writes},
	{"MTModel", false, writes},
}

func answers(p *Published, s *weights.Source, _ int) bool {
	body, ok := p.Body.(interface {
		Span(*weights.Source) *head.Tagger
	})
	if ok {
		p.each(body.Span(s))
	}
	return ok
}

func writes(p *Published, s *weights.Source, _ int) bool {
	body, ok := p.Body.(interface {
		LanguageModel(*weights.Source) *head.LanguageModel
	})
	if ok {
		p.language = body.LanguageModel(s)
		p.each(p.language)
	}
	return ok
}

// each lets a head score every position.
func (p *Published) each(h interface {
	Forward(t *op.Tape, x mat.Tensor) mat.Tensor
}) {
	p.logits = func(t *op.Tape, hidden mat.Tensor, _ []int) mat.Tensor { return h.Forward(t, hidden) }
}

// OpenPublished reads the weights of a folder, or of a GGUF file, with one of the
// families. It needs no tokenizer.
func OpenPublished(path string, families []model.Family) (*Published, error) {
	s, err := look(path, families)
	if err != nil {
		return nil, err
	}
	base := &model.Base{Name: path}
	if err := s.load(base); err != nil {
		return nil, err
	}
	p := &Published{Body: base.Backbone, pooling: s.about.Pooling}
	if len(s.about.Architectures) > 0 {
		p.Architecture = s.about.Architectures[0]
	}
	labels := len(s.about.Labels)
	if labels == 0 {
		labels = 2 // as transformers has it for a config.json that names none
	}
	if err := p.open(path, base.Weights, labels); err != nil {
		return nil, err
	}
	return p, base.Weights.Err()
}

// open takes the head that the architecture names. A body alone, such as BertModel,
// has none.
func (p *Published) open(dir string, s *weights.Source, labels int) error {
	for _, k := range kinds {
		if strings.HasSuffix(p.Architecture, k.ending) && k.open(p, s, labels) {
			p.PerSequence = k.perSequence
			return nil
		}
	}
	if p.Architecture == "" || strings.HasSuffix(p.Architecture, "Model") {
		return nil
	}
	return &Error{
		Folder: dir, Reason: fmt.Sprintf("its head, that of %s, is not one that Attune knows", p.Architecture),
		Way: "fine-tune its body: a new head is put on it",
	}
}

// Writes says whether the model is an encoder beside a decoder, which needs to be
// given what was written so far.
func (p *Published) Writes() bool {
	d, ok := p.Body.(model.Decoder)
	return ok && d.NewPast().Cross != nil
}

// Forward gives the last hidden states [positions x width] of a batch, the decoder's
// where there is one beside an encoder, and the logits as the head gives them, nil for
// a body alone. What such a decoder wrote so far is the batch's Output.
func (p *Published) Forward(t *op.Tape, b *batch.Packed) (hidden, logits mat.Tensor) {
	starts := b.Starts
	hidden = p.Body.(model.Encoder).Encode(t, b)
	if p.Writes() {
		memory := &model.Memory{Rows: hidden, Starts: starts}
		hidden, starts = p.Body.(model.Decoder).Decode(t, b.Output, memory, nil), b.Output.Starts
	}
	if p.logits != nil {
		logits = p.logits(t, hidden, starts)
	}
	return hidden, logits
}

// LanguageModel gives the head that writes, or nil.
func (p *Published) LanguageModel() *head.LanguageModel { return p.language }
