package health

import (
	"context"
	"fmt"

	"attune/engine/clean"
)

// Mojibake finds letters that were broken by a wrong encoding.
var Mojibake = Check{
	Name: "broken-characters", Title: "Broken characters", Cost: 1,
	About: "Texts in which é became Ã©: they were once opened in the wrong encoding.",
	look: func(ctx context.Context, d *Data, tell func(done float64)) ([]Finding, error) {
		f, err := stained(ctx, d, tell, clean.NewMojibake())
		n := len(f.Items)
		if err != nil || n == 0 {
			return nil, err
		}
		f.Summary = fmt.Sprintf("%s (%s) %s broken characters, such as Ã© for é. The model would learn words that nobody writes.",
			counted(n, "text", "texts"), share(n, len(d.Rows)), oneOrMore(n, "has", "have"))
		f.Fix = "Repair the characters of " + counted(n, "text", "texts")
		return []Finding{f}, nil
	},
}
