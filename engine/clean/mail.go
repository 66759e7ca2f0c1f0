package clean

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"attune/engine/setting"
)

// NewMail makes the step that takes signatures and quoted replies out of e-mails.
func NewMail() Step { return &mail{quotes: true, signatures: true} }

type mail struct{ quotes, signatures bool }

func (*mail) Name() string  { return "mail" }
func (*mail) Title() string { return "Signatures and quoted replies" }
func (*mail) About() string {
	return "Takes out what the writer of an e-mail did not write for it: the mail that it answers, and the signature. A text of nothing else stays."
}

func (m *mail) Settings() []setting.Field {
	return []setting.Field{
		{Key: "quotes", Label: "Quoted replies", Help: "Lines that begin with >, and what follows On Monday, Jo wrote: or Original Message.", Value: &setting.Switch{To: &m.quotes}},
		{Key: "signatures", Label: "Signatures", Help: "What follows a line of two dashes, or Kind regards near the end, and Sent from my phone.", Value: &setting.Switch{To: &m.signatures}},
	}
}

var (
	// A line that says whose mail follows; a long one goes on in the next line.
	attribution = regexp.MustCompile(`(?i)^(?:on|am|le|el|il|op|em)\s.{4,200}\s(?:wrote|schrieb.{0,80}|a écrit|escribió|ha scritto|schreef.{0,80}|escreveu)\s*:\s*$`)
	original    = regexp.MustCompile(`(?i)^\s*-{2,}\s*(?:original message|forwarded message|ursprüngliche nachricht|weitergeleitete nachricht|message d'origine|mensaje original)\s*-{2,}\s*$`)
	mailHeader  = regexp.MustCompile(`(?i)^\s*\*?(?:from|von|de|da|van):\*?\s+\S`)
	mailDetail  = regexp.MustCompile(`(?i)^\s*\*?(?:sent|date|to|subject|gesendet|datum|an|betreff|envoyé|à|objet|enviado|para|asunto):\*?\s+\S`)
	farewell    = regexp.MustCompile(`(?i)^\s*(?:(?:(?:with )?(?:best|kind|warm|many)(?: regards| wishes)?|regards|sincerely|yours (?:sincerely|truly|faithfully)|cheers|` +
		`(?:mit )?(?:freundlichen|besten|herzlichen|vielen|liebe|viele|beste) gr(?:ü|ue)(?:ß|ss)en?|mfg|cordialement|bien à vous|saludos(?: cordiales)?|cordiali saluti|met vriendelijke groet(?:en)?))\s*[,.!]?\s*$`)
	sentFrom = regexp.MustCompile(`(?i)^\s*(?:sent from (?:my|a|yahoo|mail for)\b.{0,60}|get outlook for .{0,60}|von meinem .{0,40} gesendet|gesendet von .{0,60}|envoyé de mon .{0,60}|enviado desde mi .{0,60})$`)
	dashes   = regexp.MustCompile(`^--\s*$`)
)

// A signature has so many lines at most, none longer than that.
const (
	signatureLines = 8
	signatureWidth = 80
)

func (m *mail) Editor() (Editor, error) {
	quotes, signatures := m.quotes, m.signatures
	find := func(text string) []Edit {
		lines := linesOf(text)
		if quotes {
			markQuotes(text, lines)
		}
		if signatures {
			markSignature(text, lines)
		}
		return withoutLines(text, lines)
	}
	return Editor(find).again(), nil // a signature may stand before a quoted reply
}

// line is a line of a text, its break included.
type line struct {
	start, end int
	gone       bool
}

func (l line) of(text string) string { return strings.TrimRight(text[l.start:l.end], "\r\n") }

func linesOf(text string) (lines []line) {
	at := 0
	for each := range strings.Lines(text) {
		lines = append(lines, line{start: at, end: at + len(each)})
		at += len(each)
	}
	return lines
}

// markQuotes marks quoted lines, and from the beginning of a whole mail that is
// quoted without marks, all that follows.
func markQuotes(text string, lines []line) {
	for i := 0; i < len(lines); i++ {
		this, next := lines[i].of(text), ""
		if i+1 < len(lines) {
			next = lines[i+1].of(text)
		}
		switch {
		case strings.HasPrefix(strings.TrimSpace(this), ">"):
			lines[i].gone = true
		case original.MatchString(this), mailHeader.MatchString(this) && mailDetail.MatchString(next):
			markFrom(lines, i)
			return
		case attribution.MatchString(this), attribution.MatchString(this + " " + next):
			lines[i].gone = true
			after := i + 1
			if !attribution.MatchString(this) {
				lines[after].gone = true
				after++
			}
			for after < len(lines) && strings.TrimSpace(lines[after].of(text)) == "" {
				after++
			}
			if after < len(lines) && !strings.HasPrefix(strings.TrimSpace(lines[after].of(text)), ">") {
				markFrom(lines, i)
				return
			}
			i = after - 1
		}
	}
}

// markSignature marks the lines of a signature at the end.
func markSignature(text string, lines []line) {
	kept := 0
	for i := len(lines) - 1; i >= 0; i-- {
		this := lines[i].of(text)
		switch {
		case lines[i].gone || strings.TrimSpace(this) == "":
			continue
		case dashes.MatchString(this), farewell.MatchString(this), sentFrom.MatchString(this):
			markFrom(lines, i)
			kept = 0
			continue
		}
		if kept++; kept > signatureLines || utf8.RuneCountInString(this) > signatureWidth {
			return
		}
	}
}

func markFrom(lines []line, from int) {
	for i := from; i < len(lines); i++ {
		lines[i].gone = true
	}
}

// withoutLines gives the edits that take the marked lines out, none if nothing
// would be left.
func withoutLines(text string, lines []line) (edits []Edit) {
	left := false
	for _, l := range lines {
		if !l.gone {
			left = left || strings.TrimSpace(l.of(text)) != ""
			continue
		}
		if n := len(edits); n > 0 && edits[n-1].End == l.start {
			edits[n-1].End = l.end
		} else {
			edits = append(edits, Edit{l.start, l.end, ""})
		}
	}
	if !left {
		return nil
	}
	return edits
}
