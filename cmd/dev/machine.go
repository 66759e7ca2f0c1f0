package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// A machine is the one that dev runs on, seen from the checkout.
type machine struct {
	dir string    // the module's folder: programs run here
	out io.Writer // where people read
}

// A program is something to run: its name and arguments, and variables to set
// for it on top of dev's own environment.
type program struct {
	args []string
	env  []string
}

func (p program) String() string {
	quoted := make([]string, len(p.args))
	for i, a := range p.args {
		if quoted[i] = a; a == "" || strings.ContainsAny(a, " '\"$|^*?") {
			quoted[i] = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
		}
	}
	return strings.Join(append(p.env[:len(p.env):len(p.env)], quoted...), " ")
}

// golang is a run of the go command.
func golang(args ...string) program { return program{args: append([]string{"go"}, args...)} }

// with adds variables to a program.
func (p program) with(env ...string) program {
	return program{p.args, append(p.env[:len(p.env):len(p.env)], env...)}
}

// has reports whether a program is on the PATH.
func (m machine) has(name string) bool {
	_, err := exec.LookPath(name)
	return err == nil
}

// output runs a program silently and gives what it wrote to its output. Where
// it fails, the error has what it wrote to its error output.
func (m machine) output(p program) (string, error) {
	cmd := m.command(p)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("%s: %w\n%s", p.args[0], err, strings.TrimSpace(said.String()))
	}
	return string(out), err
}

// show runs a program in full view, with the keyboard as its input.
func (m machine) show(p program) error {
	cmd := m.command(p)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, m.out, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w", p.args[0], err)
	}
	return nil
}

// pipe runs a program and gives its output, as it comes, to read; what it says
// beside is shown.
func (m machine) pipe(p program, read func(io.Reader) error) error {
	cmd := m.command(p)
	cmd.Stderr = m.out
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	if err := read(out); err != nil {
		_ = cmd.Process.Kill() // its output is of no use any more; Wait reports the rest
		return fmt.Errorf("%s: %w", p.args[0], err)
	}
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("%s: %w", p.args[0], err)
	}
	return nil
}

func (m machine) command(p program) *exec.Cmd {
	cmd := exec.Command(p.args[0], p.args[1:]...)
	cmd.Dir = m.dir
	cmd.Env = append(os.Environ(), p.env...)
	return cmd
}

// printf tells the person at the terminal something.
func (m machine) printf(format string, args ...any) { fmt.Fprintf(m.out, format, args...) }
