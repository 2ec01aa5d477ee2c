import { lstat, rename } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { NootropicError, sha256, systemClock, systemRandom } from '@nootropic/core'
import { openDatabase } from '@nootropic/core/storage'
import type { NootropicOptions } from '../installation.ts'
import { openKeys } from '../key-protection.ts'
import { verifyLocalDatabase } from '../people/local-database.ts'
import { privacySettings } from '../people/privacy-settings.ts'
import { readPlaces } from '../places.ts'
import { unlessAbsent } from '../unless-absent.ts'
import { openAuditAnchor } from './anchor.ts'
import { type AuditLogParts, isReplaceable, keyFolderOf, openAnchoredLog } from './anchored-log.ts'
import { holdAuditLog } from './installation-audit-log.ts'
import {
  type ReplacementNote,
  readReplacementNote,
  removeReplacementNote,
  writeReplacementNote,
} from './replacement-note.ts'

/** What became of an audit log that could not be used any more. */
export interface ReplacedAuditLog {
  /** What was wrong with it. */
  readonly found: string
  /** Where its files are kept: they are evidence. Undefined where nothing of it was left. */
  readonly keptIn: string | undefined
  /** Its last checkpoint that the database had. */
  readonly checkpoint: string | undefined
  /** The key of the log that was begun in its place. Keep it elsewhere. */
  readonly verifierKey: string
}

// A record of the audit log holds 64 KiB, and a checkpoint is five short lines: who can write the database could put more there.
const maximumText = 4096

const bounded = (text: string): string =>
  text.length <= maximumText ? text : `${text.length} characters with the digest ${sha256(text)}`

/** Opens the log and reads the whole of it. @returns what is wrong with it for good, or undefined for a log that is sound. */
const problemOf = async (parts: AuditLogParts): Promise<string | undefined> => {
  const lasting = (error: unknown): string => {
    if (isReplaceable(error)) return error.message
    throw error
  }
  const log = await openAnchoredLog(parts).catch(lasting)
  if (typeof log === 'string') return log
  return log
    .verify(await parts.anchor.read())
    .then(() => undefined, lasting)
    .finally(() => log.close().catch(() => {}))
}

const isThere = (path: string): Promise<boolean> => lstat(path).then(() => true, unlessAbsent(false))

/** Renames a directory, if it is there. Nothing that has the new name is written over. */
const putAside = async (directory: string, place: string): Promise<void> => {
  try {
    await rename(directory, place)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT') return
    const message = `expected to keep ${directory} as ${place}, found ${code}; mend that and ask again`
    throw new NootropicError('AUDIT_UNAVAILABLE', message, { cause })
  }
}

/** What is to be said of the log, as it is kept until it was said. */
const noteOn = async (parts: AuditLogParts, suffix: string): Promise<ReplacementNote> => {
  const { home, anchor } = parts
  const begun = await readReplacementNote(home)
  if (begun !== undefined) return begun
  const found = await problemOf(parts)
  if (found === undefined) {
    const message = `expected an audit log that cannot be used any more, found a sound one in ${home.audit}`
    throw new NootropicError('USAGE', `${message}; go on with it`)
  }
  const checkpoint = await anchor.read()
  const note = {
    found: bounded(found),
    ...(checkpoint === undefined ? {} : { checkpoint: bounded(checkpoint) }),
    ...((await isThere(home.audit)) ? { keptIn: `${basename(home.audit)}.${suffix}` } : {}),
  }
  await writeReplacementNote(home, note)
  return note
}

const replace = async (parts: AuditLogParts): Promise<ReplacedAuditLog> => {
  const { home, anchor, clock } = parts
  const now = clock.now().toISOString()
  const suffix = `replaced-${now.replaceAll(/[^\dTZ]/g, '')}`
  const note = await noteOn(parts, suffix)
  const keptIn = note.keptIn === undefined ? undefined : join(dirname(home.audit), note.keptIn)
  // Whoever goes on from where another was stopped finds a log that was hardly begun: it is no evidence, and no loss.
  const isKept = keptIn === undefined || (await isThere(keptIn))
  await putAside(home.audit, isKept ? `${home.audit}.${suffix}` : keptIn)
  await putAside(keyFolderOf(home.root), `${keyFolderOf(home.root)}.${suffix}`)
  const log = await openAnchoredLog({ ...parts, anchor: { ...anchor, read: async () => undefined } })
  try {
    await log.append({
      category: 'security',
      actor: 'system:nootropic',
      action: 'replace-log',
      resource: 'log:entries',
      outcome: 'succeeded',
      // What is undefined is left out.
      details: JSON.parse(JSON.stringify(note)),
    })
    await anchor.write(log.checkpoint())
  } finally {
    await log.close()
  }
  await removeReplacementNote(home)
  return { found: note.found, keptIn, checkpoint: note.checkpoint, verifierKey: log.verifierKey }
}

/**
 * Begins another audit log where the one of an installation cannot be used any more: it was changed, cut or removed, or its
 * key was lost. The files of the old one are kept, and the first entry of the new one says what was found and the last
 * checkpoint of the old one. No other program may have the installation open.
 *
 * @throws NootropicError `USAGE` for a log that is sound, `AUDIT_UNAVAILABLE` while another program writes to it or where the
 *   new one cannot be written, `KEY_UNAVAILABLE`, `STORAGE_FAILED`; `CONFIGURATION_INVALID` for the database of another
 *   installation
 * @example
 * ```ts
 * const { found, keptIn, verifierKey } = await replaceAuditLog({ home: '/srv/nootropic' })
 * // found: 'expected the audit log that was signed, got a changed tile/0/000.p/4 in /srv/nootropic/audit; …'
 * // keptIn: '/srv/nootropic/audit.replaced-20261122T184213367Z'
 * // verifierKey: 'nootropic.local/audit+1d08ae27+AXk1…'
 * ```
 */
export const replaceAuditLog = async (
  options: Pick<
    NootropicOptions,
    'manifests' | 'home' | 'database' | 'passphrase' | 'environment' | 'clock' | 'random'
  > = {},
): Promise<ReplacedAuditLog> => {
  const { passphrase, environment = process.env, clock = systemClock, random = systemRandom } = options
  const { settings, home, database: location } = await readPlaces(options)
  const keys = await openKeys({ directory: home.keys, passphrase, random, clock })
  verifyLocalDatabase(location, privacySettings(settings), environment)
  const database = await openDatabase(location)
  try {
    const anchor = await openAuditAnchor(database)
    const release = await holdAuditLog(home)
    try {
      return await replace({ home, keys, anchor, clock, random })
    } finally {
      await release()
    }
  } finally {
    await database.close()
  }
}
