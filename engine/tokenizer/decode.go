package tokenizer

import "strings"

// Decode gives the text that pieces make, without special tokens.
func (p *Pipeline) Decode(ids []int) string {
	pieces := make([]string, 0, len(ids))
	for _, id := range ids {
		if piece := p.Piece(id); piece != "" && !p.special[id] {
			pieces = append(pieces, piece)
		}
	}
	text := ""
	if p.decoder == nil {
		text = strings.Join(pieces, " ")
	} else {
		text = strings.Join(p.decoder.decode(pieces), "")
	}
	if p.cleanup {
		text = cleanSpaces(text)
	}
	return text
}

// cleanSpaces takes out the spaces that cutting English text into words leaves.
//
// Source: huggingface transformers tokenization_utils_base.py,
// clean_up_tokenization.
func cleanSpaces(text string) string {
	for _, spaced := range []string{" .", " ?", " !", " ,"} {
		text = strings.ReplaceAll(text, spaced, spaced[1:])
	}
	text = strings.ReplaceAll(text, " ' ", "'")
	for _, spaced := range []string{" n't", " 'm", " 's", " 've", " 're"} {
		text = strings.ReplaceAll(text, spaced, spaced[1:])
	}
	return text
}
