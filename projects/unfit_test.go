package projects_test

import (
	"strings"
	"testing"

	"attune/projects"
)

// TestUnfit tells which techniques do not suit the rows, or a model that knows nothing.
func TestUnfit(t *testing.T) {
	p := create(t)
	imports(t, p, projects.ImportOptions{}, file(t, "a.csv", "text,other,label\n"+strings.Repeat("where is my card,the first one,late\nthank you so much,the second,other\n", 20)))
	if _, err := p.Split(t.Context(), projects.DefaultSplit()); err != nil {
		t.Fatal(err)
	}
	reasons := func(base string) map[string]string {
		t.Helper()
		s, err := p.NewSetup("")
		if err != nil {
			t.Fatal(err)
		}
		s.Base = base
		found, err := p.Unfit(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	fresh, trained := reasons(projects.Fresh), reasons("some/model")
	for _, name := range []string{"headswap", "freeze"} {
		if fresh[name] != "" || trained[name] != "" {
			t.Errorf("%s is refused: %q, %q", name, fresh[name], trained[name])
		}
	}
	if !strings.Contains(fresh["lora"], "fresh one knows nothing") || trained["lora"] != "" {
		t.Errorf("additions: of a fresh model %q, of a trained one %q", fresh["lora"], trained["lora"])
	}
	if !strings.Contains(trained["distil"], "trained") {
		t.Errorf("without a teacher it says %q", trained["distil"])
	}
}
