package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"attune/engine/guessing"
)

// curve is a table in a file: how a run goes, a line for every check.
type curve struct{ file *os.File }

const curveHead = "tokens\tstep\tseconds\trate\tloss\tnorm\theldout_loss\theldout_accuracy\theldout_perplexity\n"

// openCurve goes on with a curve. Lines past the tokens are of steps that a kill
// undid, and go.
func openCurve(path string, tokens int) (*curve, error) {
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	kept := curveHead
	for line := range strings.Lines(string(text)) {
		at, _, _ := strings.Cut(line, "\t")
		if n, err := strconv.Atoi(at); err == nil && n <= tokens && strings.HasSuffix(line, "\n") {
			kept += line
		}
	}
	err = writeWhole(path, func(w io.Writer) error {
		_, err := io.WriteString(w, kept)
		return err
	})
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0o644)
	return &curve{f}, err
}

func (c *curve) add(tokens, step int, spent time.Duration, rate float64, since *stretch, s guessing.Score) error {
	_, err := fmt.Fprintf(c.file, "%d\t%d\t%.0f\t%.3e\t%.4f\t%.3f\t%.4f\t%.4f\t%.2f\n",
		tokens, step, spent.Seconds(), rate, since.loss/since.steps, since.norm/since.steps, s.Loss(), s.Accuracy(), s.Perplexity())
	return err
}

func (c *curve) close() { c.file.Close() }

// stretch sums what the steps since the last check gave.
type stretch struct{ steps, loss, norm float64 }

func (s *stretch) add(loss, norm float64) {
	s.steps, s.loss, s.norm = s.steps+1, s.loss+loss, s.norm+norm
}
