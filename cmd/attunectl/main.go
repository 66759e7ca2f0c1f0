// Command attunectl does without a screen what the window does: it makes projects,
// imports, trains, scores and answers. Its names, flags and JSON fields are a
// contract with scripts.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"attune/engine/dataset"
	"attune/engine/disk"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the program whatever it does
	os.Exit(attunectl(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// The exit statuses.
const (
	done   = 0
	failed = 1
	misuse = 2
)

// command is one verb of attunectl.
type command struct {
	name  string
	usage string // what follows the name
	about string // what it does, in a sentence
	run   func(ctx context.Context, c *call) error
}

// commands lists the verbs in the order of a first visit.
func commands() []command {
	return []command{
		newProject,
		importRows,
		cleanRows,
		splitRows,
		showTestSet,
		checkHealth,
		showCurve,
		models,
		testDomain,
		trainModel,
		searchBest,
		shrinkModel,
		evaluate,
		predictAnswers,
		fillGaps,
		compareRuns,
		listRuns,
		exportModel,
		listRows,
		undoChange,
		redoChange,
		setTask,
		listNames,
		encodeTexts,
		forward,
		generateTexts,
		network,
		doctor,
		bench,
	}
}

// usageError is a mistake in how a command was called.
type usageError struct{ reason string }

func (e *usageError) Error() string { return e.reason }

// attunectl runs one command and gives the exit status.
func attunectl(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 || args[0] == "help" || args[0] == "--help" || args[0] == "-h" {
		help(stdout)
		return done
	}
	for _, each := range commands() {
		if each.name == args[0] {
			return report(stderr, each, each.run(ctx, newCall(each, args[1:], stdout, stderr)))
		}
	}
	fmt.Fprintf(stderr, "attunectl: there is no command %q\n  attunectl help lists them\n", args[0])
	return misuse
}

// report tells a failure as a sentence and a way out.
func report(stderr io.Writer, c command, err error) int {
	var usage *usageError
	switch {
	case err == nil || errors.Is(err, errHelp):
		return done
	case errors.As(err, &usage):
		fmt.Fprintf(stderr, "attunectl %s: %v\n  usage: attunectl %s %s\n", c.name, err, c.name, c.usage)
		return misuse
	case errors.Is(err, context.Canceled):
		fmt.Fprintf(stderr, "attunectl %s: stopped; nothing was lost\n", c.name)
		return failed
	}
	fmt.Fprintf(stderr, "attunectl %s: %v\n", c.name, err)
	if way := wayOut(err); way != "" {
		fmt.Fprintf(stderr, "  %s\n", way)
	}
	return failed
}

// wayOut is what the error itself proposes, or what helps where the system refuses a
// file.
func wayOut(err error) string {
	var hinted interface{ Hint() string }
	switch {
	case errors.As(err, &hinted) && hinted.Hint() != "":
		return hinted.Hint()
	case disk.Full(err):
		return "free some space on that disk, and try again"
	case errors.Is(err, fs.ErrNotExist):
		return "check the name, or whether it was moved"
	case errors.Is(err, fs.ErrPermission):
		return "choose a place of your own, or ask for the right to use this one"
	}
	return ""
}

func help(w io.Writer) {
	fmt.Fprint(w, "Attune fine-tunes language models on your own files, on this computer.\n\n")
	for _, c := range commands() {
		fmt.Fprintf(w, "  attunectl %s %s\n      %s\n", c.name, c.usage, c.about)
	}
	fmt.Fprint(w, "\n--json prints one JSON object at the end; --progress=json one a line while it works.\n"+
		"Exit status: 0 done, 1 the work failed, 2 wrong usage.\n")
}

// plural is a number of things in words.
func plural(n int, thing string) string {
	return dataset.Counted(n, thing, thing+"s")
}

// sentence joins the parts that are not empty.
func sentence(parts ...string) string {
	var all []string
	for _, p := range parts {
		if p != "" {
			all = append(all, p)
		}
	}
	return strings.Join(all, ", ")
}
