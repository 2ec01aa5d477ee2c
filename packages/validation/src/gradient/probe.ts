import type { ModelBytes, SessionFactory, Tensor } from '@nootropic/core'
import {
  createValueInfo,
  type GraphProto,
  type NodeProto,
  type OnnxModel,
  type ValueInfoProto,
  writeOnnx,
} from '@nootropic/core/formats'
import { namesRead, subgraphs } from './graph-names.ts'

/** An output without a declared type: the runtime infers it. */
const untypedOutput = (name: string): ValueInfoProto => ({
  ...createValueInfo({ name, type: 'float32', dims: [] }),
  type: undefined,
})

/** The nodes that `names` are computed by, in order. */
const nodesBehind = (graph: GraphProto, names: readonly string[]): NodeProto[] => {
  const wanted = new Set(names)
  const kept = graph.node.toReversed().filter((node) => {
    if (!node.output.some((name) => wanted.has(name))) return false
    for (const name of namesRead(node)) wanted.add(name)
    return true
  })
  return kept.toReversed()
}

/**
 * The values that `names` have when the model runs on `feeds`, found by running it once with every one of them as an
 * output. So no shape inference is needed, and what is learnt is what the runtime does.
 */
export const probeValues = async (
  model: OnnxModel,
  names: readonly string[],
  options: {
    readonly sessions: SessionFactory
    readonly feeds: Readonly<Record<string, Tensor>>
    readonly externalData?: ModelBytes['externalData']
  },
): Promise<ReadonlyMap<string, Tensor>> => {
  const declared = new Map(model.graph.output.map((output) => [output.name, output]))
  const node = nodesBehind(model.graph, names)
  // onnxruntime loses track of a branch one of whose outcomes nobody takes.
  const outcomes = node.filter((each) => subgraphs(each).length > 0).flatMap((each) => each.output)
  const asked = [...new Set([...names, ...outcomes.filter((name) => name !== '')])]
  const output = asked.map((name) => declared.get(name) ?? untypedOutput(name))
  const main = writeOnnx({ ...model, graph: { ...model.graph, node, output } })
  const session = await options.sessions.open(
    options.externalData === undefined ? { main } : { main, externalData: options.externalData },
  )
  try {
    return new Map(Object.entries(await session.run(options.feeds)))
  } finally {
    await session.close()
  }
}
