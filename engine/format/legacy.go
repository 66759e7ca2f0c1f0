package format

import (
	"strings"
	"unicode"
)

// legacyEncoding finds an encoding of one language or script from before Unicode
// in which the windows make sense, or "" if none does or there is too little to
// tell. Western European text makes sense in none of them, since its accented
// letters stand alone between plain ones.
func (s survey) legacyEncoding() string {
	for _, e := range wideEncodings {
		if e.reads(s) {
			return e.name
		}
	}
	best, most := "", leastCommon
	for _, e := range alphabets {
		if share := e.share(s); share > most {
			best, most = e.name, share
		}
	}
	return best
}

const (
	leastLetters = 8 // letters beyond ASCII; fewer tell nothing
	mostBroken   = 0.005
	leastCommon  = 0.45 // share of a language's ten most common letters; chance gives a third
)

// wideEncoding has characters of two bytes.
type wideEncoding struct {
	name   string
	fits   func(r rune, raw [2]byte) bool // is this a common character of the language
	needed func(r rune) bool              // of these some have to be there; nil for none
	least  float64                        // share of letters that fit
}

// wideEncodings are tried in this order: what is Korean or Japanese can be read as
// Chinese too, in characters that are not rare.
var wideEncodings = []wideEncoding{
	{"euc-kr", func(_ rune, raw [2]byte) bool { return raw[0] >= 0xb0 && raw[0] <= 0xc8 && raw[1] >= 0xa1 }, nil, 0.95},
	{"shift_jis", isJapanese, isKana, 0.97},
	{"euc-jp", isJapanese, isKana, 0.97},
	{"big5", func(r rune, raw [2]byte) bool { return unicode.Is(unicode.Han, r) && raw[0] >= 0xa4 && raw[0] <= 0xc6 }, nil, 0.93},
	{"gbk", func(r rune, raw [2]byte) bool {
		return unicode.Is(unicode.Han, r) && raw[0] >= 0xb0 && raw[0] <= 0xd7 && raw[1] >= 0xa1
	}, nil, 0.8},
}

func isKana(r rune) bool { return r >= 'ぁ' && r <= 'ヿ' }

func isJapanese(r rune, _ [2]byte) bool {
	return isKana(r) || unicode.Is(unicode.Han, r)
}

// reads says that nearly all letters of the windows are common ones of the
// language when they are decoded. A window may begin and end inside a character.
func (e wideEncoding) reads(s survey) bool {
	coding, _, _ := encodingNamed(e.name)
	letters, fitting, needed, broken := 0, 0, 0, 0
	for _, w := range s.windows {
		encoder := coding.NewEncoder()
		for _, r := range decode(wholeLines(w.data), e.name) {
			switch {
			case r < 0x80:
			case r == unicode.ReplacementChar:
				broken++
			case unicode.IsLetter(r):
				letters++
				if e.needed != nil && e.needed(r) {
					needed++
				}
				var raw [2]byte
				if code, err := encoder.String(string(r)); err == nil {
					copy(raw[:], code)
				}
				if e.fits(r, raw) {
					fitting++
				}
			}
		}
	}
	return letters >= leastLetters && float64(fitting) >= e.least*float64(letters) && float64(broken) <= mostBroken*float64(letters) &&
		(e.needed == nil || 5*needed >= letters)
}

// wholeLines leaves out the line that a window begins in the middle of, and the
// one that it ends in, if there are others.
func wholeLines(data []byte) []byte {
	text := string(data)
	first, last := strings.IndexByte(text, '\n'), strings.LastIndexByte(text, '\n')
	if len(data) < windowBytes || first == last {
		return data
	}
	return data[first+1 : last]
}

// alphabet is an encoding of an alphabet that is not Latin, a byte a letter.
type alphabet struct {
	name   string
	script *unicode.RangeTable
	common string // the ten most common letters of its languages
}

var alphabets = []alphabet{
	{"windows-1251", unicode.Cyrillic, "оеаинтсрвл"},
	{"koi8-r", unicode.Cyrillic, "оеаинтсрвл"},
	{"ibm866", unicode.Cyrillic, "оеаинтсрвл"},
	{"windows-1253", unicode.Greek, "αοιετσνηυρ"},
	{"windows-1255", unicode.Hebrew, "יוהלאמתרבש"},
	{"windows-1256", unicode.Arabic, "اليمونرتبة"},
	{"windows-874", unicode.Thai, "านรอกเงมยลว่"},
}

// share is the share of the common letters among those of the windows, 0 if not
// nearly all letters beyond ASCII are of the script and stand together in words.
func (a alphabet) share(s survey) float64 {
	letters, own, beside, common := 0, 0, 0, 0
	for _, w := range s.windows {
		before := false
		for _, r := range decode(w.data, a.name) {
			if r < 0x80 || !unicode.In(r, unicode.L, unicode.M) && r != unicode.ReplacementChar {
				before = false
				continue
			}
			letters++
			if !unicode.Is(a.script, r) {
				before = false
				continue
			}
			own++
			if before {
				beside++
			}
			before = true
			if strings.ContainsRune(a.common, r) { // capitals, of which a wrong decoding has many, do not count
				common++
			}
		}
	}
	if letters < leastLetters || 20*own < 19*letters || 2*beside < own {
		return 0
	}
	return float64(common) / float64(own)
}
