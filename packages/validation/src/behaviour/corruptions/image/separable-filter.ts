import { type Boundary, paddedPlaces } from './boundary.ts'

/** Filters one plane in place. */
export type PlaneFilter = (plane: Float64Array) => void

/** The weights of a Gaussian that is cut off after `truncate` deviations, summing to 1. */
export const gaussianKernel = (deviation: number, truncate: number): Float64Array => {
  const radius = Math.floor(truncate * deviation + 0.5)
  const kernel = new Float64Array(2 * radius + 1)
  let sum = 0
  for (let index = 0; index < kernel.length; index += 1) {
    kernel[index] = radius === 0 ? 1 : Math.exp(-0.5 * ((index - radius) / deviation) ** 2)
    sum += kernel[index] ?? 0
  }
  return kernel.map((weight) => weight / sum)
}

/** The same kernel down the columns and along the rows of a plane. */
export const separableFilter = (
  { height, width }: { readonly height: number; readonly width: number },
  kernel: Float64Array,
  boundary: Boundary,
): PlaneFilter => {
  const radius = (kernel.length - 1) / 2
  if (radius === 0) return () => {}
  const rows = paddedPlaces(height, radius, boundary)
  const columns = paddedPlaces(width, radius, boundary)
  const between = new Float64Array(height * width)
  const line = new Float64Array(columns.length)
  return (plane) => {
    between.fill(0)
    for (let row = 0; row < height; row += 1) {
      for (let tap = 0; tap < kernel.length; tap += 1) {
        const weight = kernel[tap] ?? 0
        const from = (rows[row + tap] ?? 0) * width
        const to = row * width
        for (let column = 0; column < width; column += 1) {
          between[to + column] = (between[to + column] ?? 0) + weight * (plane[from + column] ?? 0)
        }
      }
    }
    for (let row = 0; row < height; row += 1) {
      const start = row * width
      for (let place = 0; place < line.length; place += 1) line[place] = between[start + (columns[place] ?? 0)] ?? 0
      for (let column = 0; column < width; column += 1) {
        let sum = 0
        for (let tap = 0; tap < kernel.length; tap += 1) sum += (kernel[tap] ?? 0) * (line[column + tap] ?? 0)
        plane[start + column] = sum
      }
    }
  }
}

/** A Gaussian over each plane. */
export const gaussianFilter = (
  shape: { readonly height: number; readonly width: number },
  deviation: number,
  boundary: Boundary,
  truncate: number,
): PlaneFilter => separableFilter(shape, gaussianKernel(deviation, truncate), boundary)

/** The same filter on every plane of a picture. */
export const onEachPlane = (channels: number, filter: PlaneFilter): ((planes: Float64Array) => void) => {
  return (planes) => {
    const size = planes.length / channels
    for (let start = 0; start < planes.length; start += size) filter(planes.subarray(start, start + size))
  }
}
