package format

import (
	"encoding/json"
	"slices"
	"strings"
)

// Chat is conversations, as OpenAI's interface has them (messages) and ShareGPT
// (conversations). Each answer is a row, with what was said before it as the text.
var Chat = Format{
	Name:       "Chat",
	Extensions: jsonEndings,
	Matches: func(head []byte) bool {
		o := outline(head)
		return hasAll(o, "[].messages[].role", "[].messages[].content") || hasAll(o, "[].conversations[].from", "[].conversations[].value")
	},
	Inspect: chat.inspect,
	Read:    chat.read,
}

var chat = notation{name: "Chat", usual: byCharacter, notes: chatNotes}

// answering are the roles that a model is to take.
var answering = []string{"assistant", "gpt", "model", "bot", "chatgpt"}

// mostSaid is how much of what was said before an answer is kept, in bytes: no model
// here reads more.
const mostSaid = 32 << 10

func chatNotes(_ File, element []byte) ([]note, error) {
	type message struct {
		Role    string          `json:"role"`
		From    string          `json:"from"`
		Content json.RawMessage `json:"content"`
		Value   string          `json:"value"`
	}
	var row struct {
		System        string    `json:"system"`
		Messages      []message `json:"messages"`
		Conversations []message `json:"conversations"`
	}
	if err := json.Unmarshal(element, &row); err != nil {
		return nil, err
	}
	others := othersOf(element, "system", "messages", "conversations", "tools")
	said := row.System
	var notes []note
	for _, m := range append(row.Messages, row.Conversations...) {
		text := m.Value
		if m.Content != nil {
			text = textOfContent(m.Content)
		}
		if said != "" && slices.Contains(answering, strings.ToLower(m.Role+m.From)) {
			notes = append(notes, note{text: said, target: text, others: others})
		}
		said = lastOf(strings.TrimLeft(said+"\n"+text, "\n"), mostSaid)
	}
	if notes == nil {
		notes = []note{{text: said, others: others}}
	}
	return notes, nil
}

// textOfContent reads what was said: a text, or a list of parts of which some are texts.
func textOfContent(raw json.RawMessage) string {
	var parts []struct {
		Text string `json:"text"`
	}
	if json.Unmarshal(raw, &parts) != nil {
		return textOfJSON(raw)
	}
	var texts []string
	for _, p := range parts {
		if p.Text != "" {
			texts = append(texts, p.Text)
		}
	}
	return strings.Join(texts, "\n")
}

// lastOf is the end of a text, from the beginning of a line where it can be.
func lastOf(text string, most int) string {
	if len(text) <= most {
		return text
	}
	text = strings.ToValidUTF8(text[len(text)-most:], "")
	if _, rest, found := strings.Cut(text, "\n"); found {
		return rest
	}
	return text
}
