import { NootropicError } from '@nootropic/core'
import { printable } from '../scan/rule.ts'
import type { ReadingPlan } from './declaration.ts'
import { excessive, unfit } from './refusals.ts'

/** Values from 0 to 255, channels last. */
export interface DecodedPicture {
  readonly width: number
  readonly height: number
  /** 1 or 3. */
  readonly channels: number
  readonly data: Uint8Array
}

/** What the `sharp` package exports. */
type Sharp = typeof import('sharp').default

/** @throws NootropicError `PEER_DEPENDENCY_MISSING` */
export const loadSharp = async (load: () => Promise<{ default: Sharp }> = () => import('sharp')): Promise<Sharp> => {
  try {
    return (await load()).default
  } catch (cause) {
    throw new NootropicError(
      'PEER_DEPENDENCY_MISSING',
      'expected the package sharp, which decodes pictures; install it with: npm i sharp',
      { cause, details: { package: 'sharp' } },
    )
  }
}

const pngMagic = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
const jpegMagic = Buffer.from([0xff, 0xd8, 0xff])

// The decoder knows many more formats, some of which are programs of their own (SVG); it is shown none of them.
const isPicture = (bytes: Uint8Array): boolean =>
  [pngMagic, jpegMagic].some((magic) => magic.equals(bytes.subarray(0, magic.length)))

/** What the decoder may take such bytes for. */
const decodedFormats: readonly string[] = ['png', 'jpeg']

/** ITU-R BT.601 luma in 16 bits, rounded: what `convert('L')` of PIL gives, on which most grey models were trained. */
const greyOf = (rgb: Uint8Array): Uint8Array => {
  const grey = new Uint8Array(rgb.length / 3)
  for (let pixel = 0; pixel < grey.length; pixel += 1) {
    const [red = 0, green = 0, blue = 0] = [rgb[3 * pixel], rgb[3 * pixel + 1], rgb[3 * pixel + 2]]
    grey[pixel] = (19595 * red + 38470 * green + 7471 * blue + 0x8000) >> 16
  }
  return grey
}

/** Ink to light without a profile, in 8 bits and rounded as PIL does it. */
const rgbOf = (cmyk: Uint8Array): Uint8Array => {
  const rgb = new Uint8Array((cmyk.length / 4) * 3)
  for (let at = 0; at < rgb.length; at += 1) {
    const pixel = Math.floor(at / 3) * 4
    const light = 255 - (cmyk[pixel + 3] ?? 0)
    const product = (cmyk[pixel + (at % 3)] ?? 0) * light + 128
    rgb[at] = light - (((product >> 8) + product) >> 8)
  }
  return rgb
}

const swapRedAndBlue = (rgb: Uint8Array): Uint8Array => {
  for (let at = 0; at + 2 < rgb.length; at += 3) {
    const red = rgb[at] ?? 0
    rgb[at] = rgb[at + 2] ?? 0
    rgb[at + 2] = red
  }
  return rgb
}

/**
 * Decodes a PNG or JPEG picture: turned upright as its EXIF data say, transparency left out, colours as they are stored
 * (models are trained on pictures whose colour profile nobody applied), 8 bits a channel.
 *
 * @throws NootropicError `USAGE` for another format or a damaged picture, `LIMIT_EXCEEDED` for too many pixels
 */
export const decodePicture = async (
  path: string,
  bytes: Uint8Array,
  plan: Pick<ReadingPlan, 'limits' | 'preprocessing'>,
  sharp: Sharp,
): Promise<DecodedPicture> => {
  if (!isPicture(bytes))
    throw unfit(path, 'be a PNG or JPEG picture', 'other bytes', 'convert it, or take it out of the folder')
  const { size, channels: order = 'rgb' } = plan.preprocessing
  const most = plan.limits.pixels
  const refuse = (cause: unknown): NootropicError => {
    const reason = printable(cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : 'a fault')
    return unfit(path, 'be a whole picture', reason, 'get the file again, or take it out of the folder', cause)
  }
  try {
    const picture = sharp(bytes, { limitInputPixels: false, failOn: 'error', ignoreIcc: true, animated: false })
    // The header alone is read here, so that a picture of billions of pixels is refused before any is decoded.
    const { width, height, space, format } = await picture.metadata()
    if (!decodedFormats.includes(format)) throw unfit(path, 'be a PNG or JPEG picture', `${format}`, 'convert it')
    if (width * height > most)
      throw excessive(path, 'pixels', most, width * height, 'raise the limit if you trust the file')
    const upright = picture.autoOrient()
    const coloured =
      space === 'cmyk'
        ? upright.pipelineColourspace('cmyk').toColourspace('cmyk')
        : upright.removeAlpha().toColourspace('srgb')
    const resized = size === undefined ? coloured : coloured.resize({ ...size, fit: 'fill', kernel: 'linear' })
    const { data, info } = await resized.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true })
    const decoded = new Uint8Array(data.buffer, data.byteOffset, data.length)
    const content = info.channels === 4 ? rgbOf(decoded) : decoded
    if (content.length !== 3 * info.width * info.height)
      throw unfit(path, 'decode to colours', `${info.channels} channels`, 'save it as an RGB or grey picture')
    const shape = { width: info.width, height: info.height }
    if (order === 'grey') return { ...shape, channels: 1, data: greyOf(content) }
    return { ...shape, channels: 3, data: order === 'bgr' ? swapRedAndBlue(content) : content }
  } catch (error) {
    throw error instanceof NootropicError ? error : refuse(error)
  }
}
