package setting_test

import (
	"errors"
	"testing"

	"attune/engine/setting"
)

func TestApplySetsTheBoundVariable(t *testing.T) {
	rate, epochs, lower, decay, name := 2e-5, 3, true, "linear", ""
	fields := []setting.Field{
		{Key: "learning_rate", Value: &setting.Number{To: &rate, Min: 1e-7, Max: 1}},
		{Key: "epochs", Value: &setting.Count{To: &epochs, Min: 1, Max: 1000}},
		{Key: "lower_case", Value: &setting.Switch{To: &lower}},
		{Key: "decay", Value: &setting.Choice{To: &decay, Options: []string{"linear", "cosine"}}},
		{Key: "name", Value: &setting.Text{To: &name, Check: func(text string) error {
			if text == "x" {
				return errors.New("no name")
			}
			return nil
		}}},
	}
	for key, text := range map[string]string{"learning_rate": "1e-4", "epochs": " 5 ", "lower_case": "off", "decay": "cosine", "name": " n "} {
		if err := setting.Apply(fields, key, text); err != nil {
			t.Fatalf("Apply(%s, %q): %v", key, text, err)
		}
	}
	if rate != 1e-4 || epochs != 5 || lower || decay != "cosine" || name != " n " {
		t.Errorf("got %g, %d, %t, %s, %q", rate, epochs, lower, decay, name)
	}
	for key, text := range map[string]string{"learning_rate": "NaN", "epochs": "0", "lower_case": "perhaps", "decay": "steps", "name": "x"} {
		if err := setting.Apply(fields, key, text); err == nil {
			t.Errorf("Apply(%s, %q) passed", key, text)
		}
	}
	if rate != 1e-4 || epochs != 5 || lower || decay != "cosine" || name != " n " {
		t.Errorf("a refused value changed a variable: %g, %d, %t, %s, %q", rate, epochs, lower, decay, name)
	}
}

func TestValuesAreTakenAgain(t *testing.T) {
	rate, name := 0.5, "a=b"
	fields := []setting.Field{{Key: "rate", Value: &setting.Number{To: &rate, Max: 1}}, {Key: "name", Value: &setting.Text{To: &name}}}
	values := setting.Values(fields)
	rate, name = 0, ""
	for key, text := range values {
		if err := setting.Apply(fields, key, text); err != nil {
			t.Fatal(err)
		}
	}
	if rate != 0.5 || name != "a=b" {
		t.Errorf("got %g, %q", rate, name)
	}
}

func TestUnknownKeyNamesTheNearest(t *testing.T) {
	var rate float64
	fields := []setting.Field{
		{Key: "learning_rate", Value: &setting.Number{To: &rate, Max: 1}},
		{Key: "lora_rank", Value: &setting.Number{To: &rate, Max: 1}},
	}
	for key, want := range map[string]string{"learning_rat": "learning_rate", "lorarank": "lora_rank", "colour": ""} {
		var unknown *setting.UnknownKeyError
		if err := setting.Apply(fields, key, "1"); !errors.As(err, &unknown) || unknown.Nearest != want {
			t.Errorf("Apply(%s): %v, want the nearest to be %q", key, err, want)
		}
	}
}
