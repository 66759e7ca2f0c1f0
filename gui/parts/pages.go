package parts

import "context"

const (
	blockRows  = 200 // rows fetched at once
	mostBlocks = 64  // blocks kept; the oldest goes first
)

// Pages holds the rows of a long table that are or were in sight, fetched in
// blocks in the background, so that scrolling never waits for the disk.
type Pages[R any] struct {
	place   Background
	arrived func()

	fetch   func(ctx context.Context, offset, limit int) ([]R, error)
	blocks  map[int][]R
	before  map[int][]R // what was here before the last Reset, to be drawn until newer rows come
	order   []int       // of the blocks, oldest first
	fetches map[int]*Worker
}

// NewPages holds no rows until it is Reset; arrived is called when some have come.
func NewPages[R any](place Background, arrived func()) *Pages[R] {
	p := &Pages[R]{place: place, arrived: arrived}
	p.Reset(func(context.Context, int, int) ([]R, error) { return nil, nil })
	return p
}

// Reset forgets all rows: others are wanted now, or the same ones have changed.
// fetch gives at most limit of them from the offset-th on.
func (p *Pages[R]) Reset(fetch func(ctx context.Context, offset, limit int) ([]R, error)) {
	for _, w := range p.fetches {
		w.Drop()
	}
	if len(p.blocks) > 0 {
		p.before = p.blocks
	}
	p.fetch, p.blocks, p.order, p.fetches = fetch, map[int][]R{}, nil, map[int]*Worker{}
}

// Row gives a row if it is here; otherwise it sends for its block.
func (p *Pages[R]) Row(i int) (row R, here bool) {
	block := i / blockRows
	if _, here := p.blocks[block]; !here {
		p.send(block)
	}
	if rows := p.blocks[block]; i%blockRows < len(rows) {
		return rows[i%blockRows], true
	}
	return row, false
}

// Seen gives a row to be drawn: while it is on its way, the one that stood there before.
func (p *Pages[R]) Seen(i int) (row R, some bool) {
	if row, here := p.Row(i); here {
		return row, true
	}
	if rows := p.before[i/blockRows]; i%blockRows < len(rows) {
		return rows[i%blockRows], true
	}
	return row, false
}

func (p *Pages[R]) send(block int) {
	if p.fetches[block] != nil {
		return
	}
	worker := NewWorker(p.place)
	p.fetches[block] = worker
	fetch := p.fetch
	Start(worker, func(ctx context.Context) ([]R, error) {
		return fetch(ctx, block*blockRows, blockRows)
	}, func(rows []R, err error) {
		delete(p.fetches, block)
		if err != nil {
			return // the rows stay blank, and are fetched again when next in sight
		}
		p.keep(block, rows)
		p.arrived()
	})
}

func (p *Pages[R]) keep(block int, rows []R) {
	if len(p.order) == mostBlocks {
		delete(p.blocks, p.order[0])
		p.order = p.order[1:]
	}
	p.blocks[block] = rows
	delete(p.before, block)
	p.order = append(p.order, block)
}
