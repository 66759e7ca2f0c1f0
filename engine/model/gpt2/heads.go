package gpt2

import (
	"attune/engine/head"
	"attune/engine/weights"
)

// LanguageModel takes the head of GPT2LMHeadModel from the source: the table of
// pieces, which the body shares.
func (m *Model) LanguageModel(s *weights.Source) *head.LanguageModel {
	table := s.Tied("lm_head.weight", m.words.Weight)
	l := &head.LanguageModel{Architecture: "GPT2LMHeadModel", Table: table}
	if table != m.words.Weight {
		l.Name = "lm_head.weight"
	}
	return l
}

// Classifier takes the head of GPT2ForSequenceClassification from the source: one
// row of weights a class for the last token of a text, the only one that has seen
// all others.
func (m *Model) Classifier(s *weights.Source, classes int) *head.Classifier {
	names := head.Names{Architecture: "GPT2ForSequenceClassification", Out: "score"}
	return head.NewScore(s, names, m.config.Width, classes)
}
