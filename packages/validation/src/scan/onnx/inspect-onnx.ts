import { isNootropicError } from '@nootropic/core'
import { type ByteRange, type OnnxLimits, type OnnxModel, readOnnxSource } from '@nootropic/core/formats'
import type { Inspection } from '../inspection.ts'
import type { ByteSource } from '../source.ts'
import { checkText } from '../text/check-text.ts'
import { walkSightings } from './check-onnx.ts'
import { checkExternalFiles } from './external-files.ts'
import { onnxRules } from './rules.ts'
import { installedRuntimeVersion } from './runtime-version.ts'

/**
 * What a model may have at most: five times what the largest ones do, language models of 20,000 nodes with ten messages for
 * each. What is larger is left unread before it takes more than 256 MB (CWE-770).
 */
const modelLimits: Partial<OnnxLimits> = { messages: 2 ** 20, attributes: 2 ** 19, views: 2 ** 20 }

const positioned = (content: ByteSource) => ({
  length: content.size,
  read(target: Uint8Array, offset: number): void {
    const bytes = content.read(offset, target.length)
    if (bytes.length < target.length) throw new Error('expected the content to stay as it is while it is scanned')
    target.set(bytes)
  },
})

/** The model, or what is wrong with its bytes. */
const readModel = (content: ByteSource, inspection: Inspection): OnnxModel | undefined => {
  try {
    return readOnnxSource(positioned(content), { limits: modelLimits })
  } catch (error) {
    if (!isNootropicError(error, 'MODEL_MALFORMED')) throw error
    const { offset } = error.details
    inspection.report({
      rule: onnxRules.malformed,
      message: error.message,
      offset: typeof offset === 'number' ? offset : undefined,
    })
    return undefined
  }
}

const checkTexts = (model: OnnxModel, inspection: Inspection): void => {
  const { graph } = model
  for (const [place, { metadataProps, docString }] of Object.entries({ model, graph })) {
    checkText(docString, 'prose', inspection, `${place}.doc_string`)
    for (const { key, value } of metadataProps) {
      inspection.budget.checkTime()
      checkText(value, 'metadata', inspection, `${place}.metadata_props.${key}`)
    }
  }
}

/** Reads an ONNX model and reports what is wrong with it and with the files that belong to it. */
export const inspectOnnx = (content: ByteSource, inspection: Inspection): void => {
  const model = readModel(content, inspection)
  if (model === undefined) return
  const { path, directory, budget } = inspection
  const checkTime = (): void => budget.checkTime()
  const readBytes = ({ offset, length }: ByteRange): Uint8Array => content.read(offset, length)
  const scan = { model, path, readBytes, checkTime, runtimeVersion: installedRuntimeVersion(directory) }
  for (const sighting of walkSightings(scan)) inspection.report(sighting)
  checkTexts(model, inspection)
  if (directory === undefined) return
  for (const sighting of checkExternalFiles(model, directory, checkTime)) inspection.report(sighting)
}
