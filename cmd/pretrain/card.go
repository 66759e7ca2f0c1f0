package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"
	"time"

	"attune/engine/guessing"
)

// facts are what a model card tells.
type facts struct {
	Name       string
	Family     map[string]string // what the family's card says, by what it is about
	Parameters string
	Prepared   prepared
	Tests      []string // files of the test sets
	*checkpoint
	Hours   float64
	Sources [][]string // rows of SOURCES.tsv, without its head
	Curve   [][]string // rows of curve.tsv: tokens, and what was measured there
}

var cardFunctions = template.FuncMap{
	"millions": func(n int) string { return fmt.Sprintf("%.1f million", float64(n)/1e6) },
	"percent":  func(share float64) string { return fmt.Sprintf("%.3g %%", 100*share) },
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

{{.Family.method}}. No prediction of the next sentence; where a sequence holds several paragraphs, {{if .Recipe.Options.Together}}they are one text{{else}}those past the middle are the second segment{{end}}. Sequences have at most {{.Recipe.Options.Short}} pieces, but {{percent .Recipe.Options.LongShare}} of the documents are read in sequences of up to {{.Recipe.Options.Long}}; they are packed without padding.

{{.State.Tokens}} tokens in {{.State.Step}} steps of {{.Recipe.Options.StepTokens}}, {{printf "%.1f" .Hours}} hours at work. AdamW (0.9, 0.98), weight decay {{.Recipe.Options.Decay}}, clipped at {{.Recipe.Options.Clip}}, no dropout. The learning rate rises over {{.Recipe.Options.Warmup}} tokens to {{.Recipe.Options.LearningRate}}, stays{{if .State.FallTo}}, and falls to zero from {{.State.FallFrom}} to {{.State.FallTo}} tokens{{end}}. The seed is {{.Recipe.Options.Seed}}; weights were drawn with a spread of {{.Recipe.Spread}}{{if .Recipe.Prime}}{{.Family.primed}}{{end}}.

` + "```" + `
pretrain prepare --from corpus --tests data --to prepared --pieces {{.Prepared.Pieces}}
pretrain train   --family {{.Family.name}} --data prepared --run run --tokens {{.State.Tokens}}   (each option of the recipe has a flag)
pretrain export  --data prepared --run run --to {{.Name}}
` + "```" + `

## Curve

On held-out text: {{.Family.measured}}.

| tokens read | loss in training | guessed | perplexity |
|---|---|---|---|
{{range .Curve}}| {{index . 0}} | {{index . 1}} | {{index . 2}} | {{index . 3}} |
{{end}}
## Text

{{millions .Prepared.Corpus.Words}} words in {{.Prepared.Corpus.Documents}} documents, {{millions .Prepared.Corpus.Pieces}} pieces. {{.Prepared.Corpus.Dropped}} paragraphs were left out because they hold a text, a sentence of six words or more, or a run of thirteen words of one of these sets, on which the model is measured: {{range $i, $name := .Tests}}{{if $i}}, {{end}}{{$name}} ({{index $.Prepared.TestSets $name}} texts){{end}}.

| source | taken from | licence | kind | words |
|---|---|---|---|---|
{{range .Sources}}| {{index . 0}} | {{index . 1}} | {{index . 3}} | {{index . 4}} | {{index . 5}} |
{{end}}`))

// card writes the model card from what lies beside the run.
func (e export) card(m *guessing.Model, kind family, last *checkpoint) ([]byte, error) {
	f := facts{
		Name: e.name, checkpoint: last, Tests: testSets,
		Parameters: fmt.Sprintf("%.1f million", float64(parameters(m))/1e6),
		Hours:      (time.Duration(last.Seconds) * time.Second).Hours(),
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
	curve, err := readTable(filepath.Join(e.run, curveFile), 9)
	if err != nil {
		return nil, err
	}
	f.Curve = excerpt(curve)
	if f.Family, err = kind.said(f); err != nil {
		return nil, err
	}
	var b strings.Builder
	err = cardTemplate.Execute(&b, f)
	return []byte(b.String()), err
}

// said is what the card says of a family.
func (k family) said(f facts) (map[string]string, error) {
	method, err := template.New("method").Funcs(cardFunctions).Parse(k.method)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	err = method.Execute(&b, f)
	return map[string]string{
		"name": k.name, "about": k.about, "pipeline": k.pipeline, "alone": k.alone, "method": b.String(),
		"measured": k.measured, "pooling": k.pooling, "primed": k.primed,
	}, err
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

// excerpt gives at most a few rows of a curve, the last among them: tokens, loss,
// share of places guessed, perplexity.
func excerpt(curve [][]string) [][]string {
	const most = 24
	every := max(1, (len(curve)+most-1)/most)
	var rows [][]string
	for i, row := range curve {
		if (len(curve)-1-i)%every == 0 {
			rows = append(rows, []string{row[0], row[4], row[7], row[8]})
		}
	}
	return rows
}
