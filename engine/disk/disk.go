// Package disk does with files what each operating system does its own way: locks,
// free space, names that outlive a power cut.
package disk

// Full says whether an error is that of a full disk.
func Full(err error) bool { return full(err) }
