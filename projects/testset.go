package projects

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"sync"

	"attune/engine/dataset"
)

// TestSet is the rows that judge the models. The more often they are looked at, and
// something is changed for a better score, the less their score says about new rows.
type TestSet struct {
	Rows   int    `json:"rows"`
	Hash   string `json:"hash"`   // of their imported texts and their labels; "" without rows
	Looks  int    `json:"looks"`  // how many models were scored on just these rows
	Locked bool   `json:"locked"` // no split takes rows out of it or adds any
	Broken bool   `json:"broken"` // it is locked, and its rows are not those that were
	was    lock
}

// lock is the test set when it was locked.
type lock struct {
	Hash string `json:"hash"`
	Rows int    `json:"rows"`
}

// lockSetting is the setting that holds the lock as JSON, "" for none.
const lockSetting = "test_lock"

// Sentence tells what there is to know of the test set.
func (s TestSet) Sentence() string {
	if s.Rows == 0 && !s.Locked {
		return "There are no test rows."
	}
	text := fmt.Sprintf("The %s were %s.", counted(s.Rows, "test row"), lookedAt(s.Looks))
	switch {
	case s.Broken:
		text += fmt.Sprintf(" They are not the %s that were locked: undo the changes, or lock them anew.", rows(s.was.Rows))
	case s.Locked:
		text += " They are locked."
	}
	if s.Looks >= manyLooks {
		text += " Choose between models by their validation score: a test score that was often looked at is too good."
	}
	return text
}

// manyLooks is from when on a test set is no longer a surprise.
const manyLooks = 5

// testHash remembers the digest of the test rows.
type testHash struct {
	mu    sync.Mutex
	known bool
	data  string // the state of all data that it was taken of
	hash  string
	rows  int
}

// of digests the test rows, unless that was done for the same data.
func (h *testHash) of(ctx context.Context, p *Project) (hash string, n int, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	data, err := p.store.DataHash(ctx)
	if err != nil || h.known && h.data == data {
		return h.hash, h.rows, err
	}
	digest := sha256.New()
	for x, err := range p.store.Imported(ctx, dataset.Test) {
		if err != nil {
			return "", 0, err
		}
		n++
		// JSON keeps one text from running into the next.
		if err := json.NewEncoder(digest).Encode([]any{x.Text, x.Pair, x.Target, x.Labels, x.Spans}); err != nil {
			return "", 0, err
		}
	}
	if n > 0 {
		hash = hex.EncodeToString(digest.Sum(nil))
	}
	h.known, h.data, h.hash, h.rows = true, data, hash, n
	return hash, n, nil
}

func lookedAt(times int) string {
	switch times {
	case 0:
		return "never looked at"
	case 1:
		return "looked at once"
	}
	return "looked at " + counted(times, "time")
}

// TestSet tells what the test rows are and how often they were looked at.
func (p *Project) TestSet(ctx context.Context) (TestSet, error) {
	var s TestSet
	var err error
	if s.Hash, s.Rows, err = p.testHash.of(ctx, p); err != nil {
		return s, err
	}
	if s.Looks, err = p.store.Looks(ctx, s.Hash); err != nil {
		return s, err
	}
	text, _, err := p.store.Setting(ctx, lockSetting)
	if err != nil || text == "" {
		return s, err
	}
	if err := json.Unmarshal([]byte(text), &s.was); err != nil {
		return s, &Error{Got: "the lock of the test rows is not readable", Way: "lock them anew"}
	}
	s.Locked, s.Broken = true, s.was.Hash != s.Hash
	return s, nil
}

// LockTest keeps the test rows as they are through every later split, or lets them be
// split again. It fails with an *Error if there are none to lock.
func (p *Project) LockTest(ctx context.Context, on bool) error {
	if !on {
		return p.store.SetSetting(ctx, lockSetting, "")
	}
	hash, n, err := p.testHash.of(ctx, p)
	if err != nil {
		return err
	}
	if n == 0 {
		return &Error{Got: "there are no test rows to lock", Way: "split the rows first, with a share for the test"}
	}
	text, err := json.Marshal(lock{hash, n})
	if err != nil {
		return err
	}
	return p.store.SetSetting(ctx, lockSetting, string(text))
}

// look notes that a run was scored on the test rows.
func (p *Project) look(ctx context.Context, run int) error {
	hash, n, err := p.testHash.of(ctx, p)
	if err != nil || n == 0 {
		return err
	}
	return p.store.AddLook(ctx, hash, run)
}
