import { execFileSync } from 'node:child_process'
import { createSecretKey, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { type FileHandle, open, truncate, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { layoutToSeal } from '../src/crypto/floe-layout.ts'
import { createSegmentSealer } from '../src/crypto/floe-segment.ts'
import { createFileSource, openFloeFile, openFloeReader, sealFloeFile } from '../src/crypto/index.ts'

// A file of 1 GiB sealed and opened, against Debian's age in the same run, in CPU time and in elapsed time; what memory that
// takes; and a read from the middle of 10 GiB.
const mebibyte = 1024 * 1024
const gibibyte = 1024 * mebibyte
const rounds = 5
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
  process.stdout.write(String(process.resourceUsage().maxRSS / 1024))
  process.exit()
}

const directory = mkdtempSync(join(tmpdir(), 'sealed-gibibyte-'))
const path = (name: string): string => join(directory, name)

interface Cost {
  /** Seconds. */
  readonly cpu: number
  readonly elapsed: number
}

const ours = async (work: () => Promise<void>): Promise<Cost> => {
  const begun = performance.now()
  const start = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(start)
  return { cpu: (user + system) / 1e6, elapsed: (performance.now() - begun) / 1e3 }
}

// bash's own clock, for the process and what it waits for.
const theirs = (command: string): Cost => {
  const script = `TIMEFORMAT='%R %U %S'; { time ${command}; } 2>&1`
  const output = execFileSync('bash', ['-c', script], { cwd: directory, encoding: 'utf8' })
  const [elapsed = Number.NaN, user = Number.NaN, system = Number.NaN] = output.trim().split(' ').map(Number)
  return { cpu: user + system, elapsed }
}

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

const writeRandom = async (name: string, mebibytes: number): Promise<void> => {
  const file = await open(path(name), 'w')
  for (let index = 0; index < mebibytes; index += 1) await file.write(randomBytes(mebibyte))
  await file.close()
}

const ageRecipient = (): string | undefined => {
  try {
    execFileSync('age-keygen', ['-o', path('identity')], { stdio: 'ignore' })
    return execFileSync('age-keygen', ['-y', path('identity')], { encoding: 'utf8' }).trim()
  } catch {
    return undefined
  }
}

const compare = async (): Promise<string[]> => {
  const recipient = ageRecipient()
  const pairs: [name: string, ours: () => Promise<void>, theirs: string][] = [
    [
      'seal, file to file',
      () => transform(sealFloeFile, path('plain'), path('floe')),
      `age -r ${recipient} -o age plain`,
    ],
    ['open, file to file', () => transform(openFloeFile, path('floe'), path('out')), 'age -d -i identity -o out age'],
    [
      'seal, file to /dev/null',
      () => transform(sealFloeFile, path('plain'), '/dev/null'),
      `age -r ${recipient} plain > /dev/null`,
    ],
    [
      'open, file to /dev/null',
      () => transform(openFloeFile, path('floe'), '/dev/null'),
      'age -d -i identity age > /dev/null',
    ],
  ]
  const costs = pairs.map(() => ({ ours: [] as Cost[], theirs: [] as Cost[] }))
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, [, work, command]] of pairs.entries()) {
      costs[index]?.ours.push(await ours(work))
      if (recipient !== undefined) costs[index]?.theirs.push(theirs(command))
    }
  }
  return pairs.map(([name], index) => {
    const of = (who: 'ours' | 'theirs', what: keyof Cost): number =>
      median(costs[index]?.[who].map((cost) => cost[what]) ?? [])
    const cells = (['cpu', 'elapsed'] as const).flatMap((what) => {
      const [own, rival] = [of('ours', what), of('theirs', what)]
      return [own.toFixed(2), rival.toFixed(2), (rival / own).toFixed(2)]
    })
    return `| ${[name, ...cells].join(' | ')} |`
  })
}

// The memory that 1 GiB takes more than 1 MiB, each in a process of its own.
const extraMemory = async (): Promise<number> => {
  await writeRandom('small', 1)
  const peak = (from: string): number => {
    const parameters = ['--import', 'tsx', '--conditions=@nootropic/source', fileURLToPath(import.meta.url), 'memory']
    return Number(execFileSync(process.execPath, [...parameters, path(from), path('floe')], { encoding: 'utf8' }))
  }
  return median([1, 2, 3].map(() => peak('plain') - peak('small')))
}

const realSegments = 64

/** A sealed file of 10 GiB with holes but for the segments that are read: those of the middle and the last. */
const writeTenGibibytes = async (file: FileHandle): Promise<number> => {
  const sealer = createSegmentSealer(key, options)
  const layout = layoutToSeal(10 * gibibyte, sealer.segmentLength)
  await truncate(path('large'), layout.sealedSize)
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

const randomReads = async (): Promise<{ first: number; each: number; worst: number }> => {
  const file = await open(path('large'), 'w+')
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

try {
  await writeRandom('plain', 1024)
  const comparison = await compare()
  await unlink(path('out'))
  const extra = await extraMemory()
  const { first, each, worst } = await randomReads()
  process.stdout.write(
    [
      '| 1 GiB, segments of 1 MiB | CPU seconds | of age | ratio | elapsed seconds | of age | ratio |',
      '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
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
  rmSync(directory, { recursive: true })
}
