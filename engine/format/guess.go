package format

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Guess says which column is what: as the format itself says, or else as the
// columns' names and the values of the sample make probable. A role for which
// no column will do stays empty; Text is set whenever there is a column.
func Guess(l Layout) Roles {
	if l.Roles.Text != "" {
		return l.Roles
	}
	columns := make([]column, len(l.Columns))
	filled := 0
	for i := range columns {
		if columns[i] = newColumn(l, i); len(columns[i].values) > 0 {
			filled++
		}
	}
	take := func(fits func(column) float64) string {
		i := bestColumn(columns, fits)
		if i < 0 {
			return ""
		}
		name := columns[i].name
		columns = slices.Delete(columns, i, i+1)
		return name
	}
	var r Roles
	if filled > 1 { // a single column is the text
		r.Spans = take(column.asSpans)
		r.Split = take(column.asSplit)
		r.Label = take(column.asLabel)
	}
	r.Text = take(column.asText)
	r.Target = take(column.asTarget)
	r.Pair = take(column.asPair)
	return r
}

// GuessPair says which two columns hold a text and the one that is to be written about it,
// where no name tells: those that look most like texts, in the order of the file. The
// second is "" where there is only one.
func GuessPair(l Layout) (text, target string) {
	columns := make([]column, len(l.Columns))
	for i := range columns {
		columns[i] = newColumn(l, i)
	}
	written := func(c column) float64 {
		if c.numbers > 0.5 || len(c.values) == 0 {
			return 0
		}
		return c.asText()
	}
	first := bestColumn(columns, written)
	if first < 0 {
		return "", ""
	}
	second := bestColumn(columns, func(c column) float64 {
		if c.name == columns[first].name {
			return 0
		}
		return written(c)
	})
	if second < 0 {
		return columns[first].name, ""
	}
	return columns[min(first, second)].name, columns[max(first, second)].name
}

// bestColumn is the place of the first column that fits most, or -1 if none
// fits at all.
func bestColumn(columns []column, fits func(column) float64) int {
	at, most := -1, 0.0
	for i, c := range columns {
		if fit := fits(c); fit > most {
			at, most = i, fit
		}
	}
	return at
}

// column is what Guess knows of a column.
type column struct {
	name     string
	values   []string // of the sample, the empty ones left out
	length   float64  // mean characters per value
	numbers  float64  // share of values that are numbers, 0 to 1
	distinct int      // different values over the whole file, up to MaxDistinct
	rows     int
}

func newColumn(l Layout, i int) column {
	c := column{name: l.Columns[i], distinct: l.Distinct[i], rows: l.Rows}
	characters, numbers := 0, 0
	for _, row := range l.Sample {
		v := strings.TrimSpace(row[i])
		if v == "" {
			continue
		}
		c.values = append(c.values, v)
		characters += utf8.RuneCountInString(v)
		if isNumber(v) {
			numbers++
		}
	}
	if n := float64(len(c.values)); n > 0 {
		c.length = float64(characters) / n
		c.numbers = float64(numbers) / n
	}
	return c
}

// asSplit: every value names a split, and there are several or the name says so.
func (c column) asSplit() float64 {
	for _, v := range c.values {
		if _, ok := splitNamed(v); !ok {
			return 0
		}
	}
	if len(c.values) == 0 {
		return 0
	}
	if named := c.named(splitColumns); named > 0 || c.distinct > 1 {
		return 1 + named
	}
	return 0
}

// asSpans: every value is a list, and one of them has a span. Long ones are cut.
func (c column) asSpans() float64 {
	found := false
	for _, v := range c.values {
		if !strings.HasPrefix(v, "[") {
			return 0
		}
		spans, err := rawSpansOf(v)
		if err != nil && len(v) < SampleBytes {
			return 0
		}
		found = found || len(spans) > 0
	}
	if !found {
		return 0
	}
	return 1 + c.named(spanColumns)
}

// asLabel: short values that come back often, or a name that says so.
func (c column) asLabel() float64 {
	const longLabel = 60 // characters; a mean above is prose
	if len(c.values) == 0 || c.length > longLabel {
		return 0
	}
	named := c.named(labelColumns)
	if c.distinct < 2 || c.distinct >= MaxDistinct || 2*c.distinct > c.rows {
		if c.named(targetColumns) > 0 { // "target" is a class only where it comes back
			return 0
		}
		return named
	}
	if c.named(otherColumns) > 0 || c.named(textColumns) > named {
		return named
	}
	repeats := 1 - float64(c.distinct)/float64(c.rows)
	return named + repeats*(1-c.numbers/2)
}

// asText: long values that are no numbers, or a name that says so.
func (c column) asText() float64 {
	const longText = 40 // characters; half way from no text to all text
	long := c.length / (c.length + longText)
	fit := c.named(textColumns) + long*(1-c.numbers)
	if c.named(otherColumns) > 0 || c.named(targetColumns) > 0 || c.linksOnly() {
		fit /= 4
	}
	fit += 1e-3 // any column is better than none
	if len(c.values) == 0 {
		fit /= 1000 // and the worst is one without a value, such as those beside a table in a sheet
	}
	return fit
}

// asTarget: a name that says so, and values that are written text.
func (c column) asTarget() float64 {
	if len(c.values) == 0 || c.numbers == 1 {
		return 0
	}
	return c.named(targetColumns)
}

// asPair: a name that says so.
func (c column) asPair() float64 {
	if len(c.values) == 0 {
		return 0
	}
	return c.named(pairColumns)
}

func (c column) linksOnly() bool {
	for _, v := range c.values {
		if !strings.HasPrefix(v, "http://") && !strings.HasPrefix(v, "https://") {
			return false
		}
	}
	return len(c.values) > 0
}

func (c column) named(names []string) float64 { return nameFits(c.name, names) }

// nameFits is 1 if a column's name is one of the names, 1/2 if one of its
// words is, else 0: "label" is a better name for labels than "label_id".
func nameFits(name string, names []string) float64 {
	words := nameWords(name)
	if slices.Contains(names, strings.Join(words, " ")) {
		return 1
	}
	for _, w := range words {
		if slices.Contains(names, w) {
			return 0.5
		}
	}
	return 0
}

// nameWords splits "reviewText", "review_text" and "Review text" into the same
// lower-case words.
func nameWords(name string) []string {
	var spaced strings.Builder
	before := ' '
	for _, r := range name {
		if unicode.IsUpper(r) && unicode.IsLower(before) {
			spaced.WriteByte(' ')
		}
		spaced.WriteRune(unicode.ToLower(r))
		before = r
	}
	return strings.FieldsFunc(spaced.String(), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	})
}

// isNumber accepts both decimal signs and groups of thousands.
func isNumber(v string) bool {
	if v == "" || !strings.ContainsAny(v, "0123456789") {
		return false
	}
	v = strings.TrimRight(strings.TrimLeft(v, "£$€"), "%")
	_, err := strconv.ParseFloat(strings.ReplaceAll(v, ",", ""), 64)
	return err == nil
}

// Names that columns have in the wild: data sets of the Hugging Face hub and
// of Kaggle, exports of annotation tools, and analysts' own files.
var (
	textColumns = []string{
		"text", "texts", "sentence", "sentence1", "text1", "premise", "message", "msg", "sms", "review", "comment",
		"content", "body", "description", "title", "headline", "tweet", "post", "question", "utterance", "query",
		"document", "article", "abstract", "context", "passage", "input", "prompt", "instruction", "source", "ticket",
		"feedback", "remark", "note", "notes", "transcript", "v2",
		"beschreibung", "nachricht", "satz", "kommentar", "texte", "phrase", "commentaire", "texto", "mensaje",
		"comentario", "testo", "текст", "文本", "内容", "本文", "텍스트",
	}
	labelColumns = []string{
		"label", "labels", "class", "classes", "category", "categories", "sentiment", "intent", "topic", "tag", "tags",
		"emotion", "emotions", "polarity", "rating", "stars", "gold", "target", "y", "v1",
		"kategorie", "klasse", "thema", "etikett", "étiquette", "catégorie", "classe", "etiqueta", "categoría", "clase",
		"etichetta", "категория", "метка", "标签", "类别", "分类", "ラベル", "레이블",
	}
	targetColumns = []string{
		"target", "translation", "summary", "output", "completion", "response", "answer", "reply", "highlights",
		"headline", "reference",
	}
	spanColumns = []string{"spans", "entities", "ents", "annotations", "offsets", "answers", "label", "labels"}
	pairColumns = []string{
		"pair", "text2", "sentence2", "question2", "hypothesis", "question", "text b", "sentence b", "second", "context",
	}
	splitColumns = []string{"split", "set", "subset", "partition", "fold", "use", "usage"}

	// otherColumns hold neither texts nor labels of interest.
	otherColumns = []string{
		"id", "index", "uuid", "guid", "key", "code", "url", "link", "date", "year", "time", "timestamp", "created", "updated",
		"author", "user", "username", "email", "name", "phone", "age", "count", "channel", "file", "filename",
	}
)
