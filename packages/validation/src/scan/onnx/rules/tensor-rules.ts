import { ruleTable } from '../../rule.ts'

const remediation = 'Do not load this file: a kernel that trusts the dims reads or writes past the data.'
const references = ['https://onnx.ai/onnx/repo-docs/IR.html#tensor-definition']

/** Tensors and what they declare of themselves. */
export const tensorRules = ruleTable('onnx', {
  'tensor-type': {
    severity: 'high',
    title: 'A tensor has an element type that ONNX does not name',
    explanation: 'Readers that use the number as an index into a table of sizes reach past its end.',
    remediation,
    tags: ['CWE-20', 'CWE-129', 'AML.T0011.000'],
    references,
  },
  'tensor-length': {
    severity: 'high',
    title: 'A tensor has more or less data than its dims declare',
    explanation: 'Whoever trusts the dims reads, and gives out, memory behind the data.',
    remediation,
    tags: ['CWE-130', 'CWE-125', 'AML.T0011.000'],
    references,
  },
  'tensor-overflow': {
    severity: 'high',
    title: 'The size of a tensor overflows 64 bits',
    explanation:
      'The product of the dims wraps around to a small number where it is computed in 64 bits: a small buffer is allocated for what is indexed as a large one.',
    remediation,
    tags: ['CWE-190', 'CWE-680', 'AML.T0011.000'],
    references,
  },
  'tensor-data-ambiguous': {
    severity: 'high',
    title: 'A tensor keeps values in two places',
    explanation: 'Readers take one place and ignore the other, so that a scanner and a runtime see different weights.',
    remediation,
    tags: ['CWE-436', 'AML.T0018'],
    references,
  },
  'tensor-field': {
    severity: 'medium',
    title: 'A tensor keeps its values in the field of another type',
    explanation:
      'ONNX says which field holds the values of which type. A reader that looks into the right one finds nothing, one that looks into any reads bytes as another type.',
    remediation,
    tags: ['CWE-843', 'CWE-436'],
    references,
  },
  'sparse-indices': {
    severity: 'high',
    title: 'A sparse tensor has indices that do not fit it',
    explanation:
      'Loaders write each value at its index into a dense buffer. An index outside the dims writes outside that buffer; unsorted or repeated ones are read differently.',
    remediation,
    tags: ['CWE-787', 'CWE-129', 'AML.T0011.000'],
    references: ['https://onnx.ai/onnx/repo-docs/IR.html#sparse-tensor'],
  },
  'spread-program': {
    severity: 'high',
    title: 'A tensor holds a program, one byte in each number',
    explanation:
      'The numbers of a tensor are bytes, and together they open like a program. It was spread so that nobody who looks for programs finds it; code elsewhere puts it together and runs it.',
    remediation: 'Do not load this file: it carries a program to a place where nobody looks for one.',
    tags: ['CWE-506', 'AML.T0011.000'],
    references: ['https://attack.mitre.org/techniques/T1027/003/'],
  },
})
