"""Writes the networks of networks.py and hand_built.py as ONNX, each with an input, a seed and PyTorch's float64 slope.

    python3 tools/gradient-fixtures/main.py packages/validation/test/gradient/fixtures

Needs PyTorch 1.13 and onnx 1.12 (Debian: python3-torch, python3-onnx). The weights that ONNX holds in float32 are the ones that the float64 slope is
taken with, so what is compared is the arithmetic alone.
"""

import base64
import json
import pathlib
import sys

import onnx
import torch

from hand_built import Graph, hand_built
from networks import fixtures


def encoded(tensor):
    return base64.b64encode(tensor.detach().contiguous().numpy().tobytes()).decode()


def write(folder, index, name, network, shape, options):
    generator = torch.Generator().manual_seed(index)
    for parameter in network.parameters():
        parameter.data = torch.empty_like(parameter).uniform_(-0.6, 0.6, generator=generator)
    for key, buffer in network.named_buffers():
        if key.endswith("running_mean") or key.endswith("running_var"):
            buffer.data = torch.empty_like(buffer).uniform_(0.4, 0.9, generator=generator)
    network.eval()
    inputs = torch.empty(shape).uniform_(-1, 1, generator=generator)
    if options.get("ties"):
        inputs = (inputs * 1.5).round().clamp(min=0)
    # Norms shall stay nodes of their own: else they melt into the convolution before them.
    kept = {"training": torch.onnx.TrainingMode.PRESERVE, "do_constant_folding": False}
    names = {"input_names": ["x"], "output_names": ["y"], "opset_version": options.get("opset", 17)}
    axes = {} if options.get("fixed") else {"dynamic_axes": {"x": {0: "batch"}, "y": {0: "batch"}}}
    exported = inputs[: options.get("exported", shape[0])]
    torch.onnx.export(network, exported, str(folder / f"{name}.onnx"), **names, **kept, **axes)
    double = network.double()
    exact = inputs.double().requires_grad_()
    rows = exact.split(options["exported"]) if "exported" in options else [exact]
    output = torch.cat([double(row) for row in rows])
    seed = torch.empty(output.shape, dtype=torch.float64).uniform_(-1, 1, generator=generator).float()
    (output * seed.double()).sum().backward()
    network.float()
    write_slope(folder, name, inputs, seed, exact.grad)


def write_slope(folder, name, inputs, seed, slope):
    content = {
        "input": {"dims": list(inputs.shape), "data": encoded(inputs)},
        "seed": {"dims": list(seed.shape), "data": encoded(seed)},
        "slope": encoded(slope),
    }
    (folder / f"{name}.json").write_text(json.dumps(content, indent=2) + "\n")


def write_hand_built(folder, index, name, network, shape, opset, is_fixed):
    generator = torch.Generator().manual_seed(1000 + index)
    inputs = torch.empty(shape).uniform_(-1, 1, generator=generator)
    exact = inputs.double().requires_grad_()
    graph = Graph(generator, exact)
    output = network(graph)
    dims = list(shape) if is_fixed else ["batch", *shape[1:]]
    onnx.save(graph.model(output, dims, opset), str(folder / f"{name}.onnx"))
    seed = torch.empty(output.tensor.shape, dtype=torch.float64).uniform_(-1, 1, generator=generator).float()
    (output.tensor * seed.double()).sum().backward()
    write_slope(folder, name, inputs, seed, exact.grad)


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for index, fixture in enumerate(fixtures()):
        write(folder, index, *fixture)
    for index, fixture in enumerate(hand_built()):
        write_hand_built(folder, index, *fixture)


main()
