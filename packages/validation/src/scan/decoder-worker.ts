// Decoders of others, in a thread of their own: they are synchronous, and a hostile stream can make one loop for hours or
// fill the heap (CWE-400, CWE-835). A thread can be ended, and its heap is bounded.
import { parentPort, workerData } from 'node:worker_threads'
import { Decompress } from 'fzstd'
import { libarchiveWasm } from 'libarchive-wasm'
import type { DecoderName, DecoderTask } from './containers/streams/decoder-thread.ts'

/** Sends a piece, and waits while the scanner lags behind. */
type Send = (item: unknown) => void

const createSend = ({ waiting, maximumWaiting }: DecoderTask): Send => {
  const counter = new Int32Array(waiting)
  return (item) => {
    Atomics.add(counter, 0, 1)
    parentPort?.postMessage({ item })
    for (let count = Atomics.load(counter, 0); count > maximumWaiting; count = Atomics.load(counter, 0)) {
      Atomics.wait(counter, 0, count)
    }
  }
}

const compressedPieceLength = 64 * 1024

// fzstd does not check that a match stays in its block, so that one of 128 KiB can keep it busy for seconds.
const decodeZstandard = async (bytes: Uint8Array, send: Send): Promise<void> => {
  const stream = new Decompress((piece) => {
    if (piece.length > 0) send(piece)
  })
  for (let at = 0; at < bytes.length; at += compressedPieceLength) {
    const end = at + compressedPieceLength
    stream.push(bytes.subarray(at, end), end >= bytes.length)
  }
}

/** What of libarchive's WebAssembly its types leave open. */
interface LibarchiveMemory {
  readonly HEAPU8: Uint8Array
  _malloc(length: number): number
}

const entryPieceLength = 64 * 1024

// The library asks for a whole entry at once by the size that the archive states; a hostile size would fill memory, so
// pieces are taken by the functions beneath.
const readArchive = async (bytes: Uint8Array, send: Send): Promise<void> => {
  const library = await libarchiveWasm()
  const memory = library.module as unknown as LibarchiveMemory
  const input = memory._malloc(bytes.length)
  memory.HEAPU8.set(bytes, input)
  const archive = library.read_new_memory(input, bytes.length)
  const piece = memory._malloc(entryPieceLength)
  for (;;) {
    const entry = library.read_next_entry(archive)
    const message = entry > 0 ? '' : library.error_string(archive)
    if (entry === 0 && !message) return
    if (entry <= 0) throw new Error(message || 'the archive is damaged')
    const hardLink = library.entry_hardlink(entry)
    const isEncrypted = Number(library.entry_is_encrypted(entry)) !== 0
    send({
      name: library.entry_pathname(entry),
      kind: library.entry_filetype(entry),
      link: library.entry_symlink(entry) || hardLink || '',
      isHardLink: Boolean(hardLink),
      isEncrypted,
    })
    if (isEncrypted) continue
    for (;;) {
      const length = library.read_data(archive, piece, entryPieceLength)
      if (length === 0) break
      send(memory.HEAPU8.slice(piece, piece + length))
    }
  }
}

const decoders: Record<DecoderName, (bytes: Uint8Array, send: Send) => Promise<void>> = {
  fzstd: decodeZstandard,
  libarchive: readArchive,
}

/** Decodes a stream, and sends what comes out of it to the thread that started this one. */
export const decodeTask = async (task: DecoderTask): Promise<void> => {
  try {
    await decoders[task.decoder](task.bytes, createSend(task))
    parentPort?.postMessage({ done: true })
  } catch (error) {
    parentPort?.postMessage({ failed: error instanceof Error ? error.message : String(error) })
  }
}

// Imported rather than started with a task, it does nothing.
const task = workerData as Partial<DecoderTask> | null
if (task?.decoder !== undefined) void decodeTask(task as DecoderTask)
