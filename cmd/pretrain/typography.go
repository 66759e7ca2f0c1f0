package main

import "strings"

// typographicOf is how many documents there are to one whose quotes are set as
// print and telephones set them. The corpus was cleaned to straight ones; a model
// that never saw the others would not know them in what people bring.
const typographicOf = 8

// closing replaces what does not depend on what stands before.
var closing = strings.NewReplacer("...", "…", "'", "’", `"`, "”")

// typographic sets a paragraph with curly quotes and ellipses.
func typographic(text string) string {
	text = closing.Replace(text)
	var b strings.Builder
	before := ' '
	for _, r := range text {
		opens := before == ' ' || before == '(' || before == '['
		before = r
		switch {
		case r == '”' && opens:
			r = '“'
		case r == '’' && opens:
			r = '‘'
		}
		b.WriteRune(r)
	}
	return b.String()
}
