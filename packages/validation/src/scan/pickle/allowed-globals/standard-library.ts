// Written by `pnpm observe-pickles`: change its review or its objects, not this file.
import { type AllowedGroup, allow } from '../globals.ts'

/** Names of the family `standard-library` that may stand in a pickle. */
export const standardLibraryGlobals: readonly AllowedGroup[] = [
  ...allow('python 3.11.2', 'any', 'makes a value of its arguments', {
    builtins: 'bytearray dict frozenset list object range set slice tuple',
    collections: 'Counter OrderedDict deque',
    datetime: 'date datetime time timedelta timezone',
    time: 'struct_time',
  }),
  ...allow('python 3.11.2', 'callable', 'keeps a callable of this table and its arguments', {
    collections: 'defaultdict',
    functools: 'partial',
  }),
  ...allow('python 3.11.2', 'class', 'an array of numbers of the standard library, of a class of this table', {
    array: '_array_reconstructor',
  }),
  ...allow('python 3.11.2', 'class', 'makes an instance without its constructor', {
    copyreg: '_reconstructor',
  }),
  ...allow('python 3.11.2', 'constants', 'an array of numbers of the standard library', {
    array: 'array',
  }),
  ...allow('python 3.11.2', 'constants', 'an error as a value; nothing is raised', {
    builtins: `
      DeprecationWarning FutureWarning IndexError KeyError RuntimeError RuntimeWarning StopIteration TypeError
      UserWarning ValueError
    `,
  }),
  ...allow('python 3.11.2', 'constants', 'makes a value of numbers and texts', {
    builtins: 'bool bytes complex float int str',
    collections: 'UserString',
    decimal: 'Decimal',
    fractions: 'Fraction',
    ipaddress: 'IPv4Address IPv4Interface IPv4Network IPv6Address IPv6Interface IPv6Network',
    pathlib: 'PosixPath PurePosixPath PureWindowsPath',
    random: 'Random',
    re: '_compile',
    types: 'SimpleNamespace',
    uuid: 'UUID',
  }),
  ...allow('python 3.11.2', 'instance', 'made without its constructor; its state is assigned', {
    argparse: 'Namespace',
    collections: 'ChainMap UserDict UserList',
    re: 'RegexFlag',
  }),
  ...allow('python 3.11.2', 'latin1', 'bytes written as a text by protocols 0 to 2', {
    _codecs: 'encode',
  }),
  ...allow(
    'python 3.11.2',
    'none',
    'a type or a function of the standard library as a value; never called while loading',
    {
      _operator: 'add eq lt mul neg sub truediv',
      builtins: 'abs all any divmod hash len max min pow repr round sorted sum',
      enum: 'Enum IntEnum',
    },
  ),
  ...allow('python 3.11.2', 'none', 'a value that stands for itself', {
    builtins: 'Ellipsis NotImplemented',
  }),
  ...allow('reviewed: python', 'constants', 'an error as a value; nothing is raised', {
    builtins: `
      ArithmeticError AssertionError AttributeError BaseException BufferError EOFError Exception FloatingPointError
      LookupError MemoryError NameError NotImplementedError OverflowError RecursionError ReferenceError
      StopAsyncIteration SyntaxWarning UnicodeWarning Warning ZeroDivisionError
    `,
  }),
  ...allow('reviewed: python', 'instance', 'made without its constructor; its state is assigned', {
    _io: 'BytesIO',
    io: 'BytesIO',
  }),
  ...allow('reviewed: python', 'none', 'a value that stands for itself', {
    'collections.abc': 'Callable Iterable Mapping Sequence',
    typing: 'Any Dict List Optional Tuple Union',
  }),
  ...allow('reviewed: python 3.13', 'constants', 'makes a value of numbers and texts', {
    pathlib: 'Path PurePath WindowsPath',
    'pathlib._local': 'Path PosixPath PurePath PurePosixPath PureWindowsPath WindowsPath',
  }),
]
