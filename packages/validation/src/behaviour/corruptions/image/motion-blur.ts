import type { ExampleChange, PictureShape } from '../corruption-description.ts'

/** Weights of a movement of `radius` pixels: half a Gaussian, from where the movement starts. */
export const motionKernel = (radius: number, deviation: number): Float64Array => {
  const kernel = new Float64Array(2 * Math.ceil(radius) + 1)
  let sum = 0
  for (let tap = 0; tap < kernel.length; tap += 1) {
    kernel[tap] = Math.exp(-(tap * tap) / (2 * deviation * deviation))
    sum += kernel[tap] ?? 0
  }
  return kernel.map((weight) => weight / sum)
}

/** Moves a plane along a straight line, in whole pixels, as ImageMagick does; the border is repeated. */
export const createMotion = ({ height, width }: Pick<PictureShape, 'height' | 'width'>, kernel: Float64Array) => {
  const moved = new Float64Array(height * width)
  /** @param angle in degrees, clockwise from the right. */
  return (plane: Float64Array, angle: number): void => {
    const cosine = Math.cos((angle * Math.PI) / 180)
    const sine = Math.sin((angle * Math.PI) / 180)
    moved.fill(0)
    for (let tap = 0; tap < kernel.length; tap += 1) {
      const weight = kernel[tap] ?? 0
      const right = Math.ceil(tap * cosine - 0.5)
      const down = Math.ceil(tap * sine - 0.5)
      for (let row = 0; row < height; row += 1) {
        const from = Math.min(height - 1, Math.max(0, row + down)) * width
        const to = row * width
        for (let column = 0; column < width; column += 1) {
          const source = Math.min(width - 1, Math.max(0, column + right))
          moved[to + column] = (moved[to + column] ?? 0) + weight * (plane[from + source] ?? 0)
        }
      }
    }
    plane.set(moved)
  }
}

/** The camera moved, in a direction between -45 and 45 degrees. */
export const motionBlur = ({ channels, ...size }: PictureShape, radius: number, deviation: number): ExampleChange => {
  const move = createMotion(size, motionKernel(radius, deviation))
  const plane = size.height * size.width
  return (planes, random) => {
    const angle = 90 * random.uniform() - 45
    for (let start = 0; start < planes.length; start += plane) move(planes.subarray(start, start + plane), angle)
  }
}
