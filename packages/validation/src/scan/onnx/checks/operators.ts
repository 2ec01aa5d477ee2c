import { findOnnxDangers, walkNodes } from '@nootropic/core/formats'
import { printable, type Sighting } from '../../rule.ts'
import type { OnnxCheck } from '../check.ts'
import { canonicalDomain, isStandardOperator, newestVersions } from '../operator-sets.ts'
import { onnxRules } from '../rules.ts'

/** Domains whose operators onnxruntime brings itself; any other needs a native library that the host loads. */
const builtInDomains = new Set([
  '',
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

/** Domains of onnxruntime-extensions, a library that its makers publish and exporters use: worth knowing, no sign of harm. */
const publishedDomains = new Set(['ai.onnx.contrib', 'com.microsoft.extensions'])

/** What a name says of an operator, for a sentence. */
const operatorName = (domain: string, opType: string): string =>
  `${printable(domain) || 'ai.onnx'}:${printable(opType)}`

/** An operator that hands control to an interpreter, by its domain and name. */
export const interpreterOperator = (operator: string, inside: string): Sighting => ({
  rule: onnxRules['interpreter-operator'],
  message: `expected operators that compute on tensors only, found ${printable(operator)}`,
  inside,
  evidence: { operator: printable(operator) },
})

/** An operator that no runtime brings, in these domains. */
export const customOperator = (domain: string, opType: string, inside: string): Sighting | undefined => {
  if (builtInDomains.has(canonicalDomain(domain))) return undefined
  const operator = operatorName(domain, opType)
  return {
    rule: onnxRules['custom-operator'],
    message: `expected operators of a built-in domain or a function of this model, found ${operator}`,
    inside,
    evidence: { operator },
    severity: publishedDomains.has(domain) ? 'low' : undefined,
  }
}

/** Operators that no runtime brings, that run code of another language, or that carry code for a device. */
export const operatorsCheck: OnnxCheck = {
  name: 'operators',
  *check({ model }) {
    const interpreters = new Set<string>()
    for (const { kind, place, found } of findOnnxDangers(model)) {
      if (kind !== 'interpreter-operator' || interpreters.has(found)) continue
      interpreters.add(found)
      yield interpreterOperator(found, place)
    }
    const versions = new Map(model.opsetImport.map(({ domain, version }) => [canonicalDomain(domain), version ?? 1]))
    const seen = new Set(model.functions.map(({ domain, name }) => `${domain}\0${name}`))
    for (const { node, place } of walkNodes(model)) {
      const key = `${node.domain}\0${node.opType}`
      if (seen.has(key)) continue
      seen.add(key)
      const operator = operatorName(node.domain, node.opType)
      if (interpreters.has(`${node.domain || 'ai.onnx'}:${node.opType}`)) continue
      if (node.opType === 'EPContext') {
        const message = 'expected operators whose computation can be read, found one that was compiled for a device'
        yield { rule: onnxRules['compiled-context'], message, inside: place, evidence: { operator } }
      }
      const custom = customOperator(node.domain, node.opType, place)
      if (custom !== undefined) yield custom
      const domain = canonicalDomain(node.domain)
      const newest = newestVersions.get(domain)
      const isKnownVersion = newest !== undefined && (versions.get(domain) ?? 1) <= newest
      if (isKnownVersion && !isStandardOperator(domain, node.opType)) {
        yield {
          rule: onnxRules['unknown-operator'],
          message: `expected an operator of ONNX or a function of this model, found ${operator}`,
          inside: place,
          evidence: { operator },
        }
      }
    }
  },
}
