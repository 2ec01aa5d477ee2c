"""Networks of operators that PyTorch does not export, each node written next to the same mathematics in PyTorch.

A `Value` holds a node's name in the ONNX graph and its tensor in float64, so a network is one function: it builds the graph
and computes what the graph has to give. Weights are rounded to float32 before either side reads them.
"""

import math

import torch
from onnx import TensorProto, helper, numpy_helper
from torch.nn import functional as F


class Value:
    def __init__(self, name, tensor):
        self.name, self.tensor = name, tensor


class Graph:
    def __init__(self, generator, x):
        self.generator, self.nodes, self.tensors = generator, [], []
        self.x = Value("x", x)

    def constant(self, numbers, kind=torch.float32):
        tensor = torch.as_tensor(numbers, dtype=kind)
        name = f"constant-{len(self.tensors)}"
        self.tensors.append(numpy_helper.from_array(tensor.numpy(), name))
        return Value(name, tensor.double() if kind == torch.float32 else tensor)

    def whole(self, numbers):
        return self.constant(numbers, torch.int64)

    def weight(self, *shape, low=-0.6, high=0.6):
        return self.constant(torch.empty(shape).uniform_(low, high, generator=self.generator))

    def node(self, operator, inputs, tensor, domain="", **attributes):
        """Adds a node; `tensor` is what it computes. Without a tensor further outputs cannot be asked for."""
        name = f"{operator}-{len(self.nodes)}"
        names = [value.name if value is not None else "" for value in inputs]
        self.nodes.append(helper.make_node(operator, names, [name], domain=domain, **attributes))
        return Value(name, tensor)

    def add(self, left, right):
        return self.node("Add", [left, right], left.tensor + right.tensor)

    def mul(self, left, right):
        return self.node("Mul", [left, right], left.tensor * right.tensor)

    def matmul(self, left, right):
        return self.node("MatMul", [left, right], left.tensor @ right.tensor)

    def scale(self, value, by):
        return self.mul(value, self.constant(by))

    def flatten(self, value):
        return self.node("Flatten", [value], value.tensor.flatten(1), axis=1)

    def joined(self, *values):
        flat = [self.flatten(value) for value in values]
        return self.node("Concat", flat, torch.cat([value.tensor for value in flat], 1), axis=1)

    def number(self, value):
        """An integer or boolean as a number, which passes no slope."""
        return self.node("Cast", [value], value.tensor.double(), to=TensorProto.FLOAT)

    def model(self, output, input_dims, opset):
        open_dims = lambda name, dims: helper.make_tensor_value_info(name, TensorProto.FLOAT, dims)
        last = self.node("Identity", [output], output.tensor)
        self.nodes[-1].output[0] = "y"
        graph = helper.make_graph(
            self.nodes,
            "network",
            [open_dims("x", input_dims)],
            [open_dims("y", [input_dims[0], *last.tensor.shape[1:]])],
            self.tensors,
        )
        imports = [helper.make_opsetid("", opset), helper.make_opsetid("com.microsoft", 1)]
        return helper.make_model(graph, opset_imports=imports, ir_version=8)


def curves(g):
    """Functions of one element; the input is between -1 and 1."""
    x = g.matmul(g.x, g.weight(6, 6))
    t = x.tensor
    small, above = g.scale(x, 0.3), g.node("Exp", [x], t.exp())
    high = g.add(above, g.constant(1.0))
    gate = lambda tensor, alpha: tensor * torch.sigmoid(alpha * tensor)
    return g.joined(
        g.node("Acosh", [high], high.tensor.acosh()),
        g.node("Asinh", [x], t.asinh()),
        g.node("Atanh", [small], small.tensor.atanh()),
        g.node("Cosh", [x], t.cosh()),
        g.node("Sinh", [x], t.sinh()),
        g.node("Mish", [x], F.mish(t)),
        g.node("Gelu", [x], F.gelu(t)),
        g.node("Gelu", [x], F.gelu(t, approximate="tanh"), approximate="tanh"),
        g.node("Softsign", [x], F.softsign(t)),
        g.node("Swish", [x], gate(t, 1.5), alpha=1.5),
        g.node("Shrink", [x], torch.where(t.abs() > 0.25, t - 0.125 * t.sign(), 0 * t), lambd=0.25, bias=0.125),
        g.node("ThresholdedRelu", [x], torch.where(t > 0.125, t, 0 * t), alpha=0.125),
        g.node("Neg", [x], -t),
        g.node("Dropout", [x], t),
    )


def shared_sums(g):
    """Sums, means and norms over axes and over operands."""
    x = g.matmul(g.x, g.weight(4, 4))
    positive = g.node("Exp", [x], x.tensor.exp())
    last = g.whole([2])
    length = lambda tensor, p: tensor.abs().pow(p).sum(1, keepdim=True).pow(1 / p)
    row = g.weight(4)
    return g.joined(
        g.node("ReduceLogSum", [positive, last], positive.tensor.sum(2).log(), keepdims=0),
        g.node("ReduceSumSquare", [x, last], x.tensor.square().sum(2), keepdims=0),
        g.node("LpNormalization", [x], x.tensor / length(x.tensor, 1), axis=1, p=1),
        g.node("LpNormalization", [x], x.tensor / length(x.tensor, 2), axis=1, p=2),
        g.node("Sum", [x, positive, row], x.tensor + positive.tensor + row.tensor),
        g.node("Mean", [x, positive, row], (x.tensor + positive.tensor + row.tensor) / 3),
    )


def channel_norms(g):
    """Norms of channels, one after the other, over pictures of 4 channels."""
    kernel = g.weight(4, 2, 3, 3)
    y = g.node("Conv", [g.x, kernel], F.conv2d(g.x.tensor, kernel.tensor, padding=1), pads=[1] * 4)
    scale, bias = g.weight(4, low=0.5, high=1.5), g.weight(4)
    t = F.group_norm(y.tensor, 2, scale.tensor, bias.tensor, 1e-3)
    y = g.node("GroupNormalization", [y, scale, bias], t, num_groups=2, epsilon=1e-3)
    centred = y.tensor - y.tensor.mean((0, 2, 3), keepdim=True)
    deviation = centred.square().mean((0, 2, 3), keepdim=True).sqrt() + 1e-9
    whitened = g.node("MeanVarianceNormalization", [y], centred / deviation)
    nearby = F.pad(y.tensor.square(), (0, 0, 0, 0, 1, 1)).unfold(1, 3, 1).sum(-1)
    local = y.tensor / (1.5 + 0.5 / 3 * nearby) ** 0.75
    neighbours = g.node("LRN", [y], local, size=3, alpha=0.5, beta=0.75, bias=1.5)
    return g.joined(whitened, neighbours)


def root_mean_squares(g):
    scaled = lambda t, scale: t * torch.rsqrt(t.square().mean(-1, keepdim=True) + 1e-3) * scale
    y = g.matmul(g.x, g.weight(4, 6))
    scale = g.weight(6, low=0.5, high=1.5)
    y = g.node("RMSNormalization", [y, scale], scaled(y.tensor, scale.tensor), axis=-1, epsilon=1e-3)
    y = g.matmul(y, g.weight(6, 5))
    scale = g.weight(5, low=0.5, high=1.5)
    t = scaled(y.tensor, scale.tensor)
    return g.flatten(g.node("SimplifiedLayerNormalization", [y, scale], t, axis=-1, epsilon=1e-3))


def norm_pools(g):
    kernel = g.weight(3, 2, 3, 3)
    y = g.node("Conv", [g.x, kernel], F.conv2d(g.x.tensor, kernel.tensor))
    t = y.tensor
    pooled = lambda t, p: F.avg_pool2d(t.abs() ** p, (2, 3), (1, 2)).mul(6) ** (1 / p)
    whole = lambda t, p: (t.abs() ** p).sum((2, 3), keepdim=True) ** (1 / p)
    blocks = F.pixel_unshuffle(t, 2).reshape(t.shape[0], 3, 4, 2, 2).transpose(1, 2).reshape(t.shape[0], 12, 2, 2)
    window = {"kernel_shape": [2, 3], "strides": [1, 2]}
    return g.joined(
        g.node("LpPool", [y], pooled(t, 2), p=2, **window),
        g.node("LpPool", [y], pooled(t, 3), p=3, **window),
        g.node("GlobalLpPool", [y], whole(t, 2), p=2),
        g.node("GlobalLpPool", [y], whole(t, 3), p=3),
        g.node("GlobalMaxPool", [y], t.amax((2, 3), keepdim=True)),
        g.scale(g.node("SpaceToDepth", [y], blocks, blocksize=2), 0.5),
    )


def moved_rows(g):
    """Rows that are chosen, turned around and put back, in batches of two."""
    x = g.matmul(g.x, g.weight(4, 4))
    t = x.tensor
    kept = g.constant([True, False, True], torch.bool)
    pairs = g.whole([[[2, 1], [0, 3]], [[1, 1], [1, 1]]])
    found = torch.stack([t[0, [2, 0], [1, 3]], t[1, [1, 1], [1, 1]]])
    turned = torch.stack([t[0].flip(0), torch.cat([t[1, :2].flip(0), t[1, 2:]])])
    places = g.whole([[0, 1], [1, 2]])
    updates = g.node("Sin", [found_rows := g.node("Compress", [x, kept], t[:, [0, 2]], axis=1)], t[:, [0, 2]].sin())
    update = g.node("ReduceMean", [updates, g.whole([1])], updates.tensor.mean(1), keepdims=0)
    replaced, added = t.clone(), t.clone()
    replaced[[0, 1], [1, 2]] = update.tensor
    added[[0, 1], [1, 2]] = t[[0, 1], [1, 2]] + update.tensor
    return g.joined(
        g.mul(found_rows, found_rows),
        g.node("GatherND", [x, pairs], found, batch_dims=1),
        g.node("ReverseSequence", [x, g.whole([3, 2])], turned, batch_axis=0, time_axis=1),
        g.node("Trilu", [x, g.whole(1)], t.triu(1), upper=1),
        g.node("ScatterND", [x, places, update], replaced),
        g.node("ScatterND", [x, places, update], added, reduction="add"),
    )


def ramp(g):
    """A ramp from a number that the input gives, in steps that it gives as well."""
    scalar = lambda of: g.node("ReduceMean", [of], of.tensor.mean(), keepdims=0)
    start, step = scalar(g.x), scalar(g.node("Exp", [g.x], g.x.tensor.exp()))
    limit = g.add(start, g.scale(step, 3.5))
    values = g.node("Range", [start, limit, step], start.tensor + step.tensor * torch.arange(4))
    return g.mul(values, g.x)


def steps(g):
    """Operators that move in jumps, each as a factor of what does not: the slope goes around them."""
    x = g.matmul(g.x, g.weight(4, 4))
    t = x.tensor
    tripled = g.scale(x, 3.0)
    factors = []
    for operator, function in (("Ceil", torch.ceil), ("Floor", torch.floor), ("Round", torch.round), ("Sign", torch.sign)):
        factors.append(g.node(operator, [tripled], function(tripled.tensor).detach()))
    one, half = g.constant(1.0), g.constant(0.5)
    compared = [
        g.node("Greater", [x, half], t > 0.5),
        g.node("GreaterOrEqual", [factors[0], one], factors[0].tensor >= 1),
        g.node("Less", [x, half], t < 0.5),
        g.node("LessOrEqual", [factors[1], one], factors[1].tensor <= 1),
        g.node("Equal", [factors[2], one], factors[2].tensor == 1),
        g.node("IsNaN", [x], t.isnan()),
        g.node("IsInf", [x], t.isinf()),
    ]
    greater, at_least, less, at_most, equal, nan, infinite = compared
    strange = g.node("Or", [nan, infinite], nan.tensor | infinite.tensor)
    fine = g.node("Not", [strange], ~strange.tensor)
    both = g.node("And", [at_least, fine], at_least.tensor & fine.tensor)
    either = g.node("Xor", [less, at_most], less.tensor ^ at_most.tensor)
    factors += [g.number(value) for value in (greater, both, either, equal)]
    best = g.node("ArgMax", [x], t.argmax(1, keepdim=True), axis=1, keepdims=1)
    worst = g.node("ArgMin", [x], t.argmin(1, keepdim=True), axis=1, keepdims=1)
    factors += [g.number(best), g.number(worst)]
    flat = g.node("ArgMax", [x], t.argmax(1), axis=1, keepdims=0)
    hot = F.one_hot(flat.tensor, 4).double() * 2.5 + 0.5
    factors.append(g.node("OneHot", [flat, g.whole(4), g.constant([0.5, 3.0])], hot))
    places = g.node("NonZero", [factors[2]], factors[2].tensor.nonzero().t())
    length = g.node("Size", [places], torch.tensor(places.tensor.numel()))
    eighth = helper.make_tensor("", TensorProto.FLOAT, [1], [0.125])
    shape = g.node("Reshape", [length, g.whole([1])], length.tensor.reshape(1))
    filled = torch.full((int(length.tensor),), 0.125, dtype=torch.float64)
    eighths = g.node("ConstantOfShape", [shape], filled, value=eighth)
    factors.append(g.node("ReduceSum", [eighths], eighths.tensor.sum(), keepdims=0))
    step, zero = g.constant(0.125), g.constant(128, torch.uint8)
    levels = ((t / 0.125).round() + 128).clamp(0, 255).detach()
    quantised = g.node("QuantizeLinear", [x, step, zero], levels)
    factors.append(g.node("DequantizeLinear", [quantised, step, zero], (levels - 128) * 0.125))
    factors.append(g.node("EyeLike", [x], torch.eye(*t.shape, dtype=torch.float64)))
    return g.joined(*[g.mul(x, factor) for factor in factors])


def fused_layers(g):
    """What onnxruntime's optimiser makes of convolutions and linear layers."""
    fused = lambda operator, inputs, tensor, **attributes: g.node(operator, inputs, tensor, "com.microsoft", **attributes)
    kernel, bias = g.weight(3, 2, 3, 3), g.weight(3)
    t = F.conv2d(g.x.tensor, kernel.tensor, bias.tensor, padding=1)
    first = fused("FusedConv", [g.x, kernel, bias], t.sigmoid(), activation="Sigmoid", pads=[1] * 4)
    kernel, bias = g.weight(3, 3, 1, 1), g.weight(3)
    t = F.conv2d(first.tensor, kernel.tensor, bias.tensor) + first.tensor
    second = fused("FusedConv", [first, kernel, bias, first], t.relu(), activation="Relu", kernel_shape=[1, 1])
    rows = g.node("Reshape", [second, g.whole([0, 3, 16])], second.tensor.reshape(-1, 3, 16))
    matrix = g.weight(5, 3)
    t = 0.5 * rows.tensor.transpose(1, 2) @ matrix.tensor.t()
    mixed = g.flatten(fused("FusedMatMul", [rows, matrix], t, alpha=0.5, transA=1, transB=1))
    weights, bias = g.weight(6, 80), g.weight(6)
    t = F.leaky_relu(F.linear(mixed.tensor, weights.tensor, bias.tensor), 0.2)
    return fused("FusedGemm", [mixed, weights, bias], t, activation="LeakyRelu", activation_alpha=0.2, transB=1)


def fused_transformer(g):
    """Two attention blocks, with every fused activation and norm between."""
    width, heads = 6, 2
    fused = lambda operator, inputs, tensor, **attributes: g.node(operator, inputs, tensor, "com.microsoft", **attributes)
    split = lambda t: t.reshape(*t.shape[:2], heads, width // heads).transpose(1, 2)

    def attend(query, key, value):
        weights = torch.softmax(split(query) @ split(key).transpose(-1, -2) / math.sqrt(width // heads), -1)
        return (weights @ split(value)).transpose(1, 2).reshape(query.shape)

    weights, bias = g.weight(width, 3 * width), g.weight(3 * width)
    t = attend(*(g.x.tensor @ weights.tensor + bias.tensor).chunk(3, -1))
    y = fused("Attention", [g.x, weights, bias], t, num_heads=heads)
    scale, shift, bias = g.weight(width, low=0.5, high=1.5), g.weight(width), g.weight(width)
    t = F.layer_norm(y.tensor + g.x.tensor + bias.tensor, (width,), scale.tensor, shift.tensor, 1e-3)
    y = fused("SkipLayerNormalization", [y, g.x, scale, shift, bias], t, epsilon=1e-3)
    bias = g.weight(width)
    y = fused("BiasGelu", [y, bias], F.gelu(y.tensor + bias.tensor))
    mixed = g.matmul(y, g.weight(width, width))
    y = fused("Gelu", [mixed], F.gelu(mixed.tensor))
    bias = g.weight(width)
    y = fused("FastGelu", [y, bias], F.gelu(y.tensor + bias.tensor, approximate="tanh"))
    parts = [g.matmul(y, g.weight(width, width)) for _ in range(3)]
    bias = g.weight(3 * width)
    operands = [part.tensor + piece for part, piece in zip(parts, bias.tensor.chunk(3))]
    t = attend(*operands)
    attended = fused("MultiHeadAttention", [*parts, bias], t, num_heads=heads)
    scale = g.weight(width, low=0.5, high=1.5)
    t = attended.tensor + y.tensor
    t = t * torch.rsqrt(t.square().mean(-1, keepdim=True) + 1e-3) * scale.tensor
    y = fused("SkipSimplifiedLayerNormalization", [attended, y, scale], t, epsilon=1e-3)
    return g.flatten(fused("QuickGelu", [y], y.tensor * torch.sigmoid(1.5 * y.tensor), alpha=1.5))


def hand_built():
    """Name, network, shape of the input, operator set, and whether the batch is fixed."""
    return [
        ("curves", curves, (2, 6), 24, False),
        ("shared-sums", shared_sums, (2, 3, 4), 18, False),
        ("channel-norms", channel_norms, (2, 2, 4, 3), 21, False),
        ("root-mean-squares", root_mean_squares, (2, 3, 4), 23, False),
        ("norm-pools", norm_pools, (2, 2, 6, 6), 18, False),
        ("moved-rows", moved_rows, (2, 3, 4), 18, True),
        ("ramp", ramp, (1, 4), 17, True),
        ("steps", steps, (2, 4), 17, False),
        ("fused-layers", fused_layers, (2, 2, 4, 4), 17, False),
        ("fused-transformer", fused_transformer, (2, 3, 6), 17, False),
    ]
