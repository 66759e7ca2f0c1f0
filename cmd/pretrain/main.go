// Command pretrain makes the starter model and others like it: it tokenises a corpus,
// teaches a small model its language in as many sittings as it takes, and writes the
// model's folder. It is apart from attunectl because it knows no projects and its users
// are those who build Attune.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/pflag"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// The exit statuses.
const (
	done   = 0
	failed = 1
	misuse = 2
)

// command is one verb.
type command struct {
	name  string
	about string
	run   func(ctx context.Context, flags *pflag.FlagSet, args []string, out io.Writer) error
}

func commands() []command {
	return []command{prepareCorpus, trainModel, exportModel, repeatModel}
}

// errUsage is a command line that was not understood.
var errUsage = errors.New("usage")

// run runs one command and gives the exit status.
func run(ctx context.Context, args []string, out, problems io.Writer) int {
	for _, c := range commands() {
		if len(args) == 0 || c.name != args[0] {
			continue
		}
		flags := pflag.NewFlagSet(c.name, pflag.ContinueOnError)
		flags.SortFlags = false
		flags.SetOutput(out)
		err := c.run(ctx, flags, args[1:], out)
		switch {
		case err == nil || errors.Is(err, pflag.ErrHelp):
			return done
		case errors.Is(err, errUsage):
			fmt.Fprintf(problems, "pretrain %s: %v\n", c.name, err)
			return misuse
		}
		fmt.Fprintf(problems, "pretrain %s: %v\n", c.name, err)
		return failed
	}
	fmt.Fprintln(problems, "pretrain makes models like the starter. Each command takes --help.")
	for _, c := range commands() {
		fmt.Fprintf(problems, "  pretrain %-8s %s\n", c.name, c.about)
	}
	return misuse
}

// parse reads the flags; no words may follow them.
func parse(flags *pflag.FlagSet, args []string) error {
	if err := flags.Parse(args); errors.Is(err, pflag.ErrHelp) {
		return err
	} else if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("%w: %q is not a flag", errUsage, flags.Arg(0))
	}
	return nil
}
