import type { OnnxValue, Tensor as RuntimeTensor } from 'onnxruntime-node'
import type { TensorSpec } from '../contracts/signature.ts'
import { elementTypes, type Tensor } from '../contracts/tensor.ts'
import { NootropicError } from '../errors.ts'
import { quoted } from '../quoted.ts'
import type { OnnxRuntime } from './load-onnxruntime.ts'

/** The runtime's tensor over the same bytes. `tensor` must have been checked. */
export const toRuntimeTensor = (runtime: OnnxRuntime, { type, dims, data }: Tensor): RuntimeTensor => {
  // The constructor's overloads want each type beside its array class, which checkTensors has made sure of.
  const tensor = new runtime.Tensor(type as 'float32', data as Float32Array, [...dims])
  // Where this Node has Float16Array (24 and later), the constructor wraps the bits in one, and the native side of
  // onnxruntime-node 1.30 takes that for an empty array: it is given the bits as they came.
  if (type === 'float16') Object.defineProperty(tensor, 'data', { value: data })
  return tensor
}

/** Our tensor over the runtime's bytes. Where this Node has Float16Array, the runtime answers with it. */
export const fromRuntimeTensor = (value: OnnxValue): Tensor => {
  const { type, dims, data } = value as RuntimeTensor
  if (type === 'float16' && ArrayBuffer.isView(data)) {
    return { type, dims, data: new Uint16Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength / 2) }
  }
  return { type, dims, data } as Tensor
}

/** What the runtime says of one input or output. */
type ValueMetadata = { readonly name: string } & (
  | { readonly isTensor: false }
  | { readonly isTensor: true; readonly type: string; readonly shape: readonly (number | string)[] }
)

/**
 * The declared inputs or outputs.
 *
 * @throws NootropicError `MODEL_MALFORMED` for sequences, maps and element types that no tensor of ours can hold.
 */
export const toTensorSpecs = (metadata: readonly ValueMetadata[]): TensorSpec[] =>
  metadata.map((value) => {
    const type = value.isTensor ? elementTypes.find((known) => known === value.type) : undefined
    if (!value.isTensor || type === undefined) {
      throw new NootropicError(
        'MODEL_MALFORMED',
        `expected every input and output to be a tensor of ${elementTypes.join(', ')}; ${quoted(value.name)} is ` +
          `${value.isTensor ? value.type : 'a sequence or a map'}. Export the model with tensors only`,
      )
    }
    return { name: value.name, type, dims: value.shape.map((dim) => (dim === '' ? null : dim)) }
  })
