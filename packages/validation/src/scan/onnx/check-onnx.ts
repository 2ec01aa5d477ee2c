import { type Finding, severities } from '@nootropic/core'
import type { OnnxModel } from '@nootropic/core/formats'
import type { OnnxScan } from './rule.ts'
import { onnxRules } from './rules.ts'

/** Findings that one rule may report: a hostile file could make a million of them (CWE-770). */
const maximumFindings = 100

// Worst first before any are left out: a hundred harmless findings must not hide the one that counts.
const worstFirst = (findings: readonly Finding[]): Finding[] =>
  findings.toSorted((left, right) => severities.indexOf(left.severity) - severities.indexOf(right.severity))

/**
 * What is dangerous or malformed in an ONNX model, worst first, without loading it into a runtime or opening any file
 * that it names. Of a rule that finds more than 100 places the 100 worst are reported.
 *
 * @param options.path the file, as the findings shall name it.
 * @param options.file the bytes that `readOnnx` was given; with them findings name byte offsets.
 * @param options.readBytes reads tensor bytes that `readOnnxFile` left on disk; without it, constants and embedded
 *   programs in such tensors are not looked at.
 * @example
 * ```ts
 * const findings = checkOnnx(readOnnx(bytes), { path: 'digits.onnx' })
 * findings.map(({ rule, severity }) => `${severity} ${rule}`) // ['critical onnx/external-data-escapes']
 * ```
 */
export const checkOnnx = (model: OnnxModel, options: Omit<OnnxScan, 'model'>): Finding[] =>
  worstFirst(onnxRules.flatMap((rule) => worstFirst(rule.check({ model, ...options })).slice(0, maximumFindings)))
