package machine

// Yield lets other programs, and the thread that the process began with, go first
// from now on: every other thread, and those that they start, runs at a lower
// priority. A window draws on its first thread, so it stays smooth while the rest
// computes. Threads that a library has given names of their own are left alone: without
// a graphics card a driver draws on such. Threads that the first one starts do not yield
// until it is called again. It cannot be taken back, and does nothing where the system
// has no priorities of threads that are easily lowered.
func Yield() { yield() }
