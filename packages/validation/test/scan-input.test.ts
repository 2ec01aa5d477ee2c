import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { sha256 } from '@nootropic/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type ScanInput, scan } from '../src/scan/index.ts'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'nootropic-input-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

// It names a command and is never loaded.
const hostile = Buffer.from("cposix\nsystem\n(S'echo'\ntR.")

test('a path, a URL, bytes, a buffer and a stream are the same file', async () => {
  const path = join(directory, 'model.bin')
  writeFileSync(path, hostile)
  const inputs: ScanInput[] = [
    path,
    pathToFileURL(path),
    hostile,
    hostile.buffer.slice(hostile.byteOffset, hostile.byteOffset + hostile.length) as ArrayBuffer,
    Readable.from([hostile.subarray(0, 9), hostile.subarray(9)]),
    new Blob([hostile]).stream() as unknown as AsyncIterable<Uint8Array>,
  ]
  for (const input of inputs) {
    const { verdict, subject, findings } = await scan(input)
    expect([verdict, subject.format, subject.digest, findings[0]?.rule]).toEqual([
      'fail',
      'pickle',
      sha256(hostile),
      'pickle/dangerous-call',
    ])
  }
})

test('what is none of them is a typed error with a sentence', async () => {
  const wrong: [unknown, string, RegExp][] = [
    [undefined, 'USAGE', /got undefined/],
    [{}, 'USAGE', /got object/],
    [Readable.from(['text']), 'USAGE', /got string; open it without an encoding/],
    ['', 'FILE_UNREADABLE', /no path at all/],
    [directory, 'FILE_UNREADABLE', /a directory, which `scanPath` scans/],
    [join(directory, 'gone'), 'FILE_UNREADABLE', /ENOENT/],
  ]
  for (const [input, code, message] of wrong) {
    await expect(scan(input as ScanInput)).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
  }
})

test.skipIf(process.platform !== 'linux')(
  'a file that has content and no size is not taken for an empty one',
  async () => {
    await expect(scan('/proc/self/maps')).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
  },
)

test('an error of a stream goes through', async () => {
  const broken = async function* (): AsyncGenerator<Uint8Array> {
    yield hostile
    throw new Error('the connection was lost')
  }
  await expect(scan(broken())).rejects.toThrow('the connection was lost')
})

test('a limit that is no number is refused: nothing would ever be above it', async () => {
  for (const limits of [{ heldBytes: Number.NaN }, { depth: -1 }, { ratio: '9' as unknown as number }]) {
    await expect(scan(hostile, { limits })).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' })
  }
})

test('an abort ends the reading of a large file soon, and others have their turn meanwhile', async () => {
  const path = join(directory, 'sparse.bin')
  writeFileSync(path, '')
  truncateSync(path, 4 * 2 ** 30)
  await expect(scan(path, { signal: AbortSignal.abort(new Error('not now')) })).rejects.toThrow('not now')
  await expect(scan(path, { signal: AbortSignal.timeout(50) })).rejects.toThrow(/timeout|aborted/i)
})

test('a cache below a directory that is not there is refused, not made', async () => {
  await expect(scan(hostile, { cache: join(directory, 'no', 'cache') })).rejects.toMatchObject({
    code: 'CONFIGURATION_INVALID',
  })
})
