package model

import "fmt"

// ConfigError says what of a config.json stands against reading the model.
type ConfigError struct{ Reason string }

// BadConfig gives a ConfigError.
func BadConfig(problem string, values ...any) error {
	return &ConfigError{fmt.Sprintf(problem, values...)}
}

func (e *ConfigError) Error() string { return "config.json: " + e.Reason }

// Hint tells the way out.
func (e *ConfigError) Hint() string {
	return "choose another model, or download this one again if its config.json was altered"
}
