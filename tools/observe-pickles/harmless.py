"""Prints harmless files, one line each: a name and the file in base64.

`harmless.py` prints each object by every protocol, as joblib and as torch write it; `harmless.py sample` prints each small
one once, by one way or another.
"""

import base64
import io
import pickle
import sys
import warnings

import joblib
import torch

from objects import every_object

# What holds a name that is refused on purpose: see REFUSED of the review.
HOLDS_REFUSED = {
    'Embedding', 'EmbeddingBag', 'Linear',  # Of torch.nn.quantized: native objects of TorchScript.
    'OneCycleLR', 'OneCycleLR state',  # A bound method, by getattr.
    'flags', 'http', 'zone', 'generic', 'template', 'functions', 'types', 'none type', 'metrics', 'operators', 'enum',
    'uniform', 'multivariate', 'memory', 'joblib', 'interpolators', 'test result',
}  # fmt: skip

SMALL, LARGE = 3072, 2**18


def with_pickle(value, protocol):
    return pickle.dumps(value, protocol)


def with_joblib(value):
    written = io.BytesIO()
    joblib.dump(value, written)
    return written.getvalue()


def with_torch(value):
    written = io.BytesIO()
    torch.save(value, written)
    return written.getvalue()


def ways(library):
    # Protocols 0 and 1 end the process for what torch keeps in C++ alone.
    for protocol in (2, 4, 5) if library.startswith('torch') else range(6):
        yield f'pickle {protocol}', lambda value, protocol=protocol: with_pickle(value, protocol)
    if library.startswith('torch'):
        yield 'torch', with_torch
    elif not library.startswith('python'):
        yield 'joblib', with_joblib


def is_harmless(library, name):
    return not (name in HOLDS_REFUSED and not (library.startswith('torch') and name in ('types', 'flags'))) and (
        not name.startswith('Lazy')
    )


def main():
    warnings.simplefilter('ignore')
    is_sample = sys.argv[1:] == ['sample']
    for index, (library, name, value) in enumerate(every_object()):
        if not is_harmless(library, name):
            continue
        all_ways = list(ways(library))
        for way, write in [all_ways[index % len(all_ways)]] if is_sample else all_ways:
            try:
                content = write(value)
            except Exception:
                continue  # Some types cannot be pickled at all, or not by the older protocols.
            if len(content) <= (SMALL if is_sample else LARGE):
                print(f'{library}: {name} ({way})\t{base64.b64encode(content).decode()}')


if __name__ == '__main__':
    main()
