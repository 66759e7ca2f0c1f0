package disk_test

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"attune/engine/disk"
)

func TestALockIsHeldByOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	open := func() *os.File {
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		return f
	}
	first, second := open(), open()
	if got, err := disk.Lock(first, true, false); !got || err != nil {
		t.Fatalf("the first got %t, %v", got, err)
	}
	if got, err := disk.Lock(second, true, false); got || err != nil {
		t.Errorf("the second got %t, %v", got, err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if got, err := disk.Lock(second, true, true); !got || err != nil {
		t.Errorf("after the first had gone, the second got %t, %v", got, err)
	}
}

func TestFreeSpace(t *testing.T) {
	if bytes, ok := disk.Free(t.TempDir()); !ok || bytes <= 0 {
		t.Errorf("%d, %t", bytes, ok)
	}
	if _, ok := disk.Free(filepath.Join(t.TempDir(), "none")); ok {
		t.Error("a folder that is not there has free space")
	}
}

func TestFull(t *testing.T) {
	if !disk.Full(fmt.Errorf("write: %w", &os.PathError{Err: syscall.ENOSPC})) || disk.Full(os.ErrNotExist) {
		t.Error("a full disk is not told from others")
	}
}
