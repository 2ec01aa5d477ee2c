import { elementTypeSchema, NootropicError, type Tensor, tensorArrays } from '@nootropic/core'
import { z } from 'zod'
import { parseJson } from './parse-json.ts'

const scalar = z.union([z.number(), z.string(), z.boolean()])

const tensorsSchema = z.record(
  z.string(),
  z.strictObject({
    type: elementTypeSchema,
    dims: z.array(z.number().int().nonnegative()),
    /** 64-bit integers as text, because a JSON number loses them beyond 2^53. */
    data: z.array(scalar),
  }),
)

const isFloat = (type: Tensor['type']): boolean => type === 'float32' || type === 'float64'

// An array of integers takes any number and makes another of it: 300 becomes 44 among bytes, "one" becomes 0.
const verifyKept = ({ type, data }: Tensor, given: readonly z.infer<typeof scalar>[]): void => {
  const isKept = (value: z.infer<typeof scalar>, index: number): boolean =>
    isFloat(type) ? typeof value === 'number' : typeof value !== 'string' && Number(data[index]) === Number(value)
  const isKept64 = (value: z.infer<typeof scalar>, index: number): boolean => data[index] === BigInt(value)
  const lost = given.findIndex((value, index) => !(isInteger64(type) ? isKept64 : isKept)(value, index))
  if (lost >= 0) throw new RangeError(`element ${lost}`)
}

const isInteger64 = (type: Tensor['type']): boolean => type === 'int64' || type === 'uint64'

const convert = ({ type, dims, data }: z.infer<typeof tensorsSchema>[string]): Tensor => {
  if (type === 'string') return { type, dims, data: data.map(String) }
  if (type === 'int64') return { type, dims, data: BigInt64Array.from(data, (value) => BigInt(value)) }
  if (type === 'uint64') return { type, dims, data: BigUint64Array.from(data, (value) => BigInt(value)) }
  return { type, dims, data: tensorArrays[type].from(data.map(Number)) }
}

const toTensor = (given: z.infer<typeof tensorsSchema>[string]): Tensor => {
  const tensor = convert(given)
  if (tensor.type !== 'string') verifyKept(tensor, given.data)
  return tensor
}

/**
 * Tensors out of JSON text: `{ "x": { "type": "float32", "dims": [1, 2], "data": [0.5, 1] } }`.
 *
 * @throws NootropicError `INPUT_INVALID`, naming `path` and what is wrong with it.
 */
export const parseTensors = (text: string, path: string): Record<string, Tensor> => {
  const tensors = parseJson(tensorsSchema, text, { path, expected: 'tensors', code: 'INPUT_INVALID' })
  try {
    return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, toTensor(tensor)]))
  } catch (cause) {
    throw new NootropicError(
      'INPUT_INVALID',
      `expected tensors in ${path}, got a value that its type cannot hold: ${(cause as Error).message}`,
      {
        cause,
      },
    )
  }
}

/** Tensors as JSON values; 64-bit integers as text. */
export const tensorsToJson = (tensors: Readonly<Record<string, Tensor>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(tensors).map(([name, { type, dims, data }]) => [
      name,
      {
        type,
        dims,
        data: isInteger64(type) ? Array.from(data as BigInt64Array, String) : Array.from(data as ArrayLike<unknown>),
      },
    ]),
  )
