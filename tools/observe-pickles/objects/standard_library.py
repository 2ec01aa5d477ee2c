"""What the standard library's own types become in a pickle."""

import array
import argparse
import collections
import datetime
import decimal
import enum
import fractions
import functools
import ipaddress
import logging
import operator
import pathlib
import platform
import random
import re
import string
import time
import types
import uuid
import zoneinfo

LIBRARY = f'python {platform.python_version()}'


def objects():
    values = {
        'complex': 1 + 2j,
        'set': {1, 2},
        'frozenset': frozenset({1, 2}),
        'bytes': b'\x00\xff',
        'bytearray': bytearray(b'abc'),
        'slice': slice(1, 2, 3),
        'range': range(3),
        'ellipsis': ...,
        'notimplemented': NotImplemented,
        'object': object(),
        'types': [int, float, str, bytes, bool, list, dict, tuple, set, frozenset, complex, object, type, range, slice],
        'none type': type(None),
        'enumerate': list(enumerate('ab')),
        'functions': [len, min, max, sum, abs, sorted, any, all, round, repr, hash, isinstance, pow, divmod],
        'exception': [ValueError('a'), KeyError('b'), TypeError(), RuntimeError('x', 1), StopIteration(), IndexError()],
        'warnings': [UserWarning, DeprecationWarning, RuntimeWarning('w'), FutureWarning],
        'counter': collections.Counter('abca'),
        'ordered': collections.OrderedDict([('a', 1), ('b', 2)]),
        'deque': collections.deque([1, 2], 5),
        'defaultdict': [
            collections.defaultdict(list, a=[1]),
            collections.defaultdict(int),
            collections.defaultdict(float),
            collections.defaultdict(dict),
            collections.defaultdict(None, a=1),
            collections.defaultdict(set),
            collections.defaultdict(collections.OrderedDict),
            collections.defaultdict(collections.Counter),
        ],
        'chainmap': collections.ChainMap({'a': 1}, {}),
        'userdict': collections.UserDict(a=1),
        'userlist': collections.UserList([1]),
        'userstring': collections.UserString('a'),
        'dates': [
            datetime.date(2020, 1, 2),
            datetime.datetime(2020, 1, 2, 3, 4, 5, 6),
            datetime.time(1, 2),
            datetime.timedelta(1, 2, 3),
            datetime.timezone.utc,
            datetime.timezone(datetime.timedelta(hours=2)),
            datetime.datetime(2020, 1, 2, tzinfo=datetime.timezone.utc),
        ],
        'decimal': [decimal.Decimal('1.5'), decimal.Decimal('NaN')],
        'fraction': fractions.Fraction(1, 3),
        'uuid': uuid.UUID(int=5),
        'paths': [pathlib.PurePosixPath('/a/b'), pathlib.PureWindowsPath('c:/a'), pathlib.Path('a')],
        'addresses': [
            ipaddress.ip_address('10.0.0.1'),
            ipaddress.ip_address('::1'),
            ipaddress.ip_network('10.0.0.0/8'),
            ipaddress.ip_network('fe80::/64'),
            ipaddress.ip_interface('10.0.0.1/8'),
            ipaddress.ip_interface('fe80::1/64'),
        ],
        'pattern': re.compile(r'(?u)\b\w\w+\b'),
        'flags': [re.I, re.M | re.S],
        'array': [array.array(code, [1, 2]) for code in 'bBhHiIlLqQfd'] + [array.array('u', 'ab')],
        'namespace': types.SimpleNamespace(a=1),
        'argparse': argparse.Namespace(rate=0.1, name='x'),
        'partial': [functools.partial(int, base=2), functools.partial(dict, a=1)],
        'operators': [operator.add, operator.mul, operator.sub, operator.truediv, operator.eq, operator.lt, operator.neg],
        'random': random.Random(5),
        'time': [time.gmtime(0)],
        'template': string.Template('$a'),
        'zone': zoneinfo.ZoneInfo('UTC') if 'UTC' in zoneinfo.available_timezones() else None,
        'mapping': dict(collections.namedtuple('Point', 'x y')(1, 2)._asdict()),
        'http': __import__('http').HTTPStatus.OK,
        'level': logging.INFO,
        'enum': [enum.Enum, enum.IntEnum],
        'generic': [list[int], dict[str, int]],
        'nested': {'a': [(1, 'b', None, True, 2.5, 10**30)], 'b': {'c': b'd'}},
    }
    yield from values.items()
