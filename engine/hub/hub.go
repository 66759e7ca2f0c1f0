// Package hub finds pre-trained models on the Hugging Face hub, downloads them
// into the cache that Python shares, and takes in folders and zips. It is the one
// package that speaks to the network, and it knows no architecture.
package hub

import (
	"context"
	"errors"
	"time"

	"attune/engine/disk"
)

// Hub is the Hugging Face hub or a mirror of it, with the cache on this machine.
type Hub struct {
	net   *Network
	env   Environment
	sleep func(context.Context, time.Duration) error
	free  func(dir string) (bytes int64, ok bool)
}

// New gives the hub that an environment names, reached over a network.
func New(env Environment, net *Network) *Hub {
	return &Hub{net: net, env: env, sleep: sleep, free: disk.Free}
}

// What can go wrong, for errors.Is; an *Error wraps one of them.
var (
	ErrOffline     = errors.New("offline")
	ErrUnreachable = errors.New("not reachable")
	ErrMissing     = errors.New("not on the hub")
	ErrForbidden   = errors.New("not allowed")
	ErrDamaged     = errors.New("damaged")
	ErrFull        = errors.New("disk full")
	ErrUnfit       = errors.New("not usable")
)

// Error says in a sentence what went wrong.
type Error struct {
	Got  string // "the disk is full"
	Way  string // the way out, as a sentence without its full stop
	Kind error  // one of the errors above
	Err  error  // the cause, or nil
}

// Error is the sentence.
func (e *Error) Error() string { return e.Got }

// Hint is the way out.
func (e *Error) Hint() string { return e.Way }

// Unwrap gives the kind and the cause to errors.Is.
func (e *Error) Unwrap() []error { return []error{e.Kind, e.Err} }

// Progress tells how far a download is, in bytes.
type Progress struct {
	File        string // the one that is on its way
	Done, Total int64
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
