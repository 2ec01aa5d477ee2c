import { createHash, randomBytes } from 'node:crypto'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { isNootropicError } from '@nootropic/core'
import { expect, onTestFinished, test } from 'vitest'
import { openSignedFiles } from '../../src/formats/index.ts'

const races = 1000
const pieceLength = 2 ** 18

// Exchanges the file without a pause, in a thread of its own, in the way that it is told.
const attacker = `
const { parentPort, workerData } = require('node:worker_threads')
const fs = require('node:fs')
const { file, good, bad, directory, elsewhere, state } = workerData
const view = new Int32Array(state)
const other = file + '.other'
const ignore = (work) => { try { work() } catch {} }
const put = (source) => { fs.copyFileSync(source, other); fs.renameSync(other, file) }
const content = { good: fs.readFileSync(good), bad: fs.readFileSync(bad) }
const inPlace = (bytes) => { const d = fs.openSync(file, 'r+'); fs.writeSync(d, bytes, 0, bytes.length, 0); fs.closeSync(d) }
const ways = [
  () => { put(bad); put(good) },
  () => { inPlace(content.bad); inPlace(content.good) },
  () => { fs.symlinkSync(bad, other); fs.renameSync(other, file); put(good) },
  () => {
    fs.renameSync(directory, directory + '.aside')
    fs.symlinkSync(elsewhere, directory)
    fs.unlinkSync(directory)
    fs.renameSync(directory + '.aside', directory)
  },
]
parentPort.postMessage('started')
while (Atomics.load(view, 0) >= 0) {
  ignore(ways[Atomics.load(view, 0)])
  Atomics.add(view, 1, 1)
}
`

test(`of ${races} races with a file that is exchanged while it is loaded, none yields unsigned bytes`, async () => {
  const root = mkdtempSync(join(tmpdir(), 'nootropic-races-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  const [directory, elsewhere] = [join(root, 'model', 'data'), join(root, 'elsewhere')]
  mkdirSync(directory, { recursive: true })
  mkdirSync(elsewhere)
  const content = randomBytes(3 * pieceLength + 17)
  const forged = Buffer.from(content)
  forged[2 * pieceLength] = (forged[2 * pieceLength] ?? 0) ^ 1
  const [file, good, bad] = [join(directory, 'weights.bin'), join(root, 'good'), join(root, 'bad')]
  writeFileSync(good, content)
  writeFileSync(bad, forged)
  copyFileSync(good, file)
  copyFileSync(bad, join(elsewhere, 'weights.bin'))

  const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
  const path = 'data/weights.bin'
  const whole = [{ path, algorithm: 'sha256' as const, digest: digest(content) }]
  const shards = [0, 1, 2, 3].map((index) => {
    const [start, end] = [index * pieceLength, Math.min(content.length, (index + 1) * pieceLength)]
    return { path, algorithm: 'sha256' as const, start, end, digest: digest(content.subarray(start, end)) }
  })

  const state = new SharedArrayBuffer(8)
  const view = new Int32Array(state)
  const worker = new Worker(attacker, { eval: true, workerData: { file, good, bad, directory, elsewhere, state } })
  await new Promise((resolve) => worker.once('message', resolve))
  const outcomes = { released: 0, SIGNATURE_INVALID: 0, FILE_UNREADABLE: 0 }
  try {
    for (let race = 0; race < races; race += 1) {
      Atomics.store(view, 0, race % 4)
      const isWhole = race % 8 < 4
      try {
        const files = await openSignedFiles(join(root, 'model'), isWhole ? whole : shards)
        if (isWhole) expect((await files.read(path)).equals(content)).toBe(true)
        else {
          let offset = 0
          for await (const piece of files.pieces(path)) {
            expect(piece.equals(content.subarray(offset, offset + piece.length))).toBe(true)
            offset += piece.length
          }
          expect(offset).toBe(content.length)
        }
        outcomes.released += 1
      } catch (error) {
        if (isNootropicError(error, 'SIGNATURE_INVALID')) outcomes.SIGNATURE_INVALID += 1
        else if (isNootropicError(error, 'FILE_UNREADABLE')) outcomes.FILE_UNREADABLE += 1
        else throw error
      }
    }
  } finally {
    Atomics.store(view, 0, -1)
    await new Promise((resolve) => worker.once('exit', resolve))
  }
  // The races were races: both sides won some.
  expect(Atomics.load(view, 1)).toBeGreaterThan(races / 10)
  expect(outcomes.released).toBeGreaterThan(0)
  expect(outcomes.SIGNATURE_INVALID).toBeGreaterThan(0)
  expect(outcomes.FILE_UNREADABLE).toBeGreaterThan(0)
  expect(outcomes.released + outcomes.SIGNATURE_INVALID + outcomes.FILE_UNREADABLE).toBe(races)
})
