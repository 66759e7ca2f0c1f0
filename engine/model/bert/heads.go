package bert

import (
	"attune/engine/head"
	"attune/engine/weights"
)

// Classifier takes the head for sequence classification from the source.
func (m *Model) Classifier(s *weights.Source, classes int) *head.Classifier {
	names := head.Names{Architecture: m.variant.class + "ForSequenceClassification", Pool: m.variant.pool, Out: m.variant.out}
	c := head.NewClassifier(s, names, m.config.Width, classes, m.variant.activation)
	c.Dropout = m.config.headDropout()
	return c
}

// Tagger takes the head for token classification from the source.
func (m *Model) Tagger(s *weights.Source, classes int) *head.Tagger {
	g := head.NewTagger(s, m.variant.class+"ForTokenClassification", "classifier", m.config.Width, classes)
	g.Dropout = m.config.headDropout()
	return g
}

// Span takes the head for extractive question answering from the source.
func (m *Model) Span(s *weights.Source) *head.Tagger {
	return head.NewTagger(s, m.variant.class+"ForQuestionAnswering", "qa_outputs", m.config.Width, 2)
}

// Masked takes the head for masked language modelling from the source. It scores
// the pieces by the body's own table.
func (m *Model) Masked(s *weights.Source) *head.Masked {
	names := m.variant.masked
	names.Architecture = m.variant.class + "ForMaskedLM"
	return head.NewMasked(s, names, m.words, m.config.Width, activations[m.config.Activation], m.config.Epsilon)
}
