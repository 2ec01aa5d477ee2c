"""PyTorch."""

import collections
import inspect

import torch

LIBRARY = f'torch {torch.__version__.split("a")[0]}'


def plain_tensors():
    kinds = [value for value in vars(torch).values() if isinstance(value, torch.dtype)]
    for kind in sorted(set(kinds), key=str):
        yield f'type {kind}', kind
        try:
            yield f'tensor {kind}', torch.zeros(2, 3).to(kind)
        except Exception:
            continue
    yield 'size', [torch.Size([1, 2]), torch.device('cpu'), torch.device('cuda:0'), torch.strided, torch.sparse_coo]
    yield 'parameter', torch.nn.Parameter(torch.ones(2))
    yield 'buffer', torch.nn.parameter.UninitializedParameter()
    yield 'uninitialised buffer', torch.nn.parameter.UninitializedBuffer()
    yield 'with gradient', torch.ones(2, requires_grad=True)
    yield 'sparse', torch.eye(3).to_sparse()
    yield 'sparse rows', torch.eye(3).to_sparse_csr()
    yield 'quantised', torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.qint8)
    yield 'quantised by channel', torch.quantize_per_channel(
        torch.ones(2, 2), torch.ones(2), torch.zeros(2), 0, torch.quint8
    )
    yield 'meta', torch.empty(2, device='meta')
    yield 'conjugate', torch.ones(2, dtype=torch.complex64).conj()
    yield 'storage', torch.ones(2).storage()
    yield 'state', torch.get_rng_state()
    yield 'named', torch.zeros(2, 2)
    yield 'formats', [torch.strided, torch.sparse_coo, torch.per_tensor_affine]
    extended = torch.ones(2)
    extended.note = 'attribute'
    yield 'tensor with attribute', extended
    named = torch.nn.Parameter(torch.ones(2))
    named.note = 'attribute'
    yield 'parameter with attribute', named


ARGUMENTS = (
    (),
    (4,),
    (4, 4),
    (4, 4, 3),
    (2, 4),
    (4, 2),
    (4, 4, 4),
    (1.0,),
    (-1.0, 1.0),
    ((2, 2),),
    (1, (2,)),
    (4, 2, 3, 4),
    ([4],),
    (0.0, 1.0),
)


def modules(package):
    for name, kind in sorted(vars(package).items()):
        if not inspect.isclass(kind) or not issubclass(kind, torch.nn.Module) or kind is torch.nn.Module:
            continue
        for arguments in ARGUMENTS:
            try:
                yield name, kind(*arguments)
                break
            except Exception:
                continue


def networks():
    nn = torch.nn
    yield 'module', nn.Module()
    layer = nn.TransformerEncoderLayer(4, 2)
    yield 'encoder', nn.TransformerEncoder(layer, 1)
    yield 'decoder', nn.TransformerDecoder(nn.TransformerDecoderLayer(4, 2), 1)
    yield 'transformer', nn.Transformer(4, 2, 1, 1, 4)
    yield 'sequence', nn.Sequential(collections.OrderedDict(a=nn.Linear(2, 2), b=nn.ReLU()))
    yield 'lists', nn.ModuleList([nn.ModuleDict({'a': nn.Linear(1, 1)}), nn.ParameterList([nn.Parameter(torch.ones(1))])])
    yield 'parameters', nn.ParameterDict({'a': nn.Parameter(torch.ones(1))})
    yield 'softmax', nn.AdaptiveLogSoftmaxWithLoss(8, 10, [5])
    yield 'weight norm', nn.utils.weight_norm(nn.Linear(2, 2))
    yield 'spectral norm', nn.utils.spectral_norm(nn.Linear(2, 2))
    yield 'parallel', nn.DataParallel(nn.Linear(2, 2))
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.LSTM(4, 4))
    yield 'state', model.state_dict()
    yield 'checkpoint', {
        'epoch': 1,
        'model': model.state_dict(),
        'optimizer': torch.optim.Adam(model.parameters()).state_dict(),
        'loss': 0.5,
    }
    yield 'functions', [torch.nn.functional.relu, torch.nn.functional.gelu, torch.relu, torch.tanh, torch.sigmoid]


def optimizers():
    module = torch.nn.Linear(2, 2)
    for name, kind in sorted(vars(torch.optim).items()):
        if not inspect.isclass(kind) or kind is torch.optim.Optimizer:
            continue
        try:
            optimizer = kind(module.parameters(), lr=0.1)
        except Exception:
            continue
        try:
            module(torch.ones(1, 2)).sum().backward()
            optimizer.step()
        except Exception:
            pass
        yield name, optimizer
        yield f'{name} state', optimizer.state_dict()
    schedulers = torch.optim.lr_scheduler
    optimizer = torch.optim.SGD(module.parameters(), lr=0.1, momentum=0.9)
    for name, arguments in {
        'StepLR': (3,),
        'MultiStepLR': ([1, 2],),
        'ExponentialLR': (0.9,),
        'CosineAnnealingLR': (5,),
        'CosineAnnealingWarmRestarts': (5,),
        'ReduceLROnPlateau': (),
        'ConstantLR': (),
        'LinearLR': (),
        'PolynomialLR': (),
        'OneCycleLR': (0.1, 10),
        'CyclicLR': (0.1, 0.2),
    }.items():
        scheduler = getattr(schedulers, name, None)
        if scheduler is None:
            continue
        try:
            made = scheduler(optimizer, *arguments)
        except Exception:
            continue
        yield name, made
        yield f'{name} state', made.state_dict()
    data = torch.utils.data
    yield 'data', [
        data.TensorDataset(torch.ones(2)),
        data.SequentialSampler([1, 2]),
        data.RandomSampler([1, 2]),
        data.BatchSampler(data.SequentialSampler([1]), 1, False),
        data.Subset([1, 2], [0]),
        data.ConcatDataset([[1], [2]]),
    ]


def others():
    yield 'distributions', [
        torch.distributions.Normal(0.0, 1.0),
        torch.distributions.Categorical(torch.ones(2)),
        torch.distributions.Uniform(0.0, 1.0),
    ]
    yield 'packed', torch.nn.utils.rnn.pack_sequence([torch.ones(2), torch.ones(1)])
    yield 'returned', torch.ones(2, 2).max(0)
    yield 'generator', torch.Generator().get_state()


def objects():
    yield from plain_tensors()
    yield from modules(torch.nn)
    yield from modules(torch.nn.quantized)
    yield from networks()
    yield from optimizers()
    yield from others()
