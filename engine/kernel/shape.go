package kernel

import "fmt"

// ShapeError is what a kernel panics with when a slice is too short for the matrix that
// it is said to hold. That is a mistake in the program, never in a user's file.
type ShapeError struct {
	Operand            string
	Rows, Cols, Stride int // of the matrix as it is stored
	Len                int // of its slice
}

func (e *ShapeError) Error() string {
	return fmt.Sprintf("kernel: operand %s of %d rows and %d columns, rows starting %d apart, does not fit a slice of %d numbers",
		e.Operand, e.Rows, e.Cols, e.Stride, e.Len)
}

func checkShape(operand string, data []float32, rows, cols, stride int) {
	fits := rows >= 0 && cols >= 0 &&
		(rows == 0 || cols == 0 || stride >= cols && len(data) >= (rows-1)*stride+cols)
	if !fits {
		panic(&ShapeError{operand, rows, cols, stride, len(data)})
	}
}
