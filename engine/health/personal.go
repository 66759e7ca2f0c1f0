package health

import (
	"context"
	"fmt"

	"attune/engine/clean"
	"attune/engine/setting"
)

// Personal finds e-mail addresses and telephone numbers.
var Personal = Check{
	Name: "personal-data", Title: "Personal data", Cost: 2,
	About: "E-mail addresses and telephone numbers in the texts.",
	look:  findPersonal,
}

func findPersonal(ctx context.Context, d *Data, tell func(done float64)) ([]Finding, error) {
	mask := clean.NewMask()
	if err := setting.Apply(mask.Settings(), "urls", "false"); err != nil {
		return nil, err
	}
	f, err := stained(ctx, d, tell, mask)
	n := len(f.Items)
	if err != nil || n == 0 {
		return nil, err
	}
	f.Severity = Notice
	f.Summary = fmt.Sprintf("%s (%s) %s an e-mail address or a telephone number. A model learns nothing from them that holds for the next text, and whoever gets the project gets them too.",
		counted(n, "text", "texts"), share(n, len(d.Rows)), oneOrMore(n, "holds", "hold"))
	f.Fix = "Put a word such as [email] in the place of each, and of web addresses"
	return []Finding{f}, nil
}
