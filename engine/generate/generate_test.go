package generate_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
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
	w, _ := sized(t, name)
	return r, w
}

// sized gives a reference as a writer, and the pieces that its body reads at most.
func sized(t *testing.T, name string) (*generate.Writer, int) {
	t.Helper()
	m, err := bundle.OpenPublished(filepath.Join(modeltest.References(t), name), catalog.Families())
	if err != nil {
		t.Fatal(err)
	}
	return generate.New(m.Body.(model.Decoder), m.LanguageModel(), optest.Tape(t)), m.Body.Longest()
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

// The story is what karpathy/llama2.c writes with these weights (its test_all.py).
func TestAPublishedGGUFTellsItsStory(t *testing.T) {
	path := filepath.Join(modeltest.References(t), "..", "stories260k_gguf", "stories260K.gguf")
	m, err := bundle.OpenPublished(path, catalog.Families())
	if err != nil {
		t.Fatal(err)
	}
	pieces, err := bundle.ReadTokenizer(path, catalog.Families())
	if err != nil {
		t.Fatal(err)
	}
	prompt, _ := pieces.Join(pieces.Encode("Once upon a time"), nil)
	for piece, err := range generate.New(m.Body.(model.Decoder), m.LanguageModel(), optest.Tape(t)).Stream(context.Background(), prompt, generate.Options{MaxTokens: 110}) {
		if err != nil {
			t.Fatal(err)
		}
		prompt = append(prompt, piece)
	}
	const want = `Once upon a time, there was a little girl named Lily. She loved to play outside in the park. One day, she saw a big, red ball. She wanted to play with it, but it was too high.
Lily's mom said, "Lily, let's go to the park." Lily was sad and didn't know what to do.`
	if got := pieces.Decode(prompt); !strings.HasPrefix(got, want) {
		t.Errorf("wrote %q", got)
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

// A decoder alone needs room behind the prompt; an encoder has nothing else to read.
func TestAPromptWithoutRoomIsRefused(t *testing.T) {
	for _, c := range []struct {
		name, model string
		room        int // pieces more than the longest that fits
	}{
		{"a decoder alone", "gpt2-lm", -1},
		{"beside an encoder with places", "bart-conditional-generation", 0},
		{"beside an encoder without places", "t5-conditional-generation", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, longest := sized(t, c.model)
			longest += c.room
			for _, length := range []int{0, longest, longest + 1} {
				_, err := w.Beams(context.Background(), slices.Repeat([]int{4}, length), generate.Options{MaxTokens: 1, Beams: 1})
				var hinted *generate.Error
				switch {
				case length == longest && err != nil:
					t.Errorf("%d pieces of %d: %v", length, longest, err)
				case length != longest && (!errors.As(err, &hinted) || hinted.Hint() == ""):
					t.Errorf("%d pieces of %d: got %v, want a sentence and a way out", length, longest, err)
				}
			}
		})
	}
}
