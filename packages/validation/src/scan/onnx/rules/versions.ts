import type { Finding, Severity } from '@nootropic/core'
import { walkNodes } from '@nootropic/core/formats'
import { findingAt, type OnnxRule, printable } from '../rule.ts'

/** From this IR version on a model must say which operator sets it means. */
const firstVersionWithImports = 3

/** `''` and `ai.onnx` are one domain. */
const canonicalDomain = (domain: string): string => (domain === 'ai.onnx' ? '' : domain)

/** Whether the model says which version of each operator it means. */
export const versionsRule: OnnxRule = {
  name: 'versions',
  check: (scan) => {
    const findings: Finding[] = []
    const report = (rule: string, severity: Severity, message: string, inside: string): void => {
      findings.push(
        findingAt(scan, {
          rule,
          severity,
          title: 'The model does not say which operators it means',
          message,
          inside,
          remediation: 'Export the model with one opset_import for each domain it uses.',
          references: ['https://onnx.ai/onnx/repo-docs/IR.html#operator-sets'],
          tags: ['CWE-436'],
        }),
      )
    }
    const { irVersion, opsetImport } = scan.model
    if (irVersion === undefined || irVersion < 1) {
      report('onnx/missing-ir-version', 'medium', 'expected an IR version, found none', 'model')
      return findings
    }
    if (irVersion < firstVersionWithImports) return findings
    const imported = new Set<string>()
    for (const { domain } of opsetImport) {
      const name = canonicalDomain(domain)
      if (imported.has(name)) {
        report('onnx/duplicate-opset', 'medium', `expected one version of "${printable(domain)}"`, 'opset_import')
      }
      imported.add(name)
    }
    const inFunctions = new Set(
      scan.model.functions.flatMap(({ opsetImport }) => opsetImport.map(({ domain }) => domain)),
    )
    const missing = new Set<string>()
    for (const { node, place } of walkNodes(scan.model)) {
      const domain = canonicalDomain(node.domain)
      if (imported.has(domain) || inFunctions.has(node.domain) || missing.has(domain)) continue
      missing.add(domain)
      report('onnx/missing-opset', 'medium', `expected an opset_import for "${printable(domain) || 'ai.onnx'}"`, place)
    }
    return findings
  },
}
