package main

import (
	"context"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"attune/assets"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"attunectl": func() { os.Exit(attunectl(context.Background(), os.Args[1:], os.Stdout, os.Stderr)) },
	})
}

// The scripts drive attunectl as a user's script would. The command "sample FILE"
// writes the sample tickets, "binary FILE" bytes that are no text.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("XDG_CONFIG_HOME", e.WorkDir+"/config")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"sample": func(ts *testscript.TestScript, neg bool, args []string) {
				ts.Check(os.WriteFile(ts.MkAbs(args[0]), assets.SampleTickets(), 0o644))
			},
			"binary": func(ts *testscript.TestScript, neg bool, args []string) {
				ts.Check(os.WriteFile(ts.MkAbs(args[0]), assets.Icon(), 0o644))
			},
		},
	})
}
