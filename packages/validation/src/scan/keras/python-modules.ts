const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))

/** Modules that every Python has (`sys.stdlib_module_names` of CPython 3.11); names that begin with `_` count too. */
const standardModules = words(`
  abc aifc antigravity argparse array ast asynchat asyncio asyncore atexit audioop base64 bdb binascii bisect
  builtins bz2 cProfile calendar cgi cgitb chunk cmath cmd code codecs codeop collections colorsys compileall
  concurrent configparser contextlib contextvars copy copyreg crypt csv ctypes curses dataclasses datetime dbm
  decimal difflib dis distutils doctest email encodings ensurepip enum errno faulthandler fcntl filecmp
  fileinput fnmatch fractions ftplib functools gc genericpath getopt getpass gettext glob graphlib grp gzip
  hashlib heapq hmac html http idlelib imaplib imghdr imp importlib inspect io ipaddress itertools json keyword
  lib2to3 linecache locale logging lzma mailbox mailcap marshal math mimetypes mmap modulefinder msilib msvcrt
  multiprocessing netrc nis nntplib nt ntpath nturl2path numbers opcode operator optparse os ossaudiodev pathlib
  pdb pickle pickletools pipes pkgutil platform plistlib poplib posix posixpath pprint profile pstats pty pwd
  py_compile pyclbr pydoc pydoc_data pyexpat queue quopri random re readline reprlib resource rlcompleter runpy
  sched secrets select selectors shelve shlex shutil signal site smtpd smtplib sndhdr socket socketserver spwd
  sqlite3 sre_compile sre_constants sre_parse ssl stat statistics string stringprep struct subprocess sunau
  symtable sys sysconfig syslog tabnanny tarfile telnetlib tempfile termios textwrap this threading time timeit
  tkinter token tokenize tomllib trace traceback tracemalloc tty turtle turtledemo types typing unicodedata
  unittest urllib uu uuid venv warnings wave weakref webbrowser winreg winsound wsgiref xdrlib xml xmlrpc zipapp
  zipfile zipimport zlib zoneinfo
  asynchat asyncore distutils imp smtpd
`)

/** Packages that are found beside Keras on many hosts, so that a file can count on what they can do. */
const commonPackages = words(`
  IPython PIL absl aiohttp boto3 botocore bs4 cffi click cloudpickle cryptography cv2 cython dask datasets dill django
  docker fastai fastapi flask flax fsspec gevent google grpc h5py httpx huggingface_hub importlib_metadata jax jaxlib
  jedi jinja2 joblib jsonpickle jupyter lightgbm lxml mako markdown matplotlib mlflow msgpack nltk notebook numba
  numexpr numpy onnx onnxruntime pandas paramiko parso pexpect pip pkg_resources psutil ptyprocess pyarrow pydantic
  pytest ray requests scipy setuptools sh simplejson six skimage sklearn spacy sqlalchemy statsmodels sympy tables
  tensorboard tensorflow tensorflow_io tf_slim torch torchaudio torchvision tornado tqdm transformers twisted urllib3
  uvicorn werkzeug wheel xarray xgboost yaml zmq
`)

/** Functions of `builtins`. */
const builtinFunctions = words(`
  __build_class__ __import__ abs aiter all anext any ascii bin bool breakpoint bytearray bytes callable chr
  classmethod compile complex copyright credits delattr dict dir divmod enumerate eval exec exit filter float
  format frozenset getattr globals hasattr hash help hex id input int isinstance issubclass iter len license
  list locals map max memoryview min next object oct open ord pow print property quit range repr reversed round
  set setattr slice sorted staticmethod str sum super tuple type vars zip
`)

/** How much of what a host has a module reaches. */
export type ModuleReach = 'standard' | 'common' | 'own'

/** What a dotted module is: Python's own, a common package, or of whoever wrote the model. */
export const reachOf = (module: string): ModuleReach => {
  const [root = ''] = module.split('.')
  if (root === '__main__' || root === 'builtins') return 'own'
  if (root.startsWith('_') || standardModules.has(root)) return 'standard'
  return commonPackages.has(root) ? 'common' : 'own'
}

/** Whether Python itself has a function of this name without any import. */
export const isBuiltinFunction = (name: string): boolean => builtinFunctions.has(name)
