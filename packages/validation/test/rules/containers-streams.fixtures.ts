import { deflateSync, gzipSync } from 'node:zlib'
import type { RoomFixtures } from './fixture.ts'

const text = '# A model\n'

/** Made by bzip2, xz, lzma, Zstandard and LZ4 of Python, of the same text. */
const bzip2 = Buffer.from('QlpoOTFBWSZTWYyu+tkAAAHVAAAQSAAgAAYGoAAiBhNCDJiGCDHwni7kinChIRld9bI=', 'base64')
const xz = Buffer.from(
  '/Td6WFoAAAFpIt42AgAhARYAAAB0L+WjAQAJIyBBIG1vZGVsCgAAANvxVpMAAR4K6mMSFJBCmQ0BAAAAAAFZWg==',
  'base64',
)
const lzma = Buffer.from('XQAAgAD//////////wARiASj+0CQYgE40dWSOn//2d0AAA==', 'base64')
const zstd = Buffer.from('KLUv/SAKUQAAIyBBIG1vZGVsCg==', 'base64')
const lz4 = Buffer.from('BCJNGGhACgAAAAAAAABHCgAAgCMgQSBtb2RlbAoAAAAA', 'base64')

const gzip = (): Buffer => gzipSync(text)
const join = (...parts: (string | Uint8Array | number[])[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Uint8Array.from(part))))
const skippable = join([0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0], 'note')

/** Bytes with one of them changed. */
const changed = (bytes: Uint8Array, at: number, value: number): Buffer => {
  const copy = Buffer.from(bytes)
  copy[at < 0 ? copy.length + at : at] = value
  return copy
}

/** What the rules of compressed streams report and leave alone. */
export const fixtures: RoomFixtures = {
  'containers/stream-trailing': {
    positive: {
      'text after gzip': () => join(gzip(), 'more'),
      'text after bzip2': () => join(bzip2, 'more'),
      'text after XZ': () => join(xz, 'more'),
      'text after zlib': () => join(deflateSync(text.repeat(1000)), 'more'.repeat(1200)),
      'text after LZ4': () => join(lz4, 'more'),
    },
    negative: {
      'gzip that is padded': () => join(gzip(), Buffer.alloc(100)),
      'zlib to its end': () => deflateSync(text),
      'LZMA to its end': () => lzma,
      'Zstandard to its end': () => zstd,
    },
  },
  'containers/stream-broken': {
    positive: {
      'gzip with a wrong checksum': () => changed(gzip(), -6, 0x55),
      'gzip whose data makes no sense': () => changed(gzip(), 10, 0xff),
      'bzip2 with a wrong checksum': () => changed(bzip2, 12, 0x55),
      'LZ4 with a match before its beginning': () =>
        join(lz4.subarray(0, 15), [4, 0, 0, 0, 0x00, 0xff, 0xff, 0x00], [0, 0, 0, 0]),
    },
    negative: { gzip, bzip2: () => bzip2, 'gzip that is cut off': () => gzip().subarray(0, -9) },
  },
  'containers/stream-truncated': {
    positive: {
      'gzip without its end': () => gzip().subarray(0, -9),
      'bzip2 without its end': () => bzip2.subarray(0, -3),
      'LZ4 without its end': () => lz4.subarray(0, -4),
      'Zstandard without its end': () => zstd.subarray(0, -4),
    },
    negative: { gzip, XZ: () => xz, LZ4: () => lz4 },
  },
  'containers/stream-members': {
    positive: { 'gzip twice': () => join(gzip(), gzip()), 'LZ4 twice': () => join(lz4, lz4) },
    negative: { 'gzip once': gzip, 'LZ4 once, after a frame that is skipped': () => join(skippable, lz4) },
  },
  'containers/stream-window': {
    positive: {
      'Zstandard with a window of 1 GiB': () => join(zstd.subarray(0, 4), [0, 0xa0], zstd.subarray(6)),
      'LZMA with a window of 2 GiB': () => changed(changed(lzma, 3, 0), 4, 0x80),
    },
    negative: { Zstandard: () => zstd, LZMA: () => lzma },
  },
  'containers/stream-skipped': {
    positive: {
      'a frame before LZ4': () => join(skippable, lz4),
      'a frame after Zstandard': () => join(zstd, skippable),
    },
    negative: { LZ4: () => lz4, Zstandard: () => zstd },
  },
  'containers/stream-malformed': {
    positive: {
      'gzip with a reserved flag': () => changed(gzip(), 3, 0x20),
      'gzip with all reserved flags': () => changed(gzip(), 3, 0xe0),
    },
    negative: {
      gzip,
      'gzip with a name': () => join(changed(gzip(), 3, 0x08).subarray(0, 10), 'model.md\0', gzip().subarray(10)),
    },
  },
}
