import { createSecretKey, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type FileHandle, open, readFile, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import {
  createFileSource,
  openFloe,
  openFloeFile,
  openFloeReader,
  sealFloe,
  sealFloeFile,
} from '../../src/crypto/index.ts'
import { engines } from './engines.ts'

const directory = mkdtempSync(join(tmpdir(), 'floe-file-'))
afterAll(() => rmSync(directory, { recursive: true }))

const key = createSecretKey(Buffer.alloc(32, 7))
const associatedData = Buffer.from('digits 1.0.0')
const options = { associatedData, segmentLength: 132 } // 100 bytes of content
const path = (name: string): string => join(directory, name)

const withFiles = async <Result>(
  from: string,
  to: string,
  work: (from: FileHandle, to: FileHandle) => Promise<Result>,
): Promise<Result> => {
  const [input, output] = [await open(from, 'r+'), await open(to, 'w')]
  try {
    return await work(input, output)
  } finally {
    await Promise.all([input.close(), output.close()])
  }
}

test.each([0, 1, 99, 100, 101, 200, 250, 1000])(
  'a file of %i bytes is sealed and opened into another',
  async (size) => {
    const content = randomBytes(size)
    writeFileSync(path('plain'), content)
    const seen: Buffer[] = []
    const onContent = (piece: Buffer) => void seen.push(Buffer.from(piece))
    const sealedSize = await withFiles(path('plain'), path('sealed'), (from, to) =>
      sealFloeFile(key, from, to, { ...options, onContent }),
    )
    const sealed = await readFile(path('sealed'))
    expect(sealed).toHaveLength(sealedSize)
    expect(openFloe(key, sealed, options)).toEqual(content)

    const opened = await withFiles(path('sealed'), path('opened'), (from, to) =>
      openFloeFile(key, from, to, { associatedData, onContent }),
    )
    expect(opened).toBe(size)
    expect(await readFile(path('opened'))).toEqual(content)
    // The observer saw the content twice: while it was sealed and while it was opened.
    expect(Buffer.concat(seen)).toEqual(Buffer.concat([content, content]))
  },
)

test.each(engines)('%s: a file of more segments than memory holds is sealed and opened', async (_, engine) => {
  const content = randomBytes(2_345)
  writeFileSync(path('plain'), content)
  await withFiles(path('plain'), path('sealed'), (from, to) => sealFloeFile(key, from, to, { ...options, engine }))
  await withFiles(path('sealed'), path('opened'), (from, to) => openFloeFile(key, from, to, { ...options, engine }))
  expect(await readFile(path('opened'))).toEqual(content)
})

test('of a cut file nothing is written, of a changed one what stands before the change', async () => {
  const content = randomBytes(1000)
  const sealed = sealFloe(key, content, options)
  const refused = async (bytes: Buffer): Promise<Buffer> => {
    writeFileSync(path('sealed'), bytes)
    const opening = withFiles(path('sealed'), path('opened'), (from, to) => openFloeFile(key, from, to, options))
    await expect(opening).rejects.toMatchObject({ code: 'SEALED_FILE_CORRUPT' })
    return readFile(path('opened'))
  }
  for (let length = 0; length < sealed.length; length += 61) {
    expect(await refused(sealed.subarray(0, length))).toHaveLength(0)
  }
  expect(await refused(Buffer.concat([sealed, Buffer.alloc(132)]))).toHaveLength(0)
  const changed = Buffer.from(sealed)
  changed[74 + 5 * 132 + 40] = (changed[74 + 5 * 132 + 40] as number) ^ 1
  expect(await refused(changed)).toEqual(content.subarray(0, 500))
})

test.each([900, 1100])('a file that changes to %i bytes while it is sealed is refused', async (size) => {
  writeFileSync(path('plain'), randomBytes(1000))
  let pieces = 0
  const sealing = withFiles(path('plain'), path('sealed'), async (from, to) => {
    const { read } = from
    from.read = (async (...parameters: Parameters<typeof read>) => {
      pieces += 1
      if (pieces === 3) await truncate(path('plain'), size)
      return read.apply(from, parameters)
    }) as typeof read
    return sealFloeFile(key, from, to, options)
  })
  await expect(sealing).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
})

test.runIf(process.platform === 'linux')('a full disk is one typed error, and nothing is left running', async () => {
  writeFileSync(path('plain'), randomBytes(1000))
  writeFileSync(path('sealed'), sealFloe(key, randomBytes(1000), options))
  const full = expect.objectContaining({ code: 'STORAGE_FAILED', message: expect.stringContaining('ENOSPC') })
  const sealing = withFiles(path('plain'), '/dev/full', (from, to) => sealFloeFile(key, from, to, options))
  await expect(sealing).rejects.toEqual(full)
  const opening = withFiles(path('sealed'), '/dev/full', (from, to) => openFloeFile(key, from, to, options))
  await expect(opening).rejects.toEqual(full)
})

test('a file is a source for random access', async () => {
  const content = randomBytes(1000)
  writeFileSync(path('sealed'), sealFloe(key, content, options))
  const file = await open(path('sealed'))
  try {
    const reader = await openFloeReader(key, await createFileSource(file), { associatedData })
    expect(await reader.read(450, 200)).toEqual(content.subarray(450, 650))
    await truncate(path('sealed'), 500)
    await expect(reader.read(700, 1)).rejects.toMatchObject({ code: 'SEALED_FILE_CORRUPT' })
  } finally {
    await file.close()
  }
})
