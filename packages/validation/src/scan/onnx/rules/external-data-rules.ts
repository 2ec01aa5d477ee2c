import { ruleTable } from '../../rule.ts'

const references = ['https://onnx.ai/onnx/repo-docs/ExternalData.html']
const remediation = 'Do not load this file. Get the model from its source and compare digests.'

/** Tensors whose bytes stand in other files. */
export const externalDataRules = ruleTable('onnx', {
  'external-data-escapes': {
    severity: 'critical',
    title: 'A tensor reads a file outside the directory of the model',
    explanation:
      'The location of external data is absolute, climbs out of the directory, or names a drive, a share or an address of the network. Whoever loads the model reads that file into a tensor, and may answer requests with its content.',
    remediation,
    tags: ['CWE-22', 'CVE-2022-25882', 'CVE-2024-27318', 'CVE-2025-51480', 'AML.T0011.000'],
    references,
  },
  'external-data-memory': {
    severity: 'critical',
    title: 'A tensor reads memory of the process',
    explanation:
      'The location is the marker by which onnxruntime tells itself that the offset is an address in its memory. A file with it reads any part of the process, keys and other users’ data among it, or crashes it.',
    remediation,
    tags: ['CWE-822', 'CWE-125', 'AML.T0011.000'],
    references: [
      'https://github.com/microsoft/onnxruntime/pull/29011',
      'https://github.com/microsoft/onnxruntime/pull/28709',
    ],
  },
  'external-data-key': {
    severity: 'high',
    title: 'External data has a key that ONNX does not define',
    explanation:
      'Loaders have set an attribute of their own objects for every key they found, so that a file could overwrite their state or methods.',
    remediation,
    tags: ['CWE-915', 'CVE-2026-34445', 'AML.T0011.000'],
    references,
  },
  'external-data-malformed': {
    severity: 'high',
    title: 'External data is not described as the format asks',
    explanation:
      'The location is missing, an entry stands twice, a number is none, or the length is not that of the tensor. Loaders resolve it differently, and one that trusts it reads past the end of the file.',
    remediation,
    tags: ['CWE-20', 'CWE-130', 'AML.T0011.000'],
    references,
  },
  'external-data-name': {
    severity: 'medium',
    title: 'External data has a name that means another file elsewhere',
    explanation:
      'The name is percent-encoded, holds a backslash or a colon, ends in a dot or a space, or is a device of Windows. A loader of another system, or one that fetches by address, opens a file that was not looked at here.',
    remediation: 'Rename the file of external data to letters, digits, `_`, `-` and `.`.',
    tags: ['CWE-41', 'CWE-67', 'CWE-177'],
    references,
  },
  'external-file-missing': {
    severity: 'medium',
    title: 'A file that belongs to the model is not there',
    explanation:
      'A tensor of the model stands in another file, and that file is not beside it. Whoever puts one there decides what the model computes.',
    remediation: 'Copy the model and its data into a directory of their own.',
    tags: ['CWE-1104'],
    references,
  },
  'external-file-linked': {
    severity: 'high',
    title: 'A file that belongs to the model is not a plain file beside it',
    explanation:
      'A link lets the model read any file of the machine as if it were its weights, and send it out as its output.',
    remediation: 'Copy the model and its data into a directory of their own.',
    tags: ['CWE-59'],
    references,
  },
  'external-file-short': {
    severity: 'high',
    title: 'A tensor reaches beyond the end of its file',
    explanation:
      'Offset and length of the external data end after the file does. A loader that maps the file and trusts them reads foreign memory or ends with a bus error.',
    remediation: 'Get the file of external data again from its source and compare its digest.',
    tags: ['CWE-125', 'CWE-130'],
    references,
  },
  'external-file-changed': {
    severity: 'high',
    title: 'A file of external data is not the one that the model was saved with',
    explanation:
      'The model carries the SHA-1 of the file, and the file has another: its weights were replaced after the model was saved.',
    remediation: 'Get both files again from their source and compare their digests.',
    tags: ['CWE-354', 'AML.T0018'],
    references,
  },
  'external-file-slack': {
    severity: 'low',
    title: 'A file of external data holds bytes that no tensor uses',
    explanation:
      'Tensors are aligned, which leaves small gaps; this is more. Another model may share the file, or something else was put into it.',
    remediation: 'Ask the author what the bytes are, or save the model again into a file of its own.',
    tags: ['CWE-506'],
    references,
  },
})
