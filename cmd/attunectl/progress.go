package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"attune/projects"
)

// meter shows on stderr how far the work is: a bar on a terminal, a line every few
// seconds elsewhere, or one JSON object a line.
type meter struct {
	w        io.Writer
	json     bool
	terminal bool
	shown    time.Time
	drawn    bool
}

// How often progress is shown.
const (
	barEvery  = 100 * time.Millisecond
	lineEvery = 3 * time.Second
)

func (c *call) meter() *meter {
	m := &meter{w: c.stderr, json: c.progress == "json", shown: time.Now()}
	if f, ok := c.stderr.(*os.File); ok && !m.json {
		info, err := f.Stat()
		m.terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return m
}

// due says whether it is time to show something again.
func (m *meter) due() bool {
	every := lineEvery
	if m.terminal {
		every = barEvery
	}
	if m.json {
		every = barEvery
	}
	if time.Since(m.shown) < every {
		return false
	}
	m.shown = time.Now()
	return true
}

// show tells a share of the work, 0 to 1 or below 0 when it is not known, in words
// and as a value.
func (m *meter) show(share float64, words string, value any) {
	switch {
	case m.json:
		// What cannot be written to stderr cannot be told anywhere.
		_ = json.NewEncoder(m.w).Encode(value)
	case m.terminal:
		m.drawn = true
		fmt.Fprintf(m.w, "\r\x1b[K%s %s", bar(share), words)
	default:
		fmt.Fprintln(m.w, words)
	}
}

// say tells something once, on a line that stays.
func (m *meter) say(words string, value any) {
	if m.json {
		_ = json.NewEncoder(m.w).Encode(value)
		return
	}
	fmt.Fprintln(m.w, words)
}

// end leaves the line of the bar.
func (m *meter) end() {
	if m.drawn {
		fmt.Fprint(m.w, "\r\x1b[K")
	}
}

// bar draws a share in 24 characters.
func bar(share float64) string {
	const width = 24
	n := int(min(max(share, 0), 1) * width)
	return "[" + strings.Repeat("=", n) + strings.Repeat(" ", width-n) + "]"
}

// progress shows what projects tells of a long piece of work.
func (m *meter) progress(p projects.Progress) {
	if !m.due() {
		return
	}
	share := -1.0
	words := p.Verb
	if p.Total > 0 {
		share = float64(p.Done) / float64(p.Total)
		words = fmt.Sprintf("%s: %.0f %%", p.Verb, 100*share)
	}
	if p.Left > time.Second {
		words += ", " + p.Left.Round(time.Second).String() + " left"
	}
	m.show(share, words, map[string]any{"verb": p.Verb, "done": p.Done, "total": p.Total, "left_seconds": p.Left.Seconds()})
}
