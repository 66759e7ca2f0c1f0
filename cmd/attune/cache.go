package main

import (
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
)

// id is what the system knows the application by.
const id = "io.attune.desktop"

// newApp makes Fyne's application. Fyne wants a folder for small things that can be made
// again, in one that a new user does not have yet, and logs two errors where it cannot make
// it: one sentence says so instead.
func newApp() fyne.App {
	if err := makeCache(os.UserCacheDir); err != nil {
		fmt.Fprintf(os.Stderr, "attune: its folder for small things could not be made, and all works without it: %v\n", err)
		log.SetOutput(io.Discard)
		defer log.SetOutput(os.Stderr)
	}
	return app.NewWithID(id)
}

// makeCache makes the application's folder among those of the user's caches.
func makeCache(caches func() (string, error)) error {
	dir, err := caches()
	if err != nil {
		return err
	}
	return os.MkdirAll(filepath.Join(dir, "fyne", id), 0o700)
}
