// Package setting describes the typed knobs that tasks and techniques offer,
// attunectl sets by name and the window draws as forms. A Field is bound to the
// variable that it sets, so no setting ever travels as a string through a map.
package setting

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Field is one knob: its names and its place in a form, bound to a variable.
type Field struct {
	Key    string // name in attunectl --set and in saved runs, snake_case
	Label  string // name in the window
	Help   string // one sentence for a tooltip, in an analyst's words
	Expert bool   // drawn only in the expert view
	Value  Value  // one of *Number, *Count, *Switch, *Choice, *Text
}

// Value is the bound variable of a field. The set of kinds is closed: a form
// has one control for each, so a type switch over them is complete.
type Value interface {
	String() string        // the value as attunectl prints and reads it
	Set(text string) error // parses and checks; the variable is unchanged on error
	kind()
}

// Number is a real number between Min and Max.
type Number struct {
	To       *float64
	Min, Max float64
}

// Count is a whole number between Min and Max.
type Count struct {
	To       *int
	Min, Max int
}

// Switch is on or off.
type Switch struct{ To *bool }

// Choice is one of several names.
type Choice struct {
	To      *string
	Options []string
}

// Text is free text. Check, which may be nil, says what is wrong with one.
type Text struct {
	To    *string
	Check func(text string) error
}

func (*Number) kind() {}
func (*Count) kind()  {}
func (*Switch) kind() {}
func (*Choice) kind() {}
func (*Text) kind()   {}

func (n *Number) String() string { return strconv.FormatFloat(*n.To, 'g', -1, 64) }
func (c *Count) String() string  { return strconv.Itoa(*c.To) }
func (s *Switch) String() string { return strconv.FormatBool(*s.To) }
func (c *Choice) String() string { return *c.To }
func (t *Text) String() string   { return *t.To }

// Set parses a real number in the range.
func (n *Number) Set(text string) error {
	x, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || math.IsNaN(x) || x < n.Min || x > n.Max {
		return fmt.Errorf("%q is not a number from %g to %g", text, n.Min, n.Max)
	}
	*n.To = x
	return nil
}

// Set parses a whole number in the range.
func (c *Count) Set(text string) error {
	x, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || x < c.Min || x > c.Max {
		return fmt.Errorf("%q is not a whole number from %d to %d", text, c.Min, c.Max)
	}
	*c.To = x
	return nil
}

// Set parses true or false, on or off.
func (s *Switch) Set(text string) error {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "true", "on", "yes", "1":
		*s.To = true
	case "false", "off", "no", "0":
		*s.To = false
	default:
		return fmt.Errorf("%q is neither on nor off", text)
	}
	return nil
}

// Set accepts one of the options.
func (c *Choice) Set(text string) error {
	if !slices.Contains(c.Options, text) {
		return fmt.Errorf("%q is none of %s", text, strings.Join(c.Options, ", "))
	}
	*c.To = text
	return nil
}

// Set takes any text that passes the check.
func (t *Text) Set(text string) error {
	if t.Check != nil {
		if err := t.Check(text); err != nil {
			return err
		}
	}
	*t.To = text
	return nil
}

// Values gives the setting of every field by its key, as Apply takes it.
func Values(fields []Field) map[string]string {
	all := map[string]string{}
	for _, f := range fields {
		all[f.Key] = f.Value.String()
	}
	return all
}

// UnknownKeyError reports a key that no field has, with the nearest that one has.
type UnknownKeyError struct{ Key, Nearest string }

func (e *UnknownKeyError) Error() string {
	return fmt.Sprintf("there is no setting %q", e.Key)
}

// Hint names the nearest known key.
func (e *UnknownKeyError) Hint() string {
	if e.Nearest == "" {
		return "attunectl list settings names them all"
	}
	return fmt.Sprintf("did you mean %q?", e.Nearest)
}

// Apply sets the field that has the key, or fails with an UnknownKeyError or
// with the reason why the text does not fit.
func Apply(fields []Field, key, text string) error {
	for _, f := range fields {
		if f.Key == key {
			if err := f.Value.Set(text); err != nil {
				return fmt.Errorf("set %s: %w", key, err)
			}
			return nil
		}
	}
	return &UnknownKeyError{Key: key, Nearest: nearest(fields, key)}
}

// nearest finds the key at the smallest edit distance, if that is small enough
// to be a slip of the fingers.
func nearest(fields []Field, key string) string {
	best, at := "", max(3, len(key)/2)
	for _, f := range fields {
		if d := editDistance(f.Key, key); d < at {
			best, at = f.Key, d
		}
	}
	return best
}

// editDistance is Levenshtein's, over bytes.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
