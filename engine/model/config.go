package model

import (
	"fmt"
	"maps"
	"slices"
)

// ConfigError says what of a config.json stands against reading the model.
type ConfigError struct{ Reason string }

// BadConfig gives a ConfigError.
func BadConfig(problem string, values ...any) error {
	return &ConfigError{fmt.Sprintf(problem, values...)}
}

// AtLeast gives a ConfigError about the first, by the alphabet, of some sizes that is too
// small. They are named as in the config.json.
func AtLeast(least int, sizes map[string]int) error {
	for _, name := range slices.Sorted(maps.Keys(sizes)) {
		if size := sizes[name]; size < least {
			return BadConfig("%s is %d, and must be at least %d", name, size, least)
		}
	}
	return nil
}

func (e *ConfigError) Error() string { return "config.json: " + e.Reason }

// Hint tells the way out.
func (e *ConfigError) Hint() string {
	return "choose another model, or download this one again if its config.json was altered"
}
