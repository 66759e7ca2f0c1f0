package tokenizer

import (
	"bytes"
	"unicode/utf8"
)

// sentencePieceNormaliser replaces what the character map says, takes needless
// spaces out, and spells the others as spaceSign. Broken UTF-8 becomes U+FFFD.
//
// Source: google/sentencepiece src/normalizer.cc, Normalizer::Normalize.
type sentencePieceNormaliser struct {
	*sentencePieceModel
	kept  *trie     // pieces that the user defined, which stay as they are; or nil
	plain [256]bool // bytes that stay as they are, whatever follows
}

func newSentencePieceNormaliser(m *sentencePieceModel) *sentencePieceNormaliser {
	n := &sentencePieceNormaliser{sentencePieceModel: m}
	var kept []string
	for _, p := range m.pieces {
		if p.kind == userPiece {
			kept = append(kept, p.text)
		}
	}
	for b := range n.plain[:utf8.RuneSelf] {
		n.plain[b] = b != ' ' && !m.charsmap.begins(byte(b))
	}
	if kept != nil {
		n.kept = newTrie(kept)
		for _, text := range kept {
			n.plain[text[0]] = false
		}
	}
	return n
}

// begins says whether a key begins with a byte.
func (c *charsmap) begins(b byte) bool {
	node := uint32(0)
	if !c.step(&node) {
		return false
	}
	node ^= uint32(b)
	return int(node) < len(c.units) && c.units[node]&(1<<31|0xFF) == uint32(b)
}

// prefix gives what the start of a text becomes, and how many bytes of it that is.
func (n *sentencePieceNormaliser) prefix(text []byte) (to []byte, length int) {
	if n.kept != nil {
		if _, length = longest(n.kept, 0, text, always); length > 0 {
			return text[:length], length
		}
	}
	if to, length = n.charsmap.longest(text); length > 0 {
		return to, length
	}
	r, width := utf8.DecodeRune(text)
	if r == utf8.RuneError && width == 1 {
		return []byte("\uFFFD"), 1
	}
	return text[:width], width
}

func (n *sentencePieceNormaliser) normalise(p *passage) {
	p.rewrite(func(old []byte, _ []stretch) {
		at := 0
		for n.removeSpaces && at < len(old) {
			to, length := n.prefix(old[at:])
			if string(to) != " " {
				break
			}
			at += length
		}
		if at == len(old) {
			return
		}
		if n.dummyPrefix && !n.spacesAtEnds {
			p.putAt(n.space(), at)
		}
		afterSpace := n.removeSpaces
		for at < len(old) {
			end := at
			for end < len(old) && n.plain[old[end]] {
				end++
			}
			if end > at {
				p.keep(at, end)
				at, afterSpace = end, false
				continue
			}
			to, length := n.prefix(old[at:])
			if afterSpace {
				to = bytes.TrimLeft(to, " ")
			}
			if len(to) > 0 {
				n.write(p, to, at)
				afterSpace = n.removeSpaces && to[len(to)-1] == ' '
			}
			at += length
		}
		p.meet(at)
		for n.removeSpaces && bytes.HasSuffix(p.text, n.space()) {
			p.cutTo(len(p.text) - len(n.space()))
		}
		if n.dummyPrefix && n.spacesAtEnds {
			p.putLast(n.space())
		}
		p.word(0, cutLater)
	})
}

// write writes what begins at a byte of the old text, its spaces spelt.
func (n *sentencePieceNormaliser) write(p *passage, text []byte, at int) {
	for len(text) > 0 {
		if text[0] == ' ' {
			p.putAt(n.space(), at)
			text = text[1:]
			continue
		}
		end := bytes.IndexByte(text, ' ')
		if end < 0 {
			end = len(text)
		}
		p.putAt(text[:end], at)
		text = text[end:]
	}
}

// space gives how a space is spelt.
func (n *sentencePieceNormaliser) space() []byte {
	if n.escapeSpaces {
		return []byte(spaceSign)
	}
	return []byte{' '}
}
