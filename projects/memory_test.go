package projects_test

import (
	"context"
	"strings"
	"testing"

	"attune/engine/setting"
	"attune/projects"
)

func TestAMemoryForecastOffersWaysThatFit(t *testing.T) {
	ctx := context.Background()
	p := trained(t)
	s, err := p.NewSetup("quick")
	if err != nil {
		t.Fatal(err)
	}
	if err := apply(s, map[string]string{"batch": "256", "accumulate": "1"}); err != nil {
		t.Fatal(err)
	}
	roomy, err := p.MemoryForecastIn(ctx, s, 64<<30)
	if err != nil {
		t.Fatal(err)
	}
	if !roomy.Fits() || len(roomy.Ways) > 0 || roomy.Need < 50<<20 || roomy.Need > 2<<30 {
		t.Errorf("%+v: %s", roomy, roomy.Sentence())
	}
	free := roomy.Need * 7 / 10
	narrow, err := p.MemoryForecastIn(ctx, s, free)
	if err != nil {
		t.Fatal(err)
	}
	if narrow.Fits() || len(narrow.Ways) == 0 || !strings.Contains(narrow.Sentence(), "only") {
		t.Fatalf("%+v: %s", narrow, narrow.Sentence())
	}
	for _, w := range narrow.Ways {
		t.Run(w.Name, func(t *testing.T) {
			changed, err := p.Copy(s)
			if err != nil {
				t.Fatal(err)
			}
			if err := changed.Take(w); err != nil {
				t.Fatal(err)
			}
			if f, err := p.MemoryForecastIn(ctx, changed, free); err != nil || !f.Fits() {
				t.Errorf("%s, %v", f.Sentence(), err)
			}
		})
	}
	if f, err := p.MemoryForecastIn(ctx, s, 1<<20); err != nil || f.Fits() || len(f.Ways) > 0 {
		t.Errorf("no way leads to a megabyte: %+v, %v", f, err)
	}
}

// What counting words takes at the first check is part of the forecast.
func TestTheMemoryForecastCountsWords(t *testing.T) {
	p := trained(t)
	need := func(counts string) int64 {
		s, err := p.NewSetup("quick")
		if err != nil {
			t.Fatal(err)
		}
		if err := apply(s, map[string]string{"word_counts": counts}); err != nil {
			t.Fatal(err)
		}
		f, err := p.MemoryForecastIn(t.Context(), s, 64<<30)
		if err != nil {
			t.Fatal(err)
		}
		return f.Need
	}
	// Its table of n-grams alone is 16 MB.
	if more := need("auto") - need("off"); more < 16<<20 || more > 64<<20 {
		t.Errorf("counting words takes %d bytes", more)
	}
}

func apply(s *projects.Setup, values map[string]string) error {
	for key, value := range values {
		if err := setting.Apply(s.Fields(), key, value); err != nil {
			return err
		}
	}
	return nil
}
