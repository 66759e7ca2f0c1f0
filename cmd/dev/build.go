package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"
)

// patience is how long a build may take before it is explained: as long as one
// that has little to do.
const patience = 3 * time.Second

// build compiles a command into bin/ and gives the path of the program. A build
// that takes its time shows how long it has been at it.
func (m machine) build(name, slow string, env ...string) (string, error) {
	done := m.tick("building "+name, slow)
	defer done()
	return m.compile(name, env...)
}

// compile is build without a word. What a debugger would need is left out, which is a
// quarter of the program; a stack trace keeps its names and lines.
func (m machine) compile(name string, env ...string) (string, error) {
	path := filepath.Join(m.dir, "bin", name)
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	if _, err := m.output(golang("build", "-ldflags=-s -w", "-o", path, "./cmd/"+name).with(env...)); err != nil {
		return "", fmt.Errorf("build cmd/%s: %w", name, err)
	}
	return path, nil
}

// tick shows the time that a job has taken, with the reason why it may take
// long, from when it tries one's patience until the returned function is
// called.
func (m machine) tick(job, reason string) (done func()) {
	begin, stop, stopped := time.Now(), make(chan struct{}), make(chan struct{})
	every, start, end := 15*time.Second, "", "\n"
	if m.out == os.Stdout && isTerminal(os.Stdout) {
		every, start, end = time.Second, "\r", ""
	}
	go func() {
		defer close(stopped)
		for wait := patience; ; wait = every {
			select {
			case <-stop:
				return
			case <-time.After(wait):
				m.printf("%s%s: %s (%s)%s", start, job, clock(time.Since(begin)), reason, end)
			}
		}
	}()
	return func() {
		close(stop)
		<-stopped
		if took := time.Since(begin); took > patience {
			m.printf("%s%s: took %s%*s\n", start, job, clock(took), len(reason), "")
		}
	}
}

// clock writes a time as minutes and seconds.
func clock(d time.Duration) string {
	return fmt.Sprintf("%d:%02d", int(d.Minutes()), int(d.Seconds())%60)
}
