import type { ExampleChange, PictureShape } from '../corruption-description.ts'

/** Where the elements of a zoomed line come from: between `lower` and the one after it, at `fraction`. */
interface ZoomedLine {
  readonly lower: Int32Array
  readonly upper: Int32Array
  readonly fraction: Float64Array
}

/** To the nearest whole number, of two the even one: as the lengths of the published pictures were rounded. */
const roundedToEven = (value: number): number => {
  const whole = Math.round(value)
  return whole - value === 0.5 && whole % 2 !== 0 ? whole - 1 : whole
}

const zoomedLine = (length: number, factor: number): ZoomedLine => {
  const cropped = Math.ceil(length / factor)
  const enlarged = roundedToEven(cropped * factor)
  const first = Math.floor((length - cropped) / 2)
  const trimmed = Math.floor((enlarged - length) / 2)
  const step = enlarged > 1 ? (cropped - 1) / (enlarged - 1) : 0
  const line = { lower: new Int32Array(length), upper: new Int32Array(length), fraction: new Float64Array(length) }
  for (let index = 0; index < length; index += 1) {
    const place = (index + trimmed) * step
    const below = Math.min(cropped - 1, Math.floor(place))
    line.lower[index] = first + below
    line.upper[index] = first + Math.min(cropped - 1, below + 1)
    line.fraction[index] = place - below
  }
  return line
}

/** Adds the middle of a plane, enlarged by `factor`, to `sum`. */
export const createZoom = ({ height, width }: Pick<PictureShape, 'height' | 'width'>, factor: number) => {
  const rows = zoomedLine(height, factor)
  const columns = zoomedLine(width, factor)
  const line = new Float64Array(width)
  return (plane: Float64Array, sum: Float64Array): void => {
    for (let row = 0; row < height; row += 1) {
      const above = (rows.lower[row] ?? 0) * width
      const below = (rows.upper[row] ?? 0) * width
      const down = rows.fraction[row] ?? 0
      for (let column = 0; column < width; column += 1) {
        const value = plane[above + column] ?? 0
        line[column] = value + down * ((plane[below + column] ?? 0) - value)
      }
      for (let column = 0; column < width; column += 1) {
        const value = line[columns.lower[column] ?? 0] ?? 0
        const next = line[columns.upper[column] ?? 0] ?? 0
        const place = row * width + column
        sum[place] = (sum[place] ?? 0) + value + (columns.fraction[column] ?? 0) * (next - value)
      }
    }
  }
}

/** The camera came nearer: the mean of the picture and of `count` enlargements of it, from 1 in steps. */
export const zoomBlur = ({ channels, ...size }: PictureShape, count: number, step: number): ExampleChange => {
  // The step as it is once it was added to 1: half a unit more or less decides how a length is rounded.
  const added = 1 + step - 1
  const zooms = Array.from({ length: count }, (_, index) => createZoom(size, 1 + index * added))
  const length = size.height * size.width
  const sum = new Float64Array(length)
  return (planes) => {
    for (let channel = 0; channel < channels; channel += 1) {
      const plane = planes.subarray(channel * length, (channel + 1) * length)
      sum.set(plane)
      for (const zoom of zooms) zoom(plane, sum)
      for (let index = 0; index < length; index += 1) plane[index] = (sum[index] ?? 0) / (count + 1)
    }
  }
}
