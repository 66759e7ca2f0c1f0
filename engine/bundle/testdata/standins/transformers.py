"""Stands in for transformers where a model card's lines of Python are tried.

The tokenizer looks up the pieces of texts in pieces.json, which the test puts into the
folder, and the body is that of bert.py. Padding comes out of it as large numbers, so
that lines that do not leave it out are caught.
"""

import json
from types import SimpleNamespace

import torch

import bert


class AutoTokenizer:
    @classmethod
    def from_pretrained(cls, folder):
        with open(folder + "/pieces.json") as file:
            known = json.load(file)

        def tokenize(texts, truncation, max_length, return_tensors, padding=False, return_offsets_mapping=False):
            assert truncation and return_tensors == "pt"
            if isinstance(texts, str):
                assert return_offsets_mapping
                return {
                    **tokenize([texts], truncation, max_length, return_tensors, padding=True),
                    "offset_mapping": torch.tensor([known[texts]["places"]]),
                }
            assert padding
            rows = [known[text]["ids"] for text in texts]
            assert all(len(row) <= max_length for row in rows)
            longest = max(map(len, rows))
            return {
                "input_ids": torch.tensor([row + [0] * (longest - len(row)) for row in rows]),
                "token_type_ids": torch.zeros(len(rows), longest, dtype=torch.long),
                "attention_mask": torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows]),
            }

        return tokenize


class AutoModel:
    @classmethod
    def from_pretrained(cls, folder):
        model = cls()
        with open(folder + "/config.json") as file:
            read = json.load(file)
        read["id2label"] = {int(number): label for number, label in read["id2label"].items()}
        model.config = SimpleNamespace(**read)
        model.read = read
        model.weights = bert.read_safetensors(folder + "/model.safetensors")
        return model

    def eval(self):
        return self

    def get_input_embeddings(self):
        return lambda ids: bert.embedding(self.weights, ids)

    def __call__(self, token_type_ids, attention_mask, input_ids=None, inputs_embeds=None):
        if inputs_embeds is None:
            inputs_embeds = bert.embedding(self.weights, input_ids)
        hidden = torch.full((*attention_mask.shape, self.config.hidden_size), 1e3)
        for row, n in enumerate(attention_mask.sum(1)):
            hidden[row, :n] = bert.hidden(self.read, self.weights, inputs_embeds[row, :n], token_type_ids[row, :n])
        return SimpleNamespace(last_hidden_state=hidden)


class AutoModelForSequenceClassification(AutoModel):
    def __call__(self, input_ids, token_type_ids, attention_mask):
        rows = enumerate(attention_mask.sum(1))
        return SimpleNamespace(
            logits=torch.stack([bert.logits(self.read, self.weights, input_ids[row, :n], token_type_ids[row, :n]) for row, n in rows])
        )
