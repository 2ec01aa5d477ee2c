import { NootropicError, type Tensor } from '@nootropic/core'
import type { Tensors } from './guarded.ts'

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value)

const isTyped = (value: unknown): value is Exclude<Tensor['data'], readonly string[]> =>
  ArrayBuffer.isView(value) && !(value instanceof DataView)

const takeTensor = (name: string, given: unknown): Tensor => {
  const { type, dims, data } = (typeof given === 'object' && given !== null ? given : {}) as Partial<Tensor>
  if (typeof type !== 'string' || !isList(dims) || !(isTyped(data) || isList(data))) {
    throw new NootropicError(
      'INPUT_INVALID',
      `expected "${name}" to be a tensor: { type, dims, data } with a list or a typed array as data`,
    )
  }
  return { type, dims: [...dims], data: isTyped(data) ? data.slice() : [...data] } as Tensor
}

/**
 * A copy of what a caller sent, each part read once: what is checked is what the model gets, whatever the caller does with its
 * buffers meanwhile (CWE-367).
 *
 * @throws NootropicError `INPUT_INVALID` for what is no tensor at all
 */
export const takeInputs = (inputs: unknown): Tensors => {
  if (typeof inputs !== 'object' || inputs === null) {
    throw new NootropicError('INPUT_INVALID', 'expected the inputs of the model as an object: { "<input>": tensor }')
  }
  return Object.fromEntries(Object.entries(inputs).map(([name, given]) => [name, takeTensor(name, given)]))
}
