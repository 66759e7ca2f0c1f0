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

// otherProcess names the project that this program shall work on as a second
// process, instead of running tests.
const otherProcess = "STORE_TEST_PROJECT"

func TestMain(m *testing.M) {
	if dir := os.Getenv(otherProcess); dir != "" {
		if err := other(dir); err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// other adds rows one by one, takes the lock and keeps it until its input ends.
func other(dir string) error {
	s, err := store.Open(context.Background(), dir)
	if err != nil {
		return err
	}
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
	fmt.Println("locked")
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}

// TestTwoProcesses lets another process write and take the lock of a project
// that is open here, and then kills it.
func TestTwoProcesses(t *testing.T) {
	s := create(t)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), otherProcess+"="+s.Dir())
	input, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer input.Close()
	output, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for range 20 { // both write at the same time
		add(t, s, 1)
	}
	lines := bufio.NewScanner(output)
	if !lines.Scan() || lines.Text() != "locked" {
		t.Fatalf("the other process says %q", lines.Text())
	}
	if n := len(ids(t, s, store.Query{})); n != 40 {
		t.Errorf("there are %d rows", n)
	}
	_, err = s.Lock("import of a.csv")
	var e *store.Error
	if !errors.Is(err, store.ErrBusy) || !errors.As(err, &e) || e.Hint() == "" ||
		!strings.Contains(err.Error(), "training run 3") || !strings.Contains(err.Error(), fmt.Sprint("process ", cmd.Process.Pid)) {
		t.Errorf("error %v", err)
	}
	if job, ok := s.Busy(); job != "training run 3" || !ok {
		t.Errorf("busy with %q, %v", job, ok)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
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
