import { eraseTraces, openSubjectRecords } from '@nootropic/access'
import type { EntryProof, SignedAuditLog } from '@nootropic/access/audit'
import { type AuditLog, type Clock, entityText, NootropicError } from '@nootropic/core'
import type { KeyStore } from '@nootropic/core/crypto'
import type { Database } from '@nootropic/core/storage'
import { type ErasureStatement, erasureAction, erasureEntry, personResource, removePerson } from './erasure.ts'
import { verifyErasureProof } from './erasure-proof.ts'
import { exportPerson, type PersonalExport } from './export.ts'
import { type KeptThing, readInventory } from './kept-inventory.ts'
import { openKeptMentions } from './kept-mentions.ts'
import type { People, Subject } from './people.ts'
import type { PrivacySettings } from './privacy-settings.ts'

/** What was erased, and the proof of it. */
interface Erasure {
  readonly statement: ErasureStatement
  /** That the statement is an entry of the log: for whoever has the log's first key, and nothing else of it. */
  readonly proof: EntryProof
}

/** What an installation holds of people: to list, to give out, to erase, and to let go of in time. */
export interface DataControl {
  /**
   * Everything that is kept, by kind.
   *
   * @throws NootropicError `ACCESS_DENIED` unless DataPrivacy has `control: local`
   */
  kept(): Promise<KeptThing[]>
  /**
   * All that is held of somebody, as one document without any secret.
   *
   * @throws NootropicError `ACCESS_DENIED` unless UserPrivacy has `privacy: control`
   */
  export(subject: Subject): Promise<PersonalExport>
  /**
   * Removes all that is held of somebody and destroys the keys of what the audit log holds of them. To be called again after a
   * crash: it then does the rest. Whoever asks for them afterwards finds nothing; the log still verifies.
   *
   * @throws NootropicError `ACCESS_DENIED` unless UserPrivacy has `privacy: control`; `USAGE` while the policy that counts
   *   names the person
   */
  erase(subject: Subject): Promise<Erasure>
  /**
   * Verifies the proof of an erasure: the log has the statement, and the keys that it names are gone.
   *
   * @throws NootropicError `AUDIT_CORRUPT`
   */
  verifyErasure(proof: unknown): Promise<ErasureStatement>
  /** Removes what ended longer ago than the retention. Without one, only what a crash left. @returns how many. */
  removeExpired(): Promise<number>
}

const refuse = (setting: string, toDo: string): never => {
  throw new NootropicError(
    'ACCESS_DENIED',
    `expected a manifest ${setting} to ${toDo}, found none; add it to the manifests`,
  )
}

/** Opens the control over what an installation holds of people. */
export const openDataControl = async (options: {
  database: Database
  keys: Pick<KeyStore, 'list'>
  /** The log as it is on disk, with what is sealed in it. */
  log: SignedAuditLog
  /** Where what is done here is written down. */
  audit: AuditLog
  people: People
  settings: PrivacySettings
  clock: Clock
}): Promise<DataControl> => {
  const { database, keys, log, audit, people, settings, clock } = options
  const records = await openSubjectRecords({ database, clock })
  const parts = { records, mentions: openKeptMentions(database), people, log, clock }

  const record = async (action: string, resource: string, outcome: 'allowed' | 'succeeded'): Promise<void> => {
    if (!settings.isAudited) return
    await audit.append({ category: 'security', actor: 'system:nootropic', action, resource, outcome })
  }
  const verifyControllable = (toDo: string): void => {
    if (!settings.isControllable) refuse('UserPrivacy with `privacy: control`', toDo)
  }

  return {
    async kept() {
      if (!settings.isListable) refuse('DataPrivacy with `control: local`', 'list what is kept')
      await record('data.list', 'installation:this', 'allowed')
      return readInventory({ database, audit: log, settings })
    },

    async export(subject) {
      verifyControllable('give out what is held of a person')
      const held = await exportPerson(parts, subject)
      // Of whom nothing is held, nothing is written down either.
      const resource = held.isAnythingHeld ? entityText(subject) : personResource([])
      await record('data.export', resource, 'succeeded')
      return held
    },

    async erase(subject) {
      verifyControllable('erase what is held of a person')
      await records.verifyErasable(subject)
      const persons = await people.find(subject)
      await record(erasureAction, personResource(persons), 'allowed')
      const statement = await removePerson(parts, subject, persons, () => eraseTraces(database))
      // Always on record: the entry is the proof.
      const { index } = await log.append(erasureEntry(statement))
      for (const person of persons) await people.forget(person)
      return { statement, proof: await log.prove(index) }
    },

    async verifyErasure(proof) {
      const present = new Set((await keys.list()).map(({ keyId }) => keyId))
      return verifyErasureProof(proof, log, (keyId) => present.has(keyId))
    },

    async removeExpired() {
      const { retentionMs } = settings
      if (retentionMs === undefined) return people.forgetBefore(new Date(0))
      const before = new Date(clock.now().getTime() - retentionMs)
      return (await records.removeEnded(before)) + (await people.forgetBefore(before))
    },
  }
}
