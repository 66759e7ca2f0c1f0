//go:build !linux

package main

// On these systems the machine's memory and disk are not looked at; what is not
// known is left out.

func memory() (total, available int64) { return 0, 0 }

func freeDisk(string) int64 { return 0 }

func peakMemory() int64 { return 0 }
