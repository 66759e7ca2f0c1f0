package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/spf13/pflag"

	"attune/engine/pretrain"
	"attune/engine/tokenizer"
)

// The files of a prepared corpus.
const (
	tokenizerFolder = "tokenizer"
	corpusFile      = "corpus.ids"
	heldoutFile     = "heldout.ids"
	sourcesFile     = "SOURCES.tsv"
	preparedFile    = "prepared.json"
)

// prepared says how the preparation went.
type prepared struct {
	Pieces   int            `json:"pieces"`
	TestSets map[string]int `json:"test_sets"` // texts by file that may not be in the corpus
	Corpus   tally          `json:"corpus"`
	Heldout  tally          `json:"heldout"`
}

// tally counts a tokenised text.
type tally struct {
	Documents  int `json:"documents"`
	Paragraphs int `json:"paragraphs"`
	Words      int `json:"words"`
	Pieces     int `json:"pieces"`
	Unknown    int `json:"unknown"`
	Dropped    int `json:"dropped"` // paragraphs with a text of a test set, which are left out
}

var prepareCorpus = command{
	name: "prepare", about: "learns a vocabulary from a corpus and tokenises it, without the texts of the test sets",
	run: func(ctx context.Context, flags *pflag.FlagSet, args []string, out io.Writer) error {
		p := preparation{out: out}
		flags.StringVar(&p.from, "from", "", "folder with corpus.txt.xz, heldout.txt.xz and SOURCES.tsv")
		flags.StringVar(&p.tests, "tests", "", "folder of the data sets that the model is measured on")
		flags.StringVar(&p.to, "to", "", "folder to write to")
		flags.IntVar(&p.pieces, "pieces", 8192, "word pieces of the vocabulary")
		flags.StringVar(&p.vocabularyOf, "vocabulary-of", "", "folder of an earlier preparation whose vocabulary to keep, so that its runs can go on")
		if err := parse(flags, args); err != nil {
			return err
		}
		if p.from == "" || p.tests == "" || p.to == "" || p.pieces > pretrain.Most {
			return fmt.Errorf("%w: it takes --from, --tests and --to, and at most %d pieces", errUsage, pretrain.Most)
		}
		return p.run(ctx)
	},
}

// preparation is one making of a tokenised corpus.
type preparation struct {
	from, tests, to string
	vocabularyOf    string // folder of another preparation, or ""
	pieces          int
	out             io.Writer
	secrets         *secrets
	result          prepared
}

func (p *preparation) run(ctx context.Context) (err error) {
	if err := os.MkdirAll(filepath.Join(p.to, tokenizerFolder), 0o755); err != nil {
		return err
	}
	if p.secrets, p.result.TestSets, err = readSecrets(p.tests); err != nil {
		return err
	}
	for _, name := range testSets {
		fmt.Fprintf(p.out, "%s: %d texts that may not be in the corpus\n", name, p.result.TestSets[name])
	}
	corpus, heldout := filepath.Join(p.from, "corpus.txt.xz"), filepath.Join(p.from, "heldout.txt.xz")
	pieces, err := p.tokenizer(ctx, corpus)
	if err != nil {
		return err
	}
	p.result.Pieces = pieces.Size()
	if p.result.Corpus, err = p.tokenise(ctx, corpus, corpusFile, pieces); err != nil {
		return err
	}
	if p.result.Heldout, err = p.tokenise(ctx, heldout, heldoutFile, pieces); err != nil {
		return err
	}
	sources, err := os.ReadFile(filepath.Join(p.from, sourcesFile))
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(p.to, sourcesFile), sources, 0o644); err != nil {
		return err
	}
	text, err := json.MarshalIndent(p.result, "", "  ")
	return cmp.Or(err, os.WriteFile(filepath.Join(p.to, preparedFile), append(text, '\n'), 0o644))
}

// tokenizer gives the word pieces that are kept from another preparation, else new ones,
// and writes their files.
func (p *preparation) tokenizer(ctx context.Context, corpus string) (*tokenizer.WordPiece, error) {
	var pieces *tokenizer.WordPiece
	var err error
	if p.vocabularyOf != "" {
		pieces, err = tokenizer.ReadWordPiece(os.DirFS(filepath.Join(p.vocabularyOf, tokenizerFolder)))
	} else {
		pieces, err = p.vocabulary(ctx, corpus)
	}
	if err != nil {
		return nil, err
	}
	files, err := pieces.Files()
	for name, content := range files {
		err = cmp.Or(err, os.WriteFile(filepath.Join(p.to, tokenizerFolder, name), content, 0o644))
	}
	fmt.Fprintf(p.out, "vocabulary of %d pieces\n", pieces.Size())
	return pieces, err
}

// rarest is how often a character stands in the corpus at least to get a piece of
// its own. Rarer ones would take room from words, and never be learned.
const rarest = 100

// vocabulary learns the word pieces.
func (p *preparation) vocabulary(ctx context.Context, path string) (*tokenizer.WordPiece, error) {
	seen := map[rune]int{}
	for text, err := range paragraphs(path) {
		if err != nil {
			return nil, err
		}
		for _, r := range text {
			seen[r]++
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	var failure error
	texts := func(yield func(string) bool) {
		for text, err := range paragraphs(path) {
			if failure = err; err != nil {
				return
			}
			if p.secrets.told(text) {
				continue
			}
			if !yield(strings.Map(func(r rune) rune {
				if r >= utf8.RuneSelf && seen[r] < rarest {
					return ' '
				}
				return r
			}, text)) {
				return
			}
		}
	}
	o := tokenizer.WordPieceOptions{Lowercase: true, StripAccents: true}
	vocabulary, err := tokenizer.TrainWordPiece(ctx, iter.Seq[string](texts), p.pieces, o)
	if err := cmp.Or(failure, err); err != nil {
		return nil, err
	}
	return tokenizer.NewWordPiece(vocabulary, o)
}

// tokenise writes a text as numbers of pieces.
func (p *preparation) tokenise(ctx context.Context, path, name string, pieces *tokenizer.WordPiece) (t tally, err error) {
	unknown, _ := pieces.ID("[UNK]")
	err = writeWhole(filepath.Join(p.to, name), func(w io.Writer) error {
		to := bufio.NewWriterSize(w, 1<<20)
		var encoded []byte
		inside := false // a document
		for text, err := range paragraphs(path) {
			if err := cmp.Or(err, ctx.Err()); err != nil {
				return err
			}
			if text != "" && p.secrets.told(text) {
				t.Dropped++
				continue
			}
			tokens := pieces.Encode(text)
			if len(tokens) == 0 && !inside {
				continue
			}
			if inside = len(tokens) > 0; inside {
				t.Paragraphs++
			} else {
				t.Documents++
			}
			t.Words += len(strings.Fields(text))
			t.Pieces += len(tokens)
			for _, token := range tokens {
				if token.ID == unknown {
					t.Unknown++
				}
			}
			encoded = pretrain.Append(encoded[:0], text, tokens)
			if _, err := to.Write(encoded); err != nil {
				return err
			}
		}
		return to.Flush()
	})
	fmt.Fprintf(p.out, "%s: %d documents, %d words, %d pieces (%.3f a word, %d unknown); %d paragraphs dropped that hold a text of a test set\n",
		name, t.Documents, t.Words, t.Pieces, float64(t.Pieces)/float64(max(t.Words, 1)), t.Unknown, t.Dropped)
	return t, err
}

// writeWhole writes a file so that it is there whole or not at all.
func writeWhole(path string, write func(io.Writer) error) (err error) {
	f, err := os.Create(path + ".new")
	if err != nil {
		return err
	}
	err = write(f)
	err = cmp.Or(err, f.Sync())
	if err := cmp.Or(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
