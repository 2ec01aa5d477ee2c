import { rename } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type Clock, NootropicError, type Random, systemClock, systemRandom } from '@nootropic/core'
import type { KeyStore } from '@nootropic/core/crypto'
import { openDatabase, tryLock } from '@nootropic/core/storage'
import type { Home } from '../home.ts'
import type { NootropicOptions } from '../installation.ts'
import { openKeys } from '../key-protection.ts'
import { verifyLocalDatabase } from '../people/local-database.ts'
import { privacySettings } from '../people/privacy-settings.ts'
import { readPlaces } from '../places.ts'
import { type AuditAnchor, openAuditAnchor } from './anchor.ts'
import { isReplaceable, openInstallationAuditLog } from './installation-audit-log.ts'

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

interface Parts {
  readonly home: Pick<Home, 'root' | 'audit'>
  readonly keys: KeyStore
  readonly anchor: AuditAnchor
  readonly clock: Clock
  readonly random: Random
}

// A record of the audit log holds 64 KiB.
const maximumFound = 2048

/** Opens the log and reads the whole of it. @returns what is wrong with it for good, or undefined for a log that is sound. */
const problemOf = async (parts: Parts): Promise<string | undefined> => {
  const lasting = (error: unknown): string => {
    if (isReplaceable(error)) return error.message
    throw error
  }
  const opened = await openInstallationAuditLog(parts).catch(lasting)
  if (typeof opened === 'string') return opened
  const { log } = opened
  return log
    .verify(await parts.anchor.read())
    .then(() => undefined, lasting)
    .finally(() => log.close().catch(() => {}))
}

/** Renames a directory. @returns its new place, or undefined where there is none. */
const putAside = async (directory: string, suffix: string): Promise<string | undefined> => {
  const place = `${directory}.${suffix}`
  try {
    await rename(directory, place)
    return place
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    const message = `expected to keep ${directory} as ${place}, found ${code}; mend that and ask again`
    throw new NootropicError('AUDIT_UNAVAILABLE', message, { cause })
  }
}

const replace = async (parts: Parts): Promise<ReplacedAuditLog> => {
  const { home, anchor, clock } = parts
  const found = await problemOf(parts)
  if (found === undefined) {
    const message = `expected an audit log that cannot be used any more, found a sound one in ${home.audit}`
    throw new NootropicError('USAGE', `${message}; go on with it`)
  }
  const checkpoint = await anchor.read()
  const suffix = `replaced-${clock
    .now()
    .toISOString()
    .replaceAll(/[^\dTZ]/g, '')}`
  // The key first: a log without it is refused, so that whoever stops here has to ask again.
  await putAside(join(home.root, 'audit-key'), suffix)
  const keptIn = await putAside(home.audit, suffix)
  const details = {
    found: found.slice(0, maximumFound),
    ...(keptIn === undefined ? {} : { keptIn: basename(keptIn) }),
    ...(checkpoint === undefined ? {} : { checkpoint }),
  }
  // Until the new log has said what it replaces, the old anchor refuses it: a crash in between is another reason to ask.
  const replacing: AuditAnchor = { read: async () => undefined, write: (next) => anchor.write(next) }
  const { log, close } = await openInstallationAuditLog({ ...parts, anchor: replacing })
  try {
    await log.append({
      category: 'security',
      actor: 'system:nootropic',
      action: 'replace-log',
      resource: 'log:entries',
      outcome: 'succeeded',
      details,
    })
  } catch (error) {
    await log.close().catch(() => {})
    throw error
  }
  await close()
  return { found, keptIn, checkpoint, verifierKey: log.verifierKey }
}

/**
 * Begins another audit log where the one of an installation cannot be used any more: it was changed, cut or removed, or its
 * key was lost. The files of the old one are kept, and the first entry of the new one says what was found and the last
 * checkpoint of the old one. No other program may have the installation open.
 *
 * @throws NootropicError `USAGE` for a log that is sound, `AUDIT_UNAVAILABLE` while another program writes to it or where the
 *   new one cannot be written, `KEY_UNAVAILABLE`, `STORAGE_FAILED`
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
    const lock = await tryLock(home.root, 'audit-replacement')
    if (lock.release === undefined) {
      const message = `expected nobody else to replace the audit log in ${home.audit}, found ${lock.holder}`
      throw new NootropicError('AUDIT_UNAVAILABLE', `${message}; wait for that`)
    }
    try {
      return await replace({ home, keys, anchor, clock, random })
    } finally {
      await lock.release()
    }
  } finally {
    await database.close()
  }
}
