/** How the elements of an example lie. */
export interface Picture {
  readonly channels: number
  readonly height: number
  readonly width: number
  /** Place of an element inside its example. */
  place(channel: number, row: number, column: number): number
}

/** Channels that a picture has at most: grey, colour, colour with transparency. */
const maximumChannels = 4

/**
 * The examples of a tensor as pictures, channels first or last; nothing where its shape, batch first, is none.
 * [batch, height, width] has one channel.
 */
export const pictureOf = (dims: readonly number[]): Picture | undefined => {
  const [first = 0, second = 0, third = 1] = dims.slice(1)
  if (dims.length === 3) {
    return { channels: 1, height: first, width: second, place: (_, row, column) => row * second + column }
  }
  if (dims.length !== 4) return undefined
  if (third <= maximumChannels && first > maximumChannels) {
    const place = (channel: number, row: number, column: number): number => (row * second + column) * third + channel
    return { channels: third, height: first, width: second, place }
  }
  const place = (channel: number, row: number, column: number): number => (channel * second + row) * third + column
  return { channels: first, height: second, width: third, place }
}

/** The same, but examples of any other shape are one line. */
export const pictureOrLine = (dims: readonly number[]): Picture =>
  pictureOf(dims) ?? {
    channels: 1,
    height: 1,
    width: dims.slice(1).reduce((product, dim) => product * dim, 1),
    place: (_, __, column) => column,
  }
