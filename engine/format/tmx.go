package format

import (
	"bytes"
	"cmp"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
)

// TMX is a translation memory (TMX 1.4): a column for each language, a row for
// each unit. The text is in the language that the file says it is from.
var TMX = Format{
	Name:       "TMX",
	Extensions: []string{".tmx"},
	Matches: func(head []byte) bool {
		text := headText(head)
		return bytes.HasPrefix(bytes.TrimSpace(text), []byte("<")) && bytes.Contains(text, []byte("<tmx"))
	},
	Inspect: inspectTMX,
	Read:    readTMX,
}

// unit is a text in several languages.
type unit []field // languages in lower case, and texts

func inspectTMX(ctx context.Context, f File, o Overrides, progress func(bytes int64)) (Layout, error) {
	passes := portions(f.Size, 3, progress)
	l := Layout{Format: "TMX", Header: true, Named: true}
	var err error
	if l.Encoding, err = f.encoding(ctx, o.Encoding, passes[0]); err != nil {
		return Layout{}, err
	}
	known, from := map[string]bool{}, ""
	for u, err := range unitsTMX(ctx, f, l, passes[1], &from) {
		if err != nil {
			return Layout{}, err
		}
		for _, x := range u {
			if !known[x.name] {
				known[x.name] = true
				l.Columns = append(l.Columns, x.name)
			}
		}
		if len(l.Columns) > maxColumns {
			return Layout{}, tooManyColumns(f)
		}
	}
	if len(l.Columns) == 0 {
		return Layout{}, &Error{File: f.Name, Want: "hold translations", Got: "it has none", Way: "export the translation memory again"}
	}
	l.Roles.Text = l.Columns[0]
	if slices.Contains(l.Columns, from) {
		l.Roles.Text = from
	}
	for i := len(l.Columns) - 1; i >= 0; i-- {
		if c := l.Columns[i]; c != l.Roles.Text {
			l.Roles.Target = c
		}
	}
	return l, l.count(readTMX(ctx, f, l, passes[2]))
}

func readTMX(ctx context.Context, f File, l Layout, progress func(bytes int64)) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		row, from := 0, ""
		for u, err := range unitsTMX(ctx, f, l, progress, &from) {
			if err = cmp.Or(err, ctx.Err()); err != nil {
				yield(Record{}, err)
				return
			}
			row++
			rec := Record{Row: row, Values: make([]string, len(l.Columns))}
			for _, x := range u {
				if i := slices.Index(l.Columns, x.name); i >= 0 {
					rec.Values[i] = x.value
				}
			}
			rec.mend(l)
			if !yield(rec, nil) {
				return
			}
		}
	}
}

// unitsTMX gives the units, and the language that the texts are from.
func unitsTMX(ctx context.Context, f File, l Layout, progress func(bytes int64), from *string) iter.Seq2[unit, error] {
	return func(yield func(unit, error) bool) {
		text, err := f.textOf(ctx, l.Encoding, progress)
		if err != nil {
			yield(nil, err)
			return
		}
		defer text.Close()
		x := xml.NewDecoder(text)
		x.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // it is UTF-8 already
		x.Strict = false
		for {
			token, err := x.Token()
			if err == io.EOF {
				return
			}
			if err != nil {
				yield(nil, damagedXML(f, x, err))
				return
			}
			e, ok := token.(xml.StartElement)
			switch {
			case ok && e.Name.Local == "header":
				*from = strings.ToLower(attribute(e, "srclang"))
			case ok && e.Name.Local == "tu":
				u, err := unitTMX(x)
				if err != nil {
					yield(nil, damagedXML(f, x, err))
					return
				}
				if len(u) > 0 && !yield(u, nil) {
					return
				}
			}
		}
	}
}

// unitTMX reads a unit up to its end.
func unitTMX(x *xml.Decoder) (unit, error) {
	var u unit
	var language string
	var text strings.Builder
	inside, codes := false, 0 // in a segment; in codes of the program that wrote it
	for {
		token, err := x.Token()
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return nil, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "tuv":
				language = strings.ToLower(attribute(t, "lang"))
			case "seg":
				inside = true
				text.Reset()
			case "bpt", "ept", "it", "ph", "ut":
				codes++
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "tu":
				return u, nil
			case "seg":
				inside = false
				if language == "" {
					language = "language"
				}
				u = append(u, field{columnName(language), strings.TrimSpace(text.String())})
			case "bpt", "ept", "it", "ph", "ut":
				codes--
			}
		case xml.CharData:
			if inside && codes == 0 && text.Len()+len(t) <= maxRowBytes {
				text.Write(t)
			}
		}
	}
}

// damagedXML passes on what a pass said, and says what is wrong with XML.
func damagedXML(f File, x *xml.Decoder, err error) error {
	if told(err) {
		return err
	}
	line, _ := x.InputPos()
	return &Error{File: f.Name, Line: line, Want: "be whole XML", Got: fmt.Sprintf("it is damaged: %v", err), Way: "export it again", Err: err}
}
