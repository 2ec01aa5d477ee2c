import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { defaultSandboxLimits } from '../../src/sandbox/limits.ts'
import { openSandboxSession } from '../../src/sandbox/session.ts'
import { startWorker, type WorkerProcess } from '../../src/sandbox/worker-process.ts'
import { frameTypes } from '../../src/worker/protocol.ts'
import { failureOf } from '../failure.ts'
import { additionModel } from '../models.ts'

const directory = mkdtempSync(join(tmpdir(), 'nootropic-hostile-'))
afterAll(() => rmSync(directory, { recursive: true }))

const isolation = { level: 'none', layers: {} } as never
const files = { node: process.execPath, program: '', libraries: [], packages: [] }

let count = 0
/** A worker that answers each request with what `answer(requestId)` makes of it. */
const hostile = (body: string): WorkerProcess => {
  count += 1
  const program = join(directory, `${count}.mjs`)
  writeFileSync(
    program,
    `
    import { readSync, writeSync } from 'node:fs'
    const read = (length) => {
      const bytes = Buffer.alloc(length)
      for (let offset = 0; offset < length; ) {
        const count = readSync(0, bytes, offset, length - offset, null)
        if (count === 0) process.exit(0)
        offset += count
      }
      return bytes
    }
    const frame = (type, id, head, payload = Buffer.alloc(0), lengths = {}) => {
      const text = Buffer.from(typeof head === 'string' ? head : JSON.stringify(head))
      const header = Buffer.alloc(16)
      header.writeUInt32LE(lengths.payload ?? payload.length, 0)
      header.writeUInt32LE(type, 4)
      header.writeUInt32LE(id, 8)
      header.writeUInt32LE(lengths.head ?? text.length, 12)
      return Buffer.concat([header, text, payload])
    }
    const send = (bytes) => { for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at) }
    const output = (name, type, dims, byteLength) => ({ tensors: [{ name, type, dims, byteLength }] })
    const loaded = { inputs: [], outputs: [{ name: 'y', type: 'float32', dims: ['n'] }] }
    for (let turn = 0; ; turn += 1) {
      const header = read(16)
      read(header.readUInt32LE(12) + header.readUInt32LE(0))
      const id = header.readUInt32LE(8)
      if (header.readUInt32LE(4) === ${frameTypes.load} && turn === 0 && ${body.includes('/* load */') ? 'false' : 'true'}) {
        send(frame(16, id, loaded))
        continue
      }
      ${body}
    }
  `,
  )
  return startWorker(
    { name: 'hostile', claims: {}, command: () => [process.execPath, program], environment: {} },
    files,
  )
}

const open = (body: string) =>
  openSandboxSession(
    {
      lendModel: (use) => use({ main: additionModel() }),
      threads: 1,
      limits: { ...defaultSandboxLimits, outputBytes: 1000, startMs: 5000 },
      startWorker: async () => ({ process: hostile(body), isolation }),
    },
    undefined,
  )

const answers: Record<string, string> = {
  'a payload beyond the limit': `send(frame(16, id, output('y', 'float32', [1], 4), Buffer.alloc(4), { payload: 0xffffffff }))`,
  'a head beyond the limit': `send(frame(16, id, '{}', Buffer.alloc(0), { head: 0xffffffff }))`,
  'a head that is no JSON': `send(frame(16, id, '{"tensors": ['))`,
  'a head that is no UTF-8': `send(frame(16, id, '').fill(0) && Buffer.concat([Buffer.from([0,0,0,0,16,0,0,0,id,0,0,0,2,0,0,0]), Buffer.from([0xff, 0xfe])]))`,
  'a head of another shape': `send(frame(16, id, { tensors: 'all' }))`,
  'a frame of an unknown type': `send(frame(3, id, {}))`,
  'the answer to another request': `send(frame(16, id + 1, {}))`,
  'two answers to one request': `send(Buffer.concat([frame(16, id, output('z', 'float32', [0], 0)), frame(16, id, {})]))`,
  'an output that the model does not have': `send(frame(16, id, output('z', 'float32', [1], 4), Buffer.alloc(4)))`,
  'an output of another type': `send(frame(16, id, output('y', 'int32', [1], 4), Buffer.alloc(4)))`,
  'dims that are larger than the bytes': `send(frame(16, id, output('y', 'float32', [250], 4), Buffer.alloc(4)))`,
  'dims that are no numbers': `send(frame(16, id, output('y', 'float32', [-1], 4), Buffer.alloc(4)))`,
  'bytes that belong to no tensor': `send(frame(16, id, output('y', 'float32', [1], 4), Buffer.alloc(8)))`,
  'half a frame, and the end': `send(frame(16, id, output('y', 'float32', [1], 4), Buffer.alloc(4)).subarray(0, 20)); process.exit(0)`,
  'a crash': `process.abort()`,
}

for (const [what, body] of Object.entries(answers)) {
  test(`${what} ends the worker and the run in a typed error`, async () => {
    const session = await open(body)
    expect((await failureOf(session.run({}))).code).toBe('WORKER_FAILED')
    await session.close()
  })
}

test('a worker may blame only the model or the input', async () => {
  const session = await open(
    `send(frame(17, id, { code: 'ACCESS_DENIED', message: 'ask\\nsomebody\\u001b[31m else' }))`,
  )
  const error = await failureOf(session.run({}))
  expect([error.code, error.message]).toEqual(['WORKER_FAILED', 'ask somebody [31m else'])
  await session.close()
})

test('a worker that describes the model against the protocol is not opened', async () => {
  const bodies = ['{ inputs: 1, outputs: [] }', '{ inputs: [], outputs: [], more: 1 }', `'['`]
  for (const head of bodies) {
    expect((await failureOf(open(`/* load */ send(frame(16, id, ${head}))`))).code).toBe('WORKER_FAILED')
  }
})

test('a worker that speaks before it is asked is ended', async () => {
  const worker = hostile(`/* load */`)
  const early = hostile(`send(frame(16, id, {})); send(frame(16, id + 1, {}))`)
  await early.request(frameTypes.run, {}, [], 0).catch(() => {})
  await early.request(frameTypes.run, {}, [], 0).catch(() => {})
  await failureOf(early.request(frameTypes.run, {}, [], 0))
  expect(early.isAlive).toBe(false)
  await Promise.all([worker.kill(), early.kill()])
})

test('what a worker writes to standard error is capped, and goes on no record', async () => {
  const session = await open(`
    const noise = Buffer.alloc(65536, 'x')
    for (let part = 0; part < 64; part += 1) writeSync(2, noise)
    process.exit(3)
  `)
  const error = await failureOf(session.run({}))
  expect(error.message).toBe('the worker ended (exit code 3)')
  expect(String(error.details.stderr).length).toBeLessThanOrEqual(4096)
  await session.close()
})

test('a copy of a worker that holds its pipes does not hold up the host', async () => {
  const session = await open(`
    const { spawn } = await import('node:child_process')
    spawn(process.execPath, ['-e', 'setTimeout(() => {}, 8000)'], { stdio: 'inherit', detached: true })
    send(frame(16, id, output('y', 'float32', [1], 4), Buffer.alloc(4)))
  `)
  await session.run({})
  const startedMs = performance.now()
  await session.close()
  expect(performance.now() - startedMs).toBeLessThan(4000)
})
