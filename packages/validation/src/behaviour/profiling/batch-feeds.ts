import { type ElementType, elementCount, type Tensor, type TensorSpec, tensorArrays } from '@nootropic/core'

const repeat = <Element>(values: ArrayLike<Element>, length: number, set: (place: number, value: Element) => void) => {
  for (let place = 0; place < length; place += 1) set(place, values[place % values.length] as Element)
}

/** The same tensor with `rows` rows: those that it has, again and again. */
const withRows = (tensor: Tensor, rows: number): Tensor => {
  const dims = [rows, ...tensor.dims.slice(1)]
  const length = elementCount(dims)
  const { type, data } = tensor
  if (type === 'string' || !ArrayBuffer.isView(data)) {
    const texts: string[] = []
    repeat(data as readonly string[], length, (place, text) => {
      texts[place] = text
    })
    return { type, dims, data: texts }
  }
  const Data = tensorArrays[type as Exclude<ElementType, 'string'>]
  const repeated = new Data(new ArrayBuffer(length * Data.BYTES_PER_ELEMENT), 0, length)
  repeat<number | bigint>(data as ArrayLike<number | bigint>, length, (place, value) => {
    repeated[place] = value
  })
  return { type, dims, data: repeated }
}

/** Whether the first dimension of an input is left open: then it is taken for the batch. */
const isBatched = ({ dims }: TensorSpec): boolean => dims.length > 0 && typeof dims[0] !== 'number'

/** How many examples the feeds are, or nothing where the model fixes the number or has no input. */
export const openRows = (
  inputs: readonly TensorSpec[],
  feeds: Readonly<Record<string, Tensor>>,
): number | undefined => {
  const open = inputs.find(isBatched)
  return open === undefined ? undefined : feeds[open.name]?.dims[0]
}

/** Feeds of `rows` examples, made of those that are given. Inputs whose first dimension is fixed stay as they are. */
export const feedsOfRows = (
  inputs: readonly TensorSpec[],
  feeds: Readonly<Record<string, Tensor>>,
  rows: number,
): Record<string, Tensor> =>
  Object.fromEntries(
    Object.entries(feeds).map(([name, tensor]) => {
      const spec = inputs.find((input) => input.name === name)
      const isOpen = spec !== undefined && isBatched(spec) && tensor.dims[0] !== 0 && tensor.dims.length > 0
      return [name, isOpen ? withRows(tensor, rows) : tensor]
    }),
  )
