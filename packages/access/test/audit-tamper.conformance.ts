import { createSeededRandom } from '@nootropic/core'
import { expect, test } from 'vitest'
import { encodeBundle, parseBundle } from '../src/audit/bundle.ts'
import { verifyLog } from '../src/audit/verify-log.ts'
import {
  changed,
  codeOf,
  filesOf,
  flipped,
  imageOf,
  type LogImage,
  newDirectory,
  verifierKey,
  writeLog,
} from './support/audit.ts'

const longestMilliseconds = 40 * 60_000

/** A log of 1,000 entries: 900 in tiles, 100 in the journal. */
const makeLog = async (): Promise<{ image: LogImage; anchor: string }> => {
  const directory = newDirectory()
  await (await writeLog(directory, [1, 499, 400])).close()
  const log = await writeLog(directory, [1, 60, 39])
  const made = { image: imageOf(directory), anchor: log.checkpoint() }
  await log.close()
  return made
}

test(
  'every flip of a byte and every truncation of a log of 1,000 entries is detected, given an anchor',
  async () => {
    const { image, anchor } = await makeLog()
    const judge = (forged: LogImage): Promise<string> => codeOf(verifyLog(filesOf(forged), { verifierKey, anchor }))
    expect(await judge(image)).toBe('accepted')
    const missed: string[] = []
    let judged = 0
    for (const [path, { length }] of image) {
      for (let at = 0; at < length; at += 1) {
        const flip = changed(image, path, (bytes) => flipped(bytes, at, 1 << (at % 8)))
        if ((await judge(flip)) !== 'AUDIT_CORRUPT') missed.push(`${path} flipped at ${at}`)
        const cut = changed(image, path, (bytes) => bytes.subarray(0, at))
        if ((await judge(cut)) !== 'AUDIT_CORRUPT') missed.push(`${path} cut at ${at}`)
        judged += 2
      }
    }
    expect(missed).toEqual([])
    expect(judged).toBeGreaterThan(200_000)
  },
  longestMilliseconds,
)

test(
  'every swap of neighbours, duplicate, removal and splice of entries in the bundles is detected',
  async () => {
    const { image, anchor } = await makeLog()
    const random = createSeededRandom(1)
    const missed: string[] = []
    for (const [path, bytes] of image) {
      const count = path.includes('.p/') ? Number(path.split('.p/')[1]) : 256
      const records = path.startsWith('tile/entries') ? (parseBundle(bytes, count) ?? []) : []
      for (let at = 0; at + 1 < records.length; at += 1) {
        const [one, two] = records.slice(at, at + 2) as [Buffer, Buffer]
        const elsewhere = records[random.integer(records.length)] ?? one
        const [before, after] = [records.slice(0, at), records.slice(at + 2)]
        for (const [what, forged] of [
          ['swapped', [...before, two, one, ...after]],
          ['doubled', [...before, one, one, two, ...after]],
          ['written over', [...before, one, one, ...after]],
          ['removed', [...before, two, ...after]],
          ['spliced', elsewhere === one ? [...before, ...after] : [...before, elsewhere, two, ...after]],
        ] as const) {
          const code = await codeOf(
            verifyLog(filesOf(changed(image, path, () => encodeBundle(forged))), { verifierKey, anchor }),
          )
          if (code !== 'AUDIT_CORRUPT') missed.push(`${path} ${what} at ${at}`)
        }
      }
    }
    expect(missed).toEqual([])
  },
  longestMilliseconds,
)
