package tokenizer

// Error says why a tokenizer could not be made: in which file, what is wrong
// there, and a way out.
type Error struct {
	File    string // "" for a tokenizer that comes from no file
	Problem string
	Way     string
	Err     error // what lies beneath, or nil
}

func (e *Error) Error() string {
	text := e.Problem
	if e.File != "" {
		text = e.File + ": " + text
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap gives what lies beneath.
func (e *Error) Unwrap() error { return e.Err }

// Hint gives a way out, or "".
func (e *Error) Hint() string { return e.Way }
