import type { Inspection } from '../inspection.ts'
import { printable } from '../rule.ts'
import { type Cursor, readLength } from './cursor.ts'
import { elementTypes } from './element-types.ts'
import { Malformed } from './malformed.ts'
import { ggufRules as rules } from './rules.ts'

/** A tensor and where its data lies. */
export interface Tensor {
  readonly name: string
  /** Relative to the data, in bytes. */
  readonly offset: bigint
  /** Nothing when it cannot be computed. */
  readonly size: bigint | undefined
}

/** `GGML_MAX_NAME`, its closing zero included. */
const maximumNameLength = 64
/** `GGML_MAX_DIMS`. */
const maximumDimensions = 4
const maximumSize = 2n ** 63n - 1n

const readName = (cursor: Cursor, inspection: Inspection): string => {
  const offset = cursor.offset
  const length = readLength(cursor, 'the name of a tensor')
  if (length >= maximumNameLength) {
    const message = `expected a name of less than ${maximumNameLength} bytes, found ${length}`
    inspection.report({ rule: rules['tensor-name'], message, offset })
  }
  const name = new TextDecoder().decode(cursor.bytes(Math.min(length, maximumNameLength)))
  cursor.skip(Math.max(0, length - maximumNameLength))
  if (name === '' || /[\p{Cc}\p{Bidi_Control}\uFFFD]/u.test(name)) {
    const message = `expected the name of a tensor, found ${JSON.stringify(printable(name))}`
    inspection.report({ rule: rules['tensor-name'], message, offset })
  }
  return name
}

/** The bytes of a tensor; reports what makes it have none. */
const sizeOf = (
  shape: readonly bigint[],
  typeNumber: number,
  place: { readonly offset: number; readonly inside: string },
  inspection: Inspection,
): bigint | undefined => {
  const type = elementTypes[typeNumber]
  if (type === undefined) {
    const message = `expected an element type of ggml, found ${typeNumber}`
    inspection.report({ rule: rules['tensor-type'], message, ...place })
    return undefined
  }
  if (type.isRemoved) {
    const message = `expected an element type that loaders read, found ${type.name}`
    inspection.report({ rule: rules['removed-type'], message, ...place })
  }
  if (shape.some((dimension) => dimension > maximumSize)) {
    const message = `expected dimensions below 2^63, found [${shape.join(', ')}]`
    inspection.report({ rule: rules.shape, message, ...place })
    return undefined
  }
  const elements = shape.reduce((product, dimension) => product * dimension, 1n)
  const size = (elements / BigInt(type.elements)) * BigInt(type.bytes)
  if (elements > maximumSize || size > maximumSize) {
    const message = `expected less than 2^63 elements and bytes, found ${type.name} [${shape.join(', ')}]`
    inspection.report({ rule: rules['size-overflow'], message, ...place })
    return undefined
  }
  if ((shape[0] ?? 1n) % BigInt(type.elements) !== 0n) {
    const message = `expected rows of whole blocks of ${type.elements} for ${type.name}, found rows of ${shape[0]}`
    inspection.report({ rule: rules['block-shape'], message, ...place })
    return undefined
  }
  return size
}

/** Reads `count` descriptions of tensors. @throws Malformed where reading cannot go on */
export const readTensors = (cursor: Cursor, count: number, inspection: Inspection): readonly Tensor[] => {
  const tensors: Tensor[] = []
  const seen = new Set<string>()
  for (let index = 0; index < count; index += 1) {
    inspection.budget.takeEntry()
    if (index % 1024 === 0) inspection.budget.checkTime()
    const offset = cursor.offset
    const name = readName(cursor, inspection)
    if (seen.has(name)) {
      const message = `expected each name once, found ${JSON.stringify(printable(name))} again`
      inspection.report({ rule: rules['duplicate-tensor'], message, offset, inside: name })
    }
    seen.add(name)
    const dimensions = cursor.uint32()
    if (dimensions > maximumDimensions) {
      const message = `expected at most ${maximumDimensions} dimensions, found ${dimensions}`
      throw new Malformed({ rule: rules.dimensions, message, offset, inside: name })
    }
    const shape = Array.from({ length: dimensions }, () => cursor.count())
    const type = cursor.uint32()
    const size = sizeOf(shape, type, { offset, inside: name }, inspection)
    tensors.push({ name, offset: cursor.uint64(), size })
  }
  return tensors
}
