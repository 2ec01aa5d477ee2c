import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { expandBzip2 } from '../src/scan/containers/streams/bzip2.ts'
import { expandZlib } from '../src/scan/containers/streams/deflate.ts'
import { type Expand, TruncatedStream } from '../src/scan/containers/streams/expansion.ts'
import { expandGzip } from '../src/scan/containers/streams/gzip.ts'
import { expandLz4 } from '../src/scan/containers/streams/lz4.ts'
import { expandLzmaAlone } from '../src/scan/containers/streams/lzma.ts'
import { expandXz } from '../src/scan/containers/streams/xz.ts'
import { expandZstd } from '../src/scan/containers/streams/zstd.ts'
import { bytesSource } from '../src/scan/source.ts'

const base64 = (text: string): Buffer => Buffer.from(text, 'base64')

/** `b'weights ' * 5000`, compressed by Python's bz2, lzma, zlib, zstandard and lz4.frame, and by `lz4 -l`. */
const streams: Readonly<Record<string, { readonly expand: Expand; readonly bytes: Buffer }>> = {
  bzip2: {
    expand: expandBzip2,
    bytes: base64('QlpoOTFBWSZTWSh6XTgATh+RgEAAAuAMgCAAcEMCApVGanqYIVGiFR8IVGCFRghUaIVGiFRohUfi7kinChIFD0unAA=='),
  },
  XZ: {
    expand: expandXz,
    bytes: base64(
      '/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4Jw/AE5dADuZSXHqpqB1sFC6i/3I9tTH3cBMnC5lzpl5UT2F+dEq3bITAwVd3V4mOaaLUGBzxrKp+3udx/ureU2A9lLfv8dIw9autsRTYXKK6EypAAAAAMu2K2wFj5qeAAFqwLgCAAAhom1YscRn+wIAAAAABFla',
    ),
  },
  LZMA: {
    expand: expandLzmaAlone,
    bytes: base64(
      'XQAAgAD//////////wA7mUlx6qagdbBQuov9yPbUx93ATJwuZc6ZeVE9hfnRKt2yEwMFXd1eJjmmi1Bgc8ayqft7ncf7q3lNgPZS37/HSMPWrrbEU2FyiuiwIQn///iaYAA=',
    ),
  },
  zlib: {
    expand: expandZlib,
    bytes: base64(
      'eJztxTENADAIADArmCODmyXYx0j7dLNf/Ym1bdu2bdu2bdu2bdu2bdu2bdu2bdu2bdu2bdu2bdu2bdu2bdu2bdu2bdu2bdu2bdu2bdu2bdu2bdu2HQeoR6rd',
    ),
  },
  Zstandard: { expand: expandZstd, bytes: base64('KLUv/WBAm4UAAEB3ZWlnaHRzIAEANZzphQs=') },
  LZ4: {
    expand: expandLz4,
    bytes: base64(
      'BCJNGGhAQJwAAAAAAABYrgAAAI93ZWlnaHRzIAgA////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////vFBnaHRzIAAAAAA=',
    ),
  },
  'legacy LZ4': {
    expand: expandLz4,
    bytes: base64(
      'AiFMGK4AAACPd2VpZ2h0cyAIAP///////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////////7xQZ2h0cyA=',
    ),
  },
}

const expanded = Buffer.from('weights '.repeat(5000))

const gather = async (
  expand: Expand,
  bytes: Uint8Array,
): Promise<{ bytes: Buffer; error: unknown; consumed: number }> => {
  const { chunks, consumed } = expand(bytesSource(bytes))
  const gathered: Uint8Array[] = []
  try {
    for await (const chunk of chunks) gathered.push(chunk)
  } catch (error) {
    return { bytes: Buffer.concat(gathered), error, consumed: consumed() }
  }
  return { bytes: Buffer.concat(gathered), error: undefined, consumed: consumed() }
}

for (const [name, { expand, bytes }] of Object.entries(streams)) {
  test(`${name} expands to what Python compressed, and ends where the stream does`, async () => {
    const whole = await gather(expand, bytes)
    expect(whole.error).toBeUndefined()
    expect(whole.bytes.equals(expanded)).toBe(true)
    expect(whole.consumed).toBe(bytes.length)
  })

  test(`${name} that is cut off says so, after what came out before`, async () => {
    const cut = await gather(expand, bytes.subarray(0, bytes.length - 9))
    expect(cut.error).toBeInstanceOf(TruncatedStream)
    expect(expanded.subarray(0, cut.bytes.length).equals(cut.bytes)).toBe(true)
  })
}

test('gzip members are joined, and each is checked', async () => {
  const two = Buffer.concat([gzipSync('first'), gzipSync('second')])
  expect((await gather(expandGzip, two)).bytes.toString()).toBe('firstsecond')
  two[two.length - 5] = 1
  expect((await gather(expandGzip, two)).error).toBeInstanceOf(Error)
})
