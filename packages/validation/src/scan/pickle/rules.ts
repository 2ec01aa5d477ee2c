import { ruleTable } from '../rule.ts'

const unsafe = ['CWE-502', 'AML.T0011.000', 'AML.T0010']
const refuse = 'Do not load the file. Ask its author for safetensors, ONNX or plain numbers instead.'
const manual = 'https://docs.python.org/3/library/pickle.html#restricting-globals'
const hideAndSeek = 'https://arxiv.org/abs/2508.19774'

/** What a pickle does when it is loaded. */
export const pickleRules = ruleTable('pickle', {
  'dangerous-call': {
    severity: 'critical',
    title: 'Loading the pickle calls a function that does harm',
    explanation:
      'A pickle is a program: loading it calls what it names, with the arguments it brings. This one calls a function that runs commands or code, or reaches files or the network. Whoever wrote the file acts with the rights of whoever loads it.',
    remediation: refuse,
    tags: [...unsafe, 'CWE-78'],
    references: [manual],
  },
  'dangerous-import': {
    severity: 'critical',
    title: 'The pickle names a function that does harm',
    explanation:
      'The pickle imports a function that runs commands or code, or reaches files or the network, and does not call it itself. The import runs the module, and the loaded object carries the function to where something else may call it.',
    remediation: refuse,
    tags: [...unsafe, 'CWE-829'],
    references: [manual],
  },
  'unknown-call': {
    severity: 'high',
    title: 'Loading the pickle calls a name that nobody has reviewed',
    explanation:
      'Only names that are known to do no more than build a value may be called. Lists of dangers never end: for each module that is on one there is another that is not, so what is unknown is refused.',
    remediation:
      'Find out what the class or function does when it is called, and load the file only where you trust its author. Ask for safetensors or ONNX instead.',
    tags: [...unsafe, 'CVE-2025-10157'],
    references: [manual, hideAndSeek],
  },
  'unknown-global': {
    severity: 'high',
    title: 'The pickle imports a name that nobody has reviewed',
    explanation:
      'Naming a class or function imports its module, and an import runs code. The name is on no list of harmless ones, so it is refused.',
    remediation:
      'Find out which library the name belongs to, and load the file only where you trust its author. Ask for safetensors or ONNX instead.',
    tags: [...unsafe, 'CWE-829'],
    references: [manual],
  },
  'dotted-name': {
    severity: 'high',
    title: 'The pickle reaches through a module into another',
    explanation:
      'From protocol 4 on, a name with dots is followed from attribute to attribute: `torch` and `serialization.os.system` is `os.system`. Lists that compare module and name miss it.',
    remediation: refuse,
    tags: [...unsafe, 'GHSA-5j3x-jp52-966f', 'CWE-184'],
    references: ['https://github.com/trailofbits/fickling/security/advisories/GHSA-5j3x-jp52-966f'],
  },
  'unresolved-global': {
    severity: 'high',
    title: 'The pickle computes the name that it imports',
    explanation:
      'STACK_GLOBAL imports what two texts on the stack say. Here they are no texts, or come out of a call, so that nobody can tell from the file what is imported. No library writes this; scanners have crashed on it.',
    remediation: refuse,
    tags: [...unsafe, 'GHSA-9gvj-pp9x-gcfr'],
    references: ['https://github.com/mmaitre314/picklescan/security/advisories/GHSA-9gvj-pp9x-gcfr'],
  },
  'extension-registry': {
    severity: 'high',
    title: 'The pickle calls what only the loading process knows',
    explanation:
      'EXT1, EXT2 and EXT4 stand for names that the loading process has registered with `copyreg.add_extension`. What is imported depends on where the file is loaded, and no file of a model needs it.',
    remediation: refuse,
    tags: [...unsafe],
    references: ['https://docs.python.org/3/library/copyreg.html', 'https://peps.python.org/pep-0307/'],
  },
  'unresolved-call': {
    severity: 'high',
    title: 'The pickle calls what a call has given',
    explanation:
      'The function that is called is itself the result of a call, such as an attribute that was looked up. That is how a chain of harmless names is made into any call at all.',
    remediation: refuse,
    tags: [...unsafe, 'GHSA-vvpj-8cmc-gx39', 'GHSA-955r-x9j8-7rhh'],
    references: [hideAndSeek],
  },
  'call-arguments': {
    severity: 'high',
    title: 'An allowed function is called with arguments that make it do more',
    explanation:
      'Some functions are harmless only with certain arguments: `_codecs.encode` with latin1, `functools.partial` of an allowed class. With others they decode code, or call what they are given.',
    remediation: refuse,
    tags: [...unsafe, 'CWE-88', 'GHSA-cffv-grgg-g429'],
    references: [hideAndSeek],
  },
  'state-on-global': {
    severity: 'high',
    title: 'The pickle changes a module, a class or a function',
    explanation:
      'BUILD sets attributes. Given an imported name it changes the loading process itself: `numpy.__builtins__` is replaced, a method of a class is exchanged, and harmless code does harm afterwards.',
    remediation: refuse,
    tags: [...unsafe, 'CWE-915', 'AML.T0018'],
    references: ['https://github.com/protectai/modelscan/issues/85'],
  },
  'item-on-global': {
    severity: 'high',
    title: 'The pickle puts items into an imported object',
    explanation:
      'SETITEM, APPEND and ADDITEMS fill containers that the pickle has made. Here they fill an object of the loading process, such as the dictionary of all modules or of a module’s names.',
    remediation: refuse,
    tags: [...unsafe, 'CWE-915', 'AML.T0018'],
    references: ['https://github.com/protectai/modelscan/issues/89'],
  },
  'item-on-array': {
    severity: 'high',
    title: 'The pickle puts items into an array that a call made',
    explanation:
      'SETITEM, APPEND and ADDITEMS fill dictionaries, lists and sets. Writers of arrays and tensors never use them on what they have made: it writes into memory while the file is loaded, at an index that the file chooses, and torch’s restricted unpickler once followed it.',
    remediation: refuse,
    tags: [...unsafe, 'CWE-787', 'CVE-2026-24747'],
    references: ['https://github.com/pytorch/pytorch/pull/170085'],
  },
  'special-state': {
    severity: 'high',
    title: 'The state of an object holds what Python calls by itself',
    explanation:
      'Python looks for `__setstate__`, `append`, `extend` and `add` on an object while it loads it. An attribute of such a name is called with what the pickle gives, past every rule about arguments.',
    remediation: refuse,
    tags: [...unsafe, 'CWE-915'],
    references: ['https://docs.python.org/3/library/pickle.html#object.__setstate__'],
  },
  'array-type': {
    severity: 'high',
    title: 'A numpy type hides that its items are objects, or changes while in use',
    explanation:
      'The state of a numpy dtype names objects and clears the flags that say so, or replaces the layout of a dtype that arrays use already. numpy then takes bytes of the pickle for pointers, and follows them: whoever wrote the file reads and writes memory of the process, which is a way to run code.',
    remediation: refuse,
    tags: [...unsafe, 'CWE-822', 'CWE-843'],
    references: ['https://numpy.org/doc/stable/reference/generated/numpy.dtype.flags.html'],
  },
  'sibling-array': {
    severity: 'low',
    title: 'The pickle reads arrays from files that it names',
    explanation:
      'joblib before 0.10 kept each array in a file beside the pickle, and reads that file while it loads, Python objects included. A name that leads to another directory, or that cannot be told, chooses any file of the machine.',
    remediation:
      'Keep the files together and scan them too. Load the pickle and write it again with a joblib of today.',
    tags: ['CWE-502', 'CWE-22', 'CWE-73'],
    references: ['https://github.com/joblib/joblib/blob/1.2.0/joblib/numpy_pickle_compat.py'],
  },
  'code-object': {
    severity: 'high',
    title: 'The pickle holds compiled Python code',
    explanation:
      'The pickle makes a code object, or holds the bytes of one as `marshal` writes it. Weights need no code; whatever loads it has something to run.',
    remediation: refuse,
    tags: [...unsafe, 'CWE-94', 'GHSA-565g-hwwr-4pp3'],
    references: ['https://github.com/trailofbits/fickling/security/advisories/GHSA-565g-hwwr-4pp3'],
  },
  'code-passed': {
    severity: 'high',
    title: 'Python code out of the pickle is handed to something that may call it',
    explanation:
      'The pickle makes a function out of code that it carries, and passes it to a call or puts it into the state of an object. Loading, or the first use of the object, runs it.',
    remediation: refuse,
    tags: [...unsafe, 'CWE-94'],
    references: ['https://dill.readthedocs.io/', 'https://github.com/cloudpipe/cloudpickle'],
  },
  'carries-code': {
    severity: 'low',
    title: 'The pickle carries Python functions',
    explanation:
      'dill and cloudpickle write functions with their code. Loading makes the function and does not run it; whoever calls it runs what the file’s author wrote. The code itself is not judged.',
    remediation: 'Call such functions only where you trust the author. Ask for the model without code.',
    tags: ['CWE-494', 'AML.T0011.000'],
    references: ['https://github.com/cloudpipe/cloudpickle'],
  },
  'frame-straddle': {
    severity: 'medium',
    title: 'An opcode does not end where its frame ends',
    explanation:
      'Protocol 4 packs opcodes into frames. CPython’s unpickler in C does not look at them, the one in Python does: the two, and scanners, read different programs out of the same bytes.',
    remediation: 'Do not load the file. Get it again from its source and compare its digest.',
    tags: ['CWE-436', 'CWE-502'],
    references: ['https://peps.python.org/pep-3154/#framing'],
  },
  'broken-tail': {
    severity: 'high',
    title: 'The pickle acts, and then breaks',
    explanation:
      'What a pickle calls runs while it is read. Bytes that stop the load after that do not undo it; they only make scanners give up before they report.',
    remediation: refuse,
    tags: [...unsafe, 'CWE-703'],
    references: ['https://www.reversinglabs.com/blog/rl-identifies-malware-ml-model-hosted-on-hugging-face'],
  },
  'unknown-opcode': {
    severity: 'low',
    title: 'The pickle stops at a byte that is no opcode',
    explanation:
      'CPython raises an error at this byte. Nothing behind it is loaded, and nothing behind it was looked at as a part of this pickle.',
    remediation: 'Get the file again from its source and compare its digest.',
    tags: ['CWE-20'],
  },
  malformed: {
    severity: 'low',
    title: 'The pickle breaks while it is loaded',
    explanation:
      'The bytes end too soon, or an opcode takes what is not there. CPython raises an error here and loads nothing.',
    remediation: 'Get the file again from its source and compare its digest.',
    tags: ['CWE-20'],
  },
  'trailing-bytes': {
    severity: 'low',
    title: 'Bytes follow the end of the pickle',
    explanation:
      'Loading ends at STOP and never sees what follows. Some formats put numbers there; it is also a place to hide what another reader will find.',
    remediation: 'Find out which program wrote the file, and whether it puts anything behind the pickle.',
    tags: ['CWE-506'],
  },
  'stacked-payload': {
    severity: 'critical',
    title: 'A second pickle behind a harmless first one acts',
    explanation:
      'Loaders of torch’s old format and others read one pickle after another from the same file. The first is harmless and the one behind it is not: a reader that stops at the first STOP sees nothing.',
    remediation: refuse,
    tags: [...unsafe, 'CWE-506'],
    references: ['https://github.com/pytorch/pytorch/blob/v1.13.1/torch/serialization.py'],
  },
  'nested-pickle': {
    severity: 'high',
    title: 'A pickle is hidden in the data of a pickle',
    explanation:
      'A byte string of the pickle is a pickle itself. Loading the outer one does not run it; code beside the model may. No library stores plain data so.',
    remediation: refuse,
    tags: [...unsafe, 'CWE-506'],
    references: [hideAndSeek],
  },
  'encoded-pickle': {
    severity: 'high',
    title: 'A pickle is hidden in the data, encoded',
    explanation:
      'A text or byte string of the pickle is, once base64, hexadecimal or compression is taken off, a pickle of its own. That is how a second stage is kept from scanners.',
    remediation: refuse,
    tags: [...unsafe, 'CWE-506', 'CWE-838'],
    references: [hideAndSeek],
  },
  'persistent-id': {
    severity: 'low',
    title: 'The pickle refers to something that only its loader knows',
    explanation:
      'A persistent id is given to a function of the loader, which answers with any object. torch’s ids name a storage of its file; this one has another form.',
    remediation: 'Load the file only with the program that wrote it.',
    tags: ['CWE-829'],
    references: ['https://docs.python.org/3/library/pickle.html#persistence-of-external-objects'],
  },
  'out-of-band-buffer': {
    severity: 'low',
    title: 'The pickle needs buffers from outside the file',
    explanation:
      'Protocol 5 can leave the bytes of large objects out of the file. Without them it does not load, and what they hold was not looked at.',
    remediation: 'Ask for the file with its buffers in it.',
    tags: ['CWE-829'],
    references: ['https://peps.python.org/pep-0574/'],
  },
  'memo-index': {
    severity: 'high',
    title: 'One opcode makes CPython take gigabytes',
    explanation:
      'CPython’s memo is an array that reaches to the highest key. A key in the millions with hardly anything stored makes it allocate, and fill, as much memory as the file’s author likes.',
    remediation: 'Do not load the file.',
    tags: ['CWE-789', 'CWE-400'],
    references: ['https://github.com/python/cpython/blob/v3.11.2/Modules/_pickle.c'],
  },
  'declared-length': {
    severity: 'high',
    title: 'A declared length makes CPython take gigabytes',
    explanation:
      'CPython makes room for bytes before it finds out that they are not there. A few bytes that declare a length beyond all files take the memory of the machine.',
    remediation: 'Do not load the file.',
    tags: ['CWE-789', 'CWE-130'],
    references: ['https://github.com/python/cpython/blob/v3.11.2/Modules/_pickle.c'],
  },
  'expansion-bomb': {
    severity: 'high',
    title: 'A few bytes stand for more values than can be walked',
    explanation:
      'Each container holds the one before it several times. Kept shared it is small; whatever walks over it, such as a hash, a comparison or a copy, never ends.',
    remediation: 'Do not load the file.',
    tags: ['CWE-776', 'CWE-400'],
    references: ['https://en.wikipedia.org/wiki/Billion_laughs_attack'],
  },
})
