package task

import (
	"unicode"
	"unicode/utf8"

	"attune/engine/batch"
	"attune/engine/script"
	"attune/engine/tokenizer"
)

// wordPlaces gives the place of the word that each piece of a text belongs to, empty
// for a piece of blanks. Pieces of one word have the same place. A piece that reaches
// into the next word joins both, so that places never overlap.
func wordPlaces(text string, pieces []tokenizer.Token) []batch.Place {
	words := Words(text)
	places := make([]batch.Place, len(pieces))
	at, last := 0, -1 // the word to look at next, and the last one that a piece was of
	first := 0        // piece of the word under way
	for i, piece := range pieces {
		for at < len(words) && int(words[at].End) <= piece.Start {
			at++
		}
		if at == len(words) || int(words[at].Start) >= piece.End {
			continue
		}
		if at != last {
			first = i
			places[i].Start = words[at].Start
		}
		for at+1 < len(words) && int(words[at+1].Start) < piece.End {
			at++
		}
		last = at
		places[i] = batch.Place{Start: max(places[i].Start, places[first].Start), End: words[at].End}
		if places[first].End < places[i].End {
			for j := first; j < i; j++ {
				if !places[j].Empty() {
					places[j].End = places[i].End
				}
			}
		}
	}
	return places
}

// Words gives the places of the words of a text, in bytes and in order: runs of letters and
// digits, and every other sign alone, as BERT's tokenizer parts them. In scripts that set
// no blanks between words every sign stands alone.
func Words(text string) []batch.Place {
	var words []batch.Place
	open := false // the last word goes on with letters
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		start, end := int32(i), int32(i+size)
		i += size
		touches := len(words) > 0 && words[len(words)-1].End == start
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r):
			open = false
		case touches && (unicode.Is(unicode.M, r) || unicode.Is(unicode.Cf, r)):
			words[len(words)-1].End = end
		case (unicode.IsLetter(r) || unicode.IsNumber(r)) && !script.Unspaced(r):
			if open {
				words[len(words)-1].End = end
				continue
			}
			words = append(words, batch.Place{Start: start, End: end})
			open = true
		default:
			words = append(words, batch.Place{Start: start, End: end})
			open = false
		}
	}
	return words
}

// firstOf keeps the place of a word with its first piece alone.
func firstOf(places []batch.Place) []batch.Place {
	kept := make([]batch.Place, len(places))
	var last batch.Place
	for i, p := range places {
		if p != last && !p.Empty() {
			kept[i], last = p, p
		}
	}
	return kept
}
