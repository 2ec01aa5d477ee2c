import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeOnnx } from '@nootropic/core/formats'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { scanPath } from '../src/scan/index.ts'
import { createScanPool } from '../src/scan/scan-pool.ts'
import { diagonalClassifier } from './support/models.ts'
import { elf } from './support/programs.ts'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'nootropic-pool-'))
  for (let index = 0; index < 12; index += 1) {
    writeFileSync(
      join(directory, `${String(index).padStart(2, '0')}.bin`),
      index % 3 === 0 ? elf() : writeOnnx(diagonalClassifier(index)),
    )
  }
  symlinkSync('00.bin', join(directory, 'link.bin'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const plain = (reports: Awaited<ReturnType<typeof scanPath>>) =>
  reports.map(({ subject, verdict, findings }) => ({ subject, verdict, findings }))

test('threads find what one finds, in the same order', async () => {
  const progress: number[] = []
  const alone = await scanPath(directory)
  const together = await scanPath(directory, { workers: 2, onProgress: ({ scanned }) => progress.push(scanned) })
  expect(plain(together)).toEqual(plain(alone))
  expect(progress).toEqual(Array.from({ length: 13 }, (_, index) => index + 1))
})

test('a typed error of a thread stays one', async () => {
  const pool = createScanPool(1)
  await expect(pool.scan(join(directory, 'link.bin'), {})).rejects.toMatchObject({ code: 'FILE_UNREADABLE' })
  await pool.close()
})

test('an abort ends the scan', async () => {
  await expect(scanPath(directory, { workers: 2, signal: AbortSignal.abort() })).rejects.toThrow(/abort/i)
  await expect(scanPath(directory, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i)
})
