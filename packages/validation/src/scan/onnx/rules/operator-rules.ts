import { ruleTable } from '../../rule.ts'

/** Operators, and where their code comes from. */
export const operatorRules = ruleTable('onnx', {
  'interpreter-operator': {
    severity: 'critical',
    title: 'An operator runs code of another language',
    explanation:
      'Operators such as PyOp hand control to an interpreter. In a host that registers them the model runs whatever code it names.',
    remediation: 'Do not load this file in a host that registers such operators. Ask for an export without them.',
    tags: ['CWE-94', 'AML.T0011.000'],
    references: ['https://github.com/microsoft/onnxruntime-extensions'],
  },
  'custom-operator': {
    severity: 'medium',
    title: 'An operator needs a native library of its own',
    explanation:
      'The operator is in a domain that onnxruntime does not bring. It is native code that the host must load for this model, with all rights of the host.',
    remediation:
      'Load it only if you trust the library that implements the operator; a custom operator is native code.',
    tags: ['CWE-829', 'AML.T0010'],
    references: ['https://onnxruntime.ai/docs/reference/operators/add-custom-op.html'],
  },
  'unknown-operator': {
    severity: 'medium',
    title: 'An operator claims to be one of ONNX and is not',
    explanation:
      'ONNX has no operator of this name in the versions that the model imports. Only a host that was changed to register it runs the model, and then it runs that host’s code.',
    remediation: 'Export the model again, and ask the author which library implements the operator.',
    tags: ['CWE-829', 'AML.T0010'],
    references: ['https://onnx.ai/onnx/operators/'],
  },
  'compiled-context': {
    severity: 'medium',
    title: 'The model carries code that was compiled for a device',
    explanation:
      'An EPContext node holds or names the compiled program of an execution provider. Nobody can tell what it computes, and the provider’s loader, which reads it, was not written for hostile input.',
    remediation: 'Load the model that it was compiled from, and compile that on this machine.',
    tags: ['CWE-829', 'CWE-502', 'AML.T0011.000'],
    references: ['https://onnxruntime.ai/docs/execution-providers/EP-Context-Design.html'],
  },
  'shadowed-operator': {
    severity: 'high',
    title: 'A function of the model takes the name of a standard operator',
    explanation:
      'What reads as Relu or MatMul is then what the file says it is. Tools that know the operator see another computation than the one that runs.',
    remediation: 'Do not use this file: no exporter redefines a standard operator.',
    tags: ['CWE-436', 'AML.T0018'],
    references: ['https://onnx.ai/onnx/repo-docs/IR.html#functions'],
  },
  'duplicate-function': {
    severity: 'medium',
    title: 'Two functions of the model have the same name',
    explanation: 'Readers take the first or the last of them, and so run different models out of the same file.',
    remediation: 'Export the model again.',
    tags: ['CWE-694', 'CWE-436'],
    references: ['https://onnx.ai/onnx/repo-docs/IR.html#functions'],
  },
  'recursive-function': {
    severity: 'high',
    title: 'A function of the model calls itself',
    explanation:
      'ONNX forbids it, because functions are replaced by their bodies: a loader that tries runs out of stack or never ends.',
    remediation: 'Do not load this file.',
    tags: ['CWE-674', 'AML.T0029'],
    references: ['https://onnx.ai/onnx/repo-docs/IR.html#functions'],
  },
  'function-expansion': {
    severity: 'high',
    title: 'Functions that call functions become millions of nodes',
    explanation:
      'Each function calls the one below it several times, so that a few kilobytes become more nodes than memory holds when the calls are replaced by the bodies.',
    remediation: 'Do not load this file.',
    tags: ['CWE-776', 'CWE-409', 'AML.T0029'],
    references: ['https://onnx.ai/onnx/repo-docs/IR.html#functions'],
  },
  'attribute-type': {
    severity: 'high',
    title: 'An attribute is not of the type that it declares',
    explanation:
      'The value stands in the field of another type, or in two fields. A runtime that takes the type at its word reads a value that is not there.',
    remediation: 'Do not load this file: no exporter writes such an attribute.',
    tags: ['CWE-843', 'CWE-436'],
    references: ['https://onnx.ai/onnx/repo-docs/IR.html#attributes'],
  },
  'duplicate-attribute': {
    severity: 'medium',
    title: 'A node has the same attribute twice',
    explanation: 'Readers take the first or the last value, and so run different models out of the same file.',
    remediation: 'Export the model again.',
    tags: ['CWE-694', 'CWE-436'],
    references: ['https://onnx.ai/onnx/repo-docs/IR.html#attributes'],
  },
  'runtime-advisory': {
    severity: 'low',
    title: 'The installed onnxruntime has a known defect in what the model uses',
    explanation:
      'The model uses an operator or a feature in which this version of onnxruntime is known to reach past its memory or to end the process. The model may be sound; another one, or another input, need not be.',
    remediation: 'Update onnxruntime-node.',
    tags: ['CWE-1395'],
    references: ['https://github.com/microsoft/onnxruntime/releases'],
  },
})
