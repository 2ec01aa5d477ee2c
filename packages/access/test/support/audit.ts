import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AuditEntry } from '@nootropic/core'
import { onTestFinished } from 'vitest'
import { createCheckpointSigner, createCheckpointVerifier, formatVerifierKey } from '../../src/audit/checkpoint.ts'
import { createCommitter } from '../../src/audit/committer.ts'
import { encodeFrame } from '../../src/audit/frame.ts'
import type { LogFile } from '../../src/audit/log-file.ts'
import { createCompactRange } from '../../src/audit/merkle.ts'
import { encodeRecord } from '../../src/audit/record.ts'
import { rootOf } from '../../src/audit/replay.ts'

export const origin = 'example.org/audit'
export const signingKey = generateKeyPairSync('ed25519')
export const verifierKey = formatVerifierKey(origin, signingKey.publicKey)
export const verifier = createCheckpointVerifier(verifierKey)

export const temporaryDirectory = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'nootropic-access-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

export const entry = (number: number): AuditEntry => ({
  category: 'access',
  actor: 'user:a',
  action: `act-${number}`,
  resource: 'model:digits',
  outcome: 'allowed',
})

export const record = (number: number): Buffer => encodeRecord({ ...entry(number), time: '2026-01-01T00:00:00.000Z' })

/** A log file in memory. */
export const memoryFile = (content: Buffer): LogFile & { content(): Buffer } => {
  let bytes = content
  return {
    path: 'entries.log',
    get size() {
      return bytes.length
    },
    reader: {
      read: async (buffer, offset, length, position) => ({
        bytesRead: bytes.copy(buffer, offset, position, position + length),
      }),
    },
    append: async (added) => {
      bytes = Buffer.concat([bytes, added])
    },
    truncate: async (size) => {
      bytes = bytes.subarray(0, size)
    },
    close: async () => {},
    content: () => bytes,
  }
}

/** The file of a log with these commits, each of so many records; `ends` are the file's sizes after each. */
export const writeLog = async (commits: readonly number[]): Promise<{ bytes: Buffer; ends: number[] }> => {
  const sign = createCheckpointSigner(origin, signingKey)
  const tree = createCompactRange()
  const signTree = (): string => sign({ origin, size: tree.size, root: rootOf(tree) })
  const first = signTree()
  const file = memoryFile(encodeFrame('checkpoint', Buffer.from(first)))
  const last = { bytes: file.size, size: 0, note: first }
  const committer = createCommitter({ file, tree, last, sign: signTree })
  const ends = [file.size]
  for (const count of commits) {
    const base = tree.size
    await Promise.all(Array.from({ length: count }, (_, index) => committer.append(record(base + index))))
    ends.push(file.size)
  }
  return { bytes: file.content(), ends }
}

/** Everything that an iterator gives. */
export const collect = async <Item>(items: AsyncIterable<Item>): Promise<Item[]> => {
  const all: Item[] = []
  for await (const item of items) all.push(item)
  return all
}
