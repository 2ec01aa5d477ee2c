import { readFileSync } from 'node:fs'
import onnxProto from 'onnx-proto'
import { expect, test } from 'vitest'
import {
  type GraphProto,
  type NodeProto,
  readOnnx,
  readOnnxFile,
  tensorValues,
  walkNodes,
  walkTensors,
  writeOnnx,
} from '../../src/formats/index.ts'
import { realModels } from './real-models.ts'

const { onnx } = onnxProto

const asBuffer = (bytes: Uint8Array | null | undefined): string | undefined =>
  bytes === null || bytes === undefined ? undefined : Buffer.from(bytes).toString('base64')

test.each(realModels)('$name is written byte for byte as it was read', ({ path }) => {
  const bytes = readFileSync(path)
  expect(bytes.equals(writeOnnx(readOnnx(bytes)))).toBe(true)
})

test.each(realModels)('$name is written byte for byte when every list was copied', ({ path }) => {
  const bytes = readFileSync(path)
  const { graph, ...header } = readOnnx(bytes)
  const copyNode = (node: NodeProto): NodeProto => ({ ...node, attribute: node.attribute.map((each) => ({ ...each })) })
  const copy: GraphProto = {
    ...graph,
    node: graph.node.map(copyNode),
    initializer: graph.initializer.map((tensor) => ({ ...tensor, dims: tensor.dims })),
    input: [...graph.input],
  }
  expect(bytes.equals(writeOnnx({ ...header, graph: copy }))).toBe(true)
})

test.each(realModels)('$name reads as onnx-proto reads it', ({ path }) => {
  const bytes = readFileSync(path)
  const ours = readOnnx(bytes)
  const theirs = onnx.ModelProto.decode(bytes)
  const graph = theirs.graph as InstanceType<typeof onnx.GraphProto>

  expect(ours.irVersion).toBe(Number(theirs.irVersion))
  expect(ours.producerName).toBe(theirs.producerName)
  expect(ours.opsetImport.map(({ domain, version }) => [domain, version])).toEqual(
    theirs.opsetImport.map(({ domain, version }) => [domain, Number(version)]),
  )
  expect(ours.graph.node.map(({ name, opType, input, output }) => ({ name, opType, input, output }))).toEqual(
    graph.node?.map(({ name, opType, input, output }) => ({ name, opType, input, output })),
  )
  expect(
    ours.graph.node.flatMap(({ attribute }) => attribute).map(({ name, ints, f }) => [name, ints, f ?? 0]),
  ).toEqual(
    graph.node
      ?.flatMap(({ attribute }) => attribute ?? [])
      .map(({ name, ints, f }) => [name, ints?.map((each) => BigInt(String(each))), f]),
  )
  const tensorOf = (name: string, dims: unknown[], dataType: unknown, raw: Uint8Array | null | undefined) => ({
    name,
    dims: dims.map(Number),
    dataType,
    raw: asBuffer(raw),
  })
  expect(
    ours.graph.initializer.map((each) =>
      tensorOf(each.name, [...each.dims], each.dataType, each.rawData as Uint8Array),
    ),
  ).toEqual(graph.initializer?.map((each) => tensorOf(each.name ?? '', each.dims ?? [], each.dataType, each.rawData)))
})

test.each(realModels)('$name reads the same from disk, its tensors left there', async ({ path }) => {
  const bytes = readFileSync(path)
  const inMemory = readOnnx(bytes)
  const onDisk = await readOnnxFile(path)
  expect([...walkNodes(onDisk)].map(({ node, place }) => [place, node.opType, node.input])).toEqual(
    [...walkNodes(inMemory)].map(({ node, place }) => [place, node.opType, node.input]),
  )
  const tensors = [...walkTensors(inMemory)]
  for (const [index, { tensor, place }] of [...walkTensors(onDisk)].entries()) {
    expect(place).toBe(tensors[index]?.place)
    if (tensor.rawData === undefined) continue
    expect(tensor.rawData).not.toBeInstanceOf(Uint8Array)
    const { offset, length } = tensor.rawData as { offset: number; length: number }
    expect(bytes.subarray(offset, offset + length).equals(tensors[index]?.tensor.rawData as Uint8Array)).toBe(true)
  }
})

test.each(realModels)('the values of every tensor of $name are views or fit its dims', ({ path }) => {
  for (const { tensor } of walkTensors(readOnnx(readFileSync(path)))) {
    expect(tensorValues(tensor).length).toBe(tensor.dims.reduce((product, dim) => product * dim, 1))
  }
})
