import { ruleTable } from '../../rule.ts'

/** The file around a model. */
export const modelFileRules = ruleTable('onnx', {
  malformed: {
    severity: 'high',
    title: 'The file is not a well-formed ONNX model',
    explanation:
      'The bytes open like an ONNX model and do not go on like one: a field that may stand once stands twice, a length reaches beyond the file, a text is no text. What a runtime makes of them is not known.',
    remediation: 'Get the file again from its source and compare its digest.',
    tags: ['CWE-20', 'CWE-436'],
    references: ['https://onnx.ai/onnx/repo-docs/IR.html'],
  },
  'unknown-content': {
    severity: 'medium',
    title: 'The file carries bytes that are no part of a model',
    explanation: 'Runtimes skip fields that they do not know; a reader of another format may run what stands in them.',
    remediation: 'Ask the author what the bytes are; a reader of another format may run them.',
    tags: ['CWE-506', 'CWE-434'],
    references: ['https://protobuf.dev/programming-guides/proto3/#unknowns'],
  },
  'ort-malformed': {
    severity: 'high',
    title: 'The file is not a well-formed ORT format model',
    explanation:
      'A table, list or text of the flatbuffer reaches beyond the file, or a tensor has other data than its dims say. onnxruntime has followed such offsets without looking.',
    remediation: 'Do not load this file. Convert the ONNX model again.',
    tags: ['CWE-125', 'CWE-20', 'AML.T0011.000'],
    references: [
      'https://onnxruntime.ai/docs/performance/model-optimizations/ort-format-models.html',
      'https://github.com/microsoft/onnxruntime/pull/28186',
    ],
  },
})
