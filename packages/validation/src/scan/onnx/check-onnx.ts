import { type Finding, severities } from '@nootropic/core'
import { findingOf, type Sighting } from '../rule.ts'
import { onnxChecks } from './checks.ts'
import type { OnnxScan } from './onnx-scan.ts'
import { analyseGraph } from './values/analyse-graph.ts'

/** Findings of one rule that are kept: a hostile file could make a million of them (CWE-770). */
const maximumFindings = 100

// Worst first before any are left out: a hundred harmless findings must not hide the one that counts.
const worstFirst = (left: Finding, right: Finding): number =>
  severities.indexOf(left.severity) - severities.indexOf(right.severity)

/** Every sighting of every check, one by one. */
export function* walkSightings(scan: OnnxScan): Generator<Sighting> {
  const graph = analyseGraph(scan)
  for (const { check } of onnxChecks) yield* check(scan, graph)
}

/**
 * What is dangerous or malformed in an ONNX model, worst first, without loading it into a runtime or opening any file
 * that it names. Of a rule that finds more than 100 places the 100 worst are reported.
 *
 * @param options.path the file, as the findings shall name it.
 * @param options.file the bytes that `readOnnx` was given; with them findings name byte offsets.
 * @param options.readBytes reads tensor bytes that `readOnnxFile` left on disk; without it, constants and embedded
 *   programs in such tensors are not looked at.
 * @param options.runtimeVersion the version of onnxruntime that shall run the model: its known defects are then looked up.
 * @example
 * ```ts
 * const findings = checkOnnx(readOnnx(bytes), { path: 'digits.onnx' })
 * findings.map(({ rule, severity }) => `${severity} ${rule}`) // ['critical onnx/external-data-escapes']
 * ```
 */
export const checkOnnx = (model: OnnxScan['model'], options: Omit<OnnxScan, 'model'>): Finding[] => {
  const byRule = new Map<string, Finding[]>()
  for (const sighting of walkSightings({ model, ...options })) {
    const known = byRule.get(sighting.rule.id) ?? []
    byRule.set(sighting.rule.id, known)
    known.push(findingOf(sighting, options.path, []))
    if (known.length === 2 * maximumFindings) known.sort(worstFirst).splice(maximumFindings)
  }
  return [...byRule.values()].flatMap((found) => found.sort(worstFirst).slice(0, maximumFindings)).sort(worstFirst)
}
