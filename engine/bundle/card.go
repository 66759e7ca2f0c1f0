package bundle

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// card writes the model card: the metadata that the Hugging Face hub reads, then
// what a person wants to know.
func card(a About, config map[string]any) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "---\nlibrary_name: transformers\ntags:\n- attune\npipeline_tag: %s\n---\n\n", a.Pipeline)
	fmt.Fprintf(&b, "# %s, run %d\n\n", a.Project, a.Run)
	fmt.Fprintf(&b, "A %s model for %s, fine-tuned with Attune from %s (%s) on %d rows.\n",
		config["model_type"], a.Task, a.Base, strings.Join(a.Techniques, ", "), a.Rows)
	if len(a.Scores) > 0 {
		b.WriteString("\n| on the validation rows | |\n|---|---|\n")
		for _, name := range slices.Sorted(maps.Keys(a.Scores)) {
			fmt.Fprintf(&b, "| %s | %.4f |\n", name, a.Scores[name])
		}
	}
	if labels, ok := config["id2label"].(map[string]string); ok {
		fmt.Fprintf(&b, "\nLabels: %s\n", strings.Join(slices.Sorted(maps.Values(labels)), ", "))
	}
	if pooling, ok := config["classifier_pooling"].(string); ok {
		fmt.Fprintf(&b, "\nIts classifier reads the %s of each text's tokens, which transformers does not know of: from_pretrained computes other answers.\n", pooling)
	}
	if len(a.Cleaning) > 0 {
		b.WriteString("\nIts texts were cleaned first, and so must be all that it is asked; attune.json has the settings:")
		for _, s := range a.Cleaning {
			fmt.Fprintf(&b, " %s", s.Step)
		}
		b.WriteString("\n")
	}
	return []byte(b.String())
}
