//go:build !unix

package main

import "os"

// mapped gives the content of a file.
func mapped(path string) ([]byte, error) { return os.ReadFile(path) }
