import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ByteSource, bytesSource, fileSource } from './source.ts'

/** What is larger waits on disk: memory stays bounded however large a file or what comes out of it. */
const heldBytes = 2 ** 25

/** Where expanded content waits while it is scanned. */
export interface Scratch {
  /** Gathers chunks into a source. An error of the chunks goes through. */
  gather(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<ByteSource>
  close(): void
}

/** A file without a name: nobody else can open it, and it is gone with the process (CWE-377). */
const openNameless = (): number => {
  const directory = mkdtempSync(join(tmpdir(), 'nootropic-scan-'))
  try {
    return openSync(join(directory, 'content'), 'wx+', 0o600)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Scratch room of one scan: memory up to 32 MiB a content, a nameless temporary file beyond. */
export const createScratch = (): Scratch => {
  const descriptors: number[] = []
  return {
    async gather(chunks) {
      let held: Uint8Array[] = []
      let size = 0
      let descriptor: number | undefined
      for await (const chunk of chunks) {
        size += chunk.length
        held.push(chunk)
        if (descriptor === undefined && size <= heldBytes) continue
        if (descriptor === undefined) {
          descriptor = openNameless()
          descriptors.push(descriptor)
        }
        for (const waiting of held) {
          for (let written = 0; written < waiting.length; ) written += writeSync(descriptor, waiting, written)
        }
        held = []
      }
      return descriptor === undefined ? bytesSource(Buffer.concat(held)) : fileSource(descriptor, size)
    },
    close() {
      for (const descriptor of descriptors.splice(0)) closeSync(descriptor)
    },
  }
}
