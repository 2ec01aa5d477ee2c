import { walkNodes } from '@nootropic/core/formats'
import { printable, type Sighting } from '../../rule.ts'
import type { OnnxCheck } from '../check.ts'
import { canonicalDomain, newestIrVersion, newestVersions } from '../operator-sets.ts'
import { onnxRules } from '../rules.ts'

/** From this IR version on a model must say which operator sets it means. */
const firstVersionWithImports = 3

/** Versions grow by about two a year; nothing that is written today has this one. */
const maximumVersion = 1000

/** Whether the model says which version of each operator it means. */
export const versionsCheck: OnnxCheck = {
  name: 'versions',
  *check({ model }): Generator<Sighting> {
    const { irVersion, opsetImport, functions } = model
    if (irVersion === undefined || irVersion < 1) {
      const message = `expected an IR version, found ${irVersion ?? 'none'}`
      yield { rule: onnxRules['missing-ir-version'], message, inside: 'model' }
      return
    }
    if (irVersion > maximumVersion) {
      const message = `expected an IR version of at most ${newestIrVersion}, found ${irVersion}`
      yield { rule: onnxRules['impossible-version'], message, inside: 'model' }
    } else if (irVersion > newestIrVersion) {
      const message = `expected an IR version of at most ${newestIrVersion}, found ${irVersion}`
      yield { rule: onnxRules['future-version'], message, inside: 'model' }
    }
    if (irVersion < firstVersionWithImports) return
    const imported = new Set<string>()
    for (const { domain, version = 1 } of opsetImport) {
      const name = canonicalDomain(domain)
      const shown = printable(domain) || 'ai.onnx'
      if (imported.has(name)) {
        const message = `expected one version of "${shown}", found another`
        yield { rule: onnxRules['duplicate-opset'], message, inside: 'opset_import' }
      }
      imported.add(name)
      const newest = newestVersions.get(name)
      if (version < 1 || version > maximumVersion) {
        const message = `expected a version of "${shown}" from 1 on, found ${version}`
        yield { rule: onnxRules['impossible-version'], message, inside: 'opset_import' }
      } else if (newest !== undefined && version > newest) {
        const message = `expected a version of "${shown}" up to ${newest}, found ${version}`
        yield { rule: onnxRules['future-version'], message, inside: 'opset_import' }
      }
    }
    const inFunctions = new Set(functions.flatMap(({ opsetImport }) => opsetImport.map(({ domain }) => domain)))
    const missing = new Set<string>()
    for (const { node, place } of walkNodes(model)) {
      const domain = canonicalDomain(node.domain)
      if (imported.has(domain) || inFunctions.has(node.domain) || missing.has(domain)) continue
      missing.add(domain)
      const message = `expected an opset_import for "${printable(domain) || 'ai.onnx'}", found none`
      yield { rule: onnxRules['missing-opset'], message, inside: place }
    }
  },
}
