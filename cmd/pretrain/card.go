package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"attune/engine/guessing"
)

// facts are what a model card tells.
type facts struct {
	Name       string
	Family     map[string]string // what the family's card says, by what it is about
	Parameters string
	Prepared   prepared
	Tests      []string // files of the test sets
	Recipe     recipe   // of the last run
	History    history
	Methods    []string   // by stage, what was guessed
	Sources    [][]string // rows of SOURCES.tsv, without its head
}

var cardFunctions = template.FuncMap{
	"millions": func(n int) string { return fmt.Sprintf("%.1f million", float64(n)/1e6) },
	"percent":  func(share float64) string { return fmt.Sprintf("%.3g %%", 100*share) },
	"next":     func(i int) int { return i + 1 },
}

var cardTemplate = template.Must(template.New("card").Funcs(cardFunctions).Parse(`---
language: en
library_name: transformers
pipeline_tag: {{.Family.pipeline}}
tags:
- attune
---

# {{.Name}}

A small English {{.Family.about}} of {{.Parameters}} parameters, made to be fine-tuned on a laptop: {{.Recipe.Model.Blocks}} layers, {{.Recipe.Model.Width}} wide, {{.Recipe.Model.Heads}} heads, {{.Recipe.Model.Vocabulary}} word pieces, in lower case and without accents. It reads up to {{.Recipe.Model.Positions}} pieces. It was pre-trained by Attune's own engine on {{.Recipe.Threads}} processor cores. The table below gives the licence of each source as its publisher states it, which some do not.

It knows English only, and little of the world: what it says about people repeats what its sources say. On its own {{.Family.alone}}; for anything else, fine-tune it.{{with .Family.pooling}} A classifier on it had better read the {{.}} of a text's pieces (classifier_pooling in config.json) than a single one, to which nothing in its pre-training gave a meaning.{{end}}

## Recipe

{{.History.Tokens}} tokens were read in {{printf "%.1f" .History.Hours}} hours at work, by AdamW (0.9, 0.98) and without dropout. There is no prediction of the next sentence; where a sequence holds several paragraphs, {{if .Recipe.Options.Together}}they are one text{{else}}those past the middle are the second segment{{end}}. Sequences are packed without padding.
{{range $i, $s := .History.Stages}}
{{if $i}}Run {{next $i}} went on from those weights, kept in half precision, with a new optimizer. {{end}}{{index $.Methods $i}}. Sequences have at most {{.Recipe.Options.Short}} pieces, but {{percent .Recipe.Options.LongShare}} of the documents are read in sequences of up to {{.Recipe.Options.Long}}. {{.State.Tokens}} tokens in {{.State.Step}} steps of {{.Recipe.Options.StepTokens}}, weight decay {{.Recipe.Options.Decay}}, clipped at {{.Recipe.Options.Clip}}. The learning rate {{with .Recipe.Options.Warmup}}rises over {{.}} tokens to{{else}}begins with{{end}} {{.Recipe.Options.LearningRate}}{{if .State.FallTo}}{{if gt .State.FallFrom .Recipe.Options.Warmup}}, stays,{{end}} and falls to zero from {{.State.FallFrom}} to {{.State.FallTo}} tokens{{else}} and stays{{end}}. The seed is {{.Recipe.Options.Seed}}{{if not $i}}; weights were drawn with a spread of {{.Recipe.Spread}}{{if .Recipe.Prime}}{{$.Family.primed}}{{end}}{{end}}.{{with .Note}} {{.}}{{end}}
{{end}}
All of it is in pretraining.json, from which one command makes the model again, in as many sittings as it takes:

` + "```" + `
pretrain repeat --model {{.Name}} --from corpus --tests data --to work
` + "```" + `

## Curve

On held-out text: {{.Family.measured}}.

| tokens read | loss in training | guessed | perplexity |
|---|---|---|---|
{{range .History.Excerpt}}| {{.Tokens}} | {{printf "%.4f" .Loss}} | {{printf "%.4f" .Accuracy}} | {{printf "%.2f" .Perplexity}} |
{{end}}
## Text

{{millions .Prepared.Corpus.Words}} words in {{.Prepared.Corpus.Documents}} documents, {{millions .Prepared.Corpus.Pieces}} pieces. {{.Prepared.Corpus.Dropped}} paragraphs were left out because they hold a text, a sentence of six words or more, or a run of thirteen words of one of these sets, on which the model is measured: {{range $i, $name := .Tests}}{{if $i}}, {{end}}{{$name}} ({{index $.Prepared.TestSets $name}} texts){{end}}.

| source | taken from | licence | kind | words |
|---|---|---|---|---|
{{range .Sources}}| {{index . 0}} | {{index . 1}} | {{index . 3}} | {{index . 4}} | {{index . 5}} |
{{end}}`))

// card writes the model card from what the model went through and what lies beside its
// last run.
func (e export) card(m *guessing.Model, kind family, made history) ([]byte, error) {
	f := facts{
		Name: e.name, Tests: testSets, History: made, Recipe: made.Stages[len(made.Stages)-1].Recipe,
		Parameters: fmt.Sprintf("%.1f million", float64(parameters(m))/1e6),
		Family: map[string]string{
			"about": kind.about, "pipeline": kind.pipeline, "alone": kind.alone,
			"measured": kind.measured, "pooling": kind.pooling, "primed": kind.primed,
		},
	}
	text, err := os.ReadFile(filepath.Join(e.data, preparedFile))
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &f.Prepared); err != nil {
		return nil, fmt.Errorf("read %s: %w", preparedFile, err)
	}
	if f.Sources, err = readTable(filepath.Join(e.data, sourcesFile), 6); err != nil {
		return nil, err
	}
	for _, s := range made.Stages {
		method, err := kind.told(s)
		if err != nil {
			return nil, err
		}
		f.Methods = append(f.Methods, method)
	}
	var b strings.Builder
	err = cardTemplate.Execute(&b, f)
	return []byte(b.String()), err
}

// told is what the card says of how a family was taught in a stage.
func (k family) told(s stage) (string, error) {
	method, err := template.New("method").Funcs(cardFunctions).Parse(k.method)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	err = method.Execute(&b, s)
	return b.String(), err
}

// readTable gives the rows of a TSV file that have so many cells at least, without
// the head and the row of totals.
func readTable(path string, cells int) ([][]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = '\t', true, -1
	all, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	var rows [][]string
	for i, row := range all {
		if i > 0 && len(row) >= cells && row[0] != "TOTAL" {
			rows = append(rows, row)
		}
	}
	return rows, nil
}
