package bundle

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"attune/engine/head"
)

// card writes the model card: the metadata that the Hugging Face hub reads, then
// what a person wants to know. The classifier is the model's, nil for one without, and the
// guesser the class of transformers that opens the head that is kept beside its own, "".
func card(a About, config map[string]any, c *head.Classifier, guesser string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "---\nlibrary_name: transformers\ntags:\n- attune\npipeline_tag: %s\n---\n\n", a.Pipeline)
	fmt.Fprintf(&b, "# %s, run %d\n\n", a.Project, a.Run)
	fmt.Fprintf(&b, "A %s model for %s, fine-tuned with Attune from %s (%s) on %d rows.\n",
		config["model_type"], a.Task, a.Base, strings.Join(a.Techniques, ", "), a.Rows)
	if len(a.Scores) > 0 {
		b.WriteString("\n| on the validation rows | |\n|---|---|\n")
		for _, name := range slices.Sorted(maps.Keys(a.Scores)) {
			fmt.Fprintf(&b, "| %s | %.4f |\n", name, a.Scores[name])
		}
	}
	if labels, ok := config["id2label"].(map[string]string); ok {
		fmt.Fprintf(&b, "\nLabels: %s\n", strings.Join(slices.Sorted(maps.Values(labels)), ", "))
	}
	pooling, isPooled := config["classifier_pooling"].(string)
	if isPooled {
		fmt.Fprintf(&b, "\nIts classifier reads the %s of each text's tokens, which transformers does not know of: AutoModelForSequenceClassification computes other answers.\n", pooling)
	}
	_, counts := config["word_counts"]
	if counts {
		b.WriteString("\nBeside the network a plain model of counted words votes, whose logits are added: the tensors word_counts. transformers does not know of them, and answers with the network alone.\n")
	}
	if lines, ok := python(a, config, c); ok && (isPooled || counts) {
		fmt.Fprintf(&b, "These lines compute its own answers, in the order of the labels' numbers:\n\n```python\n%s```\n", lines)
	}
	if _, told := config["word_shapes"]; told {
		b.WriteString("\nIts tokenizer hides capitals, so it is told the shape of each word besides: word_shapes.weight is added to the embeddings of the word's pieces. transformers does not know of it: AutoModelForTokenClassification answers as if all were in small letters.\n")
		fmt.Fprintf(&b, "These lines compute its own tags, word by word, without ruling out those that cannot follow each other:\n\n```python\n%s```\n", pythonOfTags(a))
	}
	if bound, ok := config["span_bound"].(float64); ok {
		fmt.Fprintf(&b, "\nAttune gives the names that it takes to be right with a probability of %.2g or more (span_bound in config.json), those too that its likeliest tags leave out: so it was best on its validation rows.\n", bound)
	}
	if guesser != "" {
		fmt.Fprintf(&b, "\nIts body got to know the texts first. The head that it guessed words with is kept: %s opens it too.\n", guesser)
	}
	if len(a.Cleaning) > 0 {
		b.WriteString("\nIts texts were cleaned first, and so must be all that it is asked; attune.json has the settings:")
		for _, s := range a.Cleaning {
			fmt.Fprintf(&b, " %s", s.Step)
		}
		b.WriteString("\n")
	}
	return []byte(b.String())
}

// pooled is how PyTorch computes what stands for each text, by the pooling's name, from
// hidden [texts x tokens x width] and seen [texts x tokens x 1], which is 0 for padding.
var pooled = map[string]string{
	"mean":      "(hidden * seen).sum(1) / seen.sum(1)",
	"first":     "hidden[:, 0]",
	"last":      "hidden[torch.arange(len(hidden)), seen.sum((1, 2)) - 1]",
	"attention": "(hidden * (hidden @ weights[\"pooling.query\"].reshape(-1, 1)).masked_fill(seen == 0, -torch.inf).softmax(1)).sum(1)",
}

// activations are those of the dense layer of the classifiers of transformers, by the
// model_type, where it is not tanh.
var activations = map[string]string{"distilbert": "relu", "electra": "nn.functional.gelu"}

// python gives the lines of Python that answer with the network of transformers, the head
// as it was learned, and the counts of words. Those who read texts to their end, part by
// part, are told that these lines do not. ok is false for a body without padding, which is
// a decoder's.
func python(a About, config map[string]any, c *head.Classifier) (lines string, ok bool) {
	pooling, own := config["classifier_pooling"].(string)
	_, counts := config["word_counts"]
	if c == nil || c.Pool == nil || own && pooled[pooling] == "" {
		return "", false
	}
	network, logits := "AutoModelForSequenceClassification", "    logits = body(**tokens).logits\n"
	if own {
		network = "AutoModel"
		activation := cmp.Or(activations[fmt.Sprint(config["model_type"])], "tanh")
		logits = fmt.Sprintf(`    seen = tokens["attention_mask"].unsqueeze(-1)
    hidden = body(**tokens).last_hidden_state
    x = %s
    logits = dense(torch.%s(dense(x, %q)), %q)
`, pooled[pooling], activation, c.Names.Pool, c.Names.Out)
	}
	var b strings.Builder
	if a.Settings["long_texts"] == "parts" {
		b.WriteString("# Of longer texts only the beginning is read; Attune takes the mean of all parts.\n")
	}
	if counts {
		b.WriteString("import math\nimport unicodedata\nfrom collections import Counter\n\n")
	}
	fmt.Fprintf(&b, `import torch
from safetensors.torch import load_file
from transformers import %s, AutoTokenizer

folder = "."
tokenizer = AutoTokenizer.from_pretrained(folder)
body = %[1]s.from_pretrained(folder).eval()
weights = load_file(folder + "/model.safetensors")
`, network)
	if own {
		b.WriteString(denseLines)
	}
	if counts {
		b.WriteString(countedLines)
		logits += "    logits = logits + torch.stack([counted(text) for text in texts])\n"
	}
	shares := "softmax(-1)"
	if config["problem_type"] == "multi_label_classification" {
		shares = "sigmoid()"
	}
	fmt.Fprintf(&b, `

@torch.no_grad()
def answer(texts):
    tokens = tokenizer(texts, padding=True, truncation=True, max_length=%s, return_tensors="pt")
%s    return logits.%s


print(body.config.id2label, answer(["where is my parcel?"]))
`, cmp.Or(a.Settings["max_length"], "512"), logits, shares)
	return b.String(), true
}

const denseLines = `

def dense(x, name):
    return torch.nn.functional.linear(x, weights[name + ".weight"], weights[name + ".bias"])
`

// pythonOfTags gives the lines of Python that tag words with the body of transformers, which
// is told their shapes.
func pythonOfTags(a About) string {
	return fmt.Sprintf(`# Of longer texts only the beginning is read; Attune reads them in parts that overlap.
import re

import torch
from safetensors.torch import load_file
from transformers import AutoModel, AutoTokenizer

folder = "."
tokenizer = AutoTokenizer.from_pretrained(folder)
body = AutoModel.from_pretrained(folder).eval()
weights = load_file(folder + "/model.safetensors")


def shape(word):
    letters = [c for c in word if c.isalpha()]
    capitals = [c for c in letters if c.isupper() or c.istitle()]
    if not capitals:
        return None
    if len(capitals) == 1 and capitals[0] == letters[0]:
        return 0
    return 1 if capitals == letters else 2


@torch.no_grad()
def answer(text):
    tokens = tokenizer(text, truncation=True, max_length=%s, return_offsets_mapping=True, return_tensors="pt")
    words = [m.span() for m in re.finditer(r"[^\W_]([^\W_]|[\u0300-\u036f])*|\S", text)]
    x = body.get_input_embeddings()(tokens.pop("input_ids")).clone()
    firsts = {}
    for i, (start, end) in enumerate(tokens.pop("offset_mapping")[0].tolist()):
        for word in words:
            if word[0] < end and start < word[1]:
                firsts.setdefault(word, i)
                if (number := shape(text[slice(*word)])) is not None:
                    x[0, i] += weights["word_shapes.weight"][number]
    hidden = body(inputs_embeds=x, **tokens).last_hidden_state[0]
    shares = torch.nn.functional.linear(hidden, weights["classifier.weight"], weights["classifier.bias"]).softmax(-1)
    return [(text[slice(*word)], body.config.id2label[int(shares[i].argmax())], float(shares[i].max())) for word, i in firsts.items()]


print(answer("Ada Lovelace lived in London."))
`, cmp.Or(a.Settings["max_length"], "128"))
}
