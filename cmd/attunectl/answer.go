package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"attune/engine/dataset"
	"attune/projects"
)

var evaluate = command{
	name: "eval", usage: "PROJECT [--run N] [--split test] [--data FILE ...import flags] [--int8]",
	about: "Scores a model on the test rows, or on the labelled rows of a file.",
	run: func(ctx context.Context, c *call) error {
		number := c.flags.Int("run", 0, "the run whose model is scored, 0 for the best")
		split := c.flags.String("split", string(dataset.Test), "which rows: train, validation or test")
		data := c.flags.String("data", "", "a file of labelled rows")
		int8 := c.flags.Bool("int8", false, "score also with weights in 8 bits, and compare")
		flags := c.importFlags()
		p, _, err := c.open(1, 1)
		if err != nil {
			return err
		}
		defer p.Close()
		o, err := flags.parsed()
		if err != nil {
			return err
		}
		if err := knownSplit(*split); err != nil {
			return err
		}
		if *int8 {
			return c.evaluateInt8(ctx, p, *number, dataset.Split(*split), *data, o)
		}
		m := c.meter()
		var report projects.Report
		if *data != "" {
			report, err = p.EvaluateFile(ctx, *number, *data, o, m.progress)
		} else {
			report, err = p.Evaluate(ctx, *number, dataset.Split(*split), m.progress)
		}
		m.end()
		if err != nil {
			return err
		}
		return c.print(report, "%s", reportText(report))
	},
}

// knownSplit fails for a word that is not the name of labelled rows.
func knownSplit(name string) error {
	if slices.Contains([]dataset.Split{dataset.Train, dataset.Validation, dataset.Test}, dataset.Split(name)) {
		return nil
	}
	return &usageError{fmt.Sprintf("--split %s: rows are for train, validation or test", name)}
}

// evaluateInt8 scores a model and the same model in 8 bits.
func (c *call) evaluateInt8(ctx context.Context, p *projects.Project, number int, split dataset.Split, data string, o projects.ImportOptions) error {
	m := c.meter()
	var r projects.Int8Report
	var err error
	if data != "" {
		r, err = p.EvaluateFileInt8(ctx, number, data, o, m.progress)
	} else {
		r, err = p.EvaluateInt8(ctx, number, split, m.progress)
	}
	m.end()
	if err != nil {
		return err
	}
	return c.print(r, "%s", int8Text(r))
}

func int8Text(r projects.Int8Report) string {
	var b strings.Builder
	fmt.Fprintf(&b, "run %d on %s, in float32 and with weights in 8 bits\n", r.Run, plural(r.Rows, strings.TrimSpace(string(r.Split)+" row")))
	for _, name := range slices.Sorted(maps.Keys(r.Metrics)) {
		fmt.Fprintf(&b, "  %-12s %.4f   in 8 bits %.4f\n", name, r.Metrics[name], r.Int8.Metrics[name])
	}
	fmt.Fprintf(&b, "  %.2f %% of the answers changed; the body's linear layers take %.1f MB instead of %.1f\n",
		100*r.Int8.Changed, float64(r.Int8.Bytes)/(1<<20), float64(r.Bytes)/(1<<20))
	return b.String()
}

func reportText(r projects.Report) string {
	var b strings.Builder
	fmt.Fprintf(&b, "run %d on %s\n", r.Run, plural(r.Rows, strings.TrimSpace(string(r.Split)+" row")))
	writeScores(&b, r.Metrics, r.Baseline)
	if len(r.PerClass) > 0 {
		fmt.Fprintf(&b, "\n  %-32s %9s %9s %9s %7s\n", "label", "precision", "recall", "f1", "rows")
	}
	for _, s := range r.PerClass {
		fmt.Fprintf(&b, "  %-32s %9.3f %9.3f %9.3f %7d\n", s.Label, s.Precision, s.Recall, s.F1, s.Support)
	}
	writeSureness(&b, r.Sureness)
	if r.TestSet != nil {
		fmt.Fprintf(&b, "\n%s\n", r.TestSet.Sentence())
	}
	return b.String()
}

// writeSureness writes what share of the rows a model may be trusted with, by how sure it
// must be.
func writeSureness(b *strings.Builder, s projects.Sureness) {
	if s.Rows() == 0 {
		return
	}
	fmt.Fprintf(b, "\n  calibration error %.3f\n", s.Error())
	header := fmt.Sprintf("  %-12s %9s %9s\n", "sure", "rows", "right")
	for _, least := range []float64{0.5, 0.7, 0.8, 0.9, 0.95, 0.99} {
		if rows, right := s.Above(least); rows > 0 {
			b.WriteString(header)
			header = ""
			fmt.Fprintf(b, "  from %3.0f %%   %7.1f %% %7.1f %%\n", 100*least, share(rows, s.Rows()), share(right, rows))
		}
	}
}

// share is a part of a whole in percent.
func share(part, whole int) float64 { return 100 * float64(part) / float64(whole) }

// writeScores writes a line for each score, with the baseline's beside it.
func writeScores(b *strings.Builder, scores, baseline map[string]float64) {
	for _, name := range slices.Sorted(maps.Keys(scores)) {
		fmt.Fprintf(b, "  %-12s %.4f", name, scores[name])
		if base, ok := baseline[name]; ok {
			fmt.Fprintf(b, "   (baseline %.4f)", base)
		}
		b.WriteByte('\n')
	}
}

var predictAnswers = command{
	name: "predict", usage: "PROJECT [--run N] [--int8] [--in FILE --out FILE | TEXT... [--pair TEXT] [--why]]",
	about: "Answers texts, or every row of a file, with a trained model.",
	run: func(ctx context.Context, c *call) error {
		number := c.flags.Int("run", 0, "the run whose model answers, 0 for the best")
		in := c.flags.String("in", "", "a file of rows to answer")
		out := c.flags.String("out", "", "where the rows go with their answers: a .csv, .tsv or .jsonl")
		pair := c.flags.String("pair", "", "the second text; with --in, the column with the second texts")
		why := c.flags.Bool("why", false, "tell which words spoke for and against the surest label")
		int8 := c.flags.Bool("int8", false, "answer with weights in 8 bits: faster, nearly the same")
		flags := &importFlags{}
		c.flags.StringVar(&flags.options.Roles.Text, "text", "", "with --in: column with the texts")
		c.layoutFlags(flags)
		p, texts, err := c.open(1, -1)
		if err != nil {
			return err
		}
		defer p.Close()
		o, err := flags.parsed()
		if err != nil {
			return err
		}
		if (*in == "") != (*out == "") || (*in == "") == (len(texts) == 0) {
			return &usageError{"give either texts, or --in FILE with --out FILE"}
		}
		if *why && *in != "" {
			return &usageError{"--why goes with texts"}
		}
		if *in != "" {
			o.Roles.Pair = *pair
		}
		predictor, err := p.Predictor(ctx, *number)
		if err != nil {
			return err
		}
		defer predictor.Close()
		if *int8 {
			predictor.Quantise()
		}
		if *in != "" {
			return c.predictFile(ctx, p, predictor, *in, *out, o)
		}
		return c.predictTexts(ctx, predictor, texts, *pair, *why)
	},
}

func (c *call) predictFile(ctx context.Context, p *projects.Project, predictor *projects.Predictor, in, out string, o projects.ImportOptions) error {
	m := c.meter()
	rows, err := p.PredictFile(ctx, predictor, in, out, o, m.progress)
	m.end()
	if err != nil {
		return err
	}
	return c.print(map[string]any{"rows": rows, "out": out}, "answered %s into %s\n", plural(rows, "row"), out)
}

// explained is an answer with the words that decided, where they were asked for.
type explained struct {
	dataset.Answer
	Reasons []dataset.Reason `json:"reasons,omitempty"` // the weightiest first
}

// mostReasons is how many words are shown for a person.
const mostReasons = 5

func (c *call) predictTexts(ctx context.Context, predictor *projects.Predictor, texts []string, pair string, why bool) error {
	answers := make([]explained, len(texts))
	var b strings.Builder
	for i, text := range texts {
		var err error
		if answers[i].Answer, err = predictor.Answer(ctx, text, pair); err != nil {
			return err
		}
		if answers[i].Labels == nil {
			answers[i].Labels = []dataset.Score{}
		}
		if answers[i].Spans == nil {
			answers[i].Spans = []dataset.Span{}
		}
		if len(texts) > 1 {
			fmt.Fprintf(&b, "%.70q\n", text)
		}
		shown := answers[i].Labels[:min(3, len(answers[i].Labels))]
		if labels, several := predictor.Apply(answers[i].Answer); several {
			if shown = labels; len(labels) == 0 {
				fmt.Fprintln(&b, "none of the labels")
			}
		}
		for _, s := range shown {
			fmt.Fprintf(&b, "%6.1f %%  %s\n", 100*s.Score, s.Label)
		}
		for _, s := range answers[i].Spans {
			fmt.Fprintf(&b, "%6.1f %%  %s  %s\n", 100*s.Score, text[s.Start:s.End], s.Label)
		}
		for _, s := range answers[i].Texts {
			fmt.Fprintf(&b, "%6.1f %%  %s\n", 100*s.Score, s.Label)
		}
		if answers[i].Texts == nil && answers[i].Text != "" {
			fmt.Fprintln(&b, answers[i].Text)
		}
		if why && len(answers[i].Labels) > 0 {
			surest := answers[i].Labels[0].Label
			if answers[i].Reasons, err = predictor.Why(ctx, text, pair, surest); err != nil {
				return err
			}
			fmt.Fprintf(&b, "%s, without\n", surest)
			for _, r := range answers[i].Reasons[:min(mostReasons, len(answers[i].Reasons))] {
				fmt.Fprintf(&b, "%6.1f %%  %s\n", 100*r.Without, text[r.Start:r.End])
			}
		}
	}
	return c.print(map[string]any{"run": predictor.Run, "answers": answers}, "%s", b.String())
}
