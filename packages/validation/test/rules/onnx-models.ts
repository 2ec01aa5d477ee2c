import type { TensorSpec } from '@nootropic/core'
import {
  type AttributeValue,
  createGraph,
  createNode,
  createTensor,
  createValueInfo,
  externalLocation,
  type FunctionProto,
  type GraphProto,
  type NodeProto,
  type OnnxModel,
  type OperatorSetIdProto,
  type TensorProto,
  writeOnnx,
} from '@nootropic/core/formats'
import { floats, integers, modelOf } from '../support/models.ts'

export { createGraph, createNode, floats, integers, modelOf, writeOnnx }

export type Attributes = Readonly<Record<string, AttributeValue>>

/** A model of these nodes, from `x` of [1, 4] to `y`. */
export const model = (
  nodes: readonly NodeProto[],
  initializer: readonly TensorProto[] = [],
  input: TensorSpec['dims'] = [1, 4],
): OnnxModel => modelOf({ nodes, initializer, input, output: ['n'] })

/** A model of one node that reads `x` and the constants, and writes `y`. */
export const oneNode = (
  opType: string,
  attributes: Attributes = {},
  constants: readonly TensorProto[] = [],
  input: TensorSpec['dims'] = [1, 4],
): Uint8Array =>
  writeOnnx(
    model([createNode(opType, ['x', ...constants.map(({ name }) => name)], ['y'], attributes)], constants, input),
  )

const operatorSet = (domain: string, version: number): OperatorSetIdProto => ({ domain, version, unknownFields: [] })

/** The same in a domain of its own, which the model imports. */
export const inDomain = (
  domain: string,
  opType: string,
  attributes: Attributes = {},
  constants: readonly TensorProto[] = [],
  input: TensorSpec['dims'] = [1, 4],
): Uint8Array => {
  const node = { ...createNode(opType, ['x', ...constants.map(({ name }) => name)], ['y'], attributes), domain }
  const base = model([node], constants, input)
  return writeOnnx({ ...base, opsetImport: [...base.opsetImport, operatorSet(domain, 1)] })
}

/** An operator of classical machine learning. */
export const learned = (opType: string, attributes: Attributes, constants: readonly TensorProto[] = []): Uint8Array =>
  inDomain('ai.onnx.ml', opType, attributes, constants)

export const imports = (...sets: readonly (readonly [string, number])[]): OperatorSetIdProto[] =>
  sets.map(([domain, version]) => operatorSet(domain, version))

export const many = (count: number, value = 0): readonly number[] => new Array<number>(count).fill(value)
export const manyIntegers = (...values: readonly number[]): readonly bigint[] => values.map(BigInt)
export const zeros = (name: string, ...dims: readonly number[]): TensorProto =>
  floats('float32', name, dims, many(dims.reduce((total, dim) => total * dim, 1)))
export const bytes = (name: string, ...dims: readonly number[]): TensorProto =>
  createTensor({ name, type: 'uint8', dims, data: new Uint8Array(dims.reduce((total, dim) => total * dim, 1)) })
export const truth = (name = 'true'): TensorProto =>
  createTensor({ name, type: 'bool', dims: [], data: Uint8Array.of(1) })
export const number = (name: string, value: number): TensorProto =>
  createTensor({ name, type: 'int64', dims: [], data: BigInt64Array.of(BigInt(value)) })

/** A tensor of two floats that stands in another file. */
export const external = (
  entries: Readonly<Record<string, string>> | readonly (readonly [string, string])[],
): TensorProto => ({
  ...floats('float32', 'w', [2], [1, 2]),
  rawData: undefined,
  dataLocation: externalLocation,
  externalData: (Array.isArray(entries) ? entries : Object.entries(entries)).map(([key, value]) => ({
    key,
    value,
    unknownFields: [],
  })),
})

/** A model that adds a tensor `w` of two floats. */
export const adding = (tensor: TensorProto): Uint8Array =>
  writeOnnx(
    modelOf({ nodes: [createNode('Add', ['x', 'w'], ['y'])], initializer: [tensor], input: [1, 2], output: [1, 2] }),
  )

/** A function of one input `a` and one output `b`. */
export const definition = (name: string, node: readonly NodeProto[], domain = 'acme'): FunctionProto => ({
  name,
  domain,
  input: ['a'],
  output: ['b'],
  attribute: [],
  node,
  docString: '',
  opsetImport: imports(['', 17], [domain, 1]),
  attributeProto: [],
  valueInfo: [],
  overload: '',
  metadataProps: [],
  unknownFields: [],
})

/** A model whose only node calls a function. */
export const calling = (name: string, functions: readonly FunctionProto[], domain = 'acme'): Uint8Array => {
  const base = model([{ ...createNode(name, ['x'], ['y']), domain }])
  return writeOnnx({ ...base, functions, opsetImport: imports(['', 17], [domain, 1]) })
}

const info = (name: string, type: TensorSpec['type'] = 'float32', dims: TensorSpec['dims'] = [1, 4]) =>
  createValueInfo({ name, type, dims })

/** The body of a loop that hands its condition on, carries `c` through `node`, and keeps `kept` of each turn. */
export const loopBody = (
  node: readonly NodeProto[],
  { carried = [], kept = [] }: { carried?: readonly (readonly [string, string])[]; kept?: readonly string[] } = {},
): GraphProto =>
  createGraph({
    name: 'body',
    input: [info('turn', 'int64', []), info('go', 'bool', []), ...carried.map(([name]) => info(name))],
    output: [info('on', 'bool', []), ...carried.map(([, name]) => info(name)), ...kept.map((name) => info(name))],
    node: [createNode('Identity', ['go'], ['on']), ...node],
  })

/** A model with a loop of so many turns. */
export const looping = (trips: number, body: GraphProto, inputs: readonly string[] = [], outputs = 0): Uint8Array =>
  writeOnnx(
    model(
      [
        createNode(
          'Loop',
          ['trips', 'true', ...inputs],
          Array.from({ length: outputs }, (_, index) => `l${index}`),
          { body },
        ),
        createNode('Relu', ['x'], ['y']),
      ],
      [number('trips', trips), truth()],
    ),
  )
