package health

import (
	"context"
	"fmt"
	"strings"
)

// Answers finds questions whose answer is not in their passage.
var Answers = Check{
	Name: "answers", Title: "Answers that are not in their passage", Cost: 1,
	About: "Questions without a place for their answer, while others have one.",
	look:  findAnswers,
}

func findAnswers(ctx context.Context, d *Data, tell func(done float64)) ([]Finding, error) {
	questions, answered := 0, 0
	f := Finding{Severity: Warning}
	err := eachRow(ctx, d, tell, func(_ int, r *Row) {
		if strings.TrimSpace(r.Pair) == "" {
			return
		}
		questions++
		if r.Spans != nil {
			answered++
			return
		}
		note := "nobody marked an answer"
		if r.Target != "" {
			note = fmt.Sprintf("%q is not in its passage", cutTo(r.Target, 60))
		}
		f.Items = append(f.Items, Item{ID: r.ID, Group: len(f.Items) + 1, Note: note, Change: Change{Delete: true}})
	})
	n := len(f.Items)
	if err != nil || answered == 0 || n == 0 {
		return nil, err
	}
	f.Summary = fmt.Sprintf("%s of %s (%s) %s no answer that stands in the passage. Nothing can be learned from them; that a passage does not answer is said by marking none.",
		count(n), counted(questions, "question", "questions"), share(n, questions), oneOrMore(n, "has", "have"))
	f.Fix = "Delete " + rows(n)
	f.Advice = "Answers are looked for as they are written: correct spelling and spaces in the file, and import it again as an update."
	return []Finding{f}, nil
}
