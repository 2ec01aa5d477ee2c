import { type AuditEntry, NootropicError } from '@nootropic/core'
import { type KeyStore, protectionOf } from '@nootropic/core/crypto'
import { onRecord } from '../audit/on-record.ts'
import { openKeys, type ProtectionKind } from '../key-protection.ts'
import { readPlaces } from '../places.ts'
import type { Invocation, Streams, VerbResult } from '../verb.ts'
import { namedHome, withInstallation } from './installation.ts'
import { withPassphrase } from './keys-passphrase.ts'

/** The directory of the keys of the installation that the options name. */
export const keysDirectory = async (invocation: Invocation, streams: Streams): Promise<string> =>
  (await readPlaces(namedHome(invocation, streams))).home.keys

/**
 * Reads from a key store without opening the rest of its installation, so that a program that has it open is no hindrance.
 *
 * @throws NootropicError `KEY_UNAVAILABLE` when there is none: one that was made now would only be in the way of a recovery
 */
export const readKeys = async (
  invocation: Invocation,
  streams: Streams,
  work: (keys: KeyStore, protection: ProtectionKind) => Promise<VerbResult>,
): Promise<VerbResult> => {
  const directory = await keysDirectory(invocation, streams)
  const protection = await protectionOf(directory)
  if (protection === undefined) {
    const message = `expected a key store at ${directory}, found none`
    throw new NootropicError(
      'KEY_UNAVAILABLE',
      `${message}; \`nootropic keys create NAME\` makes one, \`nootropic keys recover FILE\` restores one`,
    )
  }
  const keys = await withPassphrase(invocation, streams, (unlock) => openKeys({ directory, ...unlock }))
  return work(keys, protection)
}

/**
 * Changes a key store, on record: the audit log says what is about to be done, and then what came of it. What cannot be
 * recorded is not done. The key store's own history has each change in any case.
 *
 * @param work resolves with what is to be shown, and with what of it belongs into the record.
 */
export const changeKeys = <Result>(
  invocation: Invocation,
  streams: Streams,
  change: Pick<AuditEntry, 'action' | 'resource' | 'details'>,
  work: (keys: KeyStore) => Promise<Result & { readonly changed?: AuditEntry['details'] }>,
): Promise<Result> =>
  withInstallation(invocation, streams, async ({ keyStore, audit }) => {
    const entry = { category: 'operation', actor: 'system:nootropic', ...change } as const
    const result = await onRecord(audit, entry, () => work(keyStore))
    const details = { ...entry.details, ...result.changed }
    await audit.append({ ...entry, outcome: 'succeeded', ...(Object.keys(details).length === 0 ? {} : { details }) })
    return result
  })
