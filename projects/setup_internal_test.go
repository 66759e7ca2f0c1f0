package projects

import (
	"slices"
	"testing"

	"attune/engine/catalog"
	"attune/engine/setting"
	"attune/engine/task"
)

// What is left out while learning is the same by every way of fine-tuning, and can be
// changed.
func TestEveryWayLeavesOutWhatThePlainOneDoes(t *testing.T) {
	for name, c := range map[string]struct{ techniques, want []string }{
		"plain":          {[]string{"headswap"}, []string{"headswap"}},
		"another":        {[]string{"lora"}, []string{"headswap", "lora"}},
		"in a row of it": {[]string{"domain", "headswap"}, []string{"domain", "headswap"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := &Setup{Base: Starter, Techniques: c.techniques, Preset: "balanced", task: task.NewClassification(), techniques: catalog.Techniques()}
			s.suit(presets[1])
			chosen, err := s.chosen()
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, technique := range chosen {
				got = append(got, technique.Name())
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("applied %v, want %v", got, c.want)
			}
			if got := setting.Values(s.Fields())["word_dropout"]; got != "0.1" {
				t.Errorf("hidden words %q", got)
			}
		})
	}
}
