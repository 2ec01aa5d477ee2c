import { ruleTable } from '../rule.ts'

const npyFormatReference = 'https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html'
const getAgain = 'Get the file again from its source and compare its digest.'
const doNotLoad = 'Do not load the file. Ask its publisher for weights without code, such as safetensors or ONNX.'

/** What files of Python libraries hold. */
export const pythonRules = ruleTable('python', {
  'npy-header-code': {
    severity: 'high',
    title: 'The header of a numpy array is code',
    explanation:
      'The header of a .npy file is a literal of Python. Here it is an expression with names, calls or operators, which old and foreign readers evaluate: whoever wrote it runs code where the array is opened.',
    remediation: doNotLoad,
    tags: ['CWE-95', 'CWE-502', 'AML.T0011.000'],
    references: [npyFormatReference],
  },
  'npy-header-malformed': {
    severity: 'medium',
    title: 'The header of a numpy array is not well-formed',
    explanation:
      'numpy never writes such a header. Readers disagree on what it means, so that one can be shown another array than the other loads.',
    remediation: getAgain,
    tags: ['CWE-20'],
    references: [npyFormatReference],
  },
  'npy-header-keys': {
    severity: 'medium',
    title: 'The header of a numpy array has other keys than the three it must have',
    explanation:
      'A header says descr, fortran_order and shape, once each. With a key twice, the first reader takes the first value and the second the last: a type without objects for the scanner, one with a pickle for the loader.',
    remediation: getAgain,
    tags: ['CWE-20', 'CWE-436'],
    references: [npyFormatReference],
  },
  'npy-header-length': {
    severity: 'low',
    title: 'The header of a numpy array is longer than numpy reads by default',
    explanation:
      'Parsing a long literal can exhaust the stack of the interpreter, which is why numpy refuses headers above 10,000 bytes unless pickles are allowed. Only a structured type with hundreds of fields explains one.',
    remediation: 'Split the structured array, or load it only where its origin is known.',
    tags: ['CWE-400', 'CWE-674'],
    references: ['https://numpy.org/doc/stable/reference/generated/numpy.load.html'],
  },
  'npy-type': {
    severity: 'medium',
    title: 'The type of a numpy array is spelled as numpy never spells it',
    explanation:
      'numpy understands many spellings of a type and writes one. Another spelling can hide that the array holds objects, that is a pickle, from whoever looks for the letter O.',
    remediation: doNotLoad,
    tags: ['CWE-20', 'CWE-502', 'AML.T0011.000'],
    references: [npyFormatReference],
  },
  'npy-data-short': {
    severity: 'medium',
    title: 'A numpy array has less data than its shape asks for',
    explanation:
      'Type and shape ask for more bytes than follow. It is a broken download, or makes a reader that trusts the shape read past its buffer or allocate without bound.',
    remediation: getAgain,
    tags: ['CWE-125', 'CWE-789'],
    references: [npyFormatReference],
  },
  'npy-trailing-data': {
    severity: 'medium',
    title: 'Something stands behind the data of a numpy array',
    explanation:
      'numpy ignores what follows an array. A second file can stand there that another loader finds, such as a zip, which is read from its end.',
    remediation: getAgain,
    tags: ['CWE-434', 'CWE-436'],
    references: [npyFormatReference],
  },
  'npy-object-array': {
    severity: 'low',
    title: 'A numpy array holds objects, which are a pickle',
    explanation:
      'The data of an array of objects are a pickle, which numpy loads when allow_pickle is set, and without asking before 1.16.3. What the pickle does is reported beside this.',
    remediation: 'Save numbers and texts with their own types, and load with allow_pickle=False.',
    tags: ['CWE-502', 'CVE-2019-6446', 'AML.T0011.000'],
    references: ['https://nvd.nist.gov/vuln/detail/CVE-2019-6446'],
  },
  'torch-legacy-magic': {
    severity: 'high',
    title: 'The magic number of a PyTorch file is not the plain constant',
    explanation:
      'torch compares a number that it has unpickled. Written in another way, or computed, it is right for torch and wrong for a scanner that looks for its bytes and skips the file.',
    remediation: doNotLoad,
    tags: ['CWE-436', 'CWE-502', 'AML.T0011.000'],
    references: ['https://github.com/mmaitre314/picklescan/security/advisories'],
  },
  'torch-legacy-malformed': {
    severity: 'medium',
    title: 'A PyTorch file is not five pickles and its storages',
    explanation:
      'torch.save writes magic number, version, system, object and keys, then as many elements as each storage says. A file that breaks this order or its lengths was not written by torch, and what its readers make of it differs.',
    remediation: getAgain,
    tags: ['CWE-20', 'CWE-1284'],
    references: ['https://pytorch.org/docs/stable/generated/torch.save.html'],
  },
  'torch-legacy-trailing-data': {
    severity: 'medium',
    title: 'Something stands behind the storages of a PyTorch file',
    explanation:
      'torch stops reading after the last storage. What follows is no weights: a place for a second file, or for data that are to be carried unseen.',
    remediation: getAgain,
    tags: ['CWE-434', 'AML.T0011.000'],
  },
  'torch-storage-length': {
    severity: 'high',
    title: 'A storage of a PyTorch file says more than its record holds',
    explanation:
      'The pickle says how many elements a tensor’s storage has, and the record of the archive is shorter. Versions of torch that believed the pickle read what lies behind in memory.',
    remediation: doNotLoad,
    tags: ['CWE-125', 'CWE-1284', 'CVE-2026-24747'],
    references: ['https://github.com/pytorch/pytorch/pull/170085'],
  },
  'zfile-length': {
    severity: 'medium',
    title: 'A compressed file of joblib does not hold what it declares',
    explanation:
      'The file names the size of its pickle, and zlib gives another or nothing. joblib allocates the declared size before it looks, so that a small file can take all memory.',
    remediation: getAgain,
    tags: ['CWE-789', 'CWE-1284'],
    references: ['https://joblib.readthedocs.io/en/stable/persistence.html'],
  },
  'compiled-code': {
    severity: 'medium',
    title: 'The file is compiled Python code',
    explanation:
      'Compiled code runs like a program and cannot be read like one; beside a source of the same name, Python may run it instead of what a reviewer has seen.',
    remediation: 'Remove compiled code from the model, and build it from reviewed source where it is needed.',
    tags: ['CWE-506', 'CWE-829', 'AML.T0010'],
    references: ['https://docs.python.org/3/library/marshal.html'],
  },
  'source-code': {
    severity: 'low',
    title: 'Source code of Python stands with the model',
    explanation:
      'A loader that trusts remote code imports such files and runs them with the rights of the user. Harmless modeling code is common; it has to be read like any program.',
    remediation: 'Read the code before loading with trust_remote_code, and pin its revision.',
    tags: ['CWE-829', 'AML.T0010'],
    references: ['https://huggingface.co/docs/transformers/custom_models'],
  },
  'source-runs-at-import': {
    severity: 'high',
    title: 'Source code leaves the program as soon as it is imported',
    explanation:
      'Importing this file starts a process, runs built code or opens a connection. Modeling code only defines classes; what runs at import runs before anybody has asked for a prediction.',
    remediation: 'Do not import the file. Load the model without trusting remote code.',
    tags: ['CWE-506', 'CWE-94', 'AML.T0010', 'AML.T0011.000'],
  },
  'source-decodes-code': {
    severity: 'high',
    title: 'Source code decodes code and runs it',
    explanation:
      'The code that is run stands encoded or compressed in the file, so that nobody who reads it sees what it does. Nothing that computes a model needs that.',
    remediation: 'Do not import the file. Decode the text apart from Python and read it.',
    tags: ['CWE-506', 'CWE-95', 'AML.T0011.000'],
  },
  'skops-type': {
    severity: 'medium',
    title: 'A skops model makes a type that is not known',
    explanation:
      'Loading imports the module of the type, and makes an object of it. skops asks the user to trust such types by name, and users do: an imported module runs its code.',
    remediation: 'Review the module, and pass its type to skops as trusted only then.',
    tags: ['CWE-502', 'AML.T0011.000'],
    references: ['https://skops.readthedocs.io/en/stable/persistence.html'],
  },
  'skops-dangerous-type': {
    severity: 'critical',
    title: 'A skops model names a callable that runs programs or code',
    explanation:
      'The schema fetches a function that starts processes, evaluates code or reaches the network. No estimator holds one.',
    remediation: doNotLoad,
    tags: ['CWE-502', 'CWE-94', 'AML.T0011.000'],
    references: ['https://skops.readthedocs.io/en/stable/persistence.html'],
  },
  'skops-operator-function': {
    severity: 'critical',
    title: 'A skops model calls a function of operator that skops never writes',
    explanation:
      'skops writes attrgetter, itemgetter and methodcaller. Before 0.12 the node calls whatever function of operator its class names while the user is asked to trust another type: operator.call runs anything.',
    remediation: 'Do not load the file. Update skops to 0.12 or later.',
    tags: ['CWE-351', 'CWE-502', 'CVE-2025-54412', 'AML.T0011.000'],
    references: ['https://nvd.nist.gov/vuln/detail/CVE-2025-54412'],
  },
  'skops-method': {
    severity: 'critical',
    title: 'A skops model fetches a method of another object than it says',
    explanation:
      'Before 0.12 the type that the user trusts is not the type of the object whose attribute is fetched, and any attribute can be named: by a chain of them a file reaches functions that run code.',
    remediation: 'Do not load the file. Update skops to 0.12 or later.',
    tags: ['CWE-351', 'CWE-502', 'CVE-2025-54413', 'AML.T0011.000'],
    references: ['https://nvd.nist.gov/vuln/detail/CVE-2025-54413'],
  },
  'skops-loader': {
    severity: 'low',
    title: 'A skops model has a node of a kind that is not known',
    explanation:
      'The node names a loader that skops does not have. A newer version may have brought it, or the file was written by hand.',
    remediation: 'Load the file only with a version of skops that has been reviewed for it.',
    tags: ['CWE-20'],
  },
})
