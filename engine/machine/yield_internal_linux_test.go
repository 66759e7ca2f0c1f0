package machine

import (
	"os"
	"runtime"
	"slices"
	"strconv"
	"testing"

	"golang.org/x/sys/unix"
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
	named := make(chan int)
	go func() {
		runtime.LockOSThread()
		if err := os.WriteFile("/proc/thread-self/comm", []byte("draws"), 0); err != nil {
			t.Error(err)
		}
		named <- unix.Gettid()
		select {}
	}()
	drawing := <-named
	const rounds = 100 // for the first thread may start another meanwhile
	for round := 1; ; round++ {
		Yield()
		ahead := threadsAhead(t, before)
		if slices.Equal(ahead, []int{drawing}) {
			return
		}
		if round == rounds {
			t.Fatalf("the threads %v did not yield, of which only %d, which has a name, need not", ahead, drawing)
		}
	}
}

// threadsAhead gives those beside the first one that are not lowered below its niceness,
// which must be as before.
func threadsAhead(t *testing.T, before int) (ahead []int) {
	t.Helper()
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
		case value < min(before+lowered, 19):
			ahead = append(ahead, id)
		}
	}
	return ahead
}
