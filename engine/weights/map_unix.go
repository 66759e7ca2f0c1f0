//go:build unix

package weights

import (
	"os"

	"golang.org/x/sys/unix"
)

// mapBytes maps size bytes of an open file for reading.
func mapBytes(f *os.File, size int64) (data []byte, unmap func() error, err error) {
	data, err = unix.Mmap(int(f.Fd()), 0, int(size), unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return nil, nil, os.NewSyscallError("mmap", err)
	}
	return data, func() error { return unix.Munmap(data) }, nil
}

// forget tells the system that whole pages are not needed for now.
func forget(pages []byte) {
	// It is only advice: a system that does not take it keeps the pages a while.
	_ = unix.Madvise(pages, unix.MADV_DONTNEED)
}
