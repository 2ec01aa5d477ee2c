import { broadcast } from './infer-arithmetic.ts'
import { type Infer, integerOf, integersOf, type NodeView, textOf } from './node-view.ts'
import { shaped, sized, type Value } from './value.ts'

const inferMatMul: Infer = (view) => {
  const [left, right] = [view.input(0), view.input(1)]
  if (left?.dims === undefined || right?.dims === undefined) return undefined
  const isExact = left.isExact && right.isExact
  const [rows, columns] = [left.dims.slice(0, -1), right.dims.slice(-1)]
  const batch = broadcast([shaped(left.dims.slice(0, -2), isExact), shaped(right.dims.slice(0, -2), isExact)])
  if (left.dims.length < 2 || right.dims.length < 2)
    return shaped([...rows, ...(right.dims.length < 2 ? [] : columns)], false)
  return shaped([...(batch.dims ?? []), ...rows.slice(-1), ...columns], isExact)
}

const inferGemm: Infer = (view) => {
  const [left, right] = [view.input(0), view.input(1)]
  if (left?.dims === undefined || right?.dims === undefined) return undefined
  const rows = left.dims[integerOf(view, 'transA') ? 1 : 0] ?? 1
  const columns = right.dims[integerOf(view, 'transB') ? 0 : 1] ?? 1
  return shaped([rows, columns], left.isExact && right.isExact)
}

const inferEinsum: Infer = (view) => {
  const [terms = '', wanted] = (textOf(view, 'equation') ?? '').replaceAll(' ', '').split('->')
  if (wanted === undefined || wanted.includes('.')) return undefined
  const sizes = new Map<string, number>()
  for (const [index, term] of terms.split(',').entries()) {
    const dims = view.input(index)?.dims
    for (const [place, letter] of [...term].entries()) {
      sizes.set(letter, Math.max(sizes.get(letter) ?? 1, dims?.[place] ?? 1))
    }
  }
  return shaped(
    [...wanted].map((letter) => sizes.get(letter) ?? 1),
    false,
  )
}

interface Window {
  readonly kernel: readonly number[]
  readonly strides: readonly number[]
  readonly dilations: readonly number[]
  readonly pads: readonly number[]
}

const windowOf = (view: NodeView, kernel: readonly number[]): Window => ({
  kernel,
  strides: integersOf(view, 'strides') ?? [],
  dilations: integersOf(view, 'dilations') ?? [],
  pads: integersOf(view, 'pads') ?? [],
})

const isAutomatic = (view: NodeView): boolean => !['NOTSET', undefined].includes(textOf(view, 'auto_pad'))

/** The spatial dims after a window moved over them; below one where that cannot be. */
const moved = (spatial: readonly number[], window: Window): number[] =>
  spatial.map((size, axis) => {
    const reach = (window.dilations[axis] ?? 1) * ((window.kernel[axis] ?? 1) - 1) + 1
    const padded = size + (window.pads[axis] ?? 0) + (window.pads[axis + spatial.length] ?? 0)
    return Math.max(0, Math.floor((padded - reach) / Math.max(1, window.strides[axis] ?? 1)) + 1)
  })

/** The channels of a convolution's output and the size of its kernel, by its weights. */
const convolution = (view: NodeView, weights: Value | undefined): Value | undefined => {
  const [data, filter] = [view.input(0)?.dims, weights?.dims]
  if (data === undefined || filter === undefined || data.length < 3 || isAutomatic(view)) return undefined
  const spatial = moved(data.slice(2), windowOf(view, filter.slice(2)))
  // Dims that may vary count as one, of which a window leaves less than nothing.
  return shaped(
    [data[0] ?? 1, filter[0] ?? 1, ...spatial.map((size) => Math.max(1, size))],
    view.input(0)?.isExact === true,
  )
}

const inferConvTranspose: Infer = (view) => {
  const [data, filter] = [view.input(0)?.dims, view.input(1)?.dims]
  const wanted = integersOf(view, 'output_shape')
  const channels = (filter?.[1] ?? 1) * (integerOf(view, 'group') ?? 1)
  if (wanted !== undefined) return shaped([data?.[0] ?? 1, channels, ...wanted], false)
  if (data === undefined || filter === undefined || isAutomatic(view)) return undefined
  const { strides, dilations, pads } = windowOf(view, filter.slice(2))
  const extra = integersOf(view, 'output_padding') ?? []
  const spatial = data.slice(2).map((size, axis) => {
    const reach = (dilations[axis] ?? 1) * ((filter[axis + 2] ?? 1) - 1) + 1
    const removed = (pads[axis] ?? 0) + (pads[axis + data.length - 2] ?? 0)
    return Math.max(1, (strides[axis] ?? 1) * (size - 1) + (extra[axis] ?? 0) + reach - removed)
  })
  return shaped([data[0] ?? 1, channels, ...spatial], view.input(0)?.isExact === true)
}

const inferPool: Infer = (view) => {
  const data = view.input(0)
  const kernel = integersOf(view, 'kernel_shape')
  if (data?.dims === undefined || kernel === undefined || data.dims.length < 3 || isAutomatic(view)) return undefined
  if (integerOf(view, 'ceil_mode')) return sized(product2(data.dims))
  const spatial = moved(data.dims.slice(2), windowOf(view, kernel)).map((size) => Math.max(1, size))
  return shaped([...data.dims.slice(0, 2), ...spatial], data.isExact)
}

/** The batch and the channels of an image, which pooling keeps. */
const product2 = (dims: readonly number[]): number => (dims[0] ?? 1) * (dims[1] ?? 1)

/** Operators whose output is as large as what they multiply or slide over says. */
export const productInference: Readonly<Record<string, Infer>> = {
  MatMul: inferMatMul,
  MatMulInteger: inferMatMul,
  Gemm: inferGemm,
  FusedGemm: inferGemm,
  Einsum: inferEinsum,
  Conv: (view) => convolution(view, view.input(1)),
  FusedConv: (view) => convolution(view, view.input(1)),
  ConvInteger: (view) => convolution(view, view.input(1)),
  QLinearConv: (view) => convolution(view, view.input(3)),
  ConvTranspose: inferConvTranspose,
  MaxPool: inferPool,
  AveragePool: inferPool,
  LpPool: inferPool,
}
