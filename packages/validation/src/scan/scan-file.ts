import { createHash } from 'node:crypto'
import { type BigIntStats, constants, readSync } from 'node:fs'
import { type FileHandle, lstat, open } from 'node:fs/promises'
import { type Clock, type Digest, NootropicError, type Report, sha256, systemClock } from '@nootropic/core'
import { readOnnxFile } from '@nootropic/core/formats'
import { checkContent, contentOf, type FileContent } from './check-content.ts'
import { checkExternalFiles } from './external-files.ts'
import { reportOfScan } from './report.ts'

const unreadable = (path: string, found: string, cause?: unknown): NootropicError =>
  new NootropicError('FILE_UNREADABLE', `expected ${path} to be a file that can be read, found ${found}`, { cause })

const openFile = async (path: string): Promise<FileHandle> => {
  // A link is not followed (CWE-59) and a pipe does not block; Windows has neither flag.
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
  const handle = await open(path, flags).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(path, error.code === 'ELOOP' ? 'a symbolic link' : (error.code ?? String(error)), error)
  })
  if ((await handle.stat()).isFile()) return handle
  await handle.close()
  throw unreadable(path, 'no regular file')
}

/** Files up to this size are held in memory, so that what is hashed and what is scanned are the same bytes. */
const maximumHeldBytes = 2 ** 26

const readRange = (handle: FileHandle, offset: number, length: number): Uint8Array => {
  const bytes = new Uint8Array(length)
  let filled = 0
  while (filled < length) {
    const count = readSync(handle.fd, bytes, filled, length - filled, offset + filled)
    if (count === 0) break
    filled += count
  }
  return bytes.subarray(0, filled)
}

const contentOnDisk = (handle: FileHandle, path: string, size: number): FileContent => ({
  size,
  read: ({ offset, length }) => readRange(handle, offset, length),
  model: () => readOnnxFile(path),
})

const digestOf = async (handle: FileHandle): Promise<Digest> => {
  const hash = createHash('sha256')
  for await (const chunk of handle.createReadStream({ start: 0, autoClose: false })) hash.update(chunk as Buffer)
  return `sha256:${hash.digest('hex')}`
}

/** A large file is read more than once: it must be the same file all the time (CWE-367). */
const verifyUnchanged = async (path: string, before: BigIntStats): Promise<void> => {
  const after = await lstat(path, { bigint: true })
  const isSame = (['dev', 'ino', 'size', 'mtimeNs', 'ctimeNs'] as const).every((name) => before[name] === after[name])
  if (!isSame) throw unreadable(path, 'one that changed while it was scanned')
}

/**
 * Scans one file by its content. Of a file larger than 64 MiB only header and graph are held in memory.
 *
 * @throws NootropicError `FILE_UNREADABLE`
 */
export const scanFile = async (path: string, options: { readonly clock?: Clock } = {}): Promise<Report> => {
  const clock = options.clock ?? systemClock
  const time = { clock, startedAt: clock.now().toISOString(), startedMs: clock.monotonicMs() }
  const handle = await openFile(path)
  try {
    const before = await handle.stat({ bigint: true })
    const size = Number(before.size)
    const held = size <= maximumHeldBytes ? readRange(handle, 0, size) : undefined
    const digest = held === undefined ? await digestOf(handle) : sha256(held)
    const content = held === undefined ? contentOnDisk(handle, path, size) : contentOf(held)
    const scan = await checkContent(content, path)
    const isModel = scan.format === 'onnx' && !scan.findings.some(({ rule }) => rule === 'onnx/malformed')
    const beside = isModel && scan.incomplete === undefined ? await checkExternalFiles(await content.model(), path) : []
    await verifyUnchanged(path, before)
    return reportOfScan({ ...scan, findings: [...scan.findings, ...beside] }, { path, digest }, time)
  } finally {
    await handle.close()
  }
}
