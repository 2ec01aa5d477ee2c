import type { ModelBytes } from '../../contracts/model.ts'
import { type ElementType, type TensorData, tensorArrays } from '../../contracts/tensor.ts'
import { NootropicError } from '../../errors.ts'
import { quoted } from '../../quoted.ts'
import { externalLocation } from './constants.ts'
import { dataTypeName, elementSize, elementTypeOf } from './element-types.ts'
import { externalBytes } from './external-data.ts'
import type { TensorBytes, TensorProto } from './model.ts'
import { WireReader } from './wire-reader.ts'

type NumericType = Exclude<ElementType, 'string'>

const refuse = (tensor: TensorProto, expected: string, found: string): NootropicError =>
  new NootropicError('MODEL_MALFORMED', `expected tensor ${quoted(tensor.name)} to have ${expected}, found ${found}`)

/** The number of elements that a tensor's dims make, which must be a safe integer (CWE-190). */
const countOf = (tensor: TensorProto): number => {
  const count = tensor.dims.reduce((product, dim) => product * dim, 1)
  if (!Number.isSafeInteger(count)) throw refuse(tensor, 'at most 2^53 elements', `dims ${tensor.dims.join(' × ')}`)
  return count
}

/** Little-endian bytes as numbers: a view where they are aligned, a copy where they are not. */
const numbersOf = (bytes: Uint8Array, type: NumericType): TensorData => {
  const size = elementSize(type)
  // Not `bytes.slice()`: that of a Buffer copies nothing.
  const aligned = bytes.byteOffset % size === 0 ? bytes : Uint8Array.from(bytes)
  return new tensorArrays[type](aligned.buffer as ArrayBuffer, aligned.byteOffset, aligned.length / size)
}

const inMemory = (tensor: TensorProto, bytes: TensorBytes): Uint8Array => {
  if (bytes instanceof Uint8Array) return bytes
  throw new NootropicError(
    'USAGE',
    `expected the bytes of tensor ${quoted(tensor.name)} in memory, got a model of readOnnxFile; read it with readOnnx`,
  )
}

const joinedRuns = (tensor: TensorProto, runs: readonly TensorBytes[]): Uint8Array => {
  const [first, ...others] = runs.map((run) => inMemory(tensor, run))
  if (first === undefined) return new Uint8Array(0)
  return others.length === 0 ? first : Buffer.concat([first, ...others])
}

/** Varints as numbers of `type`, as protobuf and onnxruntime cast them: the low bits count. */
const varintsOf = (tensor: TensorProto, runs: readonly TensorBytes[], type: NumericType, count: number): TensorData => {
  const length = runs.reduce((sum, run) => sum + run.length, 0)
  // A varint has at least one byte: dims that claim more than is there would allocate what they please (CWE-789).
  if (count > length) throw refuse(tensor, `${count} elements, as its dims say`, `${length} bytes`)
  const values = new tensorArrays[type](new ArrayBuffer(count * elementSize(type)), 0, count)
  let index = 0
  for (const run of runs) {
    const reader = new WireReader(inMemory(tensor, run))
    for (; reader.position < reader.length; index += 1) {
      reader.varint()
      if (index >= count) throw refuse(tensor, `${count} elements, as its dims say`, 'more')
      if (values instanceof BigInt64Array || values instanceof BigUint64Array) values[index] = reader.int64()
      else values[index] = type === 'bool' ? Number(reader.low !== 0) : reader.low
    }
  }
  if (index !== count) throw refuse(tensor, `${count} elements, as its dims say`, String(index))
  return values
}

const textsOf = (tensor: TensorProto, count: number): readonly string[] => {
  if (tensor.stringData.length !== count)
    throw refuse(tensor, `${count} elements, as its dims say`, String(tensor.stringData.length))
  return tensor.stringData.map((bytes) => new WireReader(bytes).text(bytes.length))
}

// Which field holds the values of each type, where rawData does not (onnx.proto).
const typedField: Readonly<Record<NumericType, 'floatData' | 'doubleData' | 'int32Data' | 'int64Data' | 'uint64Data'>> =
  {
    float32: 'floatData',
    float64: 'doubleData',
    float16: 'int32Data',
    int8: 'int32Data',
    uint8: 'int32Data',
    int16: 'int32Data',
    uint16: 'int32Data',
    int32: 'int32Data',
    bool: 'int32Data',
    int64: 'int64Data',
    uint32: 'uint64Data',
    uint64: 'uint64Data',
  }

const fixedValues = (tensor: TensorProto, bytes: Uint8Array, type: NumericType, count: number): TensorData => {
  if (bytes.length !== count * elementSize(type))
    throw refuse(tensor, `${count * elementSize(type)} bytes, as its dims and type say`, String(bytes.length))
  return numbersOf(bytes, type)
}

/** The fields of a tensor in which values stand. */
const filledFields = (tensor: TensorProto): string[] => {
  const lists = (['floatData', 'int32Data', 'stringData', 'int64Data', 'doubleData', 'uint64Data'] as const).filter(
    (name) => tensor[name].length > 0,
  )
  return [...(tensor.rawData !== undefined && tensor.rawData.length > 0 ? ['rawData'] : []), ...lists]
}

/**
 * The values of a tensor, row-major, wherever they stand: `rawData`, a typed field or, of `externalData`, another file.
 * A view of the model's bytes where they are aligned for their type; so do not write into it. float16 as its 16 bits.
 *
 * @param externalData the files beside the model, as {@link modelBytes} gives them.
 * @throws NootropicError `MODEL_MALFORMED` when the values do not fit dims and type, stand in two places, or have a type
 * that no array of JavaScript holds ({@link elementTypeOf} tells before); `USAGE` for a model of `readOnnxFile`
 */
export const tensorValues = (
  tensor: TensorProto,
  externalData: NonNullable<ModelBytes['externalData']> = [],
): TensorData => {
  const type = elementTypeOf(tensor.dataType)
  if (type === undefined) throw refuse(tensor, 'an element type that can be read', dataTypeName(tensor.dataType))
  const count = countOf(tensor)
  const filled = filledFields(tensor)
  const isExternal = tensor.dataLocation === externalLocation
  // onnxruntime reads one place and ignores the others; content that is not read is content that hides (CWE-436).
  if (filled.length + Number(isExternal) > 1)
    throw refuse(tensor, 'its values in one place', [...filled, ...(isExternal ? ['external data'] : [])].join(' and '))
  if (isExternal && type !== 'string') return fixedValues(tensor, externalBytes(tensor, externalData), type, count)
  if (type === 'string') {
    if (isExternal || filled.some((name) => name !== 'stringData')) throw refuse(tensor, 'texts', 'other values')
    return textsOf(tensor, count)
  }
  if (tensor.rawData !== undefined && (filled.length === 0 || filled[0] === 'rawData'))
    return fixedValues(tensor, inMemory(tensor, tensor.rawData), type, count)
  const name = typedField[type]
  if (filled.length > 0 && filled[0] !== name) throw refuse(tensor, `its values in ${name}`, `${filled[0]}`)
  if (name === 'floatData' || name === 'doubleData')
    return fixedValues(tensor, joinedRuns(tensor, tensor[name]), type, count)
  return varintsOf(tensor, tensor[name], type, count)
}
