import type { Signature, TensorSpec } from '../../contracts/signature.ts'
import { NootropicError } from '../../errors.ts'
import { quoted } from '../../quoted.ts'
import { dataTypeName, elementTypeOf } from './element-types.ts'
import type { Dimension, OnnxModel, ValueInfoProto } from './model.ts'

const refuse = (value: ValueInfoProto, expected: string, found: string): NootropicError =>
  new NootropicError(
    'MODEL_MALFORMED',
    `expected ${quoted(value.name)} of the graph to have ${expected}, found ${found}`,
  )

const dimOf = ({ dimValue, dimParam }: Dimension): number | string | null => {
  // Some exporters write -1 for a dimension that varies, and onnxruntime reads it so.
  if (dimValue !== undefined) return dimValue < 0 ? null : dimValue
  return dimParam === '' ? null : dimParam
}

const specOf = (value: ValueInfoProto): TensorSpec => {
  const tensor = value.type?.tensorType
  if (tensor === undefined) throw refuse(value, 'the type of a tensor', 'another type or none')
  const type = elementTypeOf(tensor.elemType)
  if (type === undefined) throw refuse(value, 'an element type that can be run', dataTypeName(tensor.elemType))
  if (tensor.shape === undefined) throw refuse(value, 'a shape', 'none')
  return { name: value.name, type, dims: tensor.shape.dim.map(dimOf) }
}

/**
 * What goes into a model and what comes out: its graph's inputs that are not initialisers, and its outputs.
 *
 * @throws NootropicError `MODEL_MALFORMED` for a value that is not a tensor, has no shape, or has a type that cannot be run
 */
export const onnxSignature = ({ graph }: OnnxModel): Signature => {
  const initializers = new Set([
    ...graph.initializer.map(({ name }) => name),
    ...graph.sparseInitializer.map(({ values }) => values?.name ?? ''),
  ])
  return {
    inputs: graph.input.filter(({ name }) => !initializers.has(name)).map(specOf),
    outputs: graph.output.map(specOf),
  }
}
