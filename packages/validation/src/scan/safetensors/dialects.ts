import type { Dialect } from '../configuration/dialect.ts'
import { isRecord } from '../configuration/walk.ts'
import type { Inspection } from '../inspection.ts'
import { printable } from '../rule.ts'
import { safetensorsRules as rules } from './rules.ts'

/** A path below the directory of the index: no root, drive, address, NUL or `..` (CWE-22). */
const isBeside = (path: unknown): boolean =>
  typeof path === 'string' && path !== '' && !/^[\\/~]|:|\0|(?:^|[\\/])\.\.(?:[\\/]|$)/.test(path)

const checkIndex = (document: unknown, inspection: Inspection): void => {
  if (!isRecord(document) || !isRecord(document.weight_map)) return
  // Millions of tensors lie in a few files: each file is told once.
  const seen = new Set<unknown>()
  for (const [tensor, path] of Object.entries(document.weight_map)) {
    if (seen.has(path)) continue
    seen.add(path)
    if (isBeside(path)) continue
    const found = typeof path === 'string' ? JSON.stringify(printable(path)) : typeof path
    const message = `expected a file beside the index, found ${found}`
    inspection.report({ rule: rules['index-path'], message, inside: `weight_map.${tensor}` })
  }
}

/** The index of a model that is split over several files. */
export const safetensorsDialects: readonly Dialect[] = [
  {
    name: 'safetensors-index',
    title: 'index of sharded weights',
    matches: (document) => isRecord(document) && isRecord(document.weight_map),
    check: checkIndex,
  },
]
