package machine

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

// status is MEMORYSTATUSEX of sysinfoapi.h.
type status struct {
	length, load                                                 uint32
	total, available, totalPage, freePage, totalVirtual, virtual uint64
	extended                                                     uint64
}

func memory() (total, available int64) {
	var s status
	s.length = uint32(unsafe.Sizeof(s))
	ask := windows.NewLazySystemDLL("kernel32.dll").NewProc("GlobalMemoryStatusEx")
	if ok, _, _ := ask.Call(uintptr(unsafe.Pointer(&s))); ok == 0 {
		return 0, 0
	}
	return int64(s.total), int64(s.available)
}
