package hub

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Ledger is the file that lists every address that was ever contacted: a line of
// JSON before each contact, and one after it.
type Ledger struct {
	path string
	mu   sync.Mutex
	last int64
}

// Contact is a line of the ledger.
type Contact struct {
	ID       int64     `json:"id"`
	Time     time.Time `json:"time"`
	Method   string    `json:"method,omitempty"`
	Address  string    `json:"address,omitempty"` // without its query, which may hold secrets
	Machine  string    `json:"machine,omitempty"` // the socket's other end: a proxy's, if there is one
	Status   int       `json:"status,omitempty"`  // 0 when there was no answer
	Received int64     `json:"received"`          // bytes
	Seconds  float64   `json:"seconds"`
	Error    string    `json:"error,omitempty"`
}

// OpenLedger gives the ledger in a file, which is made with the first contact.
func OpenLedger(path string) *Ledger { return &Ledger{path: path} }

// Contacts lists every contact, the oldest first. One without an end was cut off
// with the program.
func (l *Ledger) Contacts() (all []Contact, err error) {
	f, err := os.Open(l.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the ledger of contacts: %w", err)
	}
	defer f.Close()
	at := map[int64]int{}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var c Contact
		if json.Unmarshal(lines.Bytes(), &c) != nil {
			continue // the line that was written as the machine went down
		}
		if i, ended := at[c.ID]; ended {
			all[i] = c
			continue
		}
		at[c.ID] = len(all)
		all = append(all, c)
	}
	return all, lines.Err()
}

// contact is one that is going on.
type contact struct {
	ledger *Ledger
	mu     sync.Mutex
	entry  Contact
}

// begin writes a contact down before it is made. Without that it is not made.
func (l *Ledger) begin(r *http.Request) (*contact, error) {
	now := time.Now()
	l.mu.Lock()
	l.last = max(now.UnixNano(), l.last+1) // also differs from those of other processes
	id := l.last
	l.mu.Unlock()
	address := *r.URL
	address.RawQuery, address.User, address.Fragment = "", nil, ""
	c := &contact{ledger: l, entry: Contact{ID: id, Time: now.UTC(), Method: r.Method, Address: address.String()}}
	if err := l.write(c.entry); err != nil {
		return nil, &Error{
			Got: "the ledger of contacts cannot be written, so no contact is made", Way: "make " + l.path + " writable",
			Kind: ErrUnfit, Err: err,
		}
	}
	return c, nil
}

func (c *contact) reach(machine string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.entry.Machine = machine
}

func (c *contact) add(bytes int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.entry.Received += int64(bytes)
}

// end writes what became of the contact.
func (c *contact) end(status int, failure error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.entry.Status, c.entry.Seconds = status, time.Since(c.entry.Time).Seconds()
	if failure != nil {
		c.entry.Error = failure.Error()
	}
	return c.ledger.write(c.entry)
}

func (l *Ledger) write(c Contact) (err error) {
	line, err := json.Marshal(c)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(l.path), 0o777); err != nil {
		return err
	}
	f, err := os.OpenFile(l.path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o666)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	_, err = f.Write(append(line, '\n')) // in one piece, so that processes do not mix theirs
	return err
}
