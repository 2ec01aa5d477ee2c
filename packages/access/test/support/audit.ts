import { generateKeyPairSync } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import type { AuditEntry } from '@nootropic/core'
import { onTestFinished } from 'vitest'
import { createCheckpointVerifier, formatVerifierKey } from '../../src/audit/checkpoint.ts'
import { type AuditLogOptions, openAuditLog } from '../../src/audit/log.ts'
import type { LogFiles } from '../../src/audit/log-store.ts'
import { encodeRecord } from '../../src/audit/record.ts'
import type { SignedAuditLog } from '../../src/audit/signed-log.ts'
import { accepts } from '../../src/audit/torn.ts'

export const origin = 'example.org/audit'
export const signingKey = generateKeyPairSync('ed25519')
export const verifierKey = formatVerifierKey(origin, signingKey.publicKey)
export const verifier = createCheckpointVerifier(verifierKey)
export const isSigned = accepts(verifier)

export const temporaryDirectory = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'nootropic-access-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

export const newDirectory = (): string => join(temporaryDirectory(), 'audit')

export const entry = (number: number): AuditEntry => ({
  category: 'access',
  actor: 'user:a',
  action: `act-${number}`,
  resource: 'model:digits',
  outcome: 'allowed',
})

export const record = (number: number): Buffer => encodeRecord(entry(number), '2026-01-01T00:00:00.000Z')

/** The files of a log, by their paths from its directory. */
export type LogImage = Map<string, Buffer>

/** A copy of every file of a log but its lock. */
export const imageOf = (directory: string): LogImage => {
  const names = existsSync(directory) ? readdirSync(directory, { recursive: true }).map(String) : []
  const files = names.filter((name) => statSync(join(directory, name)).isFile() && !name.startsWith('writer'))
  return new Map(files.map((name) => [relative(directory, join(directory, name)), readFileSync(join(directory, name))]))
}

/** An image as a log's files. */
export const filesOf = (image: ReadonlyMap<string, Buffer>): LogFiles => ({
  directory: 'audit',
  read: async (path) => image.get(path),
  list: async (folder) =>
    [...image.keys()].flatMap((path) => (path.startsWith(`${folder}/`) ? [path.slice(folder.length + 1)] : [])),
})

/** An image with one file changed, or without it. */
export const changed = (image: LogImage, path: string, change: (bytes: Buffer) => Buffer | undefined): LogImage => {
  const copy = new Map(image)
  const bytes = change(Buffer.from(copy.get(path) ?? Buffer.alloc(0)))
  if (bytes === undefined) copy.delete(path)
  else copy.set(path, bytes)
  return copy
}

export const flipped = (bytes: Buffer, at: number, mask: number): Buffer => {
  bytes[at] = (bytes[at] ?? 0) ^ mask
  return bytes
}

/** Opens a log in a directory and appends commits, each of so many entries. */
export const writeLog = async (
  directory: string,
  commits: readonly number[],
  options: Partial<AuditLogOptions> = {},
): Promise<SignedAuditLog> => {
  const log = await openAuditLog({ directory, signingKey, origin, ...options })
  let base = verifier.verify(log.checkpoint()).size
  for (const count of commits) {
    const first = base
    await Promise.all(Array.from({ length: count }, (_, index) => log.append(entry(first + index))))
    base += count
  }
  return log
}

/** Everything that an iterator gives. */
export const collect = async <Item>(items: AsyncIterable<Item>): Promise<Item[]> => {
  const all: Item[] = []
  for await (const item of items) all.push(item)
  return all
}

/** The code of the error that work ends with. */
export const codeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'accepted',
    (error: { code?: string }) => error.code ?? String(error),
  )
