"""FGSM and PGD on the digits model in PyTorch: what the attacks of this package are compared with.

usage: oracle.py MODEL.onnx INPUTS.f32 LABELS.json

INPUTS.f32 holds little-endian float32 pictures of 1 x 28 x 28, LABELS.json their classes. Prints JSON: for each attack and
radius one string, a character an example: 1 where the model still answers as labelled, 0 where it does not.

Deterministic: no random start; PGD takes ten steps of a quarter of the radius.
"""

import json
import sys

import numpy
import onnx
import torch
from onnx import numpy_helper

torch.set_num_threads(1)
graph = onnx.load(sys.argv[1]).graph
weights = {tensor.name: torch.from_numpy(numpy_helper.to_array(tensor).copy()) for tensor in graph.initializer}
inputs = torch.from_numpy(numpy.fromfile(sys.argv[2], dtype="<f4").reshape(-1, 1, 28, 28))
labels = torch.tensor(json.load(open(sys.argv[3])))


def attributes(node):
    return {attribute.name: onnx.helper.get_attribute_value(attribute) for attribute in node.attribute}


def forward(images):
    values = dict(weights)
    values[graph.input[0].name] = images
    for node in graph.node:
        given = [values[name] for name in node.input]
        options = attributes(node)
        if node.op_type == "Conv":
            pads = options.get("pads", [0, 0, 0, 0])
            padded = torch.nn.functional.pad(given[0], (pads[1], pads[3], pads[0], pads[2]))
            result = torch.nn.functional.conv2d(padded, *given[1:], stride=options.get("strides", [1, 1]))
        elif node.op_type == "Relu":
            result = torch.relu(given[0])
        elif node.op_type == "MaxPool":
            result = torch.nn.functional.max_pool2d(given[0], options["kernel_shape"], options.get("strides"))
        elif node.op_type == "Flatten":
            result = torch.flatten(given[0], 1)
        elif node.op_type == "Reshape":
            result = given[0].reshape([len(images)] + [int(size) for size in given[1]][1:])
        elif node.op_type == "Gemm":
            matrix = given[1].t() if options.get("transB") else given[1]
            result = given[0] @ matrix + given[2]
        else:
            raise SystemExit("expected operators of the digits model, found " + node.op_type)
        values[node.output[0]] = result
    return values[graph.output[0].name]


def slope(images):
    images = images.clone().requires_grad_(True)
    torch.nn.functional.cross_entropy(forward(images), labels, reduction="sum").backward()
    return images.grad


def attack(radius, steps, stride):
    images = inputs.clone()
    for _ in range(steps):
        images = images + stride * slope(images).sign()
        images = torch.minimum(torch.maximum(images, inputs - radius), inputs + radius).clamp(0, 1)
    with torch.no_grad():
        return "".join("1" if same else "0" for same in forward(images).argmax(1) == labels)


results = {"clean 0": attack(0, 0, 0)}
for radius in (0.03, 0.1, 0.3):
    results["fgsm %g" % radius] = attack(radius, 1, radius)
for radius in (0.03, 0.1, 0.2):
    results["pgd %g" % radius] = attack(radius, 10, radius / 4)
print(json.dumps(results, indent=2))
