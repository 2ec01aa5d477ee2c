import { malformed } from './bounded-bytes.ts'
import type { FormatReader } from './described-file.ts'
import { endOfRiff, readRiffChunks } from './riff.ts'

const metadataTypes: ReadonlySet<string> = new Set(['LIST', 'bext', 'iXML', 'id3 ', 'ID3 ', '_PMX', 'cart'])

/** Reads a WAV: its chunks, and that format and length of the sound agree. */
export const readWav: FormatReader = (file, limits) => {
  const end = endOfRiff(file)
  const chunks = readRiffChunks(file, 12, Math.min(end, 8 + file.little(4, 4)), limits)
  const format = chunks.find(({ type }) => type === 'fmt ')
  const data = chunks.find(({ type }) => type === 'data')
  if (format === undefined || data === undefined || format.length < 16)
    return malformed(12, 'the chunks "fmt " and "data"', 'other ones')
  const channels = file.little(format.data + 2, 2)
  const sampleRate = file.little(format.data + 4, 4)
  const bytesPerSecond = file.little(format.data + 8, 4)
  if (channels === 0 || sampleRate === 0 || bytesPerSecond === 0) malformed(format.data, 'a rate and channels', 'none')
  const metadata = chunks
    .filter(({ type }) => metadataTypes.has(type))
    .map((chunk) => ({ start: chunk.data, end: chunk.data + chunk.length, isPacked: false }))
  return { end, sound: { seconds: data.length / bytesPerSecond, channels, sampleRate }, metadata }
}
