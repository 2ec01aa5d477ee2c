import type { TensorSpec } from '../contracts/signature.ts'
import { type ElementType, elementCount, elementTypes, type Tensor, tensorArrays } from '../contracts/tensor.ts'
import { NootropicError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { quoted } from '../quoted.ts'

/** Which side of a model tensors stand on. */
export type TensorSide = 'input' | 'output'

const remediations = {
  input: 'Send the tensor that the message describes.',
  output: 'Treat the model as faulty: its output is not what it declares.',
}

// Names come from whoever calls and from the model: a finding lists no more of them (CWE-770).
const maximumNames = 10
const maximumNameLength = 100

// No operator knows more dims; a finding lists them all.
const maximumRank = 64

const findingOf = (side: TensorSide, rule: string, name: string, message: string): Finding => ({
  rule: `${side}/${rule}`,
  severity: 'high',
  title: `The ${side} does not fit the model's signature`,
  message: `${side} ${quoted(name)}: ${message}`,
  location: { path: side, inside: name.slice(0, maximumNameLength) },
  remediation: remediations[side],
  references: [],
  tags: ['CWE-20'],
})

// A dimension's name is the model's: quoted where it could be taken for anything else than a name.
type Dims = readonly TensorSpec['dims'][number][]

const describeDim = (dim: Dims[number]): string =>
  typeof dim === 'string' && !/^\w{1,64}$/.test(dim) ? quoted(dim) : `${dim ?? '?'}`

const describeShape = (dims: Dims): string => {
  const more = dims.length > maximumRank ? ', …' : ''
  return `[${dims.slice(0, maximumRank).map(describeDim).join(', ')}${more}]`
}

const describe = (type: ElementType, dims: Dims): string => `${type} ${describeShape(dims)}`

const listNames = (names: readonly string[]): string => {
  const more = names.length - maximumNames
  return `${names.slice(0, maximumNames).map(quoted).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

const checkData = (type: ElementType, data: unknown): string | undefined => {
  if (type === 'string') {
    if (!Array.isArray(data) || data.some((element) => typeof element !== 'string')) return 'an array of strings'
    return undefined
  }
  const array = tensorArrays[type]
  if (!(data instanceof array) || !(data.buffer instanceof ArrayBuffer)) return `a ${array.name} over an ArrayBuffer`
  // A C++ bool that holds anything else than 0 or 1 is undefined behaviour (CWE-758).
  if (type === 'bool' && data instanceof Uint8Array && data.some((element) => element > 1))
    return 'a Uint8Array of 0 and 1'
  return undefined
}

/** What is wrong with the tensor itself, whatever the model declares. */
const checkTensor = (side: TensorSide, name: string, tensor: Tensor): Finding[] => {
  const { type, dims, data } = tensor
  if (!elementTypes.includes(type)) {
    return [
      findingOf(
        side,
        'type',
        name,
        `expected an element type of ${elementTypes.join(', ')}, found ${typeof type === 'string' ? quoted(type) : typeof type}`,
      ),
    ]
  }
  const isShape =
    Array.isArray(dims) && dims.length <= maximumRank && dims.every((dim) => Number.isSafeInteger(dim) && dim >= 0)
  if (!isShape) {
    return [findingOf(side, 'shape', name, `expected dims of at most ${maximumRank} whole numbers, 0 or more`)]
  }
  const expected = checkData(type, data)
  if (expected !== undefined) return [findingOf(side, 'data', name, `expected ${expected} as data of ${type}`)]
  // CWE-130: a length that does not follow from the dims would be read past its end.
  const count = elementCount(dims)
  if (count === data.length) return []
  return [findingOf(side, 'data', name, `expected ${count} elements for ${describe(type, dims)}, found ${data.length}`)]
}

const checkShape = (
  side: TensorSide,
  spec: TensorSpec,
  dims: readonly number[],
  bound: Map<string, number>,
): Finding[] => {
  // onnxruntime reports an undeclared rank as no dims at all, which is also what a scalar has.
  if (spec.dims.length === 0) return []
  const mismatch = (why = ''): Finding[] => [
    findingOf(
      side,
      'shape',
      spec.name,
      `expected shape ${describeShape(spec.dims)}, found ${describeShape(dims)}${why}`,
    ),
  ]
  if (spec.dims.length !== dims.length) return mismatch()
  for (const [axis, expected] of spec.dims.entries()) {
    const found = dims[axis] ?? 0
    if (typeof expected === 'number' && expected !== found) return mismatch()
    if (typeof expected !== 'string') continue
    const agreed = bound.get(expected) ?? found
    if (agreed !== found) return mismatch(`; ${quoted(expected)} is ${agreed} in another tensor`)
    bound.set(expected, agreed)
  }
  return []
}

/**
 * What does not fit between tensors and what a model declares: names, element types, shapes (a named dimension must be
 * the same wherever it stands), and data whose class or length does not follow from the type and dims.
 *
 * @example
 * ```ts
 * const specs: TensorSpec[] = [{ name: 'image', type: 'float32', dims: ['batch', 4] }]
 * const image: Tensor = { type: 'float32', dims: [1, 3], data: new Float32Array(3) }
 * checkTensors('input', specs, { image })[0]?.message // 'input "image": expected shape [batch, 4], found [1, 3]'
 * ```
 */
export const checkTensors = (
  side: TensorSide,
  specs: readonly TensorSpec[],
  tensors: Readonly<Record<string, Tensor>>,
): Finding[] => {
  const declared = new Map(specs.map((spec) => [spec.name, spec]))
  const unknown = Object.keys(tensors)
    .filter((name) => !declared.has(name))
    .slice(0, maximumNames)
  const bound = new Map<string, number>()
  return [
    ...unknown.map((name) => findingOf(side, 'unknown', name, `expected one of ${listNames([...declared.keys()])}`)),
    ...specs.flatMap((spec) => {
      const tensor = Object.hasOwn(tensors, spec.name) ? tensors[spec.name] : undefined
      if (tensor === undefined || tensor === null) {
        return [findingOf(side, 'missing', spec.name, `expected ${describe(spec.type, spec.dims)}, found nothing`)]
      }
      const findings = checkTensor(side, spec.name, tensor)
      if (findings.length > 0) return findings
      if (tensor.type !== spec.type) {
        return [findingOf(side, 'type', spec.name, `expected element type ${spec.type}, found ${tensor.type}`)]
      }
      return checkShape(side, spec, tensor.dims, bound)
    }),
  ]
}

/**
 * Refuses feeds that do not fit what a model declares.
 *
 * @throws NootropicError `INPUT_INVALID` with every finding.
 */
export const verifyFeeds = (specs: readonly TensorSpec[], feeds: Readonly<Record<string, Tensor>>): void => {
  const findings = checkTensors('input', specs, feeds)
  if (findings.length > 0) {
    throw new NootropicError('INPUT_INVALID', findings.map((finding) => finding.message).join('; '), {
      details: { findings },
    })
  }
}
