import { elementCount, type Tensor, type TensorData, tensorArrays } from '@nootropic/core'
import type { Tensors } from './feeds-digest.ts'

/** How many rows (of the first dimension) every tensor has; undefined when they do not agree, or there is none. */
export const rowsOf = (tensors: Tensors): number | undefined => {
  let rows: number | undefined
  for (const { dims } of Object.values(tensors)) {
    const own = dims[0] ?? 0
    if (own < 1 || (rows !== undefined && own !== rows)) return undefined
    rows = own
  }
  return rows
}

/** Whether tensors have all in common but the number of their rows. It is asked for every request of a batch: nothing is made. */
export const areLike = (left: Tensors, right: Tensors): boolean => {
  const names = Object.keys(left)
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => {
      const [one, other] = [left[name], Object.hasOwn(right, name) ? right[name] : undefined]
      if (one?.type !== other?.type || one?.dims.length !== other?.dims.length) return false
      return one?.dims.every((dim, axis) => axis === 0 || dim === other?.dims[axis]) ?? false
    })
  )
}

const joinData = ({ type }: Tensor, parts: readonly TensorData[], length: number): TensorData => {
  if (type === 'string') return (parts as (readonly string[])[]).flat()
  const array = tensorArrays[type]
  const joined = new array(new ArrayBuffer(length * array.BYTES_PER_ELEMENT), 0, length)
  let offset = 0
  for (const part of parts) {
    joined.set(part as never, offset)
    offset += part.length
  }
  return joined
}

/** Tensors that are alike, one below the other. */
export const joinRows = (all: readonly Tensors[]): Record<string, Tensor> => {
  const [first = {}] = all
  return Object.fromEntries(
    Object.entries(first).map(([name, tensor]) => {
      const parts = all.flatMap((tensors) => tensors[name] ?? [])
      const rows = parts.reduce((sum, { dims }) => sum + (dims[0] ?? 0), 0)
      const dims = [rows, ...tensor.dims.slice(1)]
      const data = joinData(
        tensor,
        parts.map((part) => part.data),
        elementCount(dims),
      )
      return [name, { type: tensor.type, dims, data }]
    }),
  )
}

/** Tensors cut into as many rows as each part has, every part in memory of its own; undefined when they have not as many. */
export const splitRows = (tensors: Tensors, rows: readonly number[]): Record<string, Tensor>[] | undefined => {
  const total = rows.reduce((sum, count) => sum + count, 0)
  if (rowsOf(tensors) !== total) return undefined
  let from = 0
  return rows.map((count) => {
    const begin = from
    from += count
    return Object.fromEntries(
      Object.entries(tensors).map(([name, { type, dims, data }]) => {
        const rowLength = data.length / total
        const part = data.slice(begin * rowLength, (begin + count) * rowLength)
        return [name, { type, dims: [count, ...dims.slice(1)], data: part }]
      }),
    )
  })
}
