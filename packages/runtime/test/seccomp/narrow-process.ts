// Loads models, narrows itself, and does what a worker does, and what a hostile model would: FOLDER. Says what came of it
// in JSON on standard output; ends when standard input does.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { openSync, readdirSync, readFileSync, readSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { InferenceSession, ModelBytes } from '@nootropic/core'
import { createInProcessSessions } from '@nootropic/core/inference'
import { narrow } from '../../src/worker/narrow.ts'

const folder = process.argv[2] as string
const names = ['product', 'echo', 'expansion', 'counting', 'external', 'weights']
const bytes = Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name))]))
const load = (name: string, externalData?: ModelBytes['externalData']): Promise<InferenceSession> =>
  createInProcessSessions().open(
    { main: bytes[name] as Uint8Array, ...(externalData === undefined ? {} : { externalData }) },
    { threads: 2 },
  )
const product = await load('product')

const columns = 256
const rows = Float32Array.from({ length: 64 * columns }, (_, index) => Math.sin(index))
const infer = async (): Promise<string> => {
  const { products } = await product.run({ rows: { type: 'float32', dims: [64, columns], data: rows } })
  return createHash('sha256')
    .update(products?.data as Float32Array)
    .digest('hex')
}
const codeOf = async (attempt: () => unknown): Promise<string> => {
  try {
    await attempt()
    return 'done'
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'failed'
  }
}
const before = await infer()
// The pool of libuv has its threads before: what binds them is the filter's way to all threads.
await open('/dev/null').then((file) => file.close())
const narrowing = narrow()

// A model may also be loaded now: parsing what nobody trusts takes no more than answering does.
const echo = await load('echo')
const expansion = await load('expansion')
const counting = await load('counting')
const external = await load('external', [{ path: 'right.bin', data: bytes.weights as Uint8Array }])
const stolen = await codeOf(() => load('external'))

const expand = async (count: bigint): Promise<number> => {
  const { expanded } = await expansion.run({
    value: { type: 'float32', dims: [1], data: Float32Array.of(7) },
    shape: { type: 'int64', dims: [1], data: BigInt64Array.of(count) },
  })
  return expanded?.data.length ?? 0
}

const inferences = new Set<string>()
for (let run = 0; run < 20; run++) inferences.add(await infer())
const texts = await echo.run({
  float32: { type: 'float32', dims: [0], data: new Float32Array(0) },
  float16: { type: 'float16', dims: [0], data: new Uint16Array(0) },
  int64: { type: 'int64', dims: [1], data: BigInt64Array.of(-1n) },
  bool: { type: 'bool', dims: [1], data: Uint8Array.of(1) },
  string: { type: 'string', dims: [2], data: ['é', ''] },
})
const { sum } = await external.run({ left: { type: 'float32', dims: [2], data: Float32Array.of(1, 2) } })
const sizes = []
for (const count of [1_000n, 1_000_000n, 20_000_000n]) sizes.push(await expand(count))
const bomb = await codeOf(() => expand(1n << 44n))
await counting.run({ trips: { type: 'int64', dims: [1], data: BigInt64Array.of(1000n) } })

// V8 writes code, collects, grows and throws; timers go off.
const compiled = new Function('n', 'let s = 0; for (let i = 0; i < n; i++) s += i % 7; return s')(1_000_000)
const kept = Array.from({ length: 50_000 }, (_, index) => ({ index, text: `${index}`.repeat(20) }))
await new Promise((resolve) => setTimeout(resolve, 5))
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)

const report = {
  narrowing,
  inferences: [...inferences].map((digest) => (digest === before ? 'same' : 'other')),
  texts: texts['string-out']?.data,
  sum: [...(sum?.data ?? [])],
  stolen,
  sizes,
  bomb,
  compiled,
  kept: kept.length,
  refused: {
    open: await codeOf(() => openSync('/dev/null', 'r')),
    openOnAnotherThread: await codeOf(() => open('/dev/null')),
    write: await codeOf(() => writeFileSync(join(folder, 'written'), '')),
    list: await codeOf(() => readdirSync('/')),
    ask: await codeOf(() => statSync('/')),
    program: (spawnSync(process.execPath, ['--version']).error as NodeJS.ErrnoException | undefined)?.code ?? 'done',
    again: await codeOf(narrow),
  },
}
writeSync(1, `${JSON.stringify(report)}\n`)
readSync(0, Buffer.alloc(1))
process.exit(0)
