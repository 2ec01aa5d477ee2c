"""Writes real objects as pickles and tells which names a load would reach, and how they are used."""

import io
import os
import pickle
import tempfile
import warnings
import zipfile

import _compat_pickle
import joblib
import torch

from objects import every_object


class Stand:
    """Stands for a name, or for what a call of it would build. Nothing is imported and nothing is called."""

    def __init__(self, name, is_made):
        self.name, self.is_made = name, is_made

    def append(self, _value):
        pass

    def extend(self, _values):
        pass

    def __setitem__(self, _key, _value):
        pass


def kind_of(value):
    if isinstance(value, Stand):
        return 'made' if value.is_made else 'name'
    return type(value).__name__


class Observer(pickle._Unpickler):
    """Follows a pickle symbolically. `uses` gathers, per name, how it was used."""

    dispatch = dict(pickle._Unpickler.dispatch)

    def __init__(self, file, uses):
        super().__init__(file)
        self.proto = 0
        self.uses = uses

    def note(self, callee, use):
        self.uses.setdefault(callee.name, set()).add(f'what it made is {use}' if callee.is_made else use)
        return Stand(callee.name, True)

    def find_class(self, module, name):
        if self.proto < 3:  # Names of Python 2, as the unpickler renames them.
            renamed = _compat_pickle.NAME_MAPPING.get((module, name))
            module, name = renamed or (_compat_pickle.IMPORT_MAPPING.get(module, module), name)
        self.uses.setdefault((module, name), set())
        return Stand((module, name), False)

    def persistent_load(self, _pid):
        return Stand(('persistent', ''), True)

    def load_reduce(self):
        arguments = self.stack.pop()
        callee = self.stack[-1]
        if isinstance(arguments, tuple) and arguments and isinstance(arguments[0], Stand) and not arguments[0].is_made:
            self.uses.setdefault(arguments[0].name, set()).add(f'first argument of {".".join(callee.name)}')
        self.stack[-1] = self.note(callee, f'called({", ".join(map(kind_of, arguments))})')

    dispatch[pickle.REDUCE[0]] = load_reduce

    def load_newobj(self):
        arguments = self.stack.pop()
        self.stack[-1] = self.note(self.stack[-1], f'new({", ".join(map(kind_of, arguments))})')

    dispatch[pickle.NEWOBJ[0]] = load_newobj

    def load_newobj_ex(self):
        named = self.stack.pop()
        arguments = self.stack.pop()
        self.stack[-1] = self.note(self.stack[-1], f'new({", ".join(map(kind_of, arguments))}, **{sorted(named)})')

    dispatch[pickle.NEWOBJ_EX[0]] = load_newobj_ex

    def _instantiate(self, callee, arguments):
        self.append(self.note(callee, f'called({", ".join(map(kind_of, arguments))})'))

    def load_build(self):
        state = self.stack.pop()
        made = self.stack[-1]
        if isinstance(made, Stand):
            self.uses.setdefault(made.name, set()).add(f'state({kind_of(state)})')

    dispatch[pickle.BUILD[0]] = load_build


def follow(content, uses):
    Observer(io.BytesIO(content), uses).load()


def follow_torch(value, uses):
    """The file that torch.save writes: an archive whose data.pkl is the pickle."""
    written = io.BytesIO()
    torch.save(value, written)
    with zipfile.ZipFile(written) as archive:
        name = next(name for name in archive.namelist() if name.endswith('/data.pkl'))
        follow(archive.read(name), uses)


def follow_joblib(value, uses):
    """joblib puts raw arrays between the opcodes, so only its own reader can follow: it is asked which names it reads."""
    from joblib.numpy_pickle import NumpyUnpickler

    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, 'value.joblib')
        joblib.dump(value, path)

        class Reader(NumpyUnpickler):
            def find_class(self, module, name):
                uses.setdefault((module, name), set())
                return super().find_class(module, name)

        with open(path, 'rb') as file:
            Reader(path, file, mmap_mode=None).load()


def observe():
    """All uses, per library: {library: {(module, name): {use}}}."""
    warnings.simplefilter('ignore')
    seen = {}
    for library, _name, value in every_object():
        uses = seen.setdefault(library, {})
        # Protocols 0 and 1 end the process for what torch keeps in C++ alone.
        for protocol in range(2 if library.startswith('torch') else 0, 6):
            try:
                content = pickle.dumps(value, protocol)
            except Exception:
                continue  # Some types cannot be pickled at all, or not by the older protocols.
            follow(content, uses)
        if library.startswith('torch') or 'xgboost' in library:
            try:
                follow_torch(value, uses)
            except (pickle.PicklingError, TypeError, AttributeError, RuntimeError, KeyError):
                pass
        if library.startswith(('scikit', 'xgboost', 'numpy', 'pandas')):
            try:
                follow_joblib(value, uses)
            except (pickle.PicklingError, TypeError, AttributeError):
                pass
    return seen
