"""Times PyTorch on one shape: a BERT encoder with a head for 4 classes, in eager
mode and float32, on batches padded to their longest text. A training step is
forward, backward, clipping at 1.0 and AdamW. Prints one JSON object; for "about"
the version, the library that multiplies matrices and the processor it is for."""
import argparse
import ctypes
import json
import math
import os
import random
import resource
import statistics
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

WARMUP = 3  # steps that are not timed


class Block(nn.Module):
    def __init__(self, width, heads, inner, rate):
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value, self.output = (nn.Linear(width, width) for _ in range(4))
        self.up, self.down = nn.Linear(width, inner), nn.Linear(inner, width)
        self.after_attention, self.last = (nn.LayerNorm(width, eps=1e-12) for _ in range(2))
        self.dropout = nn.Dropout(rate)

    def split(self, x):
        batch, length, width = x.shape
        return x.view(batch, length, self.heads, width // self.heads).transpose(1, 2)

    def forward(self, x, mask):
        q, k, v = self.split(self.query(x)), self.split(self.key(x)), self.split(self.value(x))
        scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1]) + mask
        mixed = self.dropout(scores.softmax(-1)) @ v
        mixed = mixed.transpose(1, 2).reshape(x.shape)
        x = self.after_attention(self.dropout(self.output(mixed)) + x)
        return self.last(self.dropout(self.down(F.gelu(self.up(x)))) + x)


class Classifier(nn.Module):
    def __init__(self, config, rate=0.1, classes=4):
        super().__init__()
        width = config["hidden_size"]
        self.words = nn.Embedding(config["vocab_size"], width)
        self.places = nn.Embedding(config["max_position_embeddings"], width)
        self.segments = nn.Embedding(2, width)
        self.norm, self.dropout = nn.LayerNorm(width, eps=1e-12), nn.Dropout(rate)
        self.blocks = nn.ModuleList(
            Block(width, config["num_attention_heads"], config["intermediate_size"], rate)
            for _ in range(config["num_hidden_layers"])
        )
        self.pool, self.out = nn.Linear(width, width), nn.Linear(width, classes)

    def forward(self, ids, real):
        x = self.words(ids) + self.places(torch.arange(ids.shape[1])) + self.segments(torch.zeros_like(ids))
        x = self.dropout(self.norm(x))
        mask = (1 - real[:, None, None, :]) * -1e4
        for block in self.blocks:
            x = block(x, mask)
        return self.out(self.dropout(torch.tanh(self.pool(x[:, 0]))))


def pad(lengths, words):
    """One batch: random words, and which of them are real."""
    ids, real = torch.zeros(len(lengths), max(lengths), dtype=torch.long), torch.zeros(len(lengths), max(lengths))
    for row, n in enumerate(lengths):
        ids[row, :n] = torch.randint(1, words, (n,))
        real[row, :n] = 1
    return ids, real


def cut(lengths, size, steps, grouped):
    """Batches of lengths, in the order of the file, or sorted and shuffled as wholes."""
    texts = [lengths[i % len(lengths)] for i in range(size * steps)]
    if grouped:
        texts.sort()
    batches = [texts[i : i + size] for i in range(0, len(texts), size)]
    if grouped:
        random.Random(1).shuffle(batches)
    return batches


def library():
    """The file of the BLAS library that this process loaded; empty for one built into PyTorch."""
    try:
        with open("/proc/self/maps") as maps:
            files = {line.split()[-1] for line in maps if "blas" in line or "mkl" in line}
    except OSError:
        return ""
    return min(files, key=lambda f: ("openblas" not in os.path.basename(f), f), default="")


def multiplier(file):
    """The library by the folder that tells its kind of threads."""
    if file:
        return "/".join(file.split("/")[-2:])
    return torch.__config__.show().split("BLAS_INFO=")[-1].split(",")[0]


def core(file):
    """The processor that OpenBLAS takes this one for; empty for another library."""
    try:
        name = ctypes.CDLL(file).openblas_get_corename
    except (OSError, AttributeError):
        return ""
    name.restype = ctypes.c_char_p
    return name().decode()


def measure(a):
    torch.set_num_threads(a.threads)
    torch.manual_seed(0)
    with open(a.config) as f:
        config = json.load(f)
    with open(a.lengths) as f:
        lengths = [int(line) for line in f if line.strip()]
    batches = cut(lengths, a.batch, a.steps, a.grouped)
    model = Classifier(config)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-5, weight_decay=0.01)
    model.train(a.what == "train")

    def train(ids, real):
        optimizer.zero_grad()
        F.cross_entropy(model(ids, real), torch.randint(0, 4, (len(ids),))).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()

    def predict(ids, real):
        with torch.no_grad():
            model(ids, real).softmax(-1)

    step = train if a.what == "train" else predict
    for batch in (sorted(batches, key=max, reverse=True) * WARMUP)[:WARMUP]:
        step(*pad(batch, config["vocab_size"]))
    took = []
    for batch in batches:
        ids, real = pad(batch, config["vocab_size"])
        began = time.perf_counter()
        step(ids, real)
        took.append(time.perf_counter() - began)
    unit = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss, in bytes
    return {
        "tokens_per_second": sum(map(sum, batches)) / sum(took),
        "step_ms_median": 1000 * statistics.median(took),
        "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20,
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["about", "train", "predict"])
    parser.add_argument("--config")
    parser.add_argument("--lengths")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--steps", type=int, default=16)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--grouped", action="store_true")
    a = parser.parse_args()
    if a.what == "about":
        print(json.dumps({"version": torch.__version__, "blas": multiplier(library()), "core": core(library())}))
    else:
        print(json.dumps(measure(a)))


main()
