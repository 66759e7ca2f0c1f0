package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// pause tells the processor that a loop is waiting, which spares the core's other thread.
func pause() {
	TEXT("pause", NOSPLIT, "func(times uint64)")
	Doc("pause waits for a moment: times the processor's own hint for spinning.")
	times := Load(Param("times"), GP64())
	Label("again")
	PAUSE()
	DECQ(times)
	JNZ(LabelRef("again"))
	RET()
}
