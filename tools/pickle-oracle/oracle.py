"""Tells, per pickle, the first name that CPython's own unpickler asks for and that is not on a short list.

Reads cases from standard input, each a length of four bytes (little-endian) and so many bytes, and prints one line each:
`refused MODULE NAME` (as JSON), `none` when the pickle loads, or `error CLASS`. An audit hook refuses the name before
anything is imported, so nothing that a pickle names ever runs. The work is done in a child with bounded memory and time;
a case that ends the child is `error Died`.
"""

import datetime  # noqa: F401  What the list names is imported before the first pickle is read.
import decimal  # noqa: F401
import fractions  # noqa: F401
import collections  # noqa: F401
import json
import os
import pickle
import resource
import struct
import sys
import types  # noqa: F401
import warnings

ALLOWED = frozenset(
    ('builtins', name) for name in ('set', 'frozenset', 'list', 'bytearray', 'str', 'complex')
) | {
    ('collections', 'OrderedDict'),
    ('collections', 'Counter'),
    ('collections', 'deque'),
    ('types', 'SimpleNamespace'),
    ('datetime', 'timedelta'),
    ('decimal', 'Decimal'),
    ('fractions', 'Fraction'),
}

MEMORY = 2**30
SECONDS_PER_BATCH = 60
BATCH = 2000


class Refused(BaseException):
    """No `except Exception` of a loaded class may catch it."""


refused = None


def audit(event, arguments):
    global refused
    if event == 'pickle.find_class' and (arguments[0], arguments[1]) not in ALLOWED:
        if refused is None:
            refused = [str(argument) for argument in arguments[:2]]
        raise Refused


def outcome(content):
    global refused
    refused = None
    try:
        pickle.loads(content)
    except Refused:
        pass
    except Exception as error:
        if refused is None:
            return f'error {type(error).__name__}'
    return 'none' if refused is None else f'refused {json.dumps(refused)}'


def work(cases, out):
    warnings.simplefilter('ignore')
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_PER_BATCH, SECONDS_PER_BATCH))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.addaudithook(audit)
    for case in cases:
        out.write(outcome(case) + '\n')
        out.flush()


def run(cases):
    """The lines of the cases; a case on which the child ends is passed over."""
    lines = []
    while len(lines) < len(cases):
        readable, writable = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(readable)
            with os.fdopen(writable, 'w') as out:
                work(cases[len(lines) :], out)
            os._exit(0)
        os.close(writable)
        with os.fdopen(readable) as answers:
            lines += [line for line in answers.read().split('\n') if line != '']
        _, status = os.waitpid(child, 0)
        if status != 0 and len(lines) < len(cases):
            lines.append('error Died')
    return lines


def main():
    source = sys.stdin.buffer
    while True:
        cases = []
        while len(cases) < BATCH and (head := source.read(4)):
            cases.append(source.read(struct.unpack('<I', head)[0]))
        if not cases:
            return
        print('\n'.join(run(cases)), flush=True)


if __name__ == '__main__':
    main()
