import type { ModelRef } from '@nootropic/core'
import type { Database } from '@nootropic/core/storage'
import { claimSchema, type EmbeddedClaim, type Fingerprint, fingerprintSchema } from '@nootropic/watermark'
import { z } from 'zod'
import { type InstallationTables, migrateInstallation } from './installation-tables.ts'

/** What proves whose model a version is. */
export interface Marks {
  readonly fingerprint: Fingerprint
  /** The claim in its weights; left out when none was embedded. */
  readonly claim?: EmbeddedClaim
}

/** Keeps the marks of the registered versions. */
export interface MarkStore {
  /** Keeps the first marks of a version; they never change afterwards. */
  put(ref: ModelRef, marks: Marks): Promise<void>
  get(ref: ModelRef): Promise<Marks | undefined>
}

const marksSchema = z.strictObject({
  fingerprint: fingerprintSchema,
  claim: claimSchema.required({ placement: true }).optional(),
})

/** The marks in a database, by the digest of the model. */
export const openMarkStore = async (database: Database): Promise<MarkStore> => {
  await migrateInstallation(database)
  const tables = database.tables<InstallationTables>()
  return {
    async put({ digest }, marks) {
      await tables
        .insertInto('nootropic_marks')
        .values({ digest, content: JSON.stringify(marks) })
        .onConflict((conflict) => conflict.column('digest').doNothing())
        .execute()
    },
    async get({ digest }) {
      const row = await tables
        .selectFrom('nootropic_marks')
        .select('content')
        .where('digest', '=', digest)
        .executeTakeFirst()
      return row === undefined ? undefined : (marksSchema.parse(JSON.parse(row.content)) as Marks)
    },
  }
}
