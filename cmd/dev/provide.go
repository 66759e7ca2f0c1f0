package main

import (
	"fmt"
	"slices"
	"strings"
)

// A system is what providing packages asks of a machine.
type system interface {
	has(program string) bool
	output(p program) (string, error) // an error with the output is an answer too
	show(p program) error
	printf(format string, args ...any)
}

// A provider finds and installs what is missing.
type provider struct {
	system
	os   string                     // as runtime.GOOS names it
	root bool                       // no sudo needed
	ci   bool                       // nobody is there to be asked, and the machine is there to be changed
	ask  func(question string) bool // false where nobody answers
}

// A missingError names what the machine lacks and cannot be given by dev.
type missingError struct {
	what []string
	way  string // the command that provides it
}

func (e *missingError) Error() string {
	return fmt.Sprintf("this machine lacks %s.", strings.Join(e.what, " "))
}

// Hint is the command to type.
func (e *missingError) Hint() string {
	return "Install it with this line, then try again:\n  " + e.way
}

// provide makes sure that the machine has what the needs ask for. It fails with
// a *missingError where a person has to do it.
func (p provider) provide(needs ...need) error {
	switch p.os {
	case "darwin":
		return p.compiler("xcode-select -p", "the command line tools of Xcode", "xcode-select --install")
	case "windows":
		return p.compiler("gcc --version", "a C compiler", "winget install MSYS2.MSYS2, then in its UCRT64 shell: pacman -S mingw-w64-ucrt-x86_64-gcc, and put C:\\msys64\\ucrt64\\bin on the PATH")
	}
	manager, known := findManager(p.has)
	if !known {
		p.printf("No package manager known to dev here: if the build fails, it names what is missing.\n")
		return nil
	}
	wanted := manager.wanted(needs)
	// The query fails where a package is missing; what it prints counts.
	answer, _ := p.output(program{args: slices.Concat(manager.query, wanted)})
	missing := manager.missing(wanted, answer, p.has)
	if len(missing) == 0 {
		return nil
	}
	return p.install(manager, missing)
}

// compiler checks for the one thing that macOS and Windows lack.
func (p provider) compiler(check, what, way string) error {
	if _, err := p.output(program{args: strings.Fields(check)}); err != nil {
		return &missingError{what: []string{what}, way: way}
	}
	return nil
}

// install installs with the system's package manager, if it may.
func (p provider) install(m manager, missing []string) error {
	var as []string // whom to run it as
	if !p.root {
		as = []string{"sudo"}
	}
	line := program{args: slices.Concat(as, m.install, missing)}
	refused := &missingError{what: missing, way: line.String()}
	if !m.itself {
		return refused
	}
	p.printf("This machine lacks %d packages. To install them:\n  %s\n", len(missing), line)
	switch {
	case p.root:
	case p.ci:
		as = []string{"sudo", "-n"} // a password is nothing that CI has
	case !p.ask("Run it now?"):
		return refused
	}
	if err := p.apply(m, as, missing); err != nil {
		return fmt.Errorf("%w (%w)", refused, err)
	}
	return nil
}

// apply installs. It fetches the lists of packages only where it has to: on a
// fresh machine there may be none, and old ones name files that are gone.
func (p provider) apply(m manager, as, missing []string) error {
	refresh := program{args: slices.Concat(as, m.refresh)}
	install := program{args: slices.Concat(as, m.install, missing)}
	if len(as) == 0 {
		install = install.with("DEBIAN_FRONTEND=noninteractive") // no package may stop to ask; sudo would drop it
	}
	_, unknown := p.output(program{args: slices.Concat(m.trial, missing)})
	if unknown == nil && p.show(install) == nil {
		return nil
	}
	p.printf("The lists of packages have to be fetched first.\n")
	if err := p.show(refresh); err != nil {
		return err
	}
	return p.show(install)
}
