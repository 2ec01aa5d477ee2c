import { Worker } from 'node:worker_threads'
import { builtProgram } from '../../built-program.ts'
import type { ByteSource } from '../../source.ts'
import { UnsupportedStream } from './expansion.ts'

/** Without any news for so long, a decoder is taken to hang. */
const silenceMs = 1800

/** How many pieces may wait for the scanner before the decoder waits too. */
const maximumWaiting = 8

const limits = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 }

/** The decoders that run apart. */
export type DecoderName = 'fzstd' | 'libarchive'

/** What a decoder is given: the stream, and a counter of the pieces that wait. */
export interface DecoderTask {
  readonly decoder: DecoderName
  readonly bytes: Uint8Array
  readonly waiting: SharedArrayBuffer
  readonly maximumWaiting: number
}

interface News<Item> {
  readonly item?: Item
  readonly done?: boolean
  readonly failed?: string
}

/** Runs a decoder in a thread over a content that is held in memory, and hands on what it sends. */
export async function* runDecoder<Item>(decoder: DecoderName, content: ByteSource): AsyncGenerator<Item, void> {
  const bytes = new Uint8Array(content.read(0, content.size))
  const waiting = new SharedArrayBuffer(4)
  const counter = new Int32Array(waiting)
  const task: DecoderTask = { decoder, bytes, waiting, maximumWaiting }
  const worker = new Worker(builtProgram('decoder-worker'), {
    workerData: task,
    transferList: [bytes.buffer],
    resourceLimits: limits,
    execArgv: [],
    env: {},
  })
  const arrived: News<Item>[] = []
  let wake: () => void = () => {}
  const arrive = (news: News<Item>): void => {
    arrived.push(news)
    wake()
  }
  worker.on('message', arrive)
  worker.on('error', (error) => arrive({ failed: error.message }))
  worker.on('exit', () => arrive({ failed: 'the decoder ended without a result' }))
  try {
    for (;;) {
      if (arrived.length === 0) {
        const isSilent = await new Promise<boolean>((resolve) => {
          const timer = setTimeout(resolve, silenceMs, true)
          wake = () => {
            clearTimeout(timer)
            resolve(false)
          }
        })
        if (isSilent) throw new UnsupportedStream(`the decoder did nothing for ${silenceMs} ms`)
      }
      const news = arrived.shift()
      if (news === undefined) continue
      if (news.done) return
      if (news.failed !== undefined) throw new Error(news.failed)
      if (news.item !== undefined) yield news.item
      Atomics.sub(counter, 0, 1)
      Atomics.notify(counter, 0)
    }
  } finally {
    await worker.terminate()
  }
}
