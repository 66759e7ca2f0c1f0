package op

import "fmt"

// Fault is what Guard makes of a panic.
type Fault struct{ Cause any }

func (f *Fault) Error() string { return fmt.Sprintf("the model could not be computed: %v", f.Cause) }

// Hint tells the way out.
func (f *Fault) Hint() string {
	return "this is a fault of Attune; what is saved is unharmed, and the details help to mend it"
}

// Guard turns a panic of operators that do not fit together into an error. It is to be
// deferred by what computes a model.
func Guard(err *error) {
	if r := recover(); r != nil {
		*err = &Fault{r}
	}
}
