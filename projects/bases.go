package projects

import (
	"context"
	"slices"
	"strings"

	"attune/assets"
	"attune/engine/bundle"
	"attune/engine/catalog"
	"attune/engine/dataset"
	"attune/engine/hub"
	"attune/engine/model"
	"attune/engine/task"
	"attune/engine/tokenizer"
)

// Bases lists what a training of this project can start from: what comes with Attune,
// and those models on this computer that the project's task can use. Without models,
// and when they cannot be looked at, it lists the former alone.
func (p *Project) Bases(m *Models) ([]Choice, error) {
	mine := slices.DeleteFunc(slices.Clone(builtIn), func(c Choice) bool { return !slices.Contains(learnsOf(c.Name), p.Task()) })
	if m == nil {
		return mine, nil
	}
	found, err := m.choices(func(i ModelInfo) bool { return slices.Contains(i.Learns, p.Task()) })
	if err != nil {
		return mine, err
	}
	return found, nil
}

// The bases that come with Attune.
const (
	Starter = "starter" // a small pre-trained encoder
	Fresh   = "fresh"   // a small model that knows nothing, of the kind that the task needs
)

// builtIn are the choices of the bases that come with Attune.
var builtIn = []Choice{
	{Starter, "Starter", "A small encoder that has read English. For English texts."},
	{Fresh, "Fresh model", "Learns from your texts alone, vocabulary included. For any language."},
}

// readTokenizer reads how a pre-trained model cuts texts into pieces.
func readTokenizer(name string) (tokenizer.Tokenizer, error) {
	if name == Starter {
		return tokenizer.Read(assets.Starter())
	}
	folder, err := folderOf(name)
	if err != nil {
		return nil, err
	}
	return bundle.ReadTokenizer(folder, catalog.Families())
}

// folderOf finds a model on this computer.
func folderOf(name string) (string, error) {
	models, err := OpenModels("")
	if err != nil {
		return "", err
	}
	return models.Folder(name)
}

// isBuiltIn says whether a base comes with Attune.
func isBuiltIn(name string) bool { return name == Starter || name == Fresh }

// knowledge is how much of its language a base has read, as far as that can be told.
type knowledge int

const (
	nothing knowledge = iota
	little            // a few million parameters cannot hold much
	much
)

// mostLittle is how many parameters a model has at most that learns as the starter does,
// fast and for many passes: a folder of the starter's with the presets of large models had
// an accuracy of 0.53 with 8 rows a class of banking77, where the starter had 0.72.
const mostLittle = 15_000_000

// knowledgeOf tells it by the size of the model; one that cannot be looked at is told of
// when it is opened.
func knowledgeOf(base string) knowledge {
	switch base {
	case Fresh:
		return nothing
	case Starter:
		return little
	}
	folder, err := folderOf(base)
	if err != nil {
		return much
	}
	if n, err := hub.Parameters(folder); err != nil || n > mostLittle {
		return much
	}
	return little
}

// openBase reads a pre-trained model: the starter from the program itself, others from
// their folder.
func openBase(name string) (*model.Base, error) {
	opened, err := readBase(name)
	if err != nil {
		return nil, err
	}
	return opened.Base, nil
}

func readBase(name string) (*bundle.Model, error) {
	if name == Starter {
		return bundle.OpenEmbedded(Starter, assets.Starter(), catalog.Families())
	}
	folder, err := folderOf(name)
	if err != nil {
		return nil, err
	}
	return bundle.Open(folder, catalog.Families())
}

// strange is the share of pieces that are unknown or go on with a word from which on
// the starter does not know a language: 0.03 to 0.28 in English texts, those of
// medicine and of tweets included, 0.37 in French, 0.55 in German, 0.88 in Chinese.
const strange = 1.0 / 3

// suitedBase gives the starter for English rows, or as long as there are none, and a fresh
// model for others and for tasks that the starter cannot serve. Names are better found by
// it too, though it does not see capitals: in ncbi_disease it was ahead of the fresh model,
// which does, after one pass.
func (p *Project) suitedBase(ctx context.Context, t task.Task) (string, error) {
	const enough = 200
	if !t.Fresh().Encodes() {
		return Fresh, nil
	}
	pieces, err := tokenizer.ReadWordPiece(assets.Starter())
	if err != nil {
		return "", err
	}
	odd, all := 0, 0
	for _, split := range []dataset.Split{dataset.Train, dataset.Unassigned} {
		o, n, err := oddPieces(pieces, first(enough, p.Source(ctx, split)))
		if err != nil {
			return "", err
		}
		odd, all = odd+o, all+n
	}
	if float64(odd) > strange*float64(all) {
		return Fresh, nil
	}
	return Starter, nil
}

// oddPieces counts the pieces of texts that are unknown or go on with a word, and all.
func oddPieces(pieces *tokenizer.WordPiece, rows dataset.Source) (odd, all int, err error) {
	unknown, _ := pieces.ID("[UNK]")
	for e, err := range rows {
		if err != nil {
			return odd, all, err
		}
		for _, piece := range pieces.Encode(e.Text) {
			if all++; piece.ID == unknown || strings.HasPrefix(pieces.Piece(piece.ID), "##") {
				odd++
			}
		}
	}
	return odd, all, nil
}

// learnsOf names the tasks that a base that comes with Attune serves.
func learnsOf(base string) (all []string) {
	for _, t := range catalog.Tasks() {
		if base == Fresh || t.Fresh().Encodes() {
			all = append(all, t.Name())
		}
	}
	return all
}
