package examples

import (
	"context"

	"attune/gui/parts"
	"attune/projects"
)

const (
	blockRows  = 200 // rows fetched at once
	mostBlocks = 64  // blocks kept; the oldest goes first
)

// cache holds the rows that are or were in sight, fetched in blocks in the
// background, so that scrolling never waits for the disk.
type cache struct {
	reader  Reader
	place   parts.Background
	arrived func()

	query   projects.Query
	blocks  map[int][]projects.Row
	order   []int // of the blocks, oldest first
	fetches map[int]*parts.Worker
}

func newCache(reader Reader, place parts.Background, arrived func()) *cache {
	c := &cache{reader: reader, place: place, arrived: arrived}
	c.reset(projects.Query{})
	return c
}

// reset forgets all rows: those of another query are wanted now, or the same
// ones have changed.
func (c *cache) reset(q projects.Query) {
	for _, w := range c.fetches {
		w.Drop()
	}
	c.query, c.blocks, c.order, c.fetches = q, map[int][]projects.Row{}, nil, map[int]*parts.Worker{}
}

// row gives a row if it is here; otherwise it sends for its block.
func (c *cache) row(i int) (projects.Row, bool) {
	block := i / blockRows
	if _, here := c.blocks[block]; !here {
		c.fetch(block)
	}
	if rows := c.blocks[block]; i%blockRows < len(rows) {
		return rows[i%blockRows], true
	}
	return projects.Row{}, false
}

func (c *cache) fetch(block int) {
	if c.fetches[block] != nil {
		return
	}
	worker := parts.NewWorker(c.place)
	c.fetches[block] = worker
	query := c.query
	parts.Start(worker, func(ctx context.Context) ([]projects.Row, error) {
		return c.reader.Rows(ctx, query, block*blockRows, blockRows)
	}, func(rows []projects.Row, err error) {
		delete(c.fetches, block)
		if err != nil {
			return // the rows stay blank, and are fetched again when next in sight
		}
		c.keep(block, rows)
		c.arrived()
	})
}

func (c *cache) keep(block int, rows []projects.Row) {
	if len(c.order) == mostBlocks {
		delete(c.blocks, c.order[0])
		c.order = c.order[1:]
	}
	c.blocks[block] = rows
	c.order = append(c.order, block)
}
