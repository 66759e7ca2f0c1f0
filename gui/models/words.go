package models

import (
	"slices"
	"strings"
)

// tasks in words, by Attune's names and by those of the hub.
var tasks = map[string]string{
	"classification": "sorting texts into classes", "text-classification": "sorting texts into classes",
	"entities": "finding names and terms", "token-classification": "finding names and terms",
	"answering": "answering from a text", "question-answering": "answering from a text",
	"translation": "translating", "summarization": "summarising",
	"generation": "writing", "text-generation": "writing", "text2text-generation": "writing",
	"fill-mask": "understanding texts", "feature-extraction": "comparing texts", "sentence-similarity": "comparing texts",
}

// Tasks says what a model is good for.
func Tasks(names []string) string {
	var words []string
	for _, name := range names {
		word, ok := tasks[name]
		if !ok {
			word = strings.ReplaceAll(name, "-", " ")
		}
		if !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	return strings.Join(words, ", ")
}

// licences that are met most, in words that say what they allow.
var licences = map[string]string{
	"apache-2.0": "Apache 2.0: free to use, also in a firm", "mit": "MIT: free to use, also in a firm",
	"cc-by-4.0": "CC BY 4.0: free to use, name the source", "cc-by-nc-4.0": "CC BY-NC 4.0: not for business",
}

// Licence says under which terms a model may be used.
func Licence(name string) string {
	if words, ok := licences[name]; ok {
		return words
	}
	return name
}

// architectures as their authors write them.
var architectures = map[string]string{
	"bert": "BERT", "distilbert": "DistilBERT", "electra": "ELECTRA", "roberta": "RoBERTa", "xlm-roberta": "XLM-RoBERTa", "gpt2": "GPT-2",
	"albert": "ALBERT", "llama": "Llama", "qwen2": "Qwen2", "bart": "BART", "marian": "Marian", "t5": "T5", "xlnet": "XLNet",
}

// Architecture writes the type of a model as its authors do.
func Architecture(kind string) string {
	if name, ok := architectures[kind]; ok {
		return name
	}
	return kind
}
