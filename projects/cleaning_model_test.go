package projects_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"attune/engine/bundle"
	"attune/engine/catalog"
	"attune/engine/clean"
	"attune/engine/dataset"
	"attune/projects"
)

// footer is learned as boilerplate.
const footer = "This mail is confidential and only for you."

// uncleaned gives for each step that changes texts one that it changes, even after the
// steps before it, and the settings that it needs.
var uncleaned = map[string]struct {
	text     string
	settings []string
}{
	"mojibake":    {text: "the cafÃ© sent the wrong parcel"},
	"html":        {text: "<p>where is <b>my</b> parcel</p>"},
	"unicode":     {text: "the cafe\u0301 sent another parcel"},
	"mail":        {text: "the parcel is broken\n-- \njo doe"},
	"boilerplate": {text: "the parcel never came. " + footer},
	"mask":        {text: "look at https://shop.example.org for the parcel"},
	"emoji":       {text: "the parcel is here 😀"},
	"replace":     {text: "two parcels were sent", settings: []string{"pattern=parcels", "with=packages"}},
	"repeats":     {text: "it is sooooooo late"},
	"whitespace":  {text: "two   blanks in a parcel"},
	"lower":       {text: "My Parcel Is Late"},
	"shorten":     {text: strings.Repeat("the parcel is late ", 9), settings: []string{"words=12"}},
}

// TestAModelTakesEachStepAlong trains on texts that all steps changed. What its folder
// says of cleaning makes of each text as it was imported what the project made of it,
// each step doing its share, and the model answers to both alike.
func TestAModelTakesEachStepAlong(t *testing.T) {
	p := create(t)
	var words []string
	var table bytes.Buffer
	w := csv.NewWriter(&table)
	add := func(text, label string) {
		if err := w.Write([]string{text, label}); err != nil {
			t.Fatal(err)
		}
	}
	add("text", "label")
	for _, s := range catalog.Cleaners() {
		if _, changes := s.(clean.TextStep); !changes {
			continue
		}
		dirty, ok := uncleaned[s.Name()]
		if !ok {
			t.Fatalf("no text is here for the step %s", s.Name())
		}
		words = append(append(words, s.Name()), dirty.settings...)
		add(dirty.text, "delivery")
	}
	for i := range 24 {
		add(fmt.Sprintf("the parcel of day %d is late. %s", i, footer), "delivery")
		add(fmt.Sprintf("invoice number %d is wrong", i), "billing")
	}
	if w.Flush(); w.Error() != nil {
		t.Fatal(w.Error())
	}
	imports(t, p, projects.ImportOptions{}, file(t, "a.csv", table.String()))
	raw := texts(t, p, dataset.Unassigned)
	cleans(t, p, cleaning(t, words...))
	shown := texts(t, p, dataset.Unassigned)
	if _, err := p.Split(t.Context(), projects.SplitOptions{Validation: 0.25, Seed: 1}); err != nil {
		t.Fatal(err)
	}
	trainShortly(t, p)
	cleaner := takenAlong(t, p, raw)
	predictor, err := p.Predictor(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	defer predictor.Close()
	for i, text := range raw {
		if got := cleaner.Text(text); got != shown[i] {
			t.Errorf("the model reads %q as %q, the project as %q", text, got, shown[i])
		}
		got, err := predictor.Answer(t.Context(), text, "")
		if err != nil {
			t.Fatal(err)
		}
		want, err := predictor.Answer(t.Context(), shown[i], "")
		if err != nil || fmt.Sprint(got.Labels) != fmt.Sprint(want.Labels) {
			t.Errorf("%q gets %v, and cleaned %v; %v", text, got.Labels, want.Labels, err)
		}
	}
}

// takenAlong gives the cleaning that the folder of the first model tells of. Each of its
// steps must change one of the texts, as the steps before it leave them.
func takenAlong(t *testing.T, p *projects.Project, raw []string) *clean.Cleaner {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(p.Path(), "runs", "1", "attune.json"))
	if err != nil {
		t.Fatal(err)
	}
	var about bundle.About
	if err := json.Unmarshal(data, &about); err != nil {
		t.Fatal(err)
	}
	steps, err := about.Cleaning.Pipeline(catalog.Cleaners)
	if err != nil || len(steps) != len(uncleaned) {
		t.Fatalf("%d steps are taken along, want %d; %v", len(steps), len(uncleaned), err)
	}
	cleaners := []*clean.Cleaner{}
	for n := range len(steps) + 1 {
		c, err := steps[:n].Cleaner()
		if err != nil {
			t.Fatal(err)
		}
		cleaners = append(cleaners, c)
	}
	for n, s := range steps {
		changed := false
		for _, text := range raw {
			changed = changed || cleaners[n].Text(text) != cleaners[n+1].Text(text)
		}
		if !changed {
			t.Errorf("the step %s changes nothing", s.Name())
		}
	}
	return cleaners[len(steps)]
}
