package main

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"attune/assets"
	"attune/engine/hub/hubtest"
	"attune/engine/model/llama"
	"attune/engine/model/modeltest"
	"attune/engine/weights"
)

// published is the key of a script's hub.
type published struct{}

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"attunectl": func() { os.Exit(attunectl(context.Background(), os.Args[1:], os.Stdout, os.Stderr)) },
	})
}

// The scripts drive attunectl as a user's script would. The command "sample FILE"
// writes the sample tickets, "binary FILE" bytes that are no text, and "publish ID
// FOLDER" puts a model on the hub that a script has to itself, at $HF_ENDPOINT, and
// "gguf FILE" writes a small Llama that knows nothing as llama.cpp would.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("XDG_CONFIG_HOME", e.WorkDir+"/config")
			s := hubtest.New()
			e.Defer(s.Close)
			e.Setenv("HF_ENDPOINT", s.URL)
			e.Values[published{}] = s
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"sample": func(ts *testscript.TestScript, neg bool, args []string) {
				ts.Check(os.WriteFile(ts.MkAbs(args[0]), assets.SampleTickets(), 0o644))
			},
			"binary": func(ts *testscript.TestScript, neg bool, args []string) {
				ts.Check(os.WriteFile(ts.MkAbs(args[0]), assets.Icon(), 0o644))
			},
			"gguf": func(ts *testscript.TestScript, neg bool, args []string) {
				content, err := smallGGUF()
				ts.Check(err)
				ts.Check(os.WriteFile(ts.MkAbs(args[0]), content, 0o644))
			},
			"publish": func(ts *testscript.TestScript, neg bool, args []string) {
				files := map[string][]byte{}
				entries, err := os.ReadDir(ts.MkAbs(args[1]))
				ts.Check(err)
				for _, e := range entries {
					files[e.Name()], err = os.ReadFile(ts.MkAbs(args[1] + "/" + e.Name()))
					ts.Check(err)
				}
				ts.Value(published{}).(*hubtest.Server).Publish(args[0], files)
			},
		},
	})
}

// smallGGUF gives a Llama of one block whose pieces are single bytes, with weights of 8
// bits.
func smallGGUF() ([]byte, error) {
	pieces := []string{"<|end|>"}
	for r := rune(1); r < 0x180; r++ {
		pieces = append(pieces, string(r))
	}
	pieces = append(pieces, "ab")
	kinds := slices.Repeat([]int32{1}, len(pieces))
	kinds[0] = 3
	body, err := llama.New(llama.Config{
		Type: "llama", Vocabulary: len(pieces), Width: 32, Blocks: 1, Heads: 4, KeyHeads: 2, Inner: 64, Positions: 64,
		Activation: "silu", Epsilon: 1e-5, Theta: 10000, Tied: true, End: []byte("0"),
	}, weights.Fresh(weights.Draw{Random: rand.New(rand.NewPCG(1, 1)), Spread: 0.05}))
	if err != nil {
		return nil, err
	}
	sink := weights.NewSink()
	body.Save(sink)
	config, err := json.Marshal(body.Config())
	if err != nil {
		return nil, err
	}
	return modeltest.GGUF(config, sink.Tensors(), "Q8_0", map[string]any{
		"tokenizer.ggml.model": "gpt2", "tokenizer.ggml.pre": "gpt-2", "tokenizer.ggml.eos_token_id": uint32(0),
		"tokenizer.ggml.tokens": pieces, "tokenizer.ggml.token_type": kinds, "tokenizer.ggml.merges": []string{"a b"},
	})
}
