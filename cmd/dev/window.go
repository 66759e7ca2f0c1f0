package main

import (
	"runtime"
)

// testWindow opens the real application and works it. On Linux that happens on
// a display of its own, in memory, so that nobody's screen flickers and nobody's
// hand is in the way.
func testWindow(m machine, t *tally, long bool) error {
	s := suite{long: long}
	if runtime.GOOS == "linux" {
		s.before = []string{"xvfb-run", "--auto-servernum", "--server-args=-screen 0 1440x900x24"}
		// Fyne prefers Wayland and knows no locale C.
		s.env = []string{"LANG=en_US.UTF-8", "XDG_SESSION_TYPE=x11", "WAYLAND_DISPLAY="}
	}
	return s.run(m, t, "-count=1", "-run", windowTests, application)
}
