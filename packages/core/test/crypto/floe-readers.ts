import type { KeyObject } from 'node:crypto'
import {
  type OpenOptions,
  openFloe,
  openFloeReader,
  openFloeSegments,
  openFloeStream,
  type RandomAccessSource,
} from '../../src/crypto/index.ts'
import { collect, inPieces } from './streams.ts'

/** Bytes in memory as a source. */
export const memorySource = (bytes: Uint8Array): RandomAccessSource => ({
  size: bytes.length,
  read: async (offset, length) => bytes.subarray(offset, offset + length),
})

type Open = (key: KeyObject, sealed: Uint8Array, options: OpenOptions) => Promise<Buffer>

const collectLent = async (stream: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const copies: Uint8Array[] = []
  for await (const piece of stream) copies.push(Buffer.from(piece))
  return Buffer.concat(copies)
}

const openAtRandom: Open = async (key, sealed, options) => {
  const reader = await openFloeReader(key, memorySource(sealed), options)
  try {
    return await reader.read(0, reader.size)
  } finally {
    reader.close()
  }
}

/** Every way to open sealed bytes. */
export const floeReaders: Record<'whole' | 'stream' | 'segments' | 'random access', Open> = {
  whole: async (key, sealed, options) => openFloe(key, sealed, options),
  stream: (key, sealed, options) => collect(openFloeStream(key, inPieces(sealed, 29), options)),
  segments: (key, sealed, options) => collectLent(openFloeSegments(key, inPieces(sealed, 41), options)),
  'random access': openAtRandom,
}
