package machine

import (
	"os"
	"runtime"
	"strconv"
	"testing"
)

func TestYieldSparesTheFirstThread(t *testing.T) {
	before, err := niceness(os.Getpid())
	if err != nil {
		t.Skip("this system does not tell priorities")
	}
	for range 4 {
		locked := make(chan bool)
		go func() {
			runtime.LockOSThread()
			close(locked)
			select {} // the thread stays, so that the next is another
		}()
		<-locked
	}
	Yield()
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil || len(tasks) < 5 {
		t.Fatalf("%d threads, %v", len(tasks), err)
	}
	for _, task := range tasks {
		id, _ := strconv.Atoi(task.Name())
		value, err := niceness(id)
		switch {
		case err != nil: // it ended
		case id == os.Getpid():
			if value != before {
				t.Errorf("the first thread went from %d to %d", before, value)
			}
		case value < lowered:
			t.Errorf("thread %d is at %d", id, value)
		}
	}
}
