import type { FileHandle } from 'node:fs/promises'
import { type Digest, type ModelRef, NootropicError } from '@nootropic/core'
import { createFileSource, type FloeReader, openFloeReader } from '@nootropic/core/crypto'
import { openPrivateFile } from '@nootropic/core/storage'
import { asSealedError, corrupt } from './sealed-layout.ts'
import { type SealedFile, type SealedModel, sealedFilesOf, streamContent } from './sealed-model.ts'

/** A file of a sealed model, read where it is needed. */
export interface ModelFile {
  /** Inside the model, `/` between parts. */
  readonly path: string
  /** Bytes of content. */
  readonly size: number
  readonly digest: Digest
  /**
   * Bytes that belong to the caller. Each segment (1 MiB) that they touch is verified first.
   *
   * @throws NootropicError `SEALED_FILE_CORRUPT`; `USAGE` for a place outside the file, or after the reader was closed
   */
  read(offset: number, length: number): Promise<Buffer>
  /**
   * The content in order. Each piece is verified before it leaves, and only lent: the next overwrites it. That it is all
   * and has this digest is known when the iteration ends.
   *
   * @throws NootropicError `SEALED_FILE_CORRUPT`
   */
  stream(): AsyncGenerator<Buffer, void, void>
}

/** A sealed model of any size, open for reading in pieces. */
export interface ModelReader {
  readonly ref: ModelRef
  /** The path of the file that a runtime loads, where there is one. */
  readonly main?: string
  readonly files: readonly ModelFile[]
  /** Closes the files and overwrites what is held of keys and content. */
  close(): Promise<void>
}

interface OpenFile {
  readonly handle: FileHandle
  readonly reader: FloeReader
}

const openFile = async ({ path, stated, key, associatedData }: SealedFile): Promise<OpenFile> => {
  const handle = await openPrivateFile(path)
  try {
    const reader = await openFloeReader(key, await createFileSource(handle), { associatedData })
    if (reader.size !== stated.size) throw corrupt(path, 'another length than the index states')
    return { handle, reader }
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** Reads a sealed model in pieces. Files are opened when they are first read. */
export const createModelReader = (model: SealedModel): ModelReader => {
  const opened = new Map<SealedFile, Promise<OpenFile>>()
  let isOpen = true
  const openOnce = (file: SealedFile): Promise<OpenFile> => {
    const known = opened.get(file) ?? openFile(file)
    opened.set(file, known)
    // What could not be opened may be restored before the next read.
    known.catch(() => opened.delete(file))
    return known
  }
  const verifyOpen = (): void => {
    if (!isOpen) throw new NootropicError('USAGE', 'expected an open reader, got one that was closed; open it again')
  }
  return {
    ref: model.ref,
    ...(model.main === undefined ? {} : { main: model.main }),
    files: sealedFilesOf(model).map((file) => ({
      ...file.stated,
      async read(offset, length) {
        verifyOpen()
        try {
          return await (await openOnce(file)).reader.read(offset, length)
        } catch (error) {
          throw asSealedError(file.path, error)
        }
      },
      async *stream() {
        verifyOpen()
        yield* streamContent(file)
      },
    })),
    async close() {
      isOpen = false
      for (const file of await Promise.allSettled(opened.values())) {
        if (file.status === 'rejected') continue
        file.value.reader.close()
        await file.value.handle.close()
      }
      opened.clear()
    },
  }
}
