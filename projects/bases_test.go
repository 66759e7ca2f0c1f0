package projects_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"attune/engine/hub/hubtest"
	"attune/engine/weights"
	"attune/projects"
)

// modelFolder writes a model of a shape into a folder of that name. Its weights are
// a single value: enough to be listed, too little to be trained.
func modelFolder(t *testing.T, name, config string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), name)
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(filepath.Join(dir, "model.safetensors"))
	if err == nil {
		err = errors.Join(weights.WriteSafetensors(f, []weights.Tensor{{Name: "x", Shape: []int{1}, Values: []float32{1}}}, nil), f.Close())
	}
	if err := errors.Join(err, os.WriteFile(filepath.Join(dir, "config.json"), []byte(config), 0o644)); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestBasesAreThoseThatTheTaskCanUse(t *testing.T) {
	m, _, _ := openModels(t)
	for name, config := range map[string]string{
		"Reads both ways": `{"model_type":"bert","hidden_size":24,"num_attention_heads":2,"num_hidden_layers":2,"intermediate_size":40,"vocab_size":50}`,
		"Translates":      `{"model_type":"marian","d_model":24,"encoder_layers":1,"decoder_layers":1,"encoder_attention_heads":2,"decoder_attention_heads":2,"encoder_ffn_dim":40,"decoder_ffn_dim":40,"vocab_size":50}`,
	} {
		if _, err := m.Add(t.Context(), modelFolder(t, name, config), "", nil); err != nil {
			t.Fatal(err)
		}
	}
	p := sampleProject(t)
	var names []string
	bases, err := p.Bases(m)
	for _, b := range bases {
		names = append(names, b.Name)
		if b.Title == "" || b.About == "" {
			t.Errorf("%+v says nothing of itself", b)
		}
	}
	if want := []string{projects.Starter, projects.Fresh, "Reads both ways"}; err != nil || !slices.Equal(names, want) {
		t.Errorf("bases %q, %v, want %q", names, err, want)
	}
	if alone, err := p.Bases(nil); err != nil || len(alone) != 2 {
		t.Errorf("without models: %v, %v", alone, err)
	}
	all, err := m.List()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(i projects.ModelInfo) bool { return i.Name == "Reads both ways" })
	if i < 0 || all[i].Memory != 0 {
		t.Fatalf("the small model: %+v", all)
	}
	all[i] = m.Measure(all[i])
	if all[i].Memory < 80<<20 || all[i].Memory > 300<<20 || !slices.Equal(all[i].Learns, []string{"classification", "multilabel", "entities", "answering"}) {
		t.Errorf("the small model: %+v", all[i])
	}
}

func TestASearchForAnAddressPutsThatModelFirst(t *testing.T) {
	m, s, _ := openModels(t)
	s.Publish("org/a-bert", hubtest.Files(nil))
	s.Publish("org/bert", hubtest.Files(nil))
	for words, want := range map[string][]string{
		"bert":                             {"org/a-bert", "org/bert"},
		"org/bert":                         {"org/bert"},
		s.URL + "/org/bert/tree/v2":        {"org/bert@v2"},
		s.URL + "/hidden/model":            {"hidden/model"},
		"https://huggingface.co/hidden/it": {"hidden/it"},
	} {
		found, err := m.Search(t.Context(), words)
		var names []string
		for _, f := range found {
			names = append(names, f.Name)
		}
		if err != nil || !slices.Equal(names, want) {
			t.Errorf("%s: found %q, %v, want %q", words, names, err, want)
		}
	}
	if _, err := m.Search(t.Context(), "https://example.com/org/bert"); err == nil {
		t.Error("an address elsewhere is searched for")
	}
	if got := m.Page("org/bert@v2"); got != s.URL+"/org/bert" {
		t.Errorf("its page is %s", got)
	}
}

func TestWhatIsAModelIsTold(t *testing.T) {
	table := filepath.Join(t.TempDir(), "rows.csv")
	if err := os.WriteFile(table, []byte("text,label\na,b\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]bool{modelFolder(t, "m", `{}`): true, t.TempDir(): false, table: false, "/nowhere": false} {
		if projects.IsModel(path) != want {
			t.Errorf("%s is a model: %t", path, !want)
		}
	}
}

// The starter has read English alone.
func TestTheBaseFollowsTheLanguage(t *testing.T) {
	for language, text := range map[string]string{
		projects.Starter: "My parcel has not come yet and I would like to know where it is.",
		projects.Fresh:   "Mein Paket ist immer noch nicht angekommen, obwohl ich es schon vorletzte Woche bestellt habe.",
	} {
		p, err := projects.Create(filepath.Join(t.TempDir(), "p"), "classification")
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		file := filepath.Join(t.TempDir(), "rows.csv")
		if err := os.WriteFile(file, []byte("text,label\n"+strings.Repeat("\""+text+"\",a\n\""+text+"\",b\n", 20)), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := p.Import(t.Context(), []string{file}, projects.ImportOptions{}, nil); err != nil {
			t.Fatal(err)
		}
		s, err := p.NewSetup("")
		if err != nil || s.Base != language {
			t.Errorf("%q begins from %s, %v", text, s.Base, err)
		}
	}
}
