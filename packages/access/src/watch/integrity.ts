import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { type Digest, type Finding, NootropicError } from '@nootropic/core'
import { type Snapshot, takeSnapshot } from './snapshot.ts'

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

const digestOf = async (path: string): Promise<Digest> => {
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
  const handle = await open(path, flags)
  try {
    if (!(await handle.stat()).isFile()) throw Object.assign(new Error('not a file'), { code: 'not a regular file' })
    const hash = createHash('sha256')
    const buffer = Buffer.allocUnsafe(pieceBytes)
    for (;;) {
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
 * The digests of all files under the paths: what {@link checkIntegrity} is to compare with later. Record it when the files
 * were verified, not when they are first seen.
 *
 * @throws NootropicError `FILE_UNREADABLE` for a file or directory that cannot be read, and for a link: a record with gaps
 * would hide them.
 */
export const recordIntegrity = async (paths: readonly string[]): Promise<ExpectedFile[]> => {
  const { files, unseen } = await filesUnder(paths)
  for (const [path, reason] of unseen) throw unreadable(path, reason)
  const recorded: ExpectedFile[] = []
  for (const path of files) {
    const digest = await digestOf(path).catch((error: unknown) => {
      throw unreadable(path, reasonOf(error))
    })
    recorded.push({ path, digest })
  }
  return recorded
}

/** Reads every recorded file again, and looks for files under `paths` that were not recorded. Follows no link. */
export const checkIntegrity = async (
  expected: readonly ExpectedFile[],
  paths: readonly string[] = [],
): Promise<Finding[]> => {
  const findings: Finding[] = []
  for (const { path, digest } of expected) {
    try {
      const found = await digestOf(path)
      if (found !== digest) findings.push(finding('content', path, `expected ${digest}, got ${found}`))
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'ENOENT') findings.push(finding('missing', path, 'expected it to be there'))
      else if (code === 'ELOOP') findings.push(finding('content', path, 'expected a file, got a symbolic link'))
      else findings.push(finding('unreadable', path, `expected to read it, got ${reasonOf(error)}`))
    }
  }
  const known = new Set(expected.map(({ path }) => path))
  const { files, unseen } = await filesUnder(paths)
  for (const path of files) {
    if (!known.has(path)) findings.push(finding('added', path, 'expected only recorded files, got one more'))
  }
  for (const [path, reason] of unseen)
    findings.push(finding('unreadable', path, `expected to look at it, got ${reason}`))
  return findings
}
