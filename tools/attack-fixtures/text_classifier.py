"""Trains a tiny classifier of sentences and writes it as ONNX, with sentences and PyTorch's slopes of them.

    python3 tools/attack-fixtures/text_classifier.py packages/validation/test/attacks/fixtures

Input: int64 tokens [batch, length], 0 where a sentence has ended. Output: scores of "bad" and "good". The sentences are made
of words that praise, that blame and that do neither; "not" in front turns a word round.

Needs PyTorch 1.13 (Debian: python3-torch).
"""

import json
import pathlib
import sys

import torch
from torch import nn
from torch.nn import functional as F

good = "good great lovely superb bright warm fresh clever charming honest".split()
bad = "bad awful dull poor dark cold stale clumsy boring false".split()
plain = "the a film book meal story it was is and very quite room song with of this that here there".split()
vocabulary = ["", "not", *good, *bad, *plain]
length = 8
torch.set_num_threads(1)


def sentences(count, generator):
    draw = lambda words: words[int(torch.randint(len(words), (1,), generator=generator))]
    rows, labels = [], []
    for _ in range(count):
        label = int(torch.randint(2, (1,), generator=generator))
        words = [draw(plain) for _ in range(2 + int(torch.randint(3, (1,), generator=generator)))]
        for _ in range(1 + int(torch.randint(2, (1,), generator=generator))):
            is_turned = float(torch.rand(1, generator=generator)) < 0.3
            word = draw((bad, good)[label != is_turned])
            place = int(torch.randint(len(words) + 1, (1,), generator=generator))
            # Never between "not" and its word.
            place += place > 0 and words[place - 1] == "not"
            words[place:place] = ["not", word] if is_turned else [word]
        rows.append([vocabulary.index(word) for word in words[:length]] + [0] * (length - len(words)))
        labels.append(label)
    return torch.tensor(rows), torch.tensor(labels)


class Classifier(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.embedding = nn.Embedding(len(vocabulary), width)
        self.pairs = nn.Conv1d(width, 16, 2, padding=1)
        self.head = nn.Linear(16, 2)

    def embedded(self, tokens, values):
        present = (tokens != 0).to(values.dtype).unsqueeze(-1)
        pairs = torch.tanh(self.pairs((values * present).transpose(1, 2)))
        return self.head(pairs.sum(2) / (1 + present.sum(1)))

    def forward(self, tokens):
        return self.embedded(tokens, self.embedding(tokens))


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(1)
    generator = torch.Generator().manual_seed(2)
    network = Classifier()
    tokens, labels = sentences(2000, generator)
    adam = torch.optim.Adam(network.parameters(), lr=0.01)
    for _ in range(300):
        adam.zero_grad()
        F.cross_entropy(network(tokens), labels).backward()
        adam.step()
    tokens, labels = sentences(200, generator)
    axes = {"tokens": {0: "batch", 1: "length"}, "scores": {0: "batch"}}
    names = {"input_names": ["tokens"], "output_names": ["scores"], "opset_version": 17}
    torch.onnx.export(network, tokens[:2], str(folder / "text-classifier.onnx"), **names, dynamic_axes=axes)
    double = network.double()
    values = double.embedding(tokens[:4]).detach().requires_grad_()
    scores = double.embedded(tokens[:4], values)
    wrong = 1 - labels[:4]
    margin = scores.gather(1, wrong.view(-1, 1)) - scores.gather(1, labels[:4].view(-1, 1))
    margin.sum().backward()
    # The slope with regard to a one-hot sequence: that along each token's embedding.
    slopes = values.grad @ double.embedding.weight.t()
    accuracy = float((double(tokens).argmax(1) == labels).double().mean())
    content = {
        "vocabulary": vocabulary,
        "accuracy": accuracy,
        "tokens": tokens.tolist(),
        "labels": labels.tolist(),
        "slopes": [[[round(value, 12) for value in row] for row in rows] for rows in slopes.tolist()],
    }
    (folder / "text-classifier.json").write_text(json.dumps(content) + "\n")
    print(accuracy)


main()
