"""Computes the logits of a saved BertForSequenceClassification with PyTorch alone.

python3 bert.py FOLDER '[[[ids], [segments]], ...]' prints one list of logits for each
sequence. It shares nothing with the Go code: the file of weights is parsed here, and
the network is written down as Devlin et al. 2018 (arXiv 1810.04805) describe it.
"""

import json
import math
import struct
import sys

import torch
from torch.nn.functional import gelu, layer_norm, linear


def read_safetensors(path):
    """Gives the float32 tensors of a file by name."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        values = bytearray(file.read())
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        assert entry["dtype"] == "F32", name
        begin, end = entry["data_offsets"]
        count = (end - begin) // 4
        tensors[name] = torch.frombuffer(values, dtype=torch.float32, count=count, offset=begin).reshape(entry["shape"])
    return tensors


def embedding(w, ids):
    """Gives the embeddings of word pieces, before places and segments are added."""
    return w["bert.embeddings.word_embeddings.weight"][ids]


def hidden(config, w, words, segments):
    """Gives the last hidden states [tokens, width] of the embeddings of one sequence."""

    def dense(x, name):
        return linear(x, w[name + ".weight"], w[name + ".bias"])

    def norm(x, name):
        return layer_norm(x, x.shape[-1:], w[name + ".weight"], w[name + ".bias"], config["layer_norm_eps"])

    def heads(x):
        return x.reshape(len(words), config["num_attention_heads"], -1).transpose(0, 1)

    e = "bert.embeddings."
    x = words + w[e + "position_embeddings.weight"][: len(words)]
    x = x + w[e + "token_type_embeddings.weight"][segments]
    x = norm(x, e + "LayerNorm")
    for i in range(config["num_hidden_layers"]):
        b = f"bert.encoder.layer.{i}."
        q, k, v = (heads(dense(x, b + "attention.self." + name)) for name in ("query", "key", "value"))
        seen = torch.softmax(q @ k.transpose(1, 2) / math.sqrt(q.shape[-1]), dim=-1) @ v
        seen = seen.transpose(0, 1).reshape(x.shape)
        x = norm(x + dense(seen, b + "attention.output.dense"), b + "attention.output.LayerNorm")
        inner = gelu(dense(x, b + "intermediate.dense"))
        x = norm(x + dense(inner, b + "output.dense"), b + "output.LayerNorm")
    return x


def logits(config, w, ids, segments):
    """Gives the logits [classes] of one sequence."""
    x = hidden(config, w, embedding(w, ids), segments)[0]
    x = torch.tanh(linear(x, w["bert.pooler.dense.weight"], w["bert.pooler.dense.bias"]))
    return linear(x, w["classifier.weight"], w["classifier.bias"])


def main():
    folder, sequences = sys.argv[1], json.loads(sys.argv[2])
    with open(folder + "/config.json") as file:
        config = json.load(file)
    assert config["hidden_act"] == "gelu" and config["architectures"] == ["BertForSequenceClassification"]
    w = read_safetensors(folder + "/model.safetensors")
    with torch.no_grad():
        print(json.dumps([logits(config, w, ids, segments).tolist() for ids, segments in sequences]))


if __name__ == "__main__":
    main()
