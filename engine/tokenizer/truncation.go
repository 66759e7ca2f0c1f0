package tokenizer

// truncation is how a tokenizer.json wants inputs that are too long to be cut. A
// task cuts by what its model can read; this is for those who follow the file.
type truncation struct {
	MaxLength int    `json:"max_length"`
	Strategy  string `json:"strategy"`
	Direction string `json:"direction"`
	Stride    int    `json:"stride"`
}

// Truncate cuts the pieces of one text, or of two when b is not nil, so that with
// so many special tokens they are as long as the tokenizer's file allows. They stay
// whole where it says nothing of length.
//
// Source: huggingface tokenizers utils/truncation.rs.
func (t *truncation) Truncate(a, b []Token, specials int) ([]Token, []Token) {
	if t == nil {
		return a, b
	}
	room := max(0, t.MaxLength-specials)
	most := len(a) + len(b) - room
	if most <= 0 {
		return a, b
	}
	switch {
	case t.Strategy == "OnlyFirst" || b == nil && t.Strategy != "OnlySecond":
		return t.keep(a, len(a)-most), b
	case t.Strategy == "OnlySecond":
		return a, t.keep(b, len(b)-most)
	}
	shorter, longer := min(len(a), len(b)), room-min(len(a), len(b))
	if shorter > longer {
		shorter, longer = room/2, room-room/2
	}
	if len(a) > len(b) {
		return t.keep(a, longer), t.keep(b, shorter)
	}
	return t.keep(a, shorter), t.keep(b, longer)
}

// keep keeps so many pieces, if they are enough to be cut at all.
func (t *truncation) keep(tokens []Token, count int) []Token {
	if count < 0 || count >= len(tokens) {
		return tokens
	}
	if t.Direction == "Left" {
		return tokens[len(tokens)-count:]
	}
	return tokens[:count]
}
