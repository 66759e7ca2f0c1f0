package clean

import (
	"regexp"
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"attune/engine/setting"
)

// NewMask makes the step that puts one word in the place of every address and
// telephone number.
func NewMask() Step { return &mask{urls: true, emails: true, phones: true, by: byWord} }

type mask struct {
	urls, emails, phones bool
	by                   string
}

const (
	byWord    = "a word"
	byNothing = "nothing"
)

func (*mask) Name() string  { return "mask" }
func (*mask) Title() string { return "Addresses and telephone numbers" }
func (*mask) About() string {
	return "Puts [URL], [EMAIL] or [PHONE] in their place, so that a model learns that there is one and not which."
}

func (m *mask) Settings() []setting.Field {
	return []setting.Field{
		{Key: "urls", Label: "Web addresses", Help: "https://example.org/page, www.example.org, example.org/page.", Value: &setting.Switch{To: &m.urls}},
		{Key: "emails", Label: "E-mail addresses", Help: "name@example.org.", Value: &setting.Switch{To: &m.emails}},
		{Key: "phones", Label: "Telephone numbers", Help: "+44 20 7946 0018, (030) 901820, 555-867-5309; other numbers stay.", Value: &setting.Switch{To: &m.phones}},
		{Key: "by", Label: "Put in their place", Help: "A word tells a model that something was there.", Value: &setting.Choice{To: &m.by, Options: []string{byWord, byNothing}}},
	}
}

func (m *mask) Editor() (Editor, error) {
	kinds := []struct {
		on   bool
		find func(string) [][]int
		word string
	}{{m.emails, findEmails, "[EMAIL]"}, {m.urls, findURLs, "[URL]"}, {m.phones, findPhones, "[PHONE]"}}
	nothing := m.by == byNothing
	find := func(text string) []Edit {
		var edits []Edit
		for _, k := range kinds {
			if !k.on {
				continue
			}
			word := k.word
			if nothing {
				word = ""
			}
			earlier := edits // in order
			for _, at := range k.find(text) {
				next := sort.Search(len(earlier), func(i int) bool { return at[0] < earlier[i].End })
				if next == len(earlier) || at[1] <= earlier[next].Start {
					edits = append(edits, Edit{at[0], at[1], word})
				}
			}
			edits = slices.SortedFunc(slices.Values(edits), func(a, b Edit) int { return a.Start - b.Start })
		}
		return edits
	}
	return Editor(find).again(), nil
}

var (
	emailPattern = regexp.MustCompile(`[\p{L}\p{N}._%+\-]*[\p{L}\p{N}_%+\-]@[\p{L}\p{N}][\p{L}\p{N}\-]*(?:\.[\p{L}\p{N}\-]+)*\.\p{L}{2,24}`)
	urlPattern   = regexp.MustCompile(`(?i)(?:https?://|ftp://|www\.)[^\s<>"` + "`" + `]+|` +
		`[a-z0-9][a-z0-9\-]*(?:\.[a-z0-9\-]+)*\.(?:com|org|net|edu|gov|info|biz|co\.uk|org\.uk|ac\.uk|io|de|fr|eu)(?:/[^\s<>"` + "`" + `]*|\b)`)
	numberPattern = regexp.MustCompile(`[+(]?[0-9][0-9 ()./\-]*[0-9]`)
	datePattern   = regexp.MustCompile(`^(?:(?:19|20)\d\d[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./](?:19|20)?\d\d)\b`)
	ipPattern     = regexp.MustCompile(`^\d{1,3}(?:\.\d{1,3}){3}$`)
	localPattern  = regexp.MustCompile(`^\(?\d{3}\)?[ .\-]\d{3}[ .\-]\d{4}$`) // of North America
)

func findEmails(text string) [][]int {
	if !strings.Contains(text, "@") {
		return nil
	}
	return emailPattern.FindAllStringIndex(text, -1)
}

// findURLs leaves the punctuation after an address to the sentence, and a bracket
// to the one that opened before it.
func findURLs(text string) (found [][]int) {
	if !strings.Contains(text, ".") && !strings.Contains(text, "://") {
		return nil
	}
	for _, at := range urlPattern.FindAllStringIndex(text, -1) {
		address := text[at[0]:at[1]]
		round, square := strings.Contains(address, "("), strings.Contains(address, "[") // neither goes below
		for {
			last, size := utf8.DecodeLastRuneInString(address)
			closes := strings.ContainsRune(".,;:!?'’”»*_~", last) ||
				last == ')' && !round || last == ']' && !square || last == '}'
			if !closes {
				break
			}
			address = address[:len(address)-size]
		}
		if before, _ := utf8.DecodeLastRuneInString(text[:at[0]]); before == '@' || wordly(before) || !strings.Contains(strings.Trim(address, "."), ".") && !strings.Contains(address, "://") {
			continue
		}
		found = append(found, []int{at[0], at[0] + len(address)})
	}
	return found
}

// findPhones takes numbers of 7 to 15 digits (ITU-T E.164) that begin as those of
// telephones do: with +, 0 or a bracket, or are grouped as in North America. Dates,
// amounts and other long numbers begin otherwise.
func findPhones(text string) (found [][]int) {
	for _, at := range numberPattern.FindAllStringIndex(text, -1) {
		number := text[at[0]:at[1]]
		before, _ := utf8.DecodeLastRuneInString(text[:at[0]])
		after, _ := utf8.DecodeRuneInString(text[at[1]:])
		digits := 0
		for _, r := range number {
			if '0' <= r && r <= '9' {
				digits++
			}
		}
		begins := strings.HasPrefix(number, "+") || strings.HasPrefix(number, "0") || strings.HasPrefix(number, "(0") || localPattern.MatchString(number)
		if digits < 7 || digits > 15 || !begins || wordly(before) || wordly(after) || strings.ContainsRune("£$€.,#", before) ||
			datePattern.MatchString(number) || ipPattern.MatchString(number) || strings.HasPrefix(number, "0.") || strings.Count(number, "(") != strings.Count(number, ")") {
			continue
		}
		found = append(found, at)
	}
	return found
}

// wordly says whether a character belongs to the word beside it.
func wordly(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_')
}
