package store

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// errQuota is what the system says when a disk is full.
const errQuota = windows.ERROR_DISK_FULL

// lockFile takes the lock of an open file and says whether it got it. The
// system gives it back when the file is closed or the process ends. The locked
// byte lies far behind the contents, which others may read.
func lockFile(f *os.File, exclusive, wait bool) (bool, error) {
	var how uint32
	if exclusive {
		how |= windows.LOCKFILE_EXCLUSIVE_LOCK
	}
	if !wait {
		how |= windows.LOCKFILE_FAIL_IMMEDIATELY
	}
	at := windows.Overlapped{OffsetHigh: 1 << 30}
	err := windows.LockFileEx(windows.Handle(f.Fd()), how, 0, 1, 0, &at)
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return false, nil
	}
	return err == nil, err
}

// syncFolder has nothing to do: NTFS keeps names in its journal, and folders
// cannot be flushed.
func syncFolder(string) error { return nil }
