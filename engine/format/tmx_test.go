package format_test

import (
	"testing"

	"attune/engine/format"
	"attune/engine/format/formattest"
)

const memory = `<?xml version="1.0" encoding="utf-8"?><!DOCTYPE tmx SYSTEM "tmx14.dtd"><tmx version="1.4"><header srclang="EN-US" datatype="plaintext"/><body>
<tu tuid="1"><note>a remark</note><tuv xml:lang="fr"><seg>Bonjour &amp; adieu</seg></tuv><tuv xml:lang="en-US"><seg>Hello <bpt i="1">&lt;b&gt;</bpt>and<ept i="1"/> good bye</seg></tuv></tu>
<tu><tuv xml:lang="en-US"><seg>Only here</seg></tuv></tu></body></tmx>`

func TestTMX(t *testing.T) {
	for name, text := range map[string]string{"UTF-8": memory, "UTF-16": string(utf16Bytes(memory))} {
		t.Run(name, func(t *testing.T) {
			f := memoryFile("a.tmx", []byte(text))
			l := sameTable(t, format.TMX, f, format.Overrides{}, "fr|en-us", "Bonjour & adieu|Hello and good bye", "|Only here")
			if l.Roles.Text != "en-us" || l.Roles.Target != "fr" || !format.TMX.Matches([]byte(text)) {
				t.Errorf("the roles are %+v", l.Roles)
			}
			formattest.Check(t, format.TMX, f)
		})
	}
	for name, test := range map[string]struct{ text, says string }{
		"nothing":     {"", "it is empty"},
		"no units":    {`<tmx><body></body></tmx>`, "it has none"},
		"cut in half": {memory[:len(memory)/2], "it is damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			refuses(t, format.TMX, memoryFile("a.tmx", []byte(test.text)), format.Overrides{}, test.says)
		})
	}
}

func FuzzTMX(f *testing.F) { fuzz(f, format.TMX, memory, "<tmx><tu><tuv><seg>a") }
