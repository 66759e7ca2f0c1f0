package format

import "fmt"

// guarded gives what read gives, and makes an error of a panic of the library
// that reads, as libraries have over damaged files. A panic of yield's is none
// of those and goes on.
func guarded[T any](yield func(T, error) bool, damaged func(error) *Error, read func(each func(T) bool) error) {
	var zero T
	outside := false // in yield, or stopped by it
	err := func() (err error) {
		defer func() {
			if outside {
				return
			}
			if r := recover(); r != nil {
				err = damaged(fmt.Errorf("%v", r))
			}
		}()
		return read(func(x T) bool {
			outside = true
			outside = !yield(x, nil)
			return !outside
		})
	}()
	if err != nil && !outside {
		yield(zero, err)
	}
}
