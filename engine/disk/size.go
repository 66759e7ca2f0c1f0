package disk

import (
	"os"
	"path/filepath"
)

// FolderSize gives the bytes of the files in a folder, through links, not those of folders
// in it; 0 where it cannot be read.
func FolderSize(dir string) (bytes int64) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return 0
	}
	for _, e := range entries {
		if info, err := os.Stat(filepath.Join(dir, e.Name())); err == nil && info.Mode().IsRegular() {
			bytes += info.Size()
		}
	}
	return bytes
}
