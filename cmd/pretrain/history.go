package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// history is how a model came about: the runs that it went through, of which each but
// the first began with the weights that the one before it exported, and what was measured
// of held-out text on the way.
type history struct {
	Stages []stage `json:"stages"`
	Curve  []point `json:"curve"`
}

// point is a check of a model.
type point struct {
	Tokens     int     `json:"tokens"`   // read until then, over all stages
	Loss       float64 `json:"loss"`     // in training since the check before, in nats
	Accuracy   float64 `json:"accuracy"` // share of the places that were guessed
	Perplexity float64 `json:"perplexity"`
}

// historyFile is the name of a history: in a model's folder its own, in that of a run
// what its model had behind it when the run began.
const historyFile = "pretraining.json"

// readHistory gives the history that lies in a folder; none where there is no such file.
func readHistory(dir string) (h history, err error) {
	path := filepath.Join(dir, historyFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return h, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &h)
	}
	if err != nil {
		return h, fmt.Errorf("read %s: %w", path, err)
	}
	return h, nil
}

// modelHistory gives that of a model that export wrote.
func modelHistory(dir string) (history, error) {
	h, err := readHistory(dir)
	if err == nil && len(h.Stages) == 0 {
		err = fmt.Errorf("%s has no %s, which tells how a model was made; pretrain export writes it", dir, historyFile)
	}
	return h, err
}

// write writes the history into a folder.
func (h history) write(dir string) error {
	text, err := h.text()
	return cmp.Or(err, writeWhole(filepath.Join(dir, historyFile), func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	}))
}

func (h history) text() ([]byte, error) {
	text, err := json.MarshalIndent(h, "", " ")
	return append(text, '\n'), err
}

// with gives the history as it is after one more run, whose curve is given.
func (h history) with(s stage, curve [][]string) (history, error) {
	before := h.Tokens()
	after := history{Stages: append(h.Stages[:len(h.Stages):len(h.Stages)], s), Curve: h.Curve[:len(h.Curve):len(h.Curve)]}
	for _, row := range curve {
		p, err := parsePoint(row)
		if err != nil {
			return h, err
		}
		p.Tokens += before
		after.Curve = append(after.Curve, p)
	}
	return after, nil
}

// Tokens is how many were read, over all stages.
func (h history) Tokens() (n int) {
	for _, s := range h.Stages {
		n += s.State.Tokens
	}
	return n
}

// Hours is how long all stages were at work.
func (h history) Hours() float64 {
	var seconds float64
	for _, s := range h.Stages {
		seconds += s.Seconds
	}
	return (time.Duration(seconds) * time.Second).Hours()
}

// Excerpt gives a few points of the curve, the last among them.
func (h history) Excerpt() (points []point) {
	const most = 24
	every := max(1, (len(h.Curve)+most-1)/most)
	for i, p := range h.Curve {
		if (len(h.Curve)-1-i)%every == 0 {
			points = append(points, p)
		}
	}
	return points
}

// parsePoint reads a row of a run's curve.
func parsePoint(row []string) (p point, err error) {
	tokens, err := strconv.Atoi(row[0])
	if err != nil {
		return p, fmt.Errorf("read %s: %w", curveFile, err)
	}
	var numbers [3]float64
	for i, column := range []int{4, 7, 8} {
		if numbers[i], err = strconv.ParseFloat(row[column], 64); err != nil {
			return p, fmt.Errorf("read %s: %w", curveFile, err)
		}
	}
	return point{tokens, numbers[0], numbers[1], numbers[2]}, nil
}
