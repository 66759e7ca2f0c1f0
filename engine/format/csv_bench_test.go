package format_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"attune/engine/format"
)

// memoryFile is a file whose bytes are in memory.
func memoryFile(name string, data []byte) format.File {
	return format.File{Name: name, Size: int64(len(data)), Open: func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(data)), nil
	}}
}

// benchmarkFiles are 16 MB each.
func benchmarkFiles() map[string][]byte {
	rows := func(format string) []byte {
		var b bytes.Buffer
		b.WriteString("id,text,label\n")
		for i := 0; b.Len() < 16<<20; i++ {
			fmt.Fprintf(&b, format, i, strings.Repeat("a good word for it ", 4+i%9), i%7)
		}
		return b.Bytes()
	}
	return map[string][]byte{
		"plain":   rows("%d,%s,class %d\n"),
		"quoted":  rows("%d,\"%s, \"\"he said\"\"\",class %d\n"),
		"lines":   rows("%d,\"%s\nand more of it\",class %d\n"),
		"Western": bytes.ReplaceAll(rows("%d,%s caf\xe9,class %d\n"), []byte("\n"), []byte("\r\n")),
		"Chinese": rows("%d,中国人民公安大学硕士研究生目录及书目 %s,类 %d\n"),
	}
}

func BenchmarkCSV(b *testing.B) {
	for name, data := range benchmarkFiles() {
		f := memoryFile(name+".csv", data)
		l, err := format.CSV.Inspect(context.Background(), f, format.Overrides{}, nil)
		if err != nil {
			b.Fatal(err)
		}
		b.Run("Inspect/"+name, func(b *testing.B) {
			b.SetBytes(f.Size)
			for b.Loop() {
				if _, err := format.CSV.Inspect(context.Background(), f, format.Overrides{}, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("Read/"+name, func(b *testing.B) {
			b.SetBytes(f.Size)
			for b.Loop() {
				for _, err := range format.CSV.Read(context.Background(), f, l, nil) {
					if err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}
