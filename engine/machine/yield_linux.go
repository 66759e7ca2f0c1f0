package machine

import (
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// lowered is the nice value of threads that yield: a tenth of a processor that
// another program wants whole, all of one that nobody wants.
const lowered = 10

func yield() {
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return
	}
	for _, task := range tasks {
		id, err := strconv.Atoi(task.Name())
		if err != nil || id == os.Getpid() {
			continue
		}
		if value, err := niceness(id); err == nil && value < lowered {
			_ = unix.Setpriority(unix.PRIO_PROCESS, id, lowered) // a thread that ended needs none
		}
	}
}

// niceness of a thread, from -20 to 19. The system call gives 20 less it.
func niceness(thread int) (int, error) {
	value, err := unix.Getpriority(unix.PRIO_PROCESS, thread)
	return 20 - value, err
}
