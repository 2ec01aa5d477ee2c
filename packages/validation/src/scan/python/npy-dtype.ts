import type { PythonLiteral } from './python-literal.ts'

/** What a dtype of numpy says about the data. */
export interface NpyType {
  /** Bytes of one element; of an object array, what a pointer takes. */
  readonly itemSize: bigint
  /** Whether the data are a pickle: an object stands anywhere in the type. */
  readonly hasObjects: boolean
}

/** Fields inside fields (CWE-674); numpy itself allows more, nobody uses them. */
const maximumDepth = 16

// The typestr of the array interface: byte order, kind, bytes per element, and the unit of times.
const typeText = /^([<>|=]?)([biufcmMSaUVO])(\d{0,10})(?:\[\d{0,10}[A-Za-zμ]{1,2}(?:\/\d{1,5})?\])?$/

const parseTypeText = (text: string): NpyType | undefined => {
  const [, , kind = '', digits = ''] = typeText.exec(text) ?? []
  if (kind === '') return undefined
  if (kind === 'O') return { itemSize: 8n, hasObjects: true }
  if (digits === '') return undefined
  const count = BigInt(digits)
  return { itemSize: kind === 'U' ? 4n * count : count, hasObjects: false }
}

const elementsOf = (shape: PythonLiteral): bigint | undefined => {
  if (shape.kind === 'integer') return shape.value < 0n ? undefined : shape.value
  if (shape.kind !== 'tuple') return undefined
  return shape.items.reduce<bigint | undefined>(
    (count, item) =>
      count === undefined || item.kind !== 'integer' || item.value < 0n ? undefined : count * item.value,
    1n,
  )
}

const isFieldName = (name: PythonLiteral): boolean =>
  name.kind === 'text' || (name.kind === 'tuple' && name.items.every(({ kind }) => kind === 'text'))

/** Reads the `descr` of a header; nothing where it is not one that numpy writes. */
export const parseNpyType = (descriptor: PythonLiteral, depth = 0): NpyType | undefined => {
  if (depth > maximumDepth) return undefined
  if (descriptor.kind === 'text') return parseTypeText(descriptor.value)
  if (descriptor.kind === 'tuple') {
    const [base, shape] = descriptor.items
    return base === undefined || shape === undefined ? undefined : repeated(base, shape, depth)
  }
  if (descriptor.kind !== 'list') return undefined
  let itemSize = 0n
  let hasObjects = false
  for (const field of descriptor.items) {
    if (field.kind !== 'tuple' || field.items.length < 2 || field.items.length > 3) return undefined
    const [name, base, shape] = field.items
    if (name === undefined || base === undefined || !isFieldName(name)) return undefined
    const type = shape === undefined ? parseNpyType(base, depth + 1) : repeated(base, shape, depth)
    if (type === undefined) return undefined
    itemSize += type.itemSize
    hasObjects ||= type.hasObjects
  }
  return { itemSize, hasObjects }
}

const repeated = (base: PythonLiteral, shape: PythonLiteral, depth: number): NpyType | undefined => {
  const type = parseNpyType(base, depth + 1)
  const count = elementsOf(shape)
  return type === undefined || count === undefined ? undefined : { ...type, itemSize: type.itemSize * count }
}

/** How many elements an array of this shape has; nothing where it is no shape. */
export const elementCount = (shape: PythonLiteral): bigint | undefined =>
  shape.kind === 'tuple' ? elementsOf(shape) : undefined
