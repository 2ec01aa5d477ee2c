import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { workerEnvironment } from '../../src/sandbox/worker-files.ts'
import { encodeFrame, type FrameType, frameTypes, type LoadRequest } from '../../src/worker/protocol.ts'
import { additionModel } from '../models.ts'

// The sandbox shows a worker this one file: an import of anything else would fail there, and only there.
const path = fileURLToPath(new URL('../../dist/worker.js', import.meta.url))
const program = readFileSync(path, 'utf8')

test('the worker program needs Node and onnxruntime-node, and holds no library', () => {
  const imports = [...program.matchAll(/\b(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(([, name]) => name)
  expect(imports.filter((name) => !builtinModules.includes(name?.replace('node:', '') ?? ''))).toEqual([
    'onnxruntime-node',
  ])
  // Every worker starts with reading it; zod with its languages would make it thirty times as long.
  expect(program.length).toBeLessThan(128 * 1024)
})

test('a worker whose host is gone ends by itself, narrowed as it is', async () => {
  const worker = spawn(process.execPath, [path], { stdio: ['pipe', 'pipe', 'ignore'], env: workerEnvironment })
  const ask = async (type: FrameType, head: unknown, payload: readonly Uint8Array[]): Promise<void> => {
    for (const part of encodeFrame(type, 1, head, payload)) worker.stdin.write(part)
    const [answer] = (await once(worker.stdout, 'data')) as [Buffer]
    expect(answer.readUInt32LE(4)).toBe(frameTypes.done)
  }
  const main = additionModel()
  const request: LoadRequest = {
    threads: 1,
    optimisation: 'all',
    outputBytes: 1000,
    mainLength: main.length,
    externalData: [],
  }
  await ask(frameTypes.narrow, {}, [])
  await ask(frameTypes.load, request, [main])
  worker.stdin.end()
  expect(await once(worker, 'exit')).toEqual([0, null])
})
