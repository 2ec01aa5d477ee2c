import { dirname } from 'node:path/posix'
import { combineVerdicts, type Finding, isNootropicError } from '@nootropic/core'
import { externalLocation, type ModelPackage, mainFile, readOnnx, walkTensors } from '@nootropic/core/formats'
import type { StageOutcome } from '../outcome.ts'
import { type SeverityReactions, verdictOfReactions } from '../reactions.ts'
import { checkContent, contentOf } from './check-content.ts'

/** The files of a package that its main model keeps tensors in: numbers without any format of their own. */
const externalFiles = (model: ModelPackage, main: Uint8Array): Set<string> => {
  try {
    const directory = dirname(model.main)
    const prefix = directory === '.' ? '' : `${directory}/`
    const locations = [...walkTensors(readOnnx(main))].flatMap(({ tensor }) =>
      tensor.dataLocation === externalLocation ? tensor.externalData.filter(({ key }) => key === 'location') : [],
    )
    return new Set(locations.map(({ value }) => `${prefix}${value.replace(/^\.\//, '')}`))
  } catch (error) {
    if (isNootropicError(error)) return new Set()
    throw error
  }
}

/** Scans every file of a package, and says what follows by the reactions to each severity. */
export const scanPackage = async (model: ModelPackage, reactions: SeverityReactions): Promise<StageOutcome> => {
  const findings: Finding[] = []
  const notes: string[] = []
  const main = mainFile(model).bytes
  const external = externalFiles(model, main)
  for (const { path, bytes } of model.files) {
    const scan = await checkContent(contentOf(bytes), path)
    findings.push(...scan.findings)
    const isRaw = scan.format === 'unknown' && external.has(path)
    if (path === model.main && scan.format !== 'onnx' && scan.findings.length === 0) {
      notes.push(`${path}: expected an ONNX model, found ${scan.format}`)
    } else if (scan.incomplete !== undefined && !isRaw) notes.push(`${path}: ${scan.incomplete}`)
  }
  return {
    verdict: combineVerdicts([verdictOfReactions(findings, reactions), notes.length === 0 ? 'pass' : 'incomplete']),
    measurements: { files: model.files.length, findings: findings.length },
    findings,
    ...(notes.length === 0 ? {} : { note: notes.join('; ') }),
  }
}
