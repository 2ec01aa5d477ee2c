import { createSeededRandom } from '@nootropic/core'
import { expect, test } from 'vitest'
import { encodeBundle, parseBundle } from '../src/audit/bundle.ts'
import { parseFrame } from '../src/audit/frame.ts'
import { hashLength } from '../src/audit/merkle.ts'
import { tileWidth } from '../src/audit/tile-layout.ts'
import { createTileTree, type TileTree } from '../src/audit/tile-tree.ts'
import { verifyLog } from '../src/audit/verify-log.ts'
import { codeOf, filesOf, flipped, imageOf, newDirectory, verifierKey, writeLog } from './support/audit.ts'

const longestMilliseconds = 20 * 60_000

// A verification of the whole log reads the same files before a changed one each time, and accepts them: that is judged once
// for all, and begins anew for one in so many changes.
const wholeEvery = 97

const checkpointByte = 0x43

interface Parts {
  readonly path: string
  readonly parts: readonly Buffer[]
  readonly join: (parts: readonly Buffer[]) => Buffer
}

/** The entries of a bundle, or the frames of a journal, and how they are put together again. */
const partsOf = ([path, bytes]: [string, Buffer]): Parts => {
  if (path.startsWith('tile/entries')) {
    const parts = parseBundle(bytes, path.includes('.p/') ? Number(path.split('.p/')[1]) : tileWidth) ?? []
    return { path, parts, join: encodeBundle }
  }
  const parts: Buffer[] = []
  for (let at = 0; path.startsWith('journal/') && at < bytes.length; ) {
    const frame = parseFrame(bytes, at)
    if (!('end' in frame)) break
    parts.push(bytes.subarray(at, frame.end))
    at = frame.end
  }
  return { path, parts, join: Buffer.concat }
}

/** A log of 1,000 entries, 900 of them in tiles and 100 in the journal, and a verification of what is made of it. */
const makeLog = async () => {
  const directory = newDirectory()
  await (await writeLog(directory, [1, 499, 400])).close()
  const log = await writeLog(directory, [1, 60, 39])
  const image = imageOf(directory)
  const anchor = log.checkpoint()
  await log.close()
  const roots = image.get('tile/1/000.p/3') ?? Buffer.alloc(0)
  /** The tree of the full bundles before the one that a file belongs to. They are read before it, so they are the same. */
  const before = (path: string): TileTree => {
    const [, bundle = '3'] = /^tile\/(?:entries|0)\/00([012])$/.exec(path) ?? []
    const count = path === 'checkpoint' ? 0 : Number(bundle)
    return createTileTree({ size: count * tileWidth, edges: [undefined, roots.subarray(0, count * hashLength)] })
  }
  let judged = 0
  /** What a verification says of the log with another file in the place of one: of some, it reads the whole log. */
  const judge = (path: string, bytes: Buffer): Promise<string> => {
    judged += 1
    const files = filesOf(new Map(image).set(path, bytes))
    const options = { verifierKey, anchor }
    return codeOf(verifyLog(files, judged % wholeEvery === 0 ? options : { ...options, verified: before(path) }))
  }
  for (const [path, bytes] of image) expect(await judge(path, bytes)).toBe('accepted')
  expect(await codeOf(verifyLog(filesOf(image), { verifierKey, anchor }))).toBe('accepted')
  return { image, judge }
}

test(
  'every flip of a byte of a log of 1,000 entries is detected, given an anchor',
  async () => {
    const { image, judge } = await makeLog()
    const missed: string[] = []
    let judged = 0
    for (const [path, bytes] of image) {
      for (let at = 0; at < bytes.length; at += 1) {
        if ((await judge(path, flipped(Buffer.from(bytes), at, 1 << (at % 8)))) !== 'AUDIT_CORRUPT') {
          missed.push(`${path} flipped at ${at}`)
        }
        judged += 1
      }
    }
    expect(missed).toEqual([])
    expect(judged).toBeGreaterThan(150_000)
  },
  longestMilliseconds,
)

test(
  'every truncation of a file of a log of 1,000 entries is detected, given an anchor',
  async () => {
    const { image, judge } = await makeLog()
    const missed: string[] = []
    for (const [path, bytes] of image) {
      for (let size = 0; size < bytes.length; size += 1) {
        if ((await judge(path, bytes.subarray(0, size))) !== 'AUDIT_CORRUPT') missed.push(`${path} cut at ${size}`)
      }
    }
    expect(missed).toEqual([])
  },
  longestMilliseconds,
)

test(
  'every swap of neighbours, duplicate, removal and splice of entries in the bundles and the journal is detected',
  async () => {
    const { image, judge } = await makeLog()
    const random = createSeededRandom(1)
    const missed: string[] = []
    let judged = 0
    for (const { path, parts, join } of [...image].map(partsOf)) {
      for (let at = 0; at + 1 < parts.length; at += 1) {
        const [one, two] = parts.slice(at, at + 2) as [Buffer, Buffer]
        const elsewhere = parts[random.integer(parts.length)] ?? one
        const [before, after] = [parts.slice(0, at), parts.slice(at + 2)]
        for (const [what, forged] of [
          ['swapped', [...before, two, one, ...after]],
          ['doubled', [...before, one, one, two, ...after]],
          ['written over', [...before, one, one, ...after]],
          ['removed', [...before, two, ...after]],
          ['spliced', elsewhere === one ? [...before, ...after] : [...before, elsewhere, two, ...after]],
        ] as const) {
          // A checkpoint between commits may go: nothing goes with it, for the next one covers what it covered.
          if (what === 'removed' && at > 0 && path.startsWith('journal/') && one[0] === checkpointByte) continue
          if ((await judge(path, join(forged))) !== 'AUDIT_CORRUPT') missed.push(`${path} ${what} at ${at}`)
          judged += 1
        }
      }
    }
    expect(missed).toEqual([])
    expect(judged).toBeGreaterThan(4900)
  },
  longestMilliseconds,
)
