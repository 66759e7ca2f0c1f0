// Command generate writes the sample data: support tickets of Kestrel Home, a
// mail-order firm that does not exist. It composes hand-written sentences and
// is no source of real customers' words. Same version, same file.
package main

import (
	"bytes"
	"encoding/csv"
	"flag"
	"fmt"
	"os"
)

func main() {
	out := flag.String("out", "tickets.csv", "the CSV file to write")
	flag.Parse()
	if err := write(*out); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func write(path string) error {
	table, err := table()
	if err != nil {
		return err
	}
	return os.WriteFile(path, table, 0o644)
}

// table is the whole file: a header, then the tickets in the order in which
// they came in.
func table() ([]byte, error) {
	topics, err := readTopics()
	if err != nil {
		return nil, err
	}
	asides, err := readAsides()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.Write([]string{"created", "channel", "ticket", "topic"}); err != nil {
		return nil, err
	}
	for _, t := range newDesk(topics, asides).inbox() {
		if err := w.Write([]string{t.created.Format("2006-01-02 15:04"), t.channel, t.text, t.topic}); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}
