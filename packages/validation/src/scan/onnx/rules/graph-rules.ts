import { ruleTable } from '../../rule.ts'

const names = ['https://onnx.ai/onnx/repo-docs/IR.html#names-within-a-graph']
const opsets = ['https://onnx.ai/onnx/repo-docs/IR.html#operator-sets']
const again = 'Export the model again; runtimes disagree about what such a graph computes.'
const imports = 'Export the model with one opset_import for each domain it uses.'
const sandbox = 'Do not run this model; if you trust it, run it in a sandbox with limits of memory and time.'

/** How graphs are wired, and what running them would take. */
export const graphRules = ruleTable('onnx', {
  'duplicate-name': {
    severity: 'high',
    title: 'A value of the graph is written twice',
    explanation: 'ONNX graphs are in static single assignment form. Runtimes keep the first or the last value.',
    remediation: again,
    tags: ['CWE-694'],
    references: names,
  },
  'duplicate-initialiser': {
    severity: 'high',
    title: 'Two constants of the graph have the same name',
    explanation: 'Runtimes keep the first or the last: a scanner sees other weights than those that run.',
    remediation: again,
    tags: ['CWE-694', 'CWE-436', 'AML.T0018'],
    references: names,
  },
  'dangling-input': {
    severity: 'high',
    title: 'A node reads a value that nothing writes',
    explanation: 'No exporter writes such a graph; runtimes refuse it or read what is not there.',
    remediation: again,
    tags: ['CWE-20', 'CWE-824'],
    references: names,
  },
  'dangling-output': {
    severity: 'high',
    title: 'The graph gives out a value that nothing writes',
    explanation: 'No exporter writes such a graph; runtimes refuse it or give out what was in memory.',
    remediation: again,
    tags: ['CWE-20', 'CWE-824'],
    references: names,
  },
  'cyclic-graph': {
    severity: 'high',
    title: 'Nodes of the graph wait for each other',
    explanation:
      'A cycle cannot be ordered. Loaders that sort or follow the graph recursively never end or run out of stack.',
    remediation: again,
    tags: ['CWE-835', 'CWE-674', 'AML.T0029'],
    references: names,
  },
  'unsorted-nodes': {
    severity: 'low',
    title: 'Nodes of the graph are not in the order in which they run',
    explanation: 'ONNX asks for topological order. Some runtimes sort the nodes themselves, others refuse the model.',
    remediation: again,
    tags: ['CWE-20'],
    references: names,
  },
  'missing-ir-version': {
    severity: 'medium',
    title: 'The model does not say which version of the format it is',
    explanation: 'Whether functions, initialisers and opset imports mean anything depends on the version.',
    remediation: imports,
    tags: ['CWE-436'],
    references: opsets,
  },
  'missing-opset': {
    severity: 'medium',
    title: 'The model does not say which operators it means',
    explanation: 'Without an opset_import each runtime takes a version of the operators that it likes.',
    remediation: imports,
    tags: ['CWE-436'],
    references: opsets,
  },
  'duplicate-opset': {
    severity: 'medium',
    title: 'The model imports two versions of one operator set',
    explanation: 'Readers take the first or the last, and so run operators of different versions.',
    remediation: imports,
    tags: ['CWE-694', 'CWE-436'],
    references: opsets,
  },
  'impossible-version': {
    severity: 'medium',
    title: 'The model names a version that cannot be',
    explanation:
      'The version of an operator set is zero, negative or beyond any that will be: it is there to reach code that nobody tested.',
    remediation: imports,
    tags: ['CWE-20', 'CWE-1284'],
    references: opsets,
  },
  'future-version': {
    severity: 'info',
    title: 'The model is newer than what this scanner knows',
    explanation: 'Operators of a later version may mean something else than the checks assume.',
    remediation: 'Update nootropic and scan again.',
    tags: ['CWE-1284'],
    references: opsets,
  },
  'deep-nesting': {
    severity: 'medium',
    title: 'Subgraphs nest deeper than any exporter writes',
    explanation: 'Loaders follow subgraphs recursively; deep ones exist to exhaust their stack.',
    remediation: 'Do not load this file outside a sandbox: a recursive loader may run out of stack.',
    tags: ['CWE-674', 'AML.T0029'],
  },
  'endless-loop': {
    severity: 'high',
    title: 'A loop has no end',
    explanation: 'Nothing can make the condition false, and the number of turns is beyond what a run can take.',
    remediation: sandbox,
    tags: ['CWE-835', 'AML.T0029'],
    references: ['https://onnx.ai/onnx/operators/onnx__Loop.html'],
  },
  'nested-loops': {
    severity: 'high',
    title: 'Loops inside loops take more turns than a run can',
    explanation:
      'Each loop is short; together they turn as often as the product of their counts, and nothing can end them early.',
    remediation: sandbox,
    tags: ['CWE-834', 'CWE-400', 'AML.T0029'],
    references: ['https://onnx.ai/onnx/operators/onnx__Loop.html'],
  },
  'loop-growth': {
    severity: 'high',
    title: 'A loop makes a tensor grow beyond any memory',
    explanation: 'Each turn multiplies what it carries, or keeps a part of its output, as often as a constant says.',
    remediation: sandbox,
    tags: ['CWE-789', 'CWE-770', 'AML.T0029'],
    references: ['https://onnx.ai/onnx/operators/onnx__Loop.html'],
  },
  'unbounded-allocation': {
    severity: 'high',
    title: 'An operator asks for more memory than any model needs',
    explanation: 'Constants of a few bytes say how large the output is, whatever the model is fed.',
    remediation: sandbox,
    tags: ['CWE-789', 'CWE-409', 'AML.T0029'],
  },
  'amplification-chain': {
    severity: 'high',
    title: 'A chain of operators makes a tensor grow beyond any memory',
    explanation:
      'Each operator is harmless; each joins or multiplies the output of the one before with itself, so that thirty of them ask for gigabytes.',
    remediation: sandbox,
    tags: ['CWE-789', 'CWE-409', 'CWE-776', 'AML.T0029'],
  },
})
