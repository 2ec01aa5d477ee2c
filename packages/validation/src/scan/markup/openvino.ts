import { readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Inspection } from '../inspection.ts'
import { printable } from '../rule.ts'
import { markupRules } from './rules.ts'
import type { Element, Vocabulary } from './vocabulary.ts'

/** Sets of operations that OpenVINO publishes; what it keeps for itself has no number. */
const publishedSet = /^(?:opset\d{1,2}|ie_internal_opset|ov_internal_opset|util|experimental)$/

/** Bytes of an element, where they are whole; OpenVINO packs smaller ones. */
const bitsOf: ReadonlyMap<string, number> = new Map([
  ['boolean', 8],
  ['bf16', 16],
  ['f16', 16],
  ['f32', 32],
  ['f64', 64],
  ['i4', 4],
  ['u4', 4],
  ['u1', 1],
  ['i8', 8],
  ['u8', 8],
  ['i16', 16],
  ['u16', 16],
  ['i32', 32],
  ['u32', 32],
  ['i64', 64],
  ['u64', 64],
  ['nf4', 4],
  ['f8e4m3', 8],
  ['f8e5m2', 8],
])

const naturalNumber = /^\d{1,20}$/

/** The number of bytes that a constant of this type and shape has, or nothing when it cannot be said. */
const bytesOf = (type: string | undefined, shape: string | undefined): bigint | undefined => {
  const bits = bitsOf.get(type ?? '')
  if (bits === undefined || shape === undefined || !/^[\d, ]{0,400}$/.test(shape)) return undefined
  let elements = 1n
  for (const dimension of shape.split(',').map((part) => part.trim()))
    if (dimension !== '') elements *= BigInt(dimension)
  return (elements * BigInt(bits) + 7n) / 8n
}

/** The size of the weights beside the network, where it stands in a directory of this machine. */
const weightsSize = ({ directory, path }: Inspection): bigint | undefined => {
  if (directory === undefined) return undefined
  const name = basename(path).replace(/\.xml$/, '.bin')
  try {
    // The name alone is looked for: a network says nothing about where its weights lie.
    if (name === basename(path) || !readdirSync(directory).includes(name)) return undefined
    return BigInt(statSync(join(directory, name)).size)
  } catch {
    return undefined
  }
}

const checkConstant = (data: Element, layer: string, available: bigint | undefined, inspection: Inspection): void => {
  const { attributes } = data
  const offset = attributes.get('offset') ?? ''
  const size = attributes.get('size') ?? ''
  const report = (expected: string, found: string): void =>
    inspection.report({
      rule: markupRules['weights-out-of-range'],
      message: `expected ${expected}, found ${printable(found)}`,
      inside: layer,
      evidence: { offset: printable(offset), size: printable(size) },
    })
  if (!naturalNumber.test(offset) || !naturalNumber.test(size)) {
    report('an offset and a size of natural numbers', `${offset} and ${size}`)
    return
  }
  const end = BigInt(offset) + BigInt(size)
  if (end >= 2n ** 63n) {
    report('an end below 2^63', String(end))
    return
  }
  if (available !== undefined && end > available) {
    report(`an end within ${available} bytes of weights`, String(end))
    return
  }
  const expected = bytesOf(attributes.get('element_type'), attributes.get('shape'))
  if (expected !== undefined && expected !== BigInt(size))
    report(`${expected} bytes for its type and shape`, `${size} bytes`)
}

const libraryFile = /\.(?:so(?:\.\d+)*|dll|dylib|cl)$/i

/** The network of an OpenVINO model. */
export const openvino: Vocabulary = {
  name: 'openvino',
  matches: ({ name, attributes }) => name === 'net' && attributes.has('version'),
  createCheck(inspection) {
    const available = weightsSize(inspection)
    let layer = ''
    let isConstant = false
    return (element) => {
      const { name, attributes } = element
      for (const [attribute, value] of attributes) {
        if (!/^(?:library|extension|plugin)$/i.test(attribute) && !libraryFile.test(value)) continue
        inspection.report({
          rule: markupRules['native-library'],
          message: `expected a network of operations, found ${printable(attribute)} that names ${printable(value)}`,
          inside: layer,
          evidence: { attribute: printable(attribute), value: printable(value) },
        })
      }
      if (name === 'layer') {
        layer = printable(attributes.get('name') ?? attributes.get('id') ?? '')
        isConstant = attributes.get('type') === 'Const'
        const version = attributes.get('version')
        if (version === undefined || publishedSet.test(version)) return
        inspection.report({
          rule: markupRules['custom-operation'],
          message: `expected an operation of a published set, found ${printable(attributes.get('type') ?? '')} of ${printable(version)}`,
          inside: layer,
          evidence: { set: printable(version) },
        })
      } else if (name === 'data' && isConstant && attributes.has('offset')) {
        checkConstant(element, layer, available, inspection)
      } else if (name === 'CustomLayer') {
        layer = printable(attributes.get('name') ?? '')
      }
    }
  },
}

/** The configuration that adds kernels of one's own to a plugin: sources that are compiled and run on the device. */
export const openvinoKernels: Vocabulary = {
  name: 'openvino-kernels',
  matches: ({ name }) => name === 'CustomLayer' || name === 'CustomLayers',
  createCheck: (inspection) => (element) => {
    const file = element.attributes.get('filename')
    if (element.name !== 'Source' || file === undefined) return
    inspection.report({
      rule: markupRules['native-library'],
      message: `expected a network of operations, found a kernel that is compiled from ${printable(file)}`,
      inside: element.path.join('/'),
      evidence: { file: printable(file) },
    })
  },
}
