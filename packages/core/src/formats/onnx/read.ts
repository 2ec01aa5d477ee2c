import { readSync } from 'node:fs'
import { openRegularFile, orUnreadable, unreadable } from '../regular-file.ts'
import { Decoder } from './decode.ts'
import { exceeded, malformed, type OnnxLimits, onnxLimits } from './limits.ts'
import type { OnnxModel } from './model.ts'
import { modelType } from './model-table.ts'
import { type PositionedSource, WireReader } from './wire-reader.ts'

/** How to read a model. */
export interface ReadOnnxOptions {
  /** Limits to change; the others keep their defaults. */
  readonly limits?: Partial<OnnxLimits>
}

const readModel = (source: Uint8Array | PositionedSource, options: ReadOnnxOptions): OnnxModel => {
  const limits = { ...onnxLimits, ...options.limits }
  if (source.length > limits.fileBytes) throw exceeded('fileBytes', limits.fileBytes, limits.fileBytes)
  if (source.length === 0) throw malformed(0, 'an ONNX model', 'an empty file')
  const decoder = new Decoder(new WireReader(source), limits, source instanceof Uint8Array ? source : undefined)
  const model = decoder.message(modelType, 0, 0, source.length, 1)
  if ((model as Partial<OnnxModel>).graph === undefined)
    throw malformed(source.length, 'an ONNX model with a graph', 'none by the end of the file')
  return model as OnnxModel
}

/**
 * Reads an ONNX model. Tensor bytes are views of `bytes`, never copies: keep `bytes` unchanged while the model is used.
 *
 * @throws NootropicError `MODEL_MALFORMED` (with `details.offset`, the byte where it stopped) or `LIMIT_EXCEEDED`
 * @example
 * ```ts
 * const model = readOnnx(await readFile('model.onnx'))
 * model.graph.node.map((node) => node.opType) // ['Conv', 'Relu', …]
 * ```
 */
export const readOnnx = (bytes: Uint8Array, options: ReadOnnxOptions = {}): OnnxModel => readModel(bytes, options)

/**
 * Reads the header and the graph of an ONNX model from wherever its bytes can be read by position, and leaves the bytes of
 * its tensors there, as {@link readOnnxFile} does.
 *
 * @throws NootropicError `MODEL_MALFORMED` or `LIMIT_EXCEEDED`, and what `source.read` throws
 */
export const readOnnxSource = (source: PositionedSource, options: ReadOnnxOptions = {}): OnnxModel =>
  readModel(source, options)

/**
 * Reads the header and the graph of an ONNX file and leaves the bytes of its tensors on disk: `rawData` and the like
 * are `ByteRange`s. A model read so cannot be written; read it with `readOnnx` for that.
 *
 * The reads are small, positioned and synchronous: a round trip to a worker thread would take ten times longer than
 * each of them. `limits.heldBytes` bounds what they fetch.
 *
 * @throws NootropicError `FILE_UNREADABLE`, `MODEL_MALFORMED` or `LIMIT_EXCEEDED`
 */
export const readOnnxFile = async (path: string, options: ReadOnnxOptions = {}): Promise<OnnxModel> => {
  const { handle, size } = await openRegularFile(path)
  const read = (target: Uint8Array, offset: number): void => {
    for (let filled = 0; filled < target.length; ) {
      const count = readSync(handle.fd, target, filled, target.length - filled, offset + filled)
      if (count === 0) throw unreadable(path, `keep its ${size} bytes while it is read`, `only ${offset + filled}`)
      filled += count
    }
  }
  try {
    return await orUnreadable(path, async () => readModel({ length: size, read }, options))
  } finally {
    await handle.close()
  }
}
