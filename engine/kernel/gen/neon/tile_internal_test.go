package main

import (
	"maps"
	"strings"
	"testing"
)

// The expected rate of a tile, reasoned at tileRows, rests on these numbers.
func TestWhatOneTurnOfATileCosts(t *testing.T) {
	for loop, want := range map[string]map[string]int{
		"rowsTurn":    {"fmla": 96, "FMOVQ": 12, "VLD1": 8, "SUBS": 1, "BGE": 1},
		"columnsTurn": {"fmla": 96, "FMOVQ": 12, "VLD1": 4, "ADD": 4, "SUBS": 1, "BGE": 1},
	} {
		f := newFile()
		f.tile(tileRows)
		_, turn, _ := strings.Cut(f.assembly(), loop+":\n")
		turn, _, _ = strings.Cut(turn, ":\n")
		if got := count(turn); !maps.Equal(got, want) {
			t.Errorf("%s has %v, want %v", loop, got, want)
		}
	}
}

// count gives how often each instruction stands in a part of a function up to its last jump.
func count(part string) map[string]int {
	n := map[string]int{}
	for line := range strings.Lines(part) {
		fields := strings.Fields(line)
		if len(fields) < 2 {
			break // the next label
		}
		name, _, _ := strings.Cut(fields[0], ".")
		if name == "WORD" {
			name = fields[3]
		}
		n[name]++
	}
	return n
}
