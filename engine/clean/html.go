package clean

import (
	stdhtml "html"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"attune/engine/setting"
)

// NewHTML makes the step that turns HTML into the text that a browser shows.
func NewHTML() Step { return &htmlText{entities: true} }

type htmlText struct{ entities bool }

func (*htmlText) Name() string  { return "html" }
func (*htmlText) Title() string { return "HTML to text" }
func (*htmlText) About() string {
	return "Takes out tags, comments, scripts and styles, and puts a line break where a paragraph ends."
}

func (h *htmlText) Settings() []setting.Field {
	return []setting.Field{{Key: "entities", Label: "Characters for their codes", Help: "Write & for &amp; and é for &#233;.", Value: &setting.Switch{To: &h.entities}}}
}

// entity is a character's code, closed: an open one may be part of an address.
var entity = regexp.MustCompile(`&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});`)

func (h *htmlText) Editor() (Editor, error) {
	entities := h.entities
	return func(text string) (edits []Edit) {
		add := func(start, end int, put string) {
			if n := len(edits); n > 0 && edits[n-1].End == start {
				edits[n-1].End, edits[n-1].New = end, joined(edits[n-1].New, put)
				return
			}
			edits = append(edits, Edit{start, end, put})
		}
		decode := func(start, end int) {
			if !entities {
				return
			}
			for _, m := range entity.FindAllStringIndex(text[start:end], -1) {
				code := text[start+m[0] : start+m[1]]
				if plain := stdhtml.UnescapeString(code); plain != code {
					edits = append(edits, Edit{start + m[0], start + m[1], plain})
				}
			}
		}
		if !strings.ContainsAny(text, "<&") {
			return nil
		}
		at, hidden := 0, atom.Atom(0) // inside a script or a style
		for z := html.NewTokenizer(strings.NewReader(text)); ; {
			kind := z.Next()
			start := at
			at = min(at+len(z.Raw()), len(text))
			if kind == html.ErrorToken {
				decode(start, len(text)) // what is left is no tag
				return edits
			}
			name, _ := z.TagName()
			tag := atom.Lookup(name)
			put, element := elements[tag]
			switch {
			case kind == html.EndTagToken && hidden != 0 && tag == hidden:
				hidden = 0
				add(start, at, "")
			case hidden != 0, kind == html.CommentToken && strings.HasPrefix(text[start:at], "<!--"), kind == html.DoctypeToken:
				add(start, at, "")
			case kind == html.StartTagToken && tag != 0 && unseen[tag]:
				hidden = tag
				add(start, at, "")
			case kind != html.TextToken && kind != html.CommentToken && element && tag != 0:
				add(start, at, put)
			default:
				decode(start, at)
			}
		}
	}, nil
}

// joined puts together what stands for tags that follow each other.
func joined(a, b string) string {
	if a == "" || a == " " && b == "\n" {
		return b
	}
	return a
}

// unseen are the elements of which a browser shows nothing.
var unseen = map[atom.Atom]bool{atom.Script: true, atom.Style: true, atom.Head: true, atom.Template: true}

// The elements of https://html.spec.whatwg.org/multipage/indices.html#elements-3
// and the old ones that mails are still full of.
const (
	inline = "a abbr acronym audio b basefont bdi bdo big blink button canvas cite code data datalist del dfn em embed figcaption font " +
		"i iframe img input ins kbd label link map mark meta meter nobr noscript object output param picture progress q rp rt ruby " +
		"s samp script select small source span strike strong style sub sup svg td template textarea th time title track tt u var video wbr"
	block = "address area article aside base blockquote body br caption center col colgroup dd details dialog dir div dl dt fieldset " +
		"figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html legend li main menu nav noframes ol optgroup option p pre " +
		"section summary table tbody tfoot thead tr ul"
)

// elements are the tags that are taken out, each with what stands for it. Other
// words in angle brackets, such as an address or a placeholder, are text.
var elements = func() map[atom.Atom]string {
	all := map[atom.Atom]string{}
	for put, names := range map[string]string{"": inline, "\n": block, " ": "td th img"} {
		for _, name := range strings.Fields(names) {
			all[atom.Lookup([]byte(name))] += put
		}
	}
	return all
}()
