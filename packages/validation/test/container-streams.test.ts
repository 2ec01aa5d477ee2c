import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { expandBzip2 } from '../src/scan/containers/streams/bzip2.ts'
import { expandZlib } from '../src/scan/containers/streams/deflate.ts'
import { type Expand, TruncatedStream, UnsupportedStream } from '../src/scan/containers/streams/expansion.ts'
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

/** `b'weights ' * 5000`, compressed by Python's lzma with `check=CHECK_SHA256` and with a delta filter of distance 3. */
const rareXz: Readonly<Record<string, Buffer>> = {
  'a SHA-256 checksum': base64(
    '/Td6WFoAAArh+wyhAgAhARYAAAB0L+Wj4Jw/AE5dADuZSXHqpqB1sFC6i/3I9tTH3cBMnC5lzpl5UT2F+dEq3bITAwVd3V4mOaaLUGBzxrKp+3udx/ureU2A9lLfv8dIw9autsRTYXKK6EypAAAAACbwNkfQLxkfAEONosVCB2xGLVXbs2AudoYD3DBXux/7AAGCAcC4AgCSa3situnfHAIAAAAAClla',
  ),
  'a delta filter': base64(
    '/Td6WFoAAATm1rRGAgEDAQIhARby6M1E4Jw/AFJdADuZSXsboLKvCJW5q2nK5UpBjwK6SnQDaJ4+UwgVb+30izEgX/akvCOp9XDEbst7VLSwV4J33qlMFGjb9T73ZY9XjwZjEk5IoYJf9pRx1GKGgAAAAADLtitsBY+angABbsC4AgAAN+D8w7HEZ/sCAAAAAARZWg==',
  ),
  'a delta filter and a SHA-256 checksum': base64(
    '/Td6WFoAAArh+wyhAgEDAQIhARby6M1E4Jw/AFJdADuZSXsboLKvCJW5q2nK5UpBjwK6SnQDaJ4+UwgVb+30izEgX/akvCOp9XDEbst7VLSwV4J33qlMFGjb9T73ZY9XjwZjEk5IoYJf9pRx1GKGgAAAAAAm8DZH0C8ZHwBDjaLFQgdsRi1V27NgLnaGA9wwV7sf+wABhgHAuAIAhCnqubbp3xwCAAAAAApZWg==',
  ),
}

test.each(Object.entries(rareXz))('XZ with %s is expanded as Python does', async (_, bytes) => {
  const expansion = expandXz(bytesSource(bytes))
  const chunks: Uint8Array[] = []
  for await (const chunk of expansion.chunks) chunks.push(chunk)
  expect(Buffer.concat(chunks).equals(Buffer.from('weights '.repeat(5000)))).toBe(true)
  expect(expansion.consumed()).toBe(bytes.length)
})

test.each(Object.entries(rareXz))('XZ with %s and a damage is never taken for read', async (_, bytes) => {
  for (let at = 7; at < bytes.length; at += 1) {
    const damaged = Buffer.from(bytes)
    damaged[at] = (damaged[at] ?? 0) ^ 0x55
    const chunks: Uint8Array[] = []
    try {
      for await (const chunk of expandXz(bytesSource(damaged)).chunks) chunks.push(chunk)
    } catch {
      continue
    }
    // Only checksums and what is left out with them may differ: what comes out is right.
    expect(Buffer.concat(chunks).equals(Buffer.from('weights '.repeat(5000))), `byte ${at}`).toBe(true)
  }
})

test('XZ with a filter for machine code is looked at as far as it is, and not taken for read', async () => {
  // What Python's lzma makes of a pickle of nothing with `FILTER_X86`.
  const bytes = base64('/Td6WFoAAATm1rRGAgEEACEBDADWfBivAQADgAJ9LgDX1JLzML3yuwABHARvLJzBH7bzfQEAAAAABFla')
  const chunks: Uint8Array[] = []
  await expect(async () => {
    for await (const chunk of expandXz(bytesSource(bytes)).chunks) chunks.push(chunk)
  }).rejects.toThrow(UnsupportedStream)
  expect(Buffer.concat(chunks).toString('latin1')).toBe('\x80\x02}.')
})
