import type { Dialect } from '../configuration/dialect.ts'
import type { Inspection } from '../inspection.ts'
import { printable } from '../rule.ts'
import { isEscapingPath } from './escaping-path.ts'
import { modelsRules } from './rules.ts'

const entriesOf = (document: unknown): Readonly<Record<string, unknown>> | undefined => {
  if (typeof document !== 'object' || document === null || !('fileFormatVersion' in document)) return undefined
  const { itemInfoEntries } = document as Record<string, unknown>
  return typeof itemInfoEntries === 'object' && itemInfoEntries !== null
    ? (itemInfoEntries as Record<string, unknown>)
    : undefined
}

const checkManifest = (document: unknown, inspection: Inspection): void => {
  for (const [id, entry] of Object.entries(entriesOf(document) ?? {})) {
    const path = typeof entry === 'object' && entry !== null && 'path' in entry ? entry.path : undefined
    if (typeof path !== 'string' || !isEscapingPath(path)) continue
    inspection.report({
      rule: modelsRules['path-escape'],
      message: `expected a path inside the package, found ${printable(path)}`,
      inside: printable(id),
    })
  }
}

/** `Manifest.json` of a package of Core ML, `.mlpackage`. */
export const coremlPackageDialect: Dialect = {
  name: 'coreml-package',
  title: 'manifest of a Core ML package',
  matches: (document) => entriesOf(document) !== undefined,
  check: checkManifest,
}
