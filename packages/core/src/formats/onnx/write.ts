import { NootropicError } from '../../errors.ts'
import { encodeMessage } from './encode.ts'
import { onnxLimits } from './limits.ts'
import type { OnnxModel } from './model.ts'
import { modelType } from './model-table.ts'
import { flattened } from './wire-writer.ts'

/**
 * Writes a model. Whatever stands in it as it was read is written byte for byte as it stood, unknown fields and unusual
 * encodings too; what was changed or made is encoded as protobuf would.
 *
 * @throws NootropicError `USAGE` for a model of `readOnnxFile` or a number beyond 64 bits, `LIMIT_EXCEEDED` beyond 2 GiB
 * @example
 * ```ts
 * const model = readOnnx(bytes)
 * const node = [...model.graph.node, createNode('Softmax', ['logits'], ['scores'])]
 * const changed = writeOnnx({ ...model, graph: { ...model.graph, node } })
 * ```
 */
export const writeOnnx = (model: OnnxModel): Uint8Array => {
  const encoded = encodeMessage(modelType, model as unknown as Readonly<Record<string, unknown>>)
  if (encoded.length > onnxLimits.fileBytes)
    throw new NootropicError(
      'LIMIT_EXCEEDED',
      `expected a model of at most ${onnxLimits.fileBytes} bytes, which is all that protobuf holds, got ${encoded.length}; keep its tensors in an external file`,
    )
  return flattened(encoded)
}
