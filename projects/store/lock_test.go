package store_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"attune/projects/store"
)

// This program works as a second process, instead of running tests, if these
// name a project and what to do with it.
const (
	otherProject = "STORE_TEST_PROJECT"
	otherJob     = "STORE_TEST_JOB"
)

var otherJobs = map[string]func(*store.Store) error{"share": share, "import": importHalf}

func TestMain(m *testing.M) {
	dir := os.Getenv(otherProject)
	if dir == "" {
		os.Exit(m.Run())
	}
	s, err := store.Open(context.Background(), dir)
	if err == nil {
		err = otherJobs[os.Getenv(otherJob)](s)
	}
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
}

// share adds rows one by one, takes the lock and keeps it until the input ends.
func share(s *store.Store) error {
	for i := range 20 {
		err := s.Edit(context.Background(), func(e *store.Edit) error {
			if err := e.Source("other.csv", nil); err != nil {
				return err
			}
			return e.Add(example(i))
		})
		if err != nil {
			return err
		}
	}
	if _, err := s.Lock("training run 3"); err != nil {
		return err
	}
	return ready()
}

// importHalf adds many long rows and then waits before the end.
func importHalf(s *store.Store) error {
	return s.Edit(context.Background(), func(e *store.Edit) error {
		if err := e.Source("large.csv", nil); err != nil {
			return err
		}
		for i := range 30_000 {
			x := example(i)
			x.Text = fmt.Sprintf("%01000d", i)
			if err := e.Add(x); err != nil {
				return err
			}
		}
		return ready()
	})
}

// ready says so and waits until the input ends.
func ready() error {
	fmt.Println("ready")
	_, err := io.Copy(io.Discard, os.Stdin)
	return err
}

// start runs the second process until it is ready; kill ends it at once.
func start(t *testing.T, s *store.Store, job string) (pid int, wait, kill func()) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), otherProject+"="+s.Dir(), otherJob+"="+job)
	input, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	output, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { input.Close() })
	wait = func() {
		t.Helper()
		if lines := bufio.NewScanner(output); !lines.Scan() || lines.Text() != "ready" {
			t.Fatalf("the other process says %q", lines.Text())
		}
	}
	kill = func() {
		t.Helper()
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		cmd.Wait() // it was killed, so it fails
	}
	return cmd.Process.Pid, wait, kill
}

// TestKilledImport kills a process in the middle of an import, after it wrote
// tens of megabytes.
func TestKilledImport(t *testing.T) {
	s := create(t)
	add(t, s, 10)
	before, size := rows(t, s), disk(t, s)
	_, wait, kill := start(t, s, "import")
	wait()
	if disk(t, s) < size+10<<20 {
		t.Error("nothing was written yet: the test is too small")
	}
	kill()
	again, err := store.Open(t.Context(), s.Dir())
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	add(t, again, 1)
	if _, err := again.Undo(t.Context()); err != nil {
		t.Fatal(err)
	}
	if rows(t, again) != before {
		t.Error("something is left behind")
	}
	if now := disk(t, again); now > size+1<<20 {
		t.Errorf("the files grew from %d to %d bytes", size, now)
	}
}

// TestTwoProcesses lets another process write and take the lock of a project
// that is open here, and then kills it.
func TestTwoProcesses(t *testing.T) {
	s := create(t)
	pid, wait, kill := start(t, s, "share")
	for range 20 { // both write at the same time
		add(t, s, 1)
	}
	wait()
	if n := len(ids(t, s, store.Query{})); n != 40 {
		t.Errorf("there are %d rows", n)
	}
	_, err := s.Lock("import of a.csv")
	var e *store.Error
	if !errors.Is(err, store.ErrBusy) || !errors.As(err, &e) || e.Hint() == "" ||
		!strings.Contains(err.Error(), "training run 3") || !strings.Contains(err.Error(), fmt.Sprint("process ", pid)) {
		t.Errorf("error %v", err)
	}
	if job, ok := s.Busy(); job != "training run 3" || !ok {
		t.Errorf("busy with %q, %v", job, ok)
	}
	kill()
	if job, ok := s.Busy(); ok {
		t.Errorf("still busy with %q", job)
	}
	unlock, err := s.Lock("import of a.csv")
	if err != nil {
		t.Fatalf("the lock of the dead process stays: %v", err)
	}
	if _, err := s.Lock("a second job"); !errors.Is(err, store.ErrBusy) {
		t.Errorf("error %v", err)
	}
	unlock()
	if unlock, err = s.Lock("another job"); err != nil {
		t.Fatal(err)
	}
	unlock()
}
