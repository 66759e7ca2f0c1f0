package main

// pause waits by ISB, as Go's own locks do: YIELD is no wait at all on most processors.
func (f *file) pause() {
	fn := f.function("pause", "func(times uint64)", "waits for a moment: times as long as the processor takes to start afresh.")
	times := fn.load("times", "")
	fn.emit("CBZ %s, done", times)
	fn.mark("wait")
	fn.emit("ISB $15")
	fn.emit("SUBS $1, %s, %s", times, times)
	fn.emit("BNE wait")
	fn.mark("done")
	fn.end()
}
