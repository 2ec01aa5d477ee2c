import { ruleTable } from '../rule.ts'

const security = 'https://github.com/tensorflow/tensorflow/blob/master/SECURITY.md'

/** What a TensorFlow graph does when it is loaded or runs. */
export const tensorflowRules = ruleTable('tensorflow', {
  'python-function': {
    severity: 'critical',
    title: 'The graph calls back into Python',
    explanation:
      'PyFunc and its kin call a Python function that is registered in the process under a token. A graph that came with a script of its own so runs any code; a graph alone picks among the functions that the process has.',
    remediation: 'Do not load the model. Ask for an export whose graph has TensorFlow operators only.',
    tags: ['CWE-94', 'CWE-829', 'AML.T0011.000'],
    references: [security],
  },
  'native-library': {
    severity: 'critical',
    title: 'The graph loads a native library',
    explanation: 'The operator loads a shared library from a path, whose code runs in the process at once.',
    remediation: 'Do not load the model.',
    tags: ['CWE-114', 'CWE-427', 'AML.T0011.000'],
    references: [security],
  },
  'file-read': {
    severity: 'high',
    title: 'The graph reads files of the host',
    explanation:
      'The operator opens a path, or looks for paths, when the graph runs. What it reads becomes a tensor, which the model gives away in its outputs.',
    remediation: 'Do not run the model outside a sandbox. Ask for an export that takes data, not paths.',
    tags: ['CWE-73', 'CWE-200', 'AML.T0011.000'],
    references: [security],
  },
  'file-write': {
    severity: 'high',
    title: 'The graph writes files of the host',
    explanation:
      'The operator writes a path of the graph’s choice when the graph runs: a start-up script, a key, a library that is loaded next.',
    remediation: 'Do not run the model outside a sandbox.',
    tags: ['CWE-73', 'CWE-22', 'AML.T0011.000'],
    references: [security],
  },
  'data-reader': {
    severity: 'medium',
    title: 'The graph has the input pipeline of a training in it',
    explanation:
      'The operator reads records or rows from files or a database when it runs. A model for inference takes tensors and needs none.',
    remediation: 'Export the serving signature alone, without its input pipeline.',
    tags: ['CWE-73'],
    references: [security],
  },
  'remote-execution': {
    severity: 'high',
    title: 'The graph talks to other hosts',
    explanation:
      'The operator sends tensors or functions to an address, or takes them from one. Data leaves the host, or work arrives that nobody looked at.',
    remediation: 'Do not run the model outside a sandbox without network.',
    tags: ['CWE-918', 'CWE-829', 'AML.T0024'],
    references: [security],
  },
  'debug-address': {
    severity: 'high',
    title: 'The graph sends tensors to a debug address',
    explanation: 'A debug operator writes every value that passes it to the files or addresses in its attribute.',
    remediation: 'Export the model without the debugger.',
    tags: ['CWE-200', 'CWE-489'],
    references: [security],
  },
  'print-file': {
    severity: 'medium',
    title: 'The graph prints into a file',
    explanation: 'PrintV2 appends its text to the file that its output_stream names, each time that the graph runs.',
    remediation: 'Remove the print operator, or let it print to the log.',
    tags: ['CWE-73'],
    references: [security],
  },
  'descriptor-file': {
    severity: 'medium',
    title: 'A protobuf operator reads its schema from a file',
    explanation:
      'DecodeProto and EncodeProto open the path in descriptor_source when the kernel is made, before anything runs.',
    remediation: 'Export the operator with its descriptor in it (bytes://).',
    tags: ['CWE-73'],
  },
  'process-abort': {
    severity: 'medium',
    title: 'The graph ends the process',
    explanation: 'The operator aborts the process, or shuts the accelerator down for all who use it.',
    remediation: 'Do not run the model.',
    tags: ['CWE-617', 'CWE-400'],
  },
  'custom-operator': {
    severity: 'low',
    title: 'The graph needs an operator that TensorFlow does not have',
    explanation: 'The model runs only after a library with native code was loaded, which is not in this file.',
    remediation: 'Review the library that provides the operator.',
    tags: ['CWE-829', 'AML.T0010'],
  },
  'asset-path': {
    severity: 'high',
    title: 'An asset lies outside the model',
    explanation:
      'The loader opens the assets that a SavedModel lists below its directory. This one leaves it, and another file of the host is read as vocabulary.',
    remediation: 'Do not load the model.',
    tags: ['CWE-22', 'CWE-73'],
  },
  'recursive-function': {
    severity: 'medium',
    title: 'A function of the graph calls itself',
    explanation:
      'TensorFlow before 2.8 follows calls while it loads a GraphDef, without an end: the stack overflows and the process dies.',
    remediation: 'Do not load the model.',
    tags: ['CWE-674', 'CVE-2022-23591'],
    references: ['https://nvd.nist.gov/vuln/detail/CVE-2022-23591'],
  },
  'tensor-shape': {
    severity: 'medium',
    title: 'A constant declares values that it does not have',
    explanation:
      'The shape of the constant has negative or overflowing dimensions. Kernels that trusted it have read and written beyond their memory.',
    remediation: 'Get the file again from its source and compare its digest.',
    tags: ['CWE-190', 'CWE-787', 'CVE-2022-23571'],
  },
  'unknown-field': {
    severity: 'medium',
    title: 'The file has fields that its format does not',
    explanation:
      'TensorFlow skips what it does not know. Another loader may read the same bytes as its own format, and content can travel hidden in them.',
    remediation: 'Get the file again from its source and compare its digest.',
    tags: ['CWE-436', 'CWE-434'],
  },
  malformed: {
    severity: 'medium',
    title: 'The graph is not a well-formed message',
    explanation:
      'The file begins as a TensorFlow message and breaks off. A parser that is not strict may read it otherwise.',
    remediation: 'Get the file again from its source and compare its digest.',
    tags: ['CWE-20', 'CWE-130'],
  },
  'checkpoint-malformed': {
    severity: 'medium',
    title: 'The index of a checkpoint points outside itself',
    explanation:
      'The footer of the table names blocks beyond the file, which a reader that trusts it reads out of bounds.',
    remediation: 'Get the file again from its source and compare its digest.',
    tags: ['CWE-125', 'CWE-20', 'CVE-2021-41203'],
  },
  'lite-flex-operator': {
    severity: 'low',
    title: 'The TensorFlow Lite model needs operators of TensorFlow',
    explanation:
      'The model runs with the Flex delegate only, which brings all operators of TensorFlow into the interpreter.',
    remediation: 'Convert the model with built-in operators only, if the host has no delegate.',
    tags: ['CWE-829'],
  },
  'lite-custom-operator': {
    severity: 'low',
    title: 'The TensorFlow Lite model needs a custom operator',
    explanation: 'The model runs only with native code that the host registers under the name in the file.',
    remediation: 'Review the library that provides the operator.',
    tags: ['CWE-829', 'AML.T0010'],
  },
  'lite-index': {
    severity: 'high',
    title: 'An index of a TensorFlow Lite model is out of range',
    explanation:
      'Operators name tensors, buffers and subgraphs by number. The interpreter has read and written beyond its arrays where it did not check them.',
    remediation: 'Do not load the model.',
    tags: ['CWE-125', 'CWE-787', 'CVE-2020-15211'],
    references: ['https://nvd.nist.gov/vuln/detail/CVE-2020-15211'],
  },
  'lite-recursion': {
    severity: 'high',
    title: 'A subgraph of a TensorFlow Lite model runs itself',
    explanation: 'A While or If operator names a subgraph that contains it: preparing the model overflows the stack.',
    remediation: 'Do not load the model.',
    tags: ['CWE-674', 'CWE-835', 'CVE-2021-29591'],
    references: ['https://nvd.nist.gov/vuln/detail/CVE-2021-29591'],
  },
  'lite-buffer-size': {
    severity: 'high',
    title: 'A constant of a TensorFlow Lite model is shorter than its shape',
    explanation: 'The kernel reads as many values as the shape says, beyond the buffer that holds them.',
    remediation: 'Do not load the model.',
    tags: ['CWE-125', 'CWE-131'],
  },
  'lite-malformed': {
    severity: 'medium',
    title: 'The TensorFlow Lite model points outside itself',
    explanation:
      'Offsets of the FlatBuffer lead beyond the file. The interpreter does not verify a model unless it is told to, and follows them.',
    remediation: 'Do not load the model.',
    tags: ['CWE-125', 'CWE-20'],
  },
})
