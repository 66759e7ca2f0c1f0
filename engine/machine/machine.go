// Package machine says what this computer has.
package machine

// Memory gives the bytes of the machine's memory, and those that a program can
// still have; 0 for what the system does not tell.
func Memory() (total, available int64) { return memory() }
