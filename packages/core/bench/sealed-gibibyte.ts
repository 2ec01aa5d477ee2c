import { execFileSync } from 'node:child_process'
import { createSecretKey, randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Cost, costOf, costOfCommand, median, peakMemory } from '../../../tools/bench/cost.ts'
import { layoutToSeal } from '../src/crypto/floe-layout.ts'
import { createSegmentSealer } from '../src/crypto/floe-segment.ts'
import { createFileSource, openFloeFile, openFloeReader, sealFloeFile } from '../src/crypto/index.ts'

// A file of 1 GiB sealed and opened, against Debian's age in the same run, in CPU time and, in the rounds in which nobody
// else works, in elapsed time; what memory that takes; and a read from the middle of 10 GiB.
const mebibyte = 1024 * 1024
const gibibyte = 1024 * mebibyte
const rounds = 7
const key = createSecretKey(Buffer.alloc(32, 7))
const options = { associatedData: Buffer.from('digits 1.0.0') }

const transform = async (work: typeof openFloeFile, from: string, to: string): Promise<void> => {
  const [input, output] = [await open(from), await open(to, 'w')]
  await work(key, input, output, options)
  await Promise.all([input.close(), output.close()])
}

// Run by itself below: seals one file and says how much memory the process took at most.
const [, , child, childFrom, childTo] = process.argv
if (child === 'memory' && childFrom !== undefined && childTo !== undefined) {
  await transform(sealFloeFile, childFrom, childTo)
  await transform(openFloeFile, childTo, childFrom)
  process.stdout.write(String(peakMemory() / mebibyte))
  process.exit()
}

const writeRandom = async (path: string, mebibytes: number): Promise<void> => {
  const file = await open(path, 'w')
  for (let index = 0; index < mebibytes; index += 1) await file.write(randomBytes(mebibyte))
  await file.close()
}

interface Pair {
  readonly name: string
  readonly work: () => Promise<void>
  readonly command: string
  /** What the two wrote. */
  readonly results: readonly string[]
}

const pairsIn = (directory: string, place: string): Pair[] => {
  const path = (name: string): string => join(directory, name)
  execFileSync('age-keygen', ['-o', path('identity')], { stdio: 'ignore' })
  const recipient = execFileSync('age-keygen', ['-y', path('identity')], { encoding: 'utf8' }).trim()
  execFileSync('age', ['-r', recipient, '-o', path('age'), path('plain')])
  return [
    {
      name: `seal, ${place}`,
      work: () => transform(sealFloeFile, path('plain'), path('sealed')),
      command: `age -r ${recipient} -o age-sealed plain`,
      results: ['sealed', 'age-sealed'].map(path),
    },
    {
      name: `open, ${place}`,
      work: () => transform(openFloeFile, path('floe'), path('opened')),
      command: 'age -d -i identity -o age-opened age',
      results: ['opened', 'age-opened'].map(path),
    },
  ]
}

// What was written before is neither overwritten nor on its way to the disk while the next is measured.
const clean = (results: readonly string[]): void => {
  for (const result of results) rmSync(result, { force: true })
  execFileSync('sync')
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

const compare = async (directory: string, place: string): Promise<string[]> => {
  const pairs = pairsIn(directory, place).map((pair) => ({ ...pair, costs: [] as { own: Cost; age: Cost }[] }))
  clean([])
  for (let round = 0; round < rounds; round += 1) {
    for (const { work, command, results, costs } of pairs) {
      const own = await costOf(work)
      clean(results)
      costs.push({ own, age: costOfCommand(command, directory) })
      clean(results)
    }
  }
  return pairs.map(({ name, costs }) => {
    // Sealing takes more than one processor: how long that takes shows only where the others are idle.
    const calm = costs.filter(({ own, age }) => own.isUndisturbed && age.isUndisturbed)
    const cells = (kind: 'cpu' | 'elapsed', of: typeof costs): string[] => {
      const [own, age] = [median(of.map((cost) => cost.own[kind])), median(of.map((cost) => cost.age[kind]))]
      return of.length === 0 ? ['', '', 'others worked'] : [own.toFixed(2), age.toFixed(2), (age / own).toFixed(2)]
    }
    return row([name, ...cells('cpu', costs), ...cells('elapsed', calm), `${calm.length}`])
  })
}

// The memory that 1 GiB takes more than 1 MiB, each in a process of its own.
const extraMemory = async (directory: string): Promise<number> => {
  await writeRandom(join(directory, 'small'), 1)
  const peak = (from: string): number => {
    const parameters = ['--import', 'tsx', '--conditions=@nootropic/source', fileURLToPath(import.meta.url), 'memory']
    const paths = [from, 'sealed'].map((name) => join(directory, name))
    return Number(execFileSync(process.execPath, [...parameters, ...paths], { encoding: 'utf8' }))
  }
  return median([1, 2, 3].map(() => peak('plain') - peak('small')))
}

const realSegments = 64

/** A sealed file of 10 GiB with holes but for the segments that are read: those of the middle and the last. */
const writeTenGibibytes = async (file: FileHandle): Promise<number> => {
  const sealer = createSegmentSealer(key, options)
  const layout = layoutToSeal(10 * gibibyte, sealer.segmentLength)
  await file.truncate(layout.sealedSize)
  await file.write(sealer.header, 0, sealer.header.length, 0)
  const middle = Math.floor(layout.segments / 2)
  const content = randomBytes(sealer.contentLength)
  const target = Buffer.alloc(sealer.segmentLength)
  for (const index of [...Array.from({ length: realSegments }, (_, at) => middle + at), layout.segments - 1]) {
    const place = layout.segment(index)
    const length = place.content.end - place.content.start
    const sealed = sealer.seal(index, place.isFinal, [content.subarray(0, length)], target)
    await file.write(sealed, 0, sealed.length, place.sealed.start)
  }
  return layout.segment(middle).content.start
}

const randomReads = async (directory: string): Promise<{ first: number; each: number; worst: number }> => {
  const file = await open(join(directory, 'large'), 'w+')
  const middle = await writeTenGibibytes(file)
  const elapsed = async (work: () => Promise<unknown>): Promise<number> => {
    const begun = performance.now()
    await work()
    return performance.now() - begun
  }
  const source = await createFileSource(file)
  const first = await elapsed(async () => (await openFloeReader(key, source, options)).read(middle, 64 * 1024))
  const reader = await openFloeReader(key, source, options)
  const reads: number[] = []
  for (let index = 0; index < 500; index += 1) {
    // Another segment each time, so that none is at hand.
    const offset = middle + ((index * 37) % realSegments) * (mebibyte - 32) + ((index * 7919) % 900_000)
    reads.push(await elapsed(() => reader.read(offset, 64 * 1024)))
  }
  reader.close()
  await file.close()
  return { first, each: median(reads), worst: Math.max(...reads) }
}

const hasRoom = (directory: string): boolean => {
  const { bavail, bsize } = statfsSync(directory)
  return bavail * bsize > 8 * gibibyte
}

// Where files are in memory nobody waits for a disk.
const memory = '/dev/shm'
const places = [
  { place: 'on disk', parent: tmpdir() },
  ...(existsSync(memory) && hasRoom(memory) ? [{ place: 'in memory', parent: memory }] : []),
]

const directories: string[] = []
try {
  const comparison: string[] = []
  for (const { place, parent } of places) {
    const directory = mkdtempSync(join(parent, 'sealed-gibibyte-'))
    directories.push(directory)
    await writeRandom(join(directory, 'plain'), 1024)
    await transform(sealFloeFile, join(directory, 'plain'), join(directory, 'floe'))
    comparison.push(...(await compare(directory, place)))
  }
  const [directory = ''] = directories
  const extra = await extraMemory(directory)
  const { first, each, worst } = await randomReads(directory)
  process.stdout.write(
    [
      row([
        '1 GiB, segments of 1 MiB',
        'CPU seconds',
        'of age',
        'ratio',
        'elapsed seconds',
        'of age',
        'ratio',
        'rounds',
      ]),
      '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
      ...comparison,
      '',
      '| | |',
      '| --- | ---: |',
      `| memory that sealing and opening 1 GiB takes more than 1 MiB | ${extra.toFixed(1)} MiB |`,
      `| 64 KiB from the middle of 10 GiB, median of 500 | ${each.toFixed(2)} ms |`,
      `| the slowest of them | ${worst.toFixed(2)} ms |`,
      `| the first, opening included | ${first.toFixed(2)} ms |`,
      '',
    ].join('\n'),
  )
} finally {
  for (const directory of directories) rmSync(directory, { recursive: true })
}
