package generate_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"attune/engine/bundle"
	"attune/engine/catalog"
	"attune/engine/generate"
	"attune/engine/model"
	"attune/engine/model/modeltest"
	"attune/engine/op/optest"
)

func writer(t *testing.T, name string) (*modeltest.Reference, *generate.Writer) {
	t.Helper()
	r := modeltest.OpenReference(t, name)
	m, err := bundle.OpenPublished(filepath.Join(os.Getenv("ATTUNE_SHARED"), "models", "reference", name), catalog.Families())
	if err != nil {
		t.Fatal(err)
	}
	return r, generate.New(m.Body.(model.Decoder), m.LanguageModel(), optest.Tape(t))
}

func TestGreedyWritesWhatTheReferenceWrote(t *testing.T) {
	for _, name := range []string{"gpt2-lm", "llama-lm", "bart-conditional-generation", "marian-mt", "t5-conditional-generation"} {
		t.Run(name, func(t *testing.T) {
			r, w := writer(t, name)
			for _, c := range r.Cases {
				var written []int
				for piece, err := range w.Stream(context.Background(), c.Inputs.IDs, generate.Options{MaxTokens: 12}) {
					if err != nil {
						t.Fatal(err)
					}
					written = append(written, piece)
				}
				if !slices.Equal(written, c.Greedy.New) {
					t.Errorf("wrote %v, want %v", written, c.Greedy.New)
				}
			}
		})
	}
}

func TestBeamsWriteWhatTheReferenceWrote(t *testing.T) {
	r, w := writer(t, "marian-mt")
	for _, c := range r.Cases {
		best, err := w.Beams(context.Background(), c.Inputs.IDs, generate.Options{MaxTokens: 12, Beams: 4, LengthPenalty: 1})
		if err != nil {
			t.Fatal(err)
		}
		if len(best) != 4 || !slices.Equal(best[0].Pieces, c.Beam.New) {
			t.Errorf("wrote %v, want %v", best[0].Pieces, c.Beam.New)
		}
	}
}

func TestTheSameSeedDrawsTheSame(t *testing.T) {
	r, w := writer(t, "gpt2-lm")
	draw := func(o generate.Options) []int {
		var written []int
		for piece, err := range w.Stream(context.Background(), r.Cases[0].Inputs.IDs, o) {
			if err != nil {
				t.Fatal(err)
			}
			written = append(written, piece)
		}
		return written
	}
	warm := generate.Options{MaxTokens: 20, Temperature: 1.5, Seed: 1}
	first := draw(warm)
	if !slices.Equal(first, draw(warm)) {
		t.Error("the same seed drew other pieces")
	}
	other := warm
	other.Seed = 2
	if slices.Equal(first, draw(other)) {
		t.Error("another seed drew the same pieces")
	}
	likeliest := draw(generate.Options{MaxTokens: 20})
	for name, o := range map[string]generate.Options{
		"one candidate": {MaxTokens: 20, Temperature: 1.5, TopK: 1},
		"a tiny share":  {MaxTokens: 20, Temperature: 1.5, TopP: 1e-6},
	} {
		if got := draw(o); !slices.Equal(got, likeliest) {
			t.Errorf("%s: drew %v, not the likeliest %v", name, got, likeliest)
		}
	}
}

func TestWritingCanBeStopped(t *testing.T) {
	r, w := writer(t, "gpt2-lm")
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	n := 0
	for _, err := range w.Stream(ctx, r.Cases[0].Inputs.IDs, generate.Options{MaxTokens: 20, Temperature: 1}) {
		if err != nil {
			if !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
			break
		}
		n++
		cancel()
	}
	if n > 1 {
		t.Errorf("%d pieces were written after the stop", n-1)
	}
	if _, err := w.Beams(ctx, r.Cases[0].Inputs.IDs, generate.Options{MaxTokens: 5, Beams: 2}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestAPromptWithoutRoomIsRefused(t *testing.T) {
	_, w := writer(t, "gpt2-lm")
	for _, err := range w.Stream(context.Background(), make([]int, 64), generate.Options{MaxTokens: 5}) {
		if err == nil {
			t.Error("a prompt as long as the model reads was accepted")
		}
	}
}
