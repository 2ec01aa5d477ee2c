import { execFileSync } from 'node:child_process'
import { closeSync, fstatSync, openSync, writeSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { median, peakMemory } from '../../../tools/bench/cost.ts'
import { runPickle } from '../src/scan/pickle/run-pickle.ts'
import { fileSource } from '../src/scan/source.ts'

// How fast the abstract machine runs a pickle, from a file in the page cache, and how much memory it takes. Beside it the
// figures that were published for picklescan 1.0 on a pickle of the same make: 201 MB, 2,000,005 opcodes, 2 cores.

const picklescan = { operationsPerSecond: 0.6e6, milliseconds: 3360, extraMemory: 550e6 }

/** Writes what `parts` gives to a file, 1000 at a time. */
const writePickle = (path: string, head: string, parts: Iterable<Buffer>, tail: string): void => {
  const descriptor = openSync(path, 'wx')
  let waiting: Buffer[] = [Buffer.from(head, 'latin1')]
  const flush = (): void => {
    writeSync(descriptor, Buffer.concat(waiting))
    waiting = []
  }
  for (const part of parts) {
    waiting.push(part)
    if (waiting.length >= 1000) flush()
  }
  waiting.push(Buffer.from(tail, 'latin1'))
  flush()
  closeSync(descriptor)
}

/** One long list of a million byte strings: what weights kept as rows look like. */
function* rows(): Generator<Buffer> {
  for (let index = 0; index < 1_000_000; index += 1) {
    const row = Buffer.alloc(200, index % 251)
    row[0] = 0x43
    row[1] = 197
    row[199] = 0x94
    yield row
  }
}

/** Dictionaries of numbers and texts: nothing but opcodes. */
function* records(): Generator<Buffer> {
  const record = Buffer.from(
    '}\x94(\x8c\x02id\x94K\x07\x8c\x04name\x94\x8c\x03abc\x94\x8c\x02xyK\x01K\x02\x86\x94u',
    'latin1',
  )
  for (let index = 0; index < 600_000; index += 1) yield record
}

const pickles: Readonly<Record<string, (path: string) => void>> = {
  '200 MB of byte strings': (path) => writePickle(path, '\x80\x04]\x94(', rows(), 'e.'),
  'dense opcodes': (path) => writePickle(path, '\x80\x04]\x94(', records(), 'e.'),
}

/** What one process measured. */
interface Measured {
  readonly operations: number
  readonly bytes: number
  readonly milliseconds: number
  /** The peak of resident memory above what the process had before. */
  readonly extraMemory: number
}

const measure = async (path: string): Promise<Measured> => {
  const descriptor = openSync(path, 'r')
  const bytes = fstatSync(descriptor).size
  const before = process.memoryUsage.rss()
  const start = performance.now()
  const { end, operations } = runPickle(fileSource(descriptor, bytes), 0)
  const milliseconds = performance.now() - start
  closeSync(descriptor)
  if (end.kind !== 'stop') throw new Error(`expected the pickle to be read to its end, found ${end.message}`)
  return { operations, bytes, milliseconds, extraMemory: peakMemory() - before }
}

const rounds = 5

const measureInFreshProcesses = (path: string): Measured => {
  const program = [...process.execArgv, fileURLToPath(import.meta.url), path]
  const each = Array.from(
    { length: rounds },
    (): Measured => JSON.parse(execFileSync(process.execPath, program, { encoding: 'utf8' })),
  )
  const of = (key: keyof Measured): number => median(each.map((measured) => measured[key]))
  return {
    operations: of('operations'),
    bytes: of('bytes'),
    milliseconds: of('milliseconds'),
    extraMemory: of('extraMemory'),
  }
}

const row = (name: string, { operations, bytes, milliseconds, extraMemory }: Measured): string => {
  const operationsPerSecond = (1000 * operations) / milliseconds
  const ratio = operationsPerSecond / picklescan.operationsPerSecond
  const cells = [
    name,
    `${(operationsPerSecond / 1e6).toFixed(1)} M op/s`,
    `**${ratio.toFixed(0)} ×**`,
    `${(bytes / 1000 / milliseconds).toFixed(0)} MB/s`,
    `${milliseconds.toFixed(0)} ms`,
    `${(extraMemory / 1e6).toFixed(0)} MB`,
  ]
  return `| ${cells.join(' | ')} |`
}

const compare = async (): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), 'nootropic-bench-'))
  try {
    const results = Object.entries(pickles).map(([name, write], index) => {
      const path = join(directory, `${index}.pkl`)
      write(path)
      return row(name, measureInFreshProcesses(path))
    })
    const { operationsPerSecond, milliseconds, extraMemory } = picklescan
    return [
      '| pickle, first run of a process | opcodes | against picklescan | bytes | time | peak extra memory |',
      '| --- | ---: | ---: | ---: | ---: | ---: |',
      ...results,
      `| picklescan 1.0 on 201 MB (published) | ${operationsPerSecond / 1e6} M op/s | 1 × | 60 MB/s | ${milliseconds} ms | ${extraMemory / 1e6} MB |`,
    ].join('\n')
  } finally {
    await rm(directory, { recursive: true })
  }
}

const [path] = process.argv.slice(2)
process.stdout.write(`${path === undefined ? await compare() : JSON.stringify(await measure(path))}\n`)
