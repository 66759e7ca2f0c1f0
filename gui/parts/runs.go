package parts

import (
	"fmt"

	"attune/engine/dataset"
	"attune/projects"
)

// Judged are the rows that a model can be judged on, as a choice names them.
var Judged = []struct {
	Title string
	Split dataset.Split
}{{"on the test rows", dataset.Test}, {"on the validation rows", dataset.Validation}}

// RunTitle names a training in a list of them, with its score.
func RunTitle(r projects.RunInfo) string {
	title := fmt.Sprintf("Training %d, %s", r.Number, r.Preset)
	if r.Best != nil {
		name, value := projects.Deciding(*r.Best, r.Main)
		if name == projects.Loss {
			title += ", " + name
		}
		title += ", " + Score(value)
	}
	return title
}
