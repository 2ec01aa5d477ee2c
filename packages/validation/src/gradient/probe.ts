import type { ModelBytes, SessionFactory, Tensor } from '@nootropic/core'
import { createValueInfo, type OnnxModel, type ValueInfoProto, writeOnnx } from '@nootropic/core/formats'

/** An output without a declared type: the runtime infers it. */
const untypedOutput = (name: string): ValueInfoProto => ({
  ...createValueInfo({ name, type: 'float32', dims: [] }),
  type: undefined,
})

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
  const output = names.map((name) => declared.get(name) ?? untypedOutput(name))
  const main = writeOnnx({ ...model, graph: { ...model.graph, output } })
  const session = await options.sessions.open(
    options.externalData === undefined ? { main } : { main, externalData: options.externalData },
  )
  try {
    return new Map(Object.entries(await session.run(options.feeds)))
  } finally {
    await session.close()
  }
}
