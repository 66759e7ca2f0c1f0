package projects

import "time"

// Summary is a project as the list of recent projects shows it.
type Summary struct {
	Path, Name, Task string
	Opened           time.Time
	Rows             int
	Labels           int     // different labels
	Runs             int     // trainings
	Score            float64 // best run's main score on the validation rows; 0 before the first
	Missing          bool    // its folder is gone or its drive not connected
}
