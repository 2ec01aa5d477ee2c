"""What stands of digits after attacks in PyTorch.

    python3 tools/attack-fixtures/main.py MODEL.onnx INPUTS.f32 LABELS.json ATTACK...

INPUTS.f32 holds little-endian float32 pictures of 1 x 28 x 28, LABELS.json their classes. Each attack is named with the
radii that its result is judged at, as in "pgd 0.1" or "deepfool l2 0.5 1". Prints JSON: for each attack and radius one
string, a character an example: 1 where no picture within the radius was found that is answered otherwise than labelled.

Needs PyTorch 1.13 and onnx 1.12 (Debian: python3-torch, python3-onnx).
"""

import json
import sys

import numpy
import torch

import references
from digits_model import DigitsModel

torch.set_num_threads(1)
torch.manual_seed(1)
model = DigitsModel(sys.argv[1])
inputs = torch.from_numpy(numpy.fromfile(sys.argv[2], dtype="<f4").reshape(-1, 1, 28, 28))
labels = torch.tensor(json.load(open(sys.argv[3])))


def standing(images, norm, radius):
    with torch.no_grad():
        is_right = model(images).argmax(1) == labels
        is_far = references.size(norm, images - inputs) > radius + 1e-5
    return "".join("1" if stands else "0" for stands in is_right | is_far)


def found(attack, norm, radius):
    """The result of an attack; those that look for the nearest picture need no radius."""
    target = (model, inputs, labels)
    if attack == "clean":
        return inputs
    if attack in ("fgsm", "pgd"):
        return getattr(references, attack)(*target, radius)
    if attack == "apgd-ce":
        return references.apgd(*target, norm, radius, references.cross_entropy, 100)
    if attack == "apgd-dlr":
        return references.apgd(*target, norm, radius, references.dlr, 100)
    if attack == "deepfool":
        return references.deepfool(*target, norm, 20)
    if attack == "fab":
        return references.fab(*target, norm, 10)
    if attack == "carlini-wagner":
        return references.carlini_wagner(*target, searches=4, steps=40, rate=0.2)
    if attack == "square":
        return references.square(*target, radius, 300)
    raise SystemExit("expected the name of an attack, found " + attack)


bounded = ("fgsm", "pgd", "apgd-ce", "apgd-dlr", "square")
results = {}
for name in sys.argv[4:]:
    attack, norm, *radii = name.split(" ") if " l" in name else (name.split(" ")[0], "linf", *name.split(" ")[1:])
    nearest = None if attack in bounded else found(attack, norm, 0)
    for radius in radii:
        images = found(attack, norm, float(radius)) if nearest is None else nearest
        label = name.rsplit(" ", len(radii))[0]
        results[f"{label} {radius}"] = standing(images, norm, float(radius))
print(json.dumps(results, indent=2))
