"""Small networks that together meet the operators whose slopes are derived. Weights are seeded by the caller."""

import torch
from torch import nn
from torch.nn import functional as F


class Lambda(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


class ResMix(nn.Module):
    """Strided, grouped, depthwise, dilated and transposed convolutions with norms, activations and pools between."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, stride=2, padding=1)
        self.norm = nn.BatchNorm2d(8)
        self.grouped = nn.Conv2d(8, 8, 3, padding=1, groups=4)
        self.depthwise = nn.Conv2d(8, 8, 5, padding=2, groups=8)
        self.dilated = nn.Conv2d(8, 8, 3, padding=2, dilation=2)
        self.up = nn.ConvTranspose2d(8, 6, 3, stride=2, padding=1, output_padding=1, groups=2)
        self.head = nn.Linear(14, 5)

    def forward(self, x):
        y = F.silu(self.norm(self.stem(x)))
        y = y + F.elu(self.grouped(y))
        y = torch.clamp(self.depthwise(y), -0.7, 0.9) + self.dilated(y)
        pooled = F.max_pool2d(y, 3, 2, 1)
        up = F.avg_pool2d(F.softplus(self.up(pooled)), 2)
        return self.head(torch.cat([up, pooled], 1).mean((2, 3)))


class VitBlock(nn.Module):
    def __init__(self, width=12, heads=3):
        super().__init__()
        self.heads = heads
        self.token = nn.Parameter(torch.zeros(1, 1, width))
        self.patch = nn.Conv2d(1, width, 4, stride=4)
        self.first, self.second = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width))
        self.head = nn.Linear(width, 4)

    def forward(self, x):
        x = self.patch(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(x.shape[0], -1, -1), x], 1)
        batch, length, width = x.shape
        q, k, v = self.qkv(self.first(x)).chunk(3, -1)
        split = lambda t: t.reshape(batch, length, self.heads, width // self.heads).transpose(1, 2)
        weights = torch.softmax(split(q) @ split(k).transpose(-1, -2) / (width // self.heads) ** 0.5, -1)
        x = x + self.out((weights @ split(v)).transpose(1, 2).reshape(batch, length, width))
        return self.head((x + self.mlp(self.second(x)))[:, 0])


class Misc1d(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(2, 4, 3, stride=2, padding=1)
        self.group, self.instance = nn.GroupNorm(2, 4), nn.InstanceNorm1d(4, affine=True)
        self.head = nn.Linear(9, 4)

    def forward(self, x):
        y = self.instance(self.group(self.conv(x)))
        y = torch.sqrt(y.abs() + 0.5) + torch.exp(0.3 * y) - torch.log(y * y + 1) + (y.abs() + 0.1) ** 1.5
        y = F.pad(y, (2, 1))[:, :, 1:-2] / (1 + y.mean(1, keepdim=True).abs())
        return F.log_softmax(self.head(torch.logsumexp(y, 1)[:, :9]), -1)


class Recurrent(nn.Module):
    def __init__(self, kind, **options):
        super().__init__()
        self.layer = kind(3, 4, batch_first=True, **options)
        self.head = nn.Linear(4 * (2 if options.get("bidirectional") else 1), 3)

    def forward(self, x):
        return self.head(self.layer(x)[0].tanh().sum(1))


class Hyper(nn.Module):
    """A convolution whose kernel and bias are computed from the input."""

    def __init__(self, transposed):
        super().__init__()
        self.transposed = transposed
        self.kernel, self.bias = nn.Linear(50, 4 * 1 * 9), nn.Linear(50, 4 if not transposed else 2)

    def forward(self, x):
        flat = x.flatten(1)
        bias = self.bias(flat)[0]
        if self.transposed:
            y = F.conv_transpose2d(x.repeat(1, 2, 1, 1), self.kernel(flat).reshape(4, 1, 3, 3), bias, 2, 1, 1, 2, 1)
        else:
            y = F.conv2d(x, self.kernel(flat).reshape(4, 1, 3, 3), bias, 2, 1, 1, 2)
        return y.tanh().flatten(1)


class MobileBlock(nn.Module):
    """Squeeze and excite between pointwise and depthwise convolutions."""

    def __init__(self):
        super().__init__()
        self.expand, self.norm = nn.Conv2d(3, 9, 1), nn.BatchNorm2d(9)
        self.depthwise = nn.Conv2d(9, 9, 3, padding=1, groups=9)
        self.squeeze, self.excite = nn.Conv2d(9, 3, 1), nn.Conv2d(3, 9, 1)
        self.project = nn.Conv2d(9, 3, 1)

    def forward(self, x):
        y = F.hardswish(self.norm(self.expand(x)))
        y = self.depthwise(y)
        scale = F.hardsigmoid(self.excite(F.relu(self.squeeze(F.adaptive_avg_pool2d(y, 1)))))
        return (x + self.project(y * scale)).mean((2, 3))


class Dense(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList(nn.Conv2d(2 + 2 * i, 2, 3, padding=1) for i in range(3))
        self.norms = nn.ModuleList(nn.BatchNorm2d(2 + 2 * i) for i in range(3))

    def forward(self, x):
        for norm, layer in zip(self.norms, self.layers):
            x = torch.cat([x, layer(F.relu(norm(x)))], 1)
        return F.avg_pool2d(x, 2, 2).flatten(1)


class Shuffle(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Conv2d(4, 8, 1, groups=2), nn.Conv2d(8, 4, 3, padding=1, groups=4)

    def forward(self, x):
        y = F.leaky_relu(self.first(x), 0.2)
        b, c, h, w = y.shape
        y = y.view(b, 2, c // 2, h, w).transpose(1, 2).reshape(b, c, h, w)
        left, right = self.second(y).split(2, 1)
        return torch.cat([left * right.sigmoid(), x[:, :2]], 1).flatten(2).mean(-1)


class BatchOne(nn.Module):
    """Exported for one example, its shapes as constants."""

    def __init__(self):
        super().__init__()
        self.conv, self.head = nn.Conv2d(1, 4, 3), nn.Linear(16, 3)

    def forward(self, x):
        y = F.max_pool2d(F.relu(self.conv(x)), 3)
        y = y.reshape(1, 4, 2, 2).permute(0, 2, 3, 1).reshape(1, 16)
        return self.head(y)


def activations(x):
    parts = [F.leaky_relu(x), F.selu(x), F.celu(x, 1.3), F.hardswish(2 * x), F.hardsigmoid(3 * x), F.softsign(x)]
    return torch.cat([*parts, F.mish(x), F.relu6(4 * x), F.logsigmoid(x)], 1)


def trigonometry(x):
    parts = [x.sin(), x.cos(), x.tan(), (0.9 * x).asin(), (0.9 * x).acos(), x.atan(), torch.erf(x)]
    return torch.cat([*parts, x.exp().reciprocal(), (x + 2).log(), (x + 2).rsqrt(), (x * 0.9).tanh()], 1)


def reductions(x):
    parts = [x.sum(2), x.mean(2), x.amax(2), x.amin(2), (x + 2).prod(2), x.norm(1, 2), x.norm(2, 2)]
    return torch.cat([*parts, x.logsumexp(2), x.std(2), x.var(2), x.sum((1, 2)).unsqueeze(1)], 1)


def gathers(x):
    wanted = torch.tensor([3, 0, 3, 1])
    places = torch.tensor([[0, 2, 1, 1]]).expand(x.shape[0], -1)
    scattered = torch.zeros_like(x).scatter(1, torch.tensor([[4, 1, 0]]).expand(x.shape[0], -1), x[:, :3] * 2)
    best = x.topk(3, 1)[0]
    return torch.cat([x[:, wanted] ** 2, x.gather(1, places), scattered, best, x.cumsum(1)], 1)


def movement(x):
    y = F.pixel_unshuffle(F.pixel_shuffle(x, 2), 2) * x
    first, second = y.chunk(2, 1)
    stacked = torch.stack([first, second], 2).permute(0, 3, 2, 1, 4)
    repeated = first.repeat(1, 2, 1, 1).unsqueeze(1).squeeze(1)
    return torch.cat([stacked.flatten(1), (repeated * x).flatten(1), first[:, :, ::2, 1:3].flatten(1)], 1)


def products(x):
    outer = torch.einsum("bij,bkj->bik", x, x)
    return torch.cat([outer.flatten(1), torch.bmm(x, x.transpose(1, 2)).tanh().flatten(1), (x @ x[:, 0].unsqueeze(-1)).flatten(1)], 1)


def choices(x):
    y = x.roll(1, 1)
    return torch.cat([torch.where(x > y, x * y, y), torch.maximum(x, y) ** 2, torch.minimum(x, y) * x, x.sign() * y], 1)


def causal(x):
    length = x.shape[1]
    mask = torch.ones(length, length).triu(1).bool()
    scores = (x @ x.transpose(1, 2)).masked_fill(mask, -1e4)
    return (torch.softmax(scores, -1) @ x).flatten(1)


def resizes(x):
    return torch.cat([
        F.interpolate(x, scale_factor=2.0, mode="nearest").flatten(1),
        F.interpolate(x, size=(7, 3), mode="bilinear", align_corners=False).flatten(1),
        F.interpolate(x, size=(8, 9), mode="bilinear", align_corners=True).flatten(1),
        F.interpolate(x, scale_factor=1.5, mode="bicubic", align_corners=False).flatten(1),
    ], 1).sin()


def pads(x):
    reflected = F.pad(x, (2, 1, 1, 2), mode="reflect")
    repeated = F.pad(x, (1, 2, 3, 0), mode="replicate")
    cut = F.pad(x, (-1, 2, 1, -1), value=0.5)
    return torch.cat([reflected.flatten(1), repeated.flatten(1), cut.flatten(1)], 1).sin()


def tiles(x):
    """Windows that do not overlap over values that tie, the last row and column in none."""
    return torch.cat([F.max_pool2d(x, 2).flatten(1), F.max_pool2d(x, 3).flatten(1), F.max_pool2d(x, 2, 1).flatten(1)], 1)


def pools(x):
    parts = [F.adaptive_max_pool2d(x, 1), F.adaptive_avg_pool2d(x, 1)]
    return torch.cat([*(p.flatten(1) for p in parts), F.avg_pool2d(x, 3, 2, 1).flatten(1), F.avg_pool2d(x, 3, 1, 1, count_include_pad=False).flatten(1), F.max_pool2d(x, 3, 2, 1, ceil_mode=True).flatten(1), F.max_pool2d(x, 2, 2, 0, dilation=2).flatten(1)], 1)


def convolutions3d():
    return nn.Sequential(nn.Conv3d(1, 3, 3, padding=1), nn.ReLU(), nn.MaxPool3d(2), nn.ConvTranspose3d(3, 2, 2, stride=2), nn.AvgPool3d(2), nn.Flatten())


def upgrades():
    """Softmax over several axes, Clip, Pad, Slice, Squeeze, Split and Upsample as old operator sets had them."""
    return nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU6(), nn.Dropout(), nn.MaxPool2d(2),
        Lambda(lambda x: F.interpolate(F.pad(x, (1, 0, 0, 1)), scale_factor=2.0, mode="nearest")),
        Lambda(lambda x: torch.cat([x[:, 1:3, 1:], x.split(2, 1)[1][:, :, :-1]], 1).softmax(1).mean(2).unsqueeze(1).squeeze(1).flatten(1)),
    )


class Prelu(nn.Module):
    def __init__(self):
        super().__init__()
        self.one, self.many = nn.PReLU(), nn.PReLU(3, 0.4)

    def forward(self, x):
        return torch.cat([self.one(x), self.many(x) * x], 1).flatten(1)


def fixtures():
    """Name, network, shape of the input, and options of the export."""
    mlp = nn.Sequential(nn.Linear(10, 16), nn.ReLU(), nn.Linear(16, 12), nn.Tanh(), nn.Linear(12, 8), nn.Sigmoid(), nn.Linear(8, 4))
    alex = nn.Sequential(nn.Conv2d(1, 6, 3), nn.ReLU(), nn.LocalResponseNorm(4, 0.5, 0.75, 1.5), nn.MaxPool2d(3, 2), nn.LocalResponseNorm(3, 0.2), nn.Flatten())
    cnn = nn.Sequential(nn.Conv2d(1, 4, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(4, 6, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(24, 5))
    sizes = nn.Sequential(nn.Conv2d(2, 3, (3, 2), stride=(3, 2), padding=(1, 2)), nn.Tanh(), nn.ConvTranspose2d(3, 2, 3, stride=3, output_padding=2, dilation=2), nn.Flatten())
    return [
        ("mlp", mlp, (3, 10), {}),
        ("cnn", cnn, (3, 1, 12, 12), {}),
        ("resmix", ResMix(), (2, 3, 12, 12), {}),
        ("vit-block", VitBlock(), (2, 1, 8, 8), {}),
        ("misc-1d", Misc1d(), (2, 2, 20), {}),
        ("convolutions-3d", convolutions3d(), (2, 1, 4, 6, 4), {}),
        ("windows-with-rest", sizes, (2, 2, 8, 9), {}),
        ("lstm", Recurrent(nn.LSTM, bidirectional=True, num_layers=2), (2, 5, 3), {}),
        ("gru", Recurrent(nn.GRU, bidirectional=True), (2, 5, 3), {}),
        ("rnn", Recurrent(nn.RNN, nonlinearity="relu"), (2, 5, 3), {}),
        ("hypernetwork", Hyper(False), (1, 2, 5, 5), {"fixed": True}),
        ("hypernetwork-transposed", Hyper(True), (1, 2, 5, 5), {"fixed": True}),
        ("mobile-block", MobileBlock(), (2, 3, 6, 6), {}),
        ("dense", Dense(), (2, 2, 6, 6), {}),
        ("channel-shuffle", Shuffle(), (2, 4, 5, 5), {}),
        ("alexnet-norm", alex, (2, 1, 9, 9), {}),
        ("activations", Lambda(activations), (2, 9), {}),
        ("parametric-relu", Prelu(), (2, 3, 4), {}),
        ("trigonometry", Lambda(trigonometry), (2, 6), {}),
        ("reductions", Lambda(reductions), (2, 3, 4), {}),
        ("gathers", Lambda(gathers), (2, 5), {}),
        ("movement", Lambda(movement), (2, 4, 4, 4), {}),
        ("products", Lambda(products), (2, 3, 4), {}),
        ("choices", Lambda(choices), (2, 6), {}),
        ("causal-attention", Lambda(causal), (2, 5, 4), {}),
        ("resizes", Lambda(resizes), (2, 2, 4, 5), {}),
        ("pads", Lambda(pads), (2, 2, 4, 5), {}),
        ("tiles-that-tie", Lambda(tiles), (2, 2, 7, 7), {"ties": True}),
        ("pools", Lambda(pools), (2, 3, 7, 7), {}),
        ("operator-set-9", upgrades(), (2, 1, 8, 8), {"opset": 9}),
        ("operator-set-11", upgrades(), (2, 1, 8, 8), {"opset": 11}),
        ("operator-set-7", cnn, (2, 1, 12, 12), {"opset": 7}),
        ("batch-of-one", BatchOne(), (3, 1, 8, 8), {"fixed": True, "exported": 1}),
    ]
