package health

import (
	"context"
	"fmt"

	"attune/engine/clean"
)

// HTML finds tags and codes of characters that a web page or a mail left over.
var HTML = Check{
	Name: "html", Title: "Left over HTML", Cost: 1,
	About: "Texts with tags such as <br> and codes such as &amp;.",
	look: func(ctx context.Context, d *Data, tell func(done float64)) ([]Finding, error) {
		f, err := stained(ctx, d, tell, clean.NewHTML())
		n := len(f.Items)
		if err != nil || n == 0 {
			return nil, err
		}
		f.Summary = fmt.Sprintf("%s (%s) %s tags or codes of HTML, such as <br> and &amp;. They take room from the words and say nothing.",
			counted(n, "text", "texts"), share(n, len(d.Rows)), oneOrMore(n, "has", "have"))
		f.Fix = "Turn the HTML of " + counted(n, "text", "texts") + " into plain text"
		return []Finding{f}, nil
	},
}
