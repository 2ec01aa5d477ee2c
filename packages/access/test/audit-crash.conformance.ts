import { createSeededRandom } from '@nootropic/core'
import { expect, test } from 'vitest'
import { loadLog } from '../src/audit/load-log.ts'
import { decodeRecord } from '../src/audit/record.ts'
import { segmentRecords } from '../src/audit/segment-reader.ts'
import { verifyLog } from '../src/audit/verify-log.ts'
import {
  changed,
  entry,
  filesOf,
  imageOf,
  isSigned,
  type LogImage,
  newDirectory,
  origin,
  verifierKey,
  writeLog,
} from './support/audit.ts'

// Issue 7 asks for 2,000.
const images = 2000
const sectorBytes = 512

/** The images of a log before and after its last commit, which was never acknowledged. */
const makeCommit = async (before: number, count: number): Promise<{ image: LogImage; path: string; safe: number }> => {
  const directory = newDirectory()
  await (await writeLog(directory, [before])).close()
  const log = await writeLog(directory, [3])
  const path = [...imageOf(directory).keys()].find((name) => name.startsWith('journal/')) ?? ''
  const safe = imageOf(directory).get(path)?.length ?? 0
  await Promise.all(Array.from({ length: count }, (_, index) => log.append(entry(before + 3 + index))))
  const image = imageOf(directory)
  await log.close()
  return { image, path, safe }
}

test('of 2,000 crash images of a commit none loses an acknowledged entry or raises a false alarm', async () => {
  const random = createSeededRandom(7)
  const commits: { image: LogImage; path: string; safe: number; before: number }[] = []
  for (const [before, count] of [
    [1, 1],
    [5, 40],
    [300, 1],
    [260, 200],
    [700, 9],
  ] as const) {
    commits.push({ ...(await makeCommit(before, count)), before })
  }
  const wrong: string[] = []
  for (let round = 0; round < images; round += 1) {
    const { image, path, safe, before } = commits[round % commits.length] as (typeof commits)[number]
    const end = image.get(path)?.length ?? 0
    const size = random.uniform() < 0.5 ? end : safe + random.integer(end - safe + 1)
    const lostShare = random.uniform() < 0.3 ? 0 : random.uniform()
    const crashed = changed(image, path, (bytes) => {
      for (let at = safe; at < size; ) {
        const next = Math.min(size, at + sectorBytes - (at % sectorBytes))
        if (random.uniform() < lostShare) bytes.fill(0, at, next)
        at = next
      }
      return random.uniform() < 0.5 ? bytes.fill(0, size) : bytes.subarray(0, size)
    })
    try {
      const { remains } = await loadLog(filesOf(crashed), origin, isSigned)
      const mended =
        remains === undefined || remains.cut.length === 0
          ? crashed
          : changed(crashed, path, (bytes) => bytes.subarray(0, remains.cutAt))
      const { last, tree } = await loadLog(filesOf(mended), origin, isSigned)
      const found = segmentRecords(mended.get(path) ?? Buffer.alloc(0)).map((body) => decodeRecord(body)?.action)
      const isWhole = found.every((action, index) => action === `act-${before + index}`)
      if (last.size < before + 3 || tree.size !== before + found.length || !isWhole)
        wrong.push(`lost in image ${round}`)
    } catch (error) {
      wrong.push(`alarm in image ${round}: ${String(error)}`)
    }
  }
  expect(wrong).toEqual([])
  for (const { image } of commits) await verifyLog(filesOf(image), { verifierKey })
}, 600_000)
