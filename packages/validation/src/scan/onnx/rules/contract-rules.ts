import { ruleTable } from '../../rule.ts'

const remediation = 'Do not load this file in onnxruntime: no exporter writes such a node.'
const references = ['https://onnx.ai/onnx/operators/']

/** What onnxruntime's kernels take for granted of their operators. */
export const contractRules = ruleTable('onnx', {
  'contract-length': {
    severity: 'high',
    title: 'Lists that an operator reads side by side have different lengths',
    explanation:
      'Kernels walk such lists with one index and have read, or written, past the shorter one (SVMClassifier, TreeEnsemble, convolutions). The content of the heap ends up in the output.',
    remediation,
    tags: ['CWE-125', 'CWE-130', 'AML.T0011.000'],
    references: [...references, 'https://github.com/microsoft/onnxruntime/pull/27699'],
  },
  'contract-index': {
    severity: 'high',
    title: 'An index of an operator points outside what it indexes',
    explanation:
      'A constant index is negative or too large. Kernels that do not check it read or write foreign memory (ArrayFeatureExtractor, TreeEnsemble, TfIdfVectorizer).',
    remediation,
    tags: ['CWE-129', 'CWE-787', 'AML.T0011.000'],
    references: [...references, 'https://github.com/microsoft/onnxruntime/issues/27265'],
  },
  'contract-range': {
    severity: 'high',
    title: 'An attribute of an operator has a value that it cannot work with',
    explanation:
      'A size is zero or negative, an axis does not exist, a width of bits is not supported. Kernels divide by it or compute sizes with it, which ends the process or overflows.',
    remediation,
    tags: ['CWE-369', 'CWE-190', 'CWE-20', 'AML.T0029'],
    references: [...references, 'https://github.com/onnx/onnx/pull/8466'],
  },
  'contract-shape': {
    severity: 'high',
    title: 'The weights of an operator do not have the shape that its attributes say',
    explanation:
      'Kernels compute how much they read from the attributes and take the bytes from the tensor (MatMulNBits, EmbedLayerNormalization, LSTM). Where both differ they read past its end, some while the session is opened.',
    remediation,
    tags: ['CWE-131', 'CWE-125', 'AML.T0011.000'],
    references: [...references, 'https://github.com/microsoft/onnxruntime/issues/28175'],
  },
  'contract-subgraph': {
    severity: 'high',
    title: 'A subgraph does not take or give what its node hands over',
    explanation:
      'The number of inputs or outputs of a body differs from that of If, Loop, Scan or BeamSearch around it, or the body is missing. Runtimes pair them by position.',
    remediation,
    tags: ['CWE-129', 'CWE-20'],
    references,
  },
  'tree-cycle': {
    severity: 'high',
    title: 'A decision tree leads back into itself',
    explanation:
      'A node of the ensemble is its own descendant, or the child of two nodes. Walking it never ends, and building it recursively exhausts the stack.',
    remediation,
    tags: ['CWE-835', 'CWE-674', 'AML.T0029'],
    references: [
      'https://onnx.ai/onnx/operators/onnx_aionnxml_TreeEnsembleRegressor.html',
      'https://github.com/microsoft/onnxruntime/pull/27677',
    ],
  },
  'tree-depth': {
    severity: 'high',
    title: 'A decision tree is deeper than any that is trained',
    explanation:
      'Each node has one child that goes on, thousands of times. onnxruntime builds trees recursively and runs out of stack while the model is loaded.',
    remediation,
    tags: ['CWE-674', 'AML.T0029'],
    references: [
      'https://onnx.ai/onnx/operators/onnx_aionnxml_TreeEnsembleRegressor.html',
      'https://github.com/microsoft/onnxruntime/pull/27677',
    ],
  },
  'attribute-magnitude': {
    severity: 'high',
    title: 'An attribute is so large that sizes computed with it overflow',
    explanation:
      'A window, a stride, a padding or a count is beyond anything that a tensor can have. Products with it wrap around, and the buffer that is allocated is smaller than what is written.',
    remediation,
    tags: ['CWE-190', 'CWE-680', 'AML.T0029'],
    references,
  },
})
