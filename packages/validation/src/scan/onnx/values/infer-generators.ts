import { attributeTypes, tensorValues } from '@nootropic/core/formats'
import { broadcast } from './infer-arithmetic.ts'
import { fromStart } from './infer-shapes.ts'
import { type Infer, integerOf, integersOf, type NodeView, operandOf } from './node-view.ts'
import { constant, exactDims, largest, maximumNumbers, product, shaped, sized, unknownValue } from './value.ts'

/** A shape out of a constant; a dim below zero would be refused. */
const ofNumbers = (numbers: readonly number[] | undefined) =>
  numbers === undefined
    ? undefined
    : shaped(
        numbers.map((dim) => Math.max(0, Math.trunc(dim))),
        true,
      )

const fillValue = (view: NodeView): number => {
  const tensor = view.attribute('value')?.t
  if (tensor === undefined) return 0
  try {
    return Number((tensorValues(tensor) as ArrayLike<number | bigint | string>)[0] ?? 0)
  } catch {
    return Number.NaN
  }
}

const inferConstantOfShape: Infer = (view) => {
  const result = ofNumbers(view.input(0)?.numbers)
  if (result === undefined || result.elements > maximumNumbers) return result
  const fill = fillValue(view)
  return Number.isNaN(fill) ? result : constant(new Array<number>(result.elements).fill(fill), result.dims)
}

const inferRange: Infer = (view) => {
  const [start, limit, delta] = [0, 1, 2].map((index) => view.input(index)?.numbers?.[0])
  if (start === undefined || limit === undefined || delta === undefined) return undefined
  const count = Math.max(0, Math.ceil((limit - start) / delta))
  if (!(count <= maximumNumbers)) return shaped([count], true)
  return constant(Array.from({ length: count }, (_, index) => start + index * delta))
}

const inferTile: Infer = (view) => {
  const [data, repeats] = [view.input(0) ?? unknownValue, view.input(1)?.numbers]
  if (repeats === undefined) return sized(data.elements)
  if (data.dims?.length !== repeats.length) return sized(data.elements * product(repeats))
  return shaped(
    data.dims.map((dim, axis) => dim * Math.max(0, repeats[axis] ?? 1)),
    data.isExact,
  )
}

const inferPad: Infer = (view) => {
  const data = view.input(0) ?? unknownValue
  const pads = integersOf(view, 'pads') ?? integersOf(view, 'paddings') ?? view.input(1)?.numbers
  if (pads === undefined) return sized(data.elements)
  const axes = view.input(3)?.numbers
  const half = pads.length / 2
  if (data.dims === undefined || (axes === undefined && data.dims.length !== half)) {
    return sized(largest([data.elements, ...pads]))
  }
  const rank = data.dims.length
  const places = axes?.map((axis) => fromStart(axis, rank))
  const dims = data.dims.map((dim, axis) => {
    const place = places === undefined ? axis : places.indexOf(axis)
    return place < 0 ? dim : Math.max(0, dim + (pads[place] ?? 0) + (pads[place + half] ?? 0))
  })
  return shaped(dims, data.isExact)
}

const inferResize: Infer = (view) => {
  const data = view.input(0) ?? unknownValue
  const isFirst = view.node.opType === 'Upsample' || view.node.input.length === 2
  const sizes = isFirst ? undefined : view.input(3)?.numbers
  if (sizes !== undefined && sizes.length > 0) return sized(product(sizes))
  const attribute = view.attribute('scales')
  const scales = attribute?.type === attributeTypes.FLOATS ? attribute.floats : view.input(isFirst ? 1 : 2)?.numbers
  if (scales === undefined || scales.length === 0) return undefined
  if (data.dims?.length !== scales.length) return sized(data.elements * product(scales))
  return shaped(
    data.dims.map((dim, axis) => Math.floor(dim * Math.abs(scales[axis] ?? 1))),
    false,
  )
}

const inferOneHot: Infer = (view) => {
  const depth = view.input(1)?.numbers?.[0]
  return sized((view.input(0)?.elements ?? 1) * (depth === undefined ? 1 : Math.abs(depth)))
}

const spectrum: Infer = (view) => sized(Math.abs(view.input(0)?.numbers?.[0] ?? 1))

/** N and C of an image, and a size for each of its other dims. */
const image =
  (size: (view: NodeView) => readonly number[] | undefined): Infer =>
  (view) => {
    const spatial = size(view)
    const outer = view.input(0)?.dims?.slice(0, 2) ?? []
    return spatial === undefined ? undefined : sized(product(outer) * product(spatial))
  }

/** Regions times channels times the size of each. */
const regions =
  (index: number, size: (view: NodeView) => readonly number[] | undefined): Infer =>
  (view) => {
    const channels = view.input(0)?.dims?.[1] ?? 1
    return sized((view.input(index)?.dims?.[0] ?? 1) * channels * product(size(view) ?? [1]))
  }

const ofAttribute: Infer = (view) => ofNumbers(integersOf(view, 'shape'))
const like: Infer = (view) => {
  const value = view.input(0)
  return value === undefined ? undefined : { ...value, numbers: undefined }
}

/** Operators whose constants, and not their data, say how large their output is. */
export const generatorInference: Readonly<Record<string, Infer>> = {
  ConstantOfShape: inferConstantOfShape,
  Expand: (view) => {
    const shape = ofNumbers(view.input(1)?.numbers)
    return shape === undefined ? undefined : broadcast([view.input(0) ?? unknownValue, shape])
  },
  Range: inferRange,
  Tile: inferTile,
  Pad: inferPad,
  Resize: inferResize,
  Upsample: inferResize,
  OneHot: inferOneHot,
  EyeLike: like,
  RandomNormal: ofAttribute,
  RandomUniform: ofAttribute,
  RandomNormalLike: like,
  RandomUniformLike: like,
  Bernoulli: like,
  Multinomial: (view) => sized((view.input(0)?.dims?.[0] ?? 1) * Math.abs(integerOf(view, 'sample_size') ?? 1)),
  BlackmanWindow: spectrum,
  HammingWindow: spectrum,
  HannWindow: spectrum,
  MelWeightMatrix: (view) =>
    sized(Math.abs((view.input(0)?.numbers?.[0] ?? 1) * Math.floor((view.input(1)?.numbers?.[0] ?? 2) / 2))),
  DFT: (view) => sized(Math.max(view.input(0)?.elements ?? 1, view.input(1)?.numbers?.[0] ?? 1)),
  MaxUnpool: (view) => ofNumbers(view.input(2)?.numbers),
  AffineGrid: (view) => {
    const size = view.input(1)?.numbers
    return size === undefined ? undefined : sized(product([size[0] ?? 1, ...size.slice(2)]) * (size.length - 2))
  },
  CenterCropPad: (view) => sized(product(view.input(1)?.numbers ?? [1])),
  Col2Im: image((view) => view.input(1)?.numbers),
  RoiAlign: regions(1, (view) => [integerOf(view, 'output_height') ?? 1, integerOf(view, 'output_width') ?? 1]),
  MaxRoiPool: regions(1, (view) => integersOf(view, 'pooled_shape')),
  CropAndResize: regions(1, (view) => view.input(3)?.numbers),
  GridSample: (view) =>
    sized(product(view.input(0)?.dims?.slice(0, 2) ?? []) * product(exactDims(view.input(1))?.slice(1, -1) ?? [1])),
  CastMap: (view) => sized(Math.abs(integerOf(view, 'max_map') ?? 1)),
  Split: (view) => (operandOf(view, 'split', 1) ?? []).map(() => unknownValue),
}
