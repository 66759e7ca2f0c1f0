package tokenizer

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// charsmap is SentencePiece's precompiled character map: a double-array trie of
// what is replaced, and the replacements, each ended by a zero.
//
// Source: google/sentencepiece src/normalizer.cc; s-yata/darts-clone darts.h.
type charsmap struct {
	units        []uint32
	replacements []byte
}

func readCharsmap(data []byte) (c charsmap, err error) {
	if len(data) == 0 {
		return c, nil
	}
	damaged := errors.New("its character map is damaged")
	if len(data) < 4 {
		return c, damaged
	}
	size := binary.LittleEndian.Uint32(data)
	data = data[4:]
	if size%4 != 0 || uint64(size) > uint64(len(data)) {
		return c, damaged
	}
	c.units = make([]uint32, size/4)
	for i := range c.units {
		c.units[i] = binary.LittleEndian.Uint32(data[4*i:])
	}
	c.replacements = data[size:]
	return c, nil
}

// find calls each for every key of the map that a text begins with, the shortest
// first, until it returns false.
func (c *charsmap) find(text []byte, each func(length int, value uint32) bool) {
	node := uint32(0)
	if !c.step(&node) {
		return
	}
	for i, b := range text {
		node ^= uint32(b)
		if int(node) >= len(c.units) {
			return
		}
		unit := c.units[node]
		if unit&(1<<31|0xFF) != uint32(b) || !c.step(&node) {
			return
		}
		if unit>>8&1 == 1 && (int(node) >= len(c.units) || !each(i+1, c.units[node]&(1<<31-1))) {
			return
		}
	}
}

// step goes to where the children of a node begin.
func (c *charsmap) step(node *uint32) bool {
	if int(*node) >= len(c.units) {
		return false
	}
	unit := c.units[*node]
	*node ^= unit >> 10 << (unit & (1 << 9) >> 6)
	return true
}

// replacement gives what stands at a place of the replacements.
func (c *charsmap) replacement(at uint32) []byte {
	if int(at) >= len(c.replacements) {
		return nil
	}
	rest := c.replacements[at:]
	if end := bytes.IndexByte(rest, 0); end >= 0 {
		rest = rest[:end]
	}
	return rest
}

// longest gives what the longest key at the start of a text becomes; length is 0
// if there is none.
func (c *charsmap) longest(text []byte) (replacement []byte, length int) {
	value := uint32(0)
	c.find(text, func(n int, v uint32) bool {
		length, value = n, v
		return true
	})
	if length == 0 {
		return nil, 0
	}
	return c.replacement(value), length
}
