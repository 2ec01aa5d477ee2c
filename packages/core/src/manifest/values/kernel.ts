import { textSchema } from './text.ts'

/** The size of a convolution kernel, in pixels; both sides are odd, so that it has a centre. */
export interface Kernel {
  readonly width: number
  readonly height: number
}

/** A kernel such as `3x3` (width x height) → {@link Kernel}. */
export const kernelSchema = textSchema(
  /^[1-9]?[13579]x[1-9]?[13579]$/,
  'expected a kernel of two odd sides from 1 to 99, such as 3x3',
).transform((text): Kernel => {
  const [width = 1, height = 1] = text.split('x').map(Number)
  return { width, height }
})
