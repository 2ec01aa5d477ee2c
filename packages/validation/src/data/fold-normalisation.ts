import { elementCount, NootropicError } from '@nootropic/core'
import { createNode, createTensor, createValueInfo, type OnnxModel, onnxSignature } from '@nootropic/core/formats'
import { type Dataset, type FloatTensor, floatArray } from '../behaviour/dataset.ts'
import { namesIn } from '../gradient/graph-names.ts'

/** From here on `Sub` and `Div` broadcast as numpy does. */
const leastOpset = 7

const freshName = (taken: ReadonlySet<string>, wanted: string): string => {
  let name = wanted
  for (let count = 2; taken.has(name); count += 1) name = `${wanted}_${count}`
  return name
}

/** The inputs as they were before each channel was normalised; rounding does not carry them out of their domain. */
const withoutNormalisation = (
  { inputs }: Dataset,
  normalisation: NonNullable<Dataset['normalisation']>,
): FloatTensor => {
  const { axis, mean, deviation, domain } = normalisation
  const stride = elementCount(inputs.dims.slice(axis + 1))
  const data = floatArray(inputs.type, inputs.data.length)
  inputs.data.forEach((value, index) => {
    const channel = Math.floor(index / stride) % mean.length
    const before = value * (deviation[channel] ?? Number.NaN) + (mean[channel] ?? 0)
    data[index] = Math.min(domain[1], Math.max(domain[0], before))
  })
  return { ...inputs, data } as FloatTensor
}

/**
 * Moves a normalisation of channels from the data into the model: the model that comes back takes values as they were before
 * it and computes (value - mean) / deviation first. Epsilon then means the same in every channel, as it does in the
 * literature. A dataset without one comes back with its model as they are.
 *
 * @throws NootropicError `USAGE` for a model of several inputs or of an operator set below 7
 * @example
 * ```ts
 * const { model, dataset } = foldNormalisation(readOnnx(bytes), await readDataset('./pictures', declaration))
 * ```
 */
export const foldNormalisation = (
  model: OnnxModel,
  dataset: Dataset,
): { readonly model: OnnxModel; readonly dataset: Dataset } => {
  const { normalisation, ...rest } = dataset
  if (normalisation === undefined) return { model, dataset }
  const [input, ...others] = onnxSignature(model).inputs
  const opset = model.opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version ?? 0
  if (input === undefined || others.length > 0 || opset < leastOpset)
    throw new NootropicError(
      'USAGE',
      `expected a model of one input and of operator set ${leastOpset} or newer, found ${others.length + (input === undefined ? 0 : 1)} inputs and operator set ${opset}; export it again, or normalise with one mean for all channels`,
    )
  const taken = namesIn(model.graph)
  const name = (suffix: string): string => freshName(taken, `${input.name}_${suffix}`)
  const [raw, mean, centred, deviation] = [name('raw'), name('mean'), name('centred'), name('deviation')]
  const { type } = dataset.inputs
  const dims = dataset.inputs.dims
    .slice(1)
    .map((_, axis) => (axis + 1 === normalisation.axis ? normalisation.mean.length : 1))
  const constant = (output: string, values: readonly number[]) => {
    const data = type === 'float32' ? Float32Array.from(values) : Float64Array.from(values)
    return createNode('Constant', [], [output], {
      value: createTensor({ name: output, type, dims: [1, ...dims], data }),
    })
  }
  const node = [
    constant(mean, normalisation.mean),
    constant(deviation, normalisation.deviation),
    createNode('Sub', [raw, mean], [centred]),
    createNode('Div', [centred, deviation], [input.name]),
    ...model.graph.node,
  ]
  const inputs = model.graph.input.map((value) =>
    value.name === input.name ? createValueInfo({ ...input, name: raw }) : value,
  )
  return {
    model: { ...model, graph: { ...model.graph, node, input: inputs } },
    dataset: { ...rest, inputs: withoutNormalisation(dataset, normalisation), domain: normalisation.domain },
  }
}
