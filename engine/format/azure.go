package format

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// Azure is a project of Azure's custom text classification or entities as it is
// exported. The texts are files beside it, in the same folder or archive.
var Azure = Format{
	Name:       "Azure custom text",
	Extensions: jsonEndings,
	Matches: func(head []byte) bool {
		o := outline(head)
		return hasAny(o, "metadata.projectKind", "assets.projectKind") && hasAny(o, "assets", "stringIndexType", "projectFileVersion")
	},
	Inspect: azure.inspect,
	Read:    azure.read,
}

var azure = notation{name: "Azure custom text", list: "assets.documents", usual: byUTF16, notes: azureNotes}

type azureClass struct {
	Category string `json:"category"`
}

func azureNotes(f File, element []byte) ([]note, error) {
	var doc struct {
		Location string       `json:"location"`
		Language string       `json:"language"`
		Dataset  string       `json:"dataset"`
		Class    *azureClass  `json:"class"`
		Classes  []azureClass `json:"classes"`
		Entities []struct {
			Labels []struct {
				Category string `json:"category"`
				Offset   int    `json:"offset"`
				Length   int    `json:"length"`
			} `json:"labels"`
		} `json:"entities"`
	}
	if err := json.Unmarshal(element, &doc); err != nil {
		return nil, err
	}
	n := note{split: doc.Dataset, others: []field{{"location", doc.Location}, {"language", doc.Language}}}
	text, err := f.textBeside(doc.Location)
	if err != nil {
		n.problem, n.fix = fmt.Sprintf("its text %q is not beside the file", cutTo(doc.Location, 200)), "put the project's file into the folder with the texts, and import it from there"
	}
	n.text = text
	if doc.Class != nil {
		doc.Classes = append(doc.Classes, *doc.Class)
	}
	for _, c := range doc.Classes {
		n.labels = append(n.labels, c.Category)
	}
	if doc.Entities != nil {
		n.spans = []rawSpan{}
	}
	for _, e := range doc.Entities {
		for _, l := range e.Labels {
			n.spans = append(n.spans, rawSpan{start: l.Offset, end: l.Offset + l.Length, label: l.Category})
		}
	}
	return []note{n}, nil
}

// textBeside reads a text in the folder of the file.
func (f File) textBeside(name string) (string, error) {
	if f.Beside == nil {
		return "", fmt.Errorf("%s is in no folder", f.Name)
	}
	r, err := f.Beside(name)
	if err != nil {
		return "", err
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, maxRowBytes))
	if err != nil {
		return "", err
	}
	encoding, err := encodingOf(f, surveyOf(data), "")
	if err != nil {
		return "", err
	}
	if encoding == encodingUTF8 {
		return strings.ToValidUTF8(strings.TrimPrefix(string(data), markUTF8), replacement), nil
	}
	return decode(data, encoding), nil
}
