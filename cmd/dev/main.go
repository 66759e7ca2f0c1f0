// Command dev is the whole set-up of Attune's source: it provides what a fresh
// machine lacks, then runs the application or all of its tests. It needs
// nothing but Go, so it imports nothing but Go's standard library.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
)

// A command is what can be asked of dev.
type command struct {
	name  string
	about string
	do    func(ctx context.Context, m machine, args []string) error
}

var commands = []command{
	{"run", "open Attune with a sample project; without a display, do the same job in the terminal", run},
	{"test", "pass every check and test; -long adds fuzzing, all seeds and other systems", test},
	{"bench", "time training and answers beside PyTorch, and print a table", bench},
}

func main() {
	// Children get the interrupt from the terminal themselves and may have
	// something to save; dev waits for them and then goes no further.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := dispatch(ctx, os.Args[1:], os.Stdout)
	stop()
	if err == nil {
		return
	}
	fmt.Fprintln(os.Stderr, "dev:", err)
	if hint := hintOf(err); hint != "" {
		fmt.Fprintln(os.Stderr, hint)
	}
	var usage usageError
	if errors.As(err, &usage) {
		os.Exit(2)
	}
	os.Exit(1)
}

// dispatch finds the command and the folder to do it in.
func dispatch(ctx context.Context, args []string, out io.Writer) error {
	if len(args) == 0 {
		return usageError("which of these?")
	}
	for _, c := range commands {
		if c.name != args[0] {
			continue
		}
		root, err := moduleRoot()
		if err != nil {
			return err
		}
		return c.do(ctx, machine{dir: root, out: out}, args[1:])
	}
	return usageError(fmt.Sprintf("there is no command %q.", args[0]))
}

// A usageError says what of the command line was not understood.
type usageError string

func (e usageError) Error() string { return string(e) }

// Hint lists the commands.
func (e usageError) Hint() string {
	var b strings.Builder
	for _, c := range commands {
		fmt.Fprintf(&b, "  go run ./cmd/dev %-5s %s\n", c.name, c.about)
	}
	return strings.TrimRight(b.String(), "\n")
}

// hintOf is the way out that an error knows, or "".
func hintOf(err error) string {
	var h interface{ Hint() string }
	if errors.As(err, &h) {
		return h.Hint()
	}
	return ""
}

// moduleRoot is the folder of Attune's go.mod, here or above.
func moduleRoot() (string, error) {
	here, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for dir := here; ; dir = filepath.Dir(dir) {
		mod, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && strings.HasPrefix(string(mod), "module attune\n") {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("%s does not lie in a checkout of Attune", here)
		}
	}
}
