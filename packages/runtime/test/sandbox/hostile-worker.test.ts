import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { defaultSandboxLimits } from '../../src/sandbox/limits.ts'
import { loadWorker } from '../../src/sandbox/loaded-worker.ts'
import { createMailboxes } from '../../src/sandbox/mailboxes.ts'
import { startWorker, type WorkerProcess } from '../../src/sandbox/worker-process.ts'
import { frameTypes } from '../../src/worker/protocol.ts'
import { loadSharedMemory } from '../../src/worker/shared-memory.ts'
import { failureOf } from '../failure.ts'
import { additionModel } from '../models.ts'

const directory = mkdtempSync(join(tmpdir(), 'nootropic-hostile-'))
afterAll(() => rmSync(directory, { recursive: true }))

const isolation = { level: 'none', layers: {} } as never
const files = { node: process.execPath, program: '', libraries: [], packages: [] }
const limits = { ...defaultSandboxLimits, outputBytes: 1_000_000 }

const memory = loadSharedMemory()
/** What mailboxes are made of. */
const hosts = {
  memory: { memory, directory: '/dev/shm' },
  file: { memory: undefined, directory: '/dev/shm' },
  nothing: { memory: undefined, directory: join(directory, 'missing') },
}
type Kind = keyof typeof hosts

let count = 0
/** A worker that does `body` for each run; the requests before, it answers as it should unless the body names them. */
const hostile = (body: string, kind: Kind = 'memory'): WorkerProcess => {
  count += 1
  const program = join(directory, `${count}.mjs`)
  writeFileSync(
    program,
    `
    import { ftruncateSync, readSync, writeSync } from 'node:fs'
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
    const output = (name, type, dims, byteLength, mailbox) => ({ tensors: [{ name, type, dims, byteLength }], mailbox })
    const signature = { inputs: [], outputs: [{ name: 'y', type: 'float32', dims: ['n'] }] }
    const loaded = { signature, mailbox: 'mapped' }
    const narrowed = { isNarrowed: true, how: '', probe: '' }
    for (let turn = 0; ; turn += 1) {
      const header = read(16)
      read(header.readUInt32LE(12))
      const sent = read(header.readUInt32LE(0)).subarray(4).toString()
      const id = header.readUInt32LE(8)
      const type = header.readUInt32LE(4)
      if (type === ${frameTypes.narrow} && !${body.includes('/* narrow */')}) {
        send(frame(16, id, narrowed))
        continue
      }
      if (type === ${frameTypes.load} && !${body.includes('/* load */')}) {
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
    { limits, mailboxes: createMailboxes(limits, hosts[kind]) },
  )
}

const never = new AbortController().signal

const open = (body: string, kind?: Kind) => {
  const process = hostile(body, kind)
  return loadWorker(
    {
      lendModel: (use) => use({ main: additionModel() }),
      threads: 1,
      limits,
      startWorker: async () => ({ process, isolation, proveServing: async () => isolation }),
    },
    never,
  )
}

const broke = 'broke the protocol'
const died = 'died of the run'

const sha256 = (data: Float32Array): string => createHash('sha256').update(new Uint8Array(data.buffer)).digest('hex')

const answers: Record<string, readonly [body: string, cause: string]> = {
  'a payload beyond the limit': [
    `send(frame(16, id, output('y', 'float32', [1], 4), Buffer.alloc(4), { payload: 0xffffffff }))`,
    broke,
  ],
  'a head beyond the limit': [`send(frame(16, id, '{}', Buffer.alloc(0), { head: 0xffffffff }))`, broke],
  'a head that is no JSON': [`send(frame(16, id, '{"tensors": ['))`, broke],
  'a head that is no UTF-8': [
    `send(Buffer.concat([Buffer.from([0,0,0,0,16,0,0,0,id,0,0,0,2,0,0,0]), Buffer.from([0xff, 0xfe])]))`,
    broke,
  ],
  'a head of another shape': [`send(frame(16, id, { tensors: 'all' }))`, broke],
  'a head with more than it should have': [`send(frame(16, id, { tensors: [], more: 1 }))`, broke],
  'a frame of an unknown type': [`send(frame(3, id, {}))`, broke],
  'the answer to another request': [`send(frame(16, id + 1, {}))`, broke],
  'an answer before the last one': [`send(frame(16, id - 1, output('y', 'float32', [0], 0)))`, broke],
  'two answers to one request': [
    `send(Buffer.concat([frame(16, id, output('z', 'float32', [0], 0)), frame(16, id, {})]))`,
    broke,
  ],
  'an output that the model does not have': [
    `send(frame(16, id, output('z', 'float32', [1], 4), Buffer.alloc(4)))`,
    broke,
  ],
  'an output twice': [
    `const { tensors } = output('y', 'float32', [1], 4)
     send(frame(16, id, { tensors: [...tensors, ...tensors] }, Buffer.alloc(8)))`,
    broke,
  ],
  'an output of another type': [`send(frame(16, id, output('y', 'int32', [1], 4), Buffer.alloc(4)))`, broke],
  'dims that are larger than the bytes': [
    `send(frame(16, id, output('y', 'float32', [250], 4), Buffer.alloc(4)))`,
    broke,
  ],
  'dims that are no numbers': [`send(frame(16, id, output('y', 'float32', [-1], 4), Buffer.alloc(4)))`, broke],
  'bytes that belong to no tensor': [`send(frame(16, id, output('y', 'float32', [1], 4), Buffer.alloc(8)))`, broke],
  'half a frame, and the end': [
    `send(frame(16, id, output('y', 'float32', [1], 4), Buffer.alloc(4)).subarray(0, 20)); process.exit(0)`,
    died,
  ],
  'a crash': [`process.abort()`, died],
  'an exit': [`process.exit(3)`, died],
  'a signal of a fault': [`process.kill(process.pid, 'SIGSEGV')`, died],
  'the signal of a refused system call': [`process.kill(process.pid, 'SIGSYS')`, died],
  'a kill': [`process.kill(process.pid, 'SIGKILL')`, 'killed from outside'],
}

for (const [what, [body, cause]] of Object.entries(answers)) {
  test(`${what} ends the worker and the run in a typed error that says why`, async () => {
    const worker = await open(body)
    const error = await failureOf(worker.run({}, never))
    expect([error.code, error.details.cause]).toEqual(['WORKER_FAILED', cause])
    expect(worker.isAlive).toBe(false)
    await worker.kill()
  })
}

const mailboxLies: Record<string, string> = {
  'more bytes than the mailbox has': `output('y', 'float32', [2 ** 40], 2 ** 42, 2 ** 42)`,
  'more bytes than outputs may have': `output('y', 'float32', [250_001], 1_000_004, 1_000_004)`,
  'bytes that belong to no tensor': `output('y', 'float32', [1], 4, 1024)`,
  'fewer bytes than the tensors': `output('y', 'float32', [250_000], 1_000_000, 4)`,
  'dims that are larger than the bytes': `output('y', 'float32', [250_000], 4, 4)`,
  'dims beyond all numbers': `output('y', 'float32', [2 ** 53, 2 ** 53], 4, 4)`,
  'a length that is no number': `output('y', 'float32', [1], 4, -4)`,
  'a length that is no whole number': `output('y', 'float32', [1], 4, 0.5)`,
}

for (const kind of ['memory', 'file'] as const) {
  for (const [what, head] of Object.entries(mailboxLies)) {
    test(`${what} in a mailbox (${kind}) ends the worker and the run in a typed error`, async () => {
      const worker = await open(`send(frame(16, id, ${head}))`, kind)
      const error = await failureOf(worker.run({}, never))
      expect([error.code, error.details.cause]).toEqual(['WORKER_FAILED', broke])
      await worker.kill()
    })
  }

  test(`a worker that cuts its mailbox (${kind}) short does not end its host`, async () => {
    const worker = await open(
      `try { ftruncateSync(5, 0) } catch (error) { send(frame(17, id, { code: error.code === 'EPERM' ? 'LIMIT_EXCEEDED' : 'INPUT_INVALID', message: '' })); continue }
       send(frame(16, id, output('y', 'float32', [250_000], 1_000_000, 1_000_000)))`,
      kind,
    )
    const error = await failureOf(worker.run({}, never))
    // Sealed memory is not cut; of a file that is, less is read than was promised.
    if (memory !== undefined && kind === 'memory') expect(error.code).toBe('LIMIT_EXCEEDED')
    else expect(error.details.cause).toBe(broke)
    await worker.kill()
  })

  test(`what a worker changes in its mailbox (${kind}) after its answer changes nothing that was received`, async () => {
    const worker = await open(
      `if (turn > 2) { send(frame(17, id, { code: 'INPUT_INVALID', message: '' })); continue }
       const ones = Buffer.alloc(1_000_000, 1)
       writeSync(5, ones, 0, ones.length, 0)
       send(frame(16, id, output('y', 'float32', [250_000], 1_000_000, 1_000_000)))
       for (let value = 2; value < 40; value += 1) writeSync(5, ones.fill(value), 0, ones.length, 0)`,
      kind,
    )
    const { y } = await worker.run({}, never)
    const received = sha256(y?.data as Float32Array)
    // Until it has changed everything, and for good.
    expect((await failureOf(worker.run({}, never))).code).toBe('INPUT_INVALID')
    expect(sha256(y?.data as Float32Array)).toBe(received)
    await worker.kill()
    expect(sha256(y?.data as Float32Array)).toBe(received)
  })

  test(`a worker cannot write where its host writes (${kind})`, async () => {
    const worker = await open(
      `let code = 'INPUT_INVALID'
       try { writeSync(4, 'x') } catch (error) { if (error.code === 'EBADF') code = 'LIMIT_EXCEEDED' }
       send(frame(17, id, { code, message: '' }))`,
      kind,
    )
    expect((await failureOf(worker.run({}, never))).code).toBe('LIMIT_EXCEEDED')
    await worker.kill()
  })
}

test('a worker that was offered no mailbox cannot answer by one', async () => {
  const worker = await open(`send(frame(16, id, output('y', 'float32', [1], 4, 4)))`, 'nothing')
  expect((await failureOf(worker.run({}, never))).details.cause).toBe(broke)
  await worker.kill()
})

test('a worker may blame only the model or the input', async () => {
  const worker = await open(`send(frame(17, id, { code: 'ACCESS_DENIED', message: 'ask\\nsomebody\\u001b[31m else' }))`)
  const error = await failureOf(worker.run({}, never))
  expect([error.code, error.details.cause]).toEqual(['WORKER_FAILED', broke])
  expect(worker.isAlive).toBe(false)
})

const sentText = 'alice@example.com DE89370400440532013000'
const feedsOfText = { prompt: { type: 'string' as const, dims: [1], data: [sentText] } }
const sayings: Record<string, string> = {
  'the input': `send(frame(17, id, { code: 'INPUT_INVALID', message: sent }))`,
  'a limit': `send(frame(17, id, { code: 'LIMIT_EXCEEDED', message: sent }))`,
  memory: `send(frame(17, id, { code: 'LIMIT_EXCEEDED', message: sent, isOutOfMemory: true }))`,
  'the model': `send(frame(17, id, { code: 'MODEL_MALFORMED', message: sent }))`,
  'nobody known': `send(frame(17, id, { code: sent, message: sent }))`,
  'nobody, by its standard error': `writeSync(2, sent); process.exit(3)`,
  'nobody, by a head that is no JSON': `send(frame(16, id, sent))`,
  'nobody, by the name of an output': `send(frame(16, id, output(sent, 'float32', [1], 4), Buffer.alloc(4)))`,
  'nobody, by a shape': `send(frame(16, id, output('y', 'float32', [93704], 89370400), Buffer.alloc(4)))`,
}

for (const [what, body] of Object.entries(sayings)) {
  test(`what a worker was sent does not come out in the error when it blames ${what}`, async () => {
    const worker = await open(body)
    const error = await failureOf(worker.run(feedsOfText, never))
    const told = JSON.stringify([error.message, error.details, String(error.cause)])
    for (const piece of ['alice', 'example', 'DE89', '93704', '893704']) expect(told).not.toContain(piece)
    await worker.kill()
  })
}

test('what a worker says of a model that it was sent no inputs for is told', async () => {
  const words = 'no operator Foo in domain bar'
  const body = `/* load */ send(frame(17, id, { code: 'MODEL_MALFORMED', message: '${words}' }))`
  const error = await failureOf(open(body))
  expect([error.code, error.message]).toEqual(['MODEL_MALFORMED', words])
})

// Each is a few bytes to send, and was work for the host by the product of their numbers, or memory by many times their bytes.
const manyOutputs = `const outputs = Array.from({ length: 20_000 }, (_, i) => ({ name: String(i), type: 'bool', dims: [] }))`
const floods: Record<string, string> = {
  'one output as often as its names allow': `if (type === 2) { ${manyOutputs}; send(frame(16, id, { signature: { inputs: [], outputs }, mailbox: 'none' })); continue }
    const heads = Array.from({ length: 17_000 }, () => ({ name: '19999', type: 'bool', dims: [], byteLength: 1 }))
    send(frame(16, id, { tensors: heads }, Buffer.alloc(17_000)))`,
  'more outputs than it has': `const heads = Array.from({ length: 17_000 }, () => ({ name: 'y', type: 'float32', dims: [1], byteLength: 4 }))
    if (type === 2) { send(frame(16, id, loaded)); continue }
    send(frame(16, id, { tensors: heads }, Buffer.alloc(68_000)))`,
  'more texts than anybody decodes': `const outputs = [{ name: 'y', type: 'string', dims: ['n'] }]
    if (type === 2) { send(frame(16, id, { signature: { inputs: [], outputs }, mailbox: 'none' })); continue }
    send(frame(16, id, output('y', 'string', [65_537], 4 * 65_537), Buffer.alloc(4 * 65_537)))`,
  'texts of a shape that is no number': `const outputs = [{ name: 'y', type: 'string', dims: ['n'] }]
    if (type === 2) { send(frame(16, id, { signature: { inputs: [], outputs }, mailbox: 'none' })); continue }
    send(frame(16, id, output('y', 'string', [...Array(30).fill(2 ** 53 - 1), 0], 0)))`,
  'texts that take more memory than outputs may': `const outputs = [{ name: 'y', type: 'string', dims: ['n'] }]
    if (type === 2) { send(frame(16, id, { signature: { inputs: [], outputs }, mailbox: 'none' })); continue }
    send(frame(16, id, output('y', 'string', [60_000], 4 * 60_000), Buffer.alloc(4 * 60_000)))`,
}

for (const [what, body] of Object.entries(floods)) {
  test(`a worker that answers ${what} is ended`, async () => {
    const worker = await open(`/* load */ ${body}`)
    const error = await failureOf(worker.run({}, never))
    expect([error.code, error.details.cause]).toEqual(['WORKER_FAILED', broke])
    await worker.kill()
  })
}

test('a worker that blames the input serves on', async () => {
  const worker = await open(`send(frame(17, id, { code: 'INPUT_INVALID', message: 'no' }))`)
  for (const _ of [1, 2]) expect((await failureOf(worker.run({}, never))).code).toBe('INPUT_INVALID')
  expect(worker.isAlive).toBe(true)
  await worker.kill()
})

test('a worker that describes the model against the protocol is not opened', async () => {
  const bodies = [
    '{ ...loaded, signature: { inputs: 1, outputs: [] } }',
    '{ ...loaded, more: 1 }',
    `{ ...loaded, mailbox: 'all of it' }`,
    `'['`,
  ]
  for (const head of bodies) {
    const error = await failureOf(open(`/* load */ send(frame(16, id, ${head}))`))
    expect([error.code, error.details.cause]).toEqual(['WORKER_FAILED', broke])
  }
})

test('a worker that says against the protocol what it gave up is sent no model', async () => {
  const bodies = [`{ ...narrowed, isNarrowed: 'yes' }`, `{ ...narrowed, how: 'x'.repeat(2000) }`, '{}', `'['`]
  for (const head of bodies) {
    const error = await failureOf(open(`/* narrow */ /* load */ send(frame(16, id, ${head}))`))
    expect([error.code, error.details.cause]).toEqual(['WORKER_FAILED', broke])
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

test('what a worker writes to standard error once it has a model is told nobody', async () => {
  const worker = await open(`
    const noise = Buffer.alloc(65536, 'x')
    for (let part = 0; part < 64; part += 1) writeSync(2, noise)
    process.exit(3)
  `)
  const error = await failureOf(worker.run({}, never))
  expect([error.message, error.details]).toEqual(['the worker ended (exit code 3)', { cause: died }])
  await worker.kill()
})

test('a copy of a worker that holds its pipes does not hold up the host', async () => {
  const worker = await open(`
    const { spawn } = await import('node:child_process')
    spawn(process.execPath, ['-e', 'setTimeout(() => {}, 8000)'], { stdio: 'inherit', detached: true })
    send(frame(16, id, output('y', 'float32', [1], 4), Buffer.alloc(4)))
  `)
  await worker.run({}, never)
  const startedMs = performance.now()
  await worker.kill()
  expect(performance.now() - startedMs).toBeLessThan(4000)
})
