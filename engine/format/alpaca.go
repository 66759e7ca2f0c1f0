package format

import "encoding/json"

// Alpaca is instructions with what they are about and what is to be written, as
// Stanford's Alpaca has them and those who fine-tune models that write.
var Alpaca = Format{
	Name:       "Alpaca",
	Extensions: jsonEndings,
	Matches: func(head []byte) bool {
		return hasAll(outline(head), "[].instruction", "[].input", "[].output")
	},
	Inspect: alpaca.inspect,
	Read:    alpaca.read,
}

var alpaca = notation{name: "Alpaca", usual: byCharacter, notes: alpacaNotes}

func alpacaNotes(_ File, element []byte) ([]note, error) {
	var row struct {
		Instruction string `json:"instruction"`
		Input       string `json:"input"`
		Output      string `json:"output"`
	}
	if err := json.Unmarshal(element, &row); err != nil {
		return nil, err
	}
	text := row.Instruction
	if row.Input != "" {
		text += "\n" + row.Input
	}
	return []note{{text: text, target: row.Output, others: othersOf(element, "instruction", "input", "output")}}, nil
}
