"""The digits model of the demo, read from its ONNX file and run by PyTorch."""

import onnx
import torch
from onnx import numpy_helper
from torch.nn import functional as F


class DigitsModel:
    def __init__(self, path):
        self.graph = onnx.load(path).graph
        self.weights = {w.name: torch.from_numpy(numpy_helper.to_array(w).copy()) for w in self.graph.initializer}

    def __call__(self, images):
        values = {**self.weights, self.graph.input[0].name: images}
        for node in self.graph.node:
            given = [values[name] for name in node.input]
            options = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
            values[node.output[0]] = run(node.op_type, given, options, len(images))
        return values[self.graph.output[0].name]


def run(operator, given, options, batch):
    if operator == "Conv":
        top, left, bottom, right = options.get("pads", [0, 0, 0, 0])
        padded = F.pad(given[0], (left, right, top, bottom))
        return F.conv2d(padded, *given[1:], stride=options.get("strides", [1, 1]))
    if operator == "Relu":
        return torch.relu(given[0])
    if operator == "MaxPool":
        return F.max_pool2d(given[0], options["kernel_shape"], options.get("strides"))
    if operator == "Flatten":
        return torch.flatten(given[0], 1)
    if operator == "Reshape":
        return given[0].reshape([batch] + [int(size) for size in given[1]][1:])
    if operator == "Gemm":
        matrix = given[1].t() if options.get("transB") else given[1]
        return given[0] @ matrix + given[2]
    raise SystemExit("expected operators of the digits model, found " + operator)
