import type { FormatName } from './described-file.ts'

const startsWith = (bytes: Uint8Array, at: number, start: string): boolean =>
  Buffer.from(bytes.buffer, bytes.byteOffset + at, Math.max(0, Math.min(start.length, bytes.length - at))).toString(
    'latin1',
  ) === start

// The sync of a frame of MPEG-1 or 2, layer II or III. Layer I would be the byte order mark of UTF-16 as well.
const isMpegFrame = ([first, second = 0]: Uint8Array): boolean =>
  first === 0xff && (second & 0xe0) === 0xe0 && (second & 0x18) !== 0x08 && [0x02, 0x04].includes(second & 0x06)

/** The format that the first bytes of a file say it has; undefined for any other than those read here, and for text. */
export const detectFormat = (bytes: Uint8Array): Exclude<FormatName, 'text'> | undefined => {
  const starts = (start: string, at = 0): boolean => bytes.length >= at && startsWith(bytes, at, start)
  if (starts('\x89PNG\r\n\x1a\n')) return 'png'
  if (starts('\xff\xd8\xff')) return 'jpeg'
  if (starts('GIF87a') || starts('GIF89a')) return 'gif'
  if (starts('RIFF') && starts('WEBP', 8)) return 'webp'
  if (starts('RIFF') && starts('WAVE', 8)) return 'wav'
  if (starts('II*\0') || starts('MM\0*')) return 'tiff'
  if (starts('fLaC')) return 'flac'
  if (starts('OggS')) return 'ogg'
  if (starts('ID3') || isMpegFrame(bytes)) return 'mp3'
  // Two letters alone are often text: the reserved bytes of a bitmap are zero.
  return starts('BM') && starts('\0\0\0\0', 6) ? 'bmp' : undefined
}
