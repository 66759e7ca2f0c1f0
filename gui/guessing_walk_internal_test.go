package gui

import (
	"testing"

	"attune/engine/setting"
	"attune/projects"
)

// TestGuessing trains a model that gets to know the texts first, and lets that one guess a
// word, rather than the model that was started from.
func TestGuessing(t *testing.T) {
	s := newStand(t)
	s.OpenSample()
	s.until(t, "the sample is open", func() bool { return s.session != nil && s.session.facts.ready && s.Page() == Train })
	s.session.setup.StartFrom(projects.Fresh) // which is smaller
	s.session.setup.Techniques = []string{"domain", "headswap"}
	for key, value := range map[string]string{"epochs": "1", "domain_passes": "1"} {
		if err := setting.Apply(s.session.setup.Fields(), key, value); err != nil {
			t.Fatal(err)
		}
	}
	s.until(t, "a training can start", func() bool { return s.session.training.State().Reason == "" })
	s.press(t, "Fine-tune")
	s.until(t, "a model is kept", func() bool { return s.session.facts.models == 1 })
	s.GoTo(TryIt)
	s.until(t, "the model is open", func() bool { return s.session.tryout.State().Run > 0 })
	s.session.tryout.Guess()
	s.until(t, "the model guesses", func() bool { return s.session.tryout.State().Filler == "The model of training 1" })
	s.session.tryout.Type("where is my ___")
	s.until(t, "a word is guessed", func() bool { return s.session.tryout.State().Answer != nil })
	if words := s.session.tryout.State().Answer.Labels; len(words) == 0 {
		t.Error("it guesses no word")
	}
}
