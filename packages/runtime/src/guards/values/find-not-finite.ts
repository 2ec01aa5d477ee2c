import type { Tensor } from '@nootropic/core'

// Where the exponent's bits are all set the value is NaN or infinite (IEEE 754); float16 arrives as its bits.
const exponentOfFloat16 = 0x7c00

const findInHalves = (data: Uint16Array): number => {
  for (let index = 0; index < data.length; index += 1)
    if (((data[index] as number) & exponentOfFloat16) === exponentOfFloat16) return index
  return -1
}

// Zero times what is not finite is NaN, and a sum with NaN stays it: no branch for each element, four sums at once.
const areFinite = (data: Float32Array | Float64Array): boolean => {
  let [a, b, c, d] = [0, 0, 0, 0]
  const whole = data.length - (data.length % 4)
  for (let index = 0; index < whole; index += 4) {
    a += (data[index] as number) * 0
    b += (data[index + 1] as number) * 0
    c += (data[index + 2] as number) * 0
    d += (data[index + 3] as number) * 0
  }
  for (let index = whole; index < data.length; index += 1) a += (data[index] as number) * 0
  return !Number.isNaN(a + b + c + d)
}

/** The index of the first NaN or infinity of a tensor, -1 when there is none. */
export const findNotFinite = ({ type, data }: Tensor): number => {
  if (type === 'float16') return findInHalves(data as Uint16Array)
  if (!(data instanceof Float32Array || data instanceof Float64Array) || areFinite(data)) return -1
  return data.findIndex((value: number) => !Number.isFinite(value))
}
