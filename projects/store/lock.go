package store

import (
	"encoding/json"
	"fmt"
	"os"
	"time"

	"attune/engine/disk"
)

// jobLock is the file whose lock is held by the one long job on a project.
const jobLock = "job.lock"

// holder says who does the long job; it is kept in the lock's file.
type holder struct {
	Job   string    `json:"job"`
	PID   int       `json:"pid"`
	Host  string    `json:"host"`
	Since time.Time `json:"since"`
}

func (h holder) String() string {
	return fmt.Sprintf("%s, since %s (process %d on %s)", h.Job, h.Since.Local().Format("15:04"), h.PID, h.Host)
}

// Lock claims the project for a long job, a training or an import, and gives
// the function that ends the claim. Two such jobs would spoil each other: an
// import decides what its rows are for by what the project is when it begins, and a
// training that changed its data half-way could not be repeated. All else is
// shared: any number of windows and commands may read, and SQLite orders
// their short changes.
//
// job says what is being done, "training run 3". While another job is under
// way Lock fails at once with an ErrBusy *Error that names it. The claim is the
// operating system's lock on a file, so a process that dies frees it.
func (s *Store) Lock(job string) (unlock func(), err error) {
	f, err := os.OpenFile(s.Path(jobLock), os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, s.explainFile("claim the project", err)
	}
	mine, err := tryLock(f)
	if err == nil && !mine {
		err = s.busy()
	}
	if err != nil {
		f.Close()
		return nil, s.explainFile("claim the project", err)
	}
	if err := describe(f, job); err != nil {
		f.Close()
		return nil, s.explainFile("claim the project", err)
	}
	return func() {
		f.Truncate(0)
		f.Close()
	}, nil
}

// tryLock tries for a twentieth of a second, because Busy, asked at the same
// time, holds the lock for a moment too.
func tryLock(f *os.File) (mine bool, err error) {
	for range 5 {
		if mine, err = disk.Lock(f, true, false); mine || err != nil {
			return mine, err
		}
		time.Sleep(10 * time.Millisecond)
	}
	return false, nil
}

func describe(f *os.File, job string) error {
	host, err := os.Hostname()
	if err != nil {
		host = "this computer"
	}
	text, err := json.Marshal(holder{Job: job, PID: os.Getpid(), Host: host, Since: time.Now()})
	if err != nil {
		return err
	}
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err = f.WriteAt(text, 0)
	return err
}

// Busy says which long job is under way on the project, in this process or
// another; ok is false when there is none.
func (s *Store) Busy() (job string, ok bool) {
	h, ok := s.holder()
	return h.Job, ok
}

// holder gives who holds the lock; false if nobody does, whatever a process
// that died has left in the file.
func (s *Store) holder() (holder, bool) {
	f, err := os.Open(s.Path(jobLock))
	if err != nil {
		return holder{}, false
	}
	defer f.Close()
	if free, err := disk.Lock(f, false, false); err != nil || free {
		return holder{}, false
	}
	return s.described()
}

// described reads who took the lock last; false if that was not yet written.
func (s *Store) described() (h holder, ok bool) {
	text, err := os.ReadFile(s.Path(jobLock))
	if err != nil {
		return holder{}, false
	}
	err = json.Unmarshal(text, &h)
	return h, err == nil
}

func (s *Store) busy() error {
	e := &Error{
		Project: s.name, Kind: ErrBusy, Got: "another window or command is at work on it",
		Way: "wait until that has finished, or stop it there",
	}
	if h, ok := s.described(); ok {
		e.Got += ": " + h.String()
	}
	return e
}
