package health

import (
	"context"
	"fmt"

	"attune/engine/clean"
)

// Boilerplate finds sentences that many rows share: greetings, footers, forms.
var Boilerplate = Check{
	Name: "boilerplate", Title: "Sentences from a template", Cost: 2,
	About: "Sentences of four words or more that one row in twenty has, or more.",
	look:  findBoilerplate,
}

// fewestAlike is how many rows there must be before a sentence can be common.
const fewestAlike = 100

func findBoilerplate(ctx context.Context, d *Data, tell func(done float64)) ([]Finding, error) {
	step, ok := clean.NewBoilerplate().(clean.Learner)
	if !ok || len(d.Rows) < fewestAlike {
		return nil, nil
	}
	step.Learn(func(yield func(string) bool) {
		for i := range d.Rows {
			if ctx.Err() != nil || !yield(d.Rows[i].Text) {
				return
			}
		}
	})
	f, err := stained(ctx, d, tell, step)
	n := len(f.Items)
	if err != nil || n == 0 {
		return nil, err
	}
	f.Severity = Notice
	f.Summary = fmt.Sprintf("%s (%s) %s sentences that many others have as well, such as %s. They take room from what tells the texts apart, and a model that leans on them fails when the template changes.",
		counted(n, "text", "texts"), share(n, len(d.Rows)), oneOrMore(n, "has", "have"), quoted(step.Learned()[:1]))
	f.Fix = "Take these sentences out of " + counted(n, "text", "texts")
	return []Finding{f}, nil
}
