package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"strings"
)

// newProvider provides on the machine that dev runs on.
func newProvider(m machine) provider {
	return provider{
		system: m,
		os:     runtime.GOOS,
		root:   os.Geteuid() == 0,
		ci:     inCI(),
		ask:    ask,
	}
}

// inCI reports whether a service runs dev, as all of them say by this variable.
func inCI() bool { return os.Getenv("CI") == "true" || os.Getenv("CI") == "1" }

// ask asks the person at the terminal, if there is one. No answer is a no.
func ask(question string) bool {
	if !isTerminal(os.Stdin) {
		return false
	}
	fmt.Print(question, " [Y/n] ")
	answer, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil {
		return false
	}
	answer = strings.ToLower(strings.TrimSpace(answer))
	return answer == "" || answer == "y" || answer == "yes"
}

// isTerminal reports whether a file is a terminal, or at least no file, pipe or
// socket.
func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// hasDisplay reports whether a window can be opened.
func hasDisplay() bool {
	return runtime.GOOS != "linux" || os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != ""
}
