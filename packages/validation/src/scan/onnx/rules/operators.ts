import type { Finding } from '@nootropic/core'
import { walkNodes } from '@nootropic/core/formats'
import { findingAt, type OnnxRule, printable } from '../rule.ts'

/** Domains whose operators onnxruntime brings itself; any other needs a native library that the host loads. */
const builtInDomains = new Set([
  '',
  'ai.onnx',
  'ai.onnx.ml',
  'ai.onnx.preview',
  'ai.onnx.preview.training',
  'ai.onnx.training',
  'com.microsoft',
  'com.microsoft.experimental',
  'com.microsoft.nchwc',
  'com.ms.internal.nhwc',
  'org.pytorch.aten',
])

/** Operators that hand control to an interpreter. */
const interpreterOperators =
  /^(py(thon)?(op|func|call)\w*|eagerpyfunc|aten|aten_?op|opaque|script|exec|eval|system|shell)$/i

/** Operators that no runtime brings, and those that run code of another language. */
export const operatorsRule: OnnxRule = {
  name: 'operators',
  check: (scan) => {
    const local = new Set(scan.model.functions.map(({ domain, name }) => `${domain}\0${name}`))
    const seen = new Set<string>()
    return [...walkNodes(scan.model)].flatMap(({ node, place }): Finding[] => {
      const key = `${node.domain}\0${node.opType}`
      if (seen.has(key) || local.has(key)) return []
      seen.add(key)
      const operator = `${printable(node.domain) || 'ai.onnx'}:${printable(node.opType)}`
      if (interpreterOperators.test(node.opType)) {
        return [
          findingAt(scan, {
            rule: 'onnx/interpreter-operator',
            severity: 'critical',
            title: 'An operator runs code of another language',
            message: `expected operators that compute on tensors only, found ${operator}`,
            inside: place,
            evidence: { operator },
            remediation:
              'Do not load this file in a host that registers such operators. Ask for an export without them.',
            tags: ['CWE-94', 'AML.T0011.000'],
          }),
        ]
      }
      if (builtInDomains.has(node.domain)) return []
      return [
        findingAt(scan, {
          rule: 'onnx/custom-operator',
          severity: 'medium',
          title: 'An operator needs a native library of its own',
          message: `expected operators of a built-in domain or a function of this model, found ${operator}`,
          inside: place,
          evidence: { operator },
          remediation:
            'Load it only if you trust the library that implements the operator; a custom operator is native code.',
          tags: ['CWE-829', 'AML.T0010'],
        }),
      ]
    })
  },
}
