package main

import (
	"bytes"
	"context"
	"fmt"
	"go/format"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// An unformattedError names files that gofmt would write otherwise.
type unformattedError []string

func (e unformattedError) Error() string {
	return fmt.Sprintf("%d files are not as gofmt writes them: %s", len(e), strings.Join(e, " "))
}

// Hint is the command that formats them.
func (e unformattedError) Hint() string { return "gofmt -w " + strings.Join(e, " ") }

// gofmt checks the form of every Go file of the tree.
func gofmt(_ context.Context, m machine, _ *tally) error {
	var wrong unformattedError
	err := filepath.WalkDir(m.dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && strings.HasPrefix(d.Name(), ".") && path != m.dir:
			return filepath.SkipDir
		case d.IsDir() || filepath.Ext(path) != ".go":
			return nil
		}
		formatted, err := isFormatted(path)
		if err == nil && !formatted {
			name, _ := filepath.Rel(m.dir, path) // under dir by its making
			wrong = append(wrong, name)
		}
		return err
	})
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		return wrong
	}
	return nil
}

func isFormatted(path string) (bool, error) {
	source, err := os.ReadFile(path)
	if err != nil {
		return false, err
	}
	want, err := format.Source(source)
	if err != nil {
		return false, fmt.Errorf("%s: %w", path, err)
	}
	return bytes.Equal(source, want), nil
}
