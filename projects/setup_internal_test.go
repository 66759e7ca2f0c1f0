package projects

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"attune/assets"
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

// A preset says how long to try, and nothing of what was chosen besides.
func TestAPresetLeavesTheOtherChoices(t *testing.T) {
	s := &Setup{Base: Starter, Techniques: []string{"headswap"}, Preset: "balanced", MaxMinutes: 3, task: task.NewClassification(), techniques: catalog.Techniques()}
	s.suit(presets[1])
	s.StartFrom(Fresh)
	s.Techniques = []string{"freeze"}
	for key, value := range map[string]string{"epochs": "3", "max_length": "64"} {
		if err := setting.Apply(s.Fields(), key, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.TakePreset("best"); err != nil {
		t.Fatal(err)
	}
	values := setting.Values(s.Fields())
	if s.Base != Fresh || !slices.Equal(s.Techniques, []string{"freeze"}) || values["max_length"] != "64" {
		t.Errorf("of what was chosen is left: %s, %v, %s pieces", s.Base, s.Techniques, values["max_length"])
	}
	if s.Preset != "best" || values["epochs"] != "80" || values["patience"] != "20" || s.MaxMinutes != 0 {
		t.Errorf("%s tries for %s passes with a patience of %s, %g minutes at most", s.Preset, values["epochs"], values["patience"], s.MaxMinutes)
	}
	if err := s.TakePreset("worst"); err == nil || s.Preset != "best" {
		t.Error("there is a preset of any name")
	}
}

// The defaults go by how large a model is, and not by where it came from.
func TestDefaultsGoByTheSizeOfAModel(t *testing.T) {
	t.Setenv("HF_HOME", t.TempDir())
	small, large := filepath.Join(t.TempDir(), "small"), filepath.Join(t.TempDir(), "large")
	if err := os.CopyFS(small, assets.Starter()); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(large, assets.Starter()); err != nil {
		t.Fatal(err)
	}
	const header = `{"x": {"dtype": "U8", "shape": [1000, 20000], "data_offsets": [0, 20000000]}}`
	content := append([]byte{byte(len(header)), 0, 0, 0, 0, 0, 0, 0}, header...)
	if err := os.WriteFile(filepath.Join(large, "model.safetensors"), append(content, make([]byte, 20_000_000)...), 0o644); err != nil {
		t.Fatal(err)
	}
	values := func(base string) map[string]string {
		s := &Setup{Base: base, Techniques: []string{"headswap", "domain"}, Preset: "balanced", task: task.NewClassification(), techniques: catalog.Techniques(), size: Size{Rows: 600, Words: 6000}}
		s.suit(presets[1])
		return setting.Values(s.Fields())
	}
	if of, from := values(small), values(Starter); !maps.Equal(of, from) {
		t.Errorf("a folder of the starter's has %v, the starter %v", of, from)
	}
	if got := values(large)["learning_rate"]; got != "5e-05" {
		t.Errorf("a large model learns at %s", got)
	}
}
