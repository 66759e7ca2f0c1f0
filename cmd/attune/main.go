// Command attune is the desktop application: it opens the window on a project,
// on the sample, or on the list of projects. What the window does is in gui.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"fyne.io/fyne/v2"

	"attune/assets"
	"attune/gui"
	"attune/gui/parts"
	"attune/projects"
)

func main() {
	sample := flag.Bool("sample", false, "open the sample project, ready to train")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: attune [--sample] [PROJECT.attune | FILE]")
		flag.PrintDefaults()
	}
	flag.Parse()
	if err := run(*sample, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "attune:", err)
		os.Exit(1)
	}
}

// run shows the window until it is closed.
func run(sample bool, open []string) error {
	if err := screen(runtime.GOOS, os.Getenv); err != nil {
		return err
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return fmt.Errorf("find a place for new projects: %w", err)
	}
	library, err := projects.OpenLibrary("")
	if err != nil {
		return err
	}
	a := newApp()
	a.SetIcon(fyne.NewStaticResource("attune.png", assets.Icon()))
	a.Settings().SetTheme(parts.Theme{})
	w := gui.New(a, a.NewWindow("Attune"), library, gui.Options{Folder: filepath.Join(home, "Attune"), Place: parts.NewBackground(),
		Models: func() (*projects.Models, error) { return projects.OpenModels("") }})
	a.Lifecycle().SetOnStarted(func() {
		switch {
		case sample:
			w.OpenSample()
		case len(open) > 0:
			w.Take(absolute(open)...)
		}
	})
	w.Show()
	a.Run()
	return nil
}

// screen fails where there is none to open a window on.
func screen(system string, env func(string) string) error {
	if system == "linux" && env("DISPLAY") == "" && env("WAYLAND_DISPLAY") == "" {
		return errors.New("there is no screen here (neither DISPLAY nor WAYLAND_DISPLAY is set); attunectl does the same work without one")
	}
	return nil
}

func absolute(paths []string) []string {
	full := make([]string, len(paths))
	for i, path := range paths {
		full[i] = path
		if abs, err := filepath.Abs(path); err == nil {
			full[i] = abs
		}
	}
	return full
}
