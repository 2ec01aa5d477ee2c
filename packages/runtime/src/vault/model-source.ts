import type { KeyObject } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { writeFile } from 'node:fs/promises'
import { type ContentObserver, type SealFileOptions, sealFloeFile, sealFloeSegments } from '@nootropic/core/crypto'
import { type ModelPackage, openModelFiles, type PackageLimits, streamedLimits } from '@nootropic/core/formats'

/** A model's files in memory, and the path of the one that a runtime loads. */
export type ModelContent = Pick<ModelPackage, 'main' | 'files'>

/** Seals one content into an open, empty file, and shows each piece of it as it is sealed. */
type SealContent = (key: KeyObject, to: FileHandle, options: SealFileOptions) => Promise<unknown>

/** Where the files of a model come from. */
export interface ModelSource {
  readonly paths: readonly string[]
  /** The file that a runtime loads. */
  readonly main: string | undefined
  /** Gives each file once, in the order of `paths`. */
  visit(use: (path: string, seal: SealContent) => Promise<void>): Promise<void>
}

const chunkBytes = 1024 * 1024

// Copies: what is hashed is sealed a moment later, and the caller may write to its own bytes in between.
async function* inChunks(bytes: Uint8Array, observe: ContentObserver): AsyncGenerator<Uint8Array, void, void> {
  for (let offset = 0; offset < bytes.length; offset += chunkBytes) {
    const chunk = Buffer.from(bytes.subarray(offset, offset + chunkBytes))
    observe(chunk)
    yield chunk
  }
}

/** A model that is in memory. */
export const memorySource = ({ main, files }: ModelContent): ModelSource => ({
  paths: files.map(({ path }) => path),
  main,
  async visit(use) {
    for (const { path, bytes } of files) {
      await use(path, async (key, to, { onContent = () => {}, ...options }) =>
        writeFile(to, sealFloeSegments(key, inChunks(bytes, onContent), options)),
      )
    }
  },
})

/**
 * A model on disk, read once: a directory, or one file.
 *
 * @throws NootropicError `FILE_UNREADABLE`, `LIMIT_EXCEEDED`
 */
export const diskSource = async (
  path: string,
  options: { readonly main?: string; readonly limits?: Partial<PackageLimits> } = {},
): Promise<ModelSource> => {
  const files = await openModelFiles(path, { ...streamedLimits, ...options.limits })
  return {
    paths: files.paths,
    main: options.main ?? files.main,
    visit: (use) =>
      files.visit((inside, { handle }) => use(inside, (key, to, sealing) => sealFloeFile(key, handle, to, sealing))),
  }
}
