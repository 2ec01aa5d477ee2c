import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Clock, type Digest, type Finding, NootropicError, systemClock } from '@nootropic/core'
import { type Snapshot, stateOf, takeSnapshot } from './snapshot.ts'

/** A file and the digest that its content must have. */
export interface ExpectedFile {
  readonly path: string
  readonly digest: Digest
}

const pieceBytes = 1024 * 1024

const finding = (kind: 'content' | 'missing' | 'unreadable' | 'added', path: string, message: string): Finding => ({
  rule: `integrity/${kind}`,
  severity: kind === 'content' ? 'critical' : kind === 'unreadable' ? 'medium' : 'high',
  title: {
    content: 'A file is not what was recorded',
    missing: 'A recorded file is missing',
    unreadable: 'A file could not be checked',
    added: 'A file is there that was not recorded',
  }[kind],
  message,
  location: { path },
  remediation: kind === 'unreadable' ? 'Check it as its owner.' : 'Restore the directory from a verified copy.',
  references: ['https://cwe.mitre.org/data/definitions/353.html'],
  tags: ['CWE-353'],
})

const digestOf = async (path: string, signal?: AbortSignal): Promise<Digest> => {
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
  const handle = await open(path, flags)
  try {
    if (!(await handle.stat()).isFile()) throw Object.assign(new Error('not a file'), { code: 'not a regular file' })
    const hash = createHash('sha256')
    const buffer = Buffer.allocUnsafe(pieceBytes)
    for (;;) {
      signal?.throwIfAborted()
      const { bytesRead } = await handle.read(buffer, 0, pieceBytes, null)
      if (bytesRead === 0) return `sha256:${hash.digest('hex')}`
      hash.update(buffer.subarray(0, bytesRead))
    }
  } finally {
    await handle.close()
  }
}

const filesUnder = async (paths: readonly string[]): Promise<{ files: string[]; unseen: Snapshot['unseen'] }> => {
  const { files, unseen } = await takeSnapshot(paths)
  return { files: [...files].filter(([, { kind }]) => kind !== 'directory').map(([path]) => path), unseen }
}

const reasonOf = (error: unknown): string => {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ELOOP' ? 'a symbolic link' : (code ?? 'an error')
}

const unreadable = (path: string, found: string): NootropicError =>
  new NootropicError(
    'FILE_UNREADABLE',
    `expected to read ${path} for its digest, found ${found}; record its directory as its owner, without links`,
  )

/**
 * The digests of all files under the paths: what {@link createIntegrityCheck} is to compare with later. Record it when the files
 * were verified, not when they are first seen.
 *
 * @throws NootropicError `FILE_UNREADABLE` for a file or directory that cannot be read, and for a link: a record with gaps
 * would hide them.
 */
export const recordIntegrity = async (paths: readonly string[], signal?: AbortSignal): Promise<ExpectedFile[]> => {
  const { files, unseen } = await filesUnder(paths)
  for (const [path, reason] of unseen) throw unreadable(path, reason)
  const recorded: ExpectedFile[] = []
  for (const path of files) {
    const digest = await digestOf(path, signal).catch((error: unknown) => {
      if (signal?.aborted) throw error
      throw unreadable(path, reasonOf(error))
    })
    recorded.push({ path, digest })
  }
  return recorded
}

/** What is wrong with the content of a file, or nothing. */
const checkContent = async (
  { path, digest }: ExpectedFile,
  signal: AbortSignal | undefined,
): Promise<Finding | undefined> => {
  try {
    const found = await digestOf(path, signal)
    return found === digest ? undefined : finding('content', path, `expected ${digest}, got ${found}`)
  } catch (error) {
    if (signal?.aborted) throw error
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return finding('missing', path, 'expected it to be there')
    if (code === 'ELOOP') return finding('content', path, 'expected a file, got a symbolic link')
    return finding('unreadable', path, `expected to read it, got ${reasonOf(error)}`)
  }
}

const checkAdded = async (expected: readonly ExpectedFile[], paths: readonly string[]): Promise<Finding[]> => {
  const known = new Set(expected.map(({ path }) => path))
  const { files, unseen } = await filesUnder(paths)
  const added = files.filter((path) => !known.has(path))
  return [
    ...added.map((path) => finding('added', path, 'expected only recorded files, got one more')),
    ...[...unseen].map(([path, reason]) => finding('unreadable', path, `expected to look at it, got ${reason}`)),
  ]
}

// Every byte of every model each few minutes would keep a processor busy; no program can set back what the kernel notes of a
// change, so that a file that looks as it did is read again for what came from below the file system.
const defaultReadAgainMs = 24 * 60 * 60 * 1000

/**
 * A check of recorded files for `openAccessMonitor`: their contents, and that nothing else is in their directories. It follows
 * no link. A file whose number, size and times are those of its last right reading is not read again for a day.
 *
 * @param options.recorded is asked at each check: models come and go.
 * @param options.signal ends a check that is under way, which then rejects.
 */
export const createIntegrityCheck = (options: {
  recorded: () => Promise<readonly ExpectedFile[]>
  readAgainMs?: number
  clock?: Pick<Clock, 'monotonicMs'>
  signal?: AbortSignal
}): (() => Promise<Finding[]>) => {
  const { recorded, readAgainMs = defaultReadAgainMs, clock = systemClock, signal } = options
  let right = new Map<string, { readonly seen: string; readonly readAt: number }>()
  const seenOf = async ({ path, digest }: ExpectedFile): Promise<string> => {
    const { device, inode, size, modifiedAt, changedAt } = await stateOf(path)
    return [digest, device, inode, size, modifiedAt, changedAt].join(' ')
  }
  return async () => {
    const expected = await recorded()
    const findings: Finding[] = []
    const next: typeof right = new Map()
    for (const file of expected) {
      // Before it is read: what changes meanwhile is read again.
      const seen = await seenOf(file).catch(() => undefined)
      const last = right.get(file.path)
      const readAt = clock.monotonicMs()
      if (last !== undefined && last.seen === seen && readAt - last.readAt < readAgainMs) {
        next.set(file.path, last)
        continue
      }
      const wrong = await checkContent(file, signal)
      if (wrong !== undefined) findings.push(wrong)
      else if (seen !== undefined) next.set(file.path, { seen, readAt })
    }
    right = next
    const directories = [...new Set(expected.map(({ path }) => dirname(path)))]
    return [...findings, ...(await checkAdded(expected, directories))]
  }
}
