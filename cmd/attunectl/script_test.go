package main

import (
	"context"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"attune/assets"
	"attune/engine/hub/hubtest"
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
// FOLDER" puts a model on the hub that a script has to itself, at $HF_ENDPOINT.
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
