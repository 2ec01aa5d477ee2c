import { dirname } from 'node:path/posix'
import { combineVerdicts, type Finding, isNootropicError, systemClock } from '@nootropic/core'
import { type ModelPackage, mainFile, readOnnx } from '@nootropic/core/formats'
import type { StageOutcome } from '../outcome.ts'
import { type SeverityReactions, verdictOfReactions } from '../reactions.ts'
import { createBudget } from './budget.ts'
import { type ContentScan, inspect } from './inspect.ts'
import { scanLimits } from './limits.ts'
import { externalLocations } from './onnx/external-locations.ts'
import { createScratch } from './scratch.ts'
import { bytesSource } from './source.ts'

/** The files of a package that its main model keeps tensors in: numbers without any format of their own. */
const externalFiles = (model: ModelPackage, main: Uint8Array): Set<string> => {
  try {
    const directory = dirname(model.main)
    const prefix = directory === '.' ? '' : `${directory}/`
    return new Set([...externalLocations(readOnnx(main))].map((location) => `${prefix}${location}`))
  } catch (error) {
    if (isNootropicError(error)) return new Set()
    throw error
  }
}

const scanFile = async (path: string, bytes: Uint8Array, expected: 'weights' | undefined): Promise<ContentScan> => {
  const scratch = createScratch()
  const budget = createBudget(scanLimits, bytes.length, systemClock)
  try {
    const content = bytesSource(bytes)
    return await inspect(content, { path, limits: scanLimits, budget, scratch, expected, isSwept: true })
  } finally {
    scratch.close()
  }
}

/** What a scan found in a package, and what it could not look at. */
export interface PackageScan {
  readonly files: number
  readonly findings: readonly Finding[]
  readonly notes: readonly string[]
}

/** Scans every file of a package. */
export const scanPackage = async (model: ModelPackage): Promise<PackageScan> => {
  const findings: Finding[] = []
  const notes: string[] = []
  const main = mainFile(model).bytes
  const external = externalFiles(model, main)
  for (const { path, bytes } of model.files) {
    const scan = await scanFile(path, bytes, external.has(path) ? 'weights' : undefined)
    findings.push(...scan.findings)
    if (path === model.main && scan.format !== 'onnx' && scan.findings.length === 0) {
      notes.push(`${path}: expected an ONNX model, found ${scan.format}`)
    } else if (scan.incomplete !== undefined) notes.push(`${path}: ${scan.incomplete}`)
  }
  return { files: model.files.length, findings, notes }
}

/** What a part of the findings comes to, by the reactions to each severity; what was not looked at leaves any part open. */
export const outcomeOfScan = (
  { files, notes }: PackageScan,
  findings: readonly Finding[],
  reactions: SeverityReactions,
): StageOutcome => ({
  verdict: combineVerdicts([verdictOfReactions(findings, reactions), notes.length === 0 ? 'pass' : 'incomplete']),
  measurements: { files, findings: findings.length },
  findings,
  ...(notes.length === 0 ? {} : { note: notes.join('; ') }),
})
