package weights

import (
	"errors"
	"os"
	"unsafe"

	"golang.org/x/sys/windows"
)

// mapBytes maps size bytes of an open file for reading.
func mapBytes(f *os.File, size int64) (data []byte, unmap func() error, err error) {
	handle, err := windows.CreateFileMapping(windows.Handle(f.Fd()), nil, windows.PAGE_READONLY, uint32(size>>32), uint32(size), nil)
	if err != nil {
		return nil, nil, os.NewSyscallError("CreateFileMapping", err)
	}
	address, err := windows.MapViewOfFile(handle, windows.FILE_MAP_READ, 0, 0, uintptr(size))
	if err != nil {
		return nil, nil, errors.Join(os.NewSyscallError("MapViewOfFile", err), windows.CloseHandle(handle))
	}
	// The address is of memory that Go's collector knows nothing of, which vet
	// cannot see in a plain conversion.
	data = unsafe.Slice(*(**byte)(unsafe.Pointer(&address)), size)
	return data, func() error {
		return errors.Join(windows.UnmapViewOfFile(address), windows.CloseHandle(handle))
	}, nil
}

// forget takes pages out of what counts as the program's memory: unlocking pages
// that were never locked does that (VirtualUnlock's remarks).
func forget(pages []byte) {
	_ = windows.VirtualUnlock(uintptr(unsafe.Pointer(unsafe.SliceData(pages))), uintptr(len(pages)))
}
