import { createHash } from 'node:crypto'
import { canonicalJson, type Random } from '@nootropic/core'
import type { Database } from '@nootropic/core/storage'
import type { Owner } from '../credentials/owner.ts'
import type { MfaTables } from './mfa-table.ts'

const count = 10
// 24 digits of 5 bits: 120 bits. From 112 bits on a plain hash is enough (ASVS 6.5.2).
const digitsOfCode = 24
// Crockford's base 32: no letter is taken for a digit when it is read from paper.
const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

const createCode = (random: Random): string =>
  Array.from(random.bytes(digitsOfCode), (byte) => digits[byte % 32]).join('')

/** A code as it is hashed: however it was grouped, and whatever a reader took for a digit. Undefined if it is none. */
const plain = (code: unknown): string | undefined => {
  if (typeof code !== 'string' || code.length > 64) return undefined
  const text = code.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll(/[IL]/g, '1').replaceAll('O', '0')
  return /^[0-9A-HJKMNP-TV-Z]{24}$/.test(text) ? text : undefined
}

const hashOf = (subject: Owner, text: string): string =>
  createHash('sha256')
    .update(canonicalJson([subject.type, subject.id, text]))
    .digest('hex')

/** The same rows for whoever replaces the codes of a subject: one waits for the other at the first of them. */
const idOf = (subject: Owner, place: number): string =>
  createHash('sha256')
    .update(canonicalJson([subject.type, subject.id, place]))
    .digest('base64url')

/** Codes on paper for whoever lost the other factors. */
export interface RecoveryCodes {
  /** Makes ten codes of 120 bits; earlier ones end. They are shown this once and kept nowhere. */
  replace(subject: Owner): Promise<string[]>
  /** How many are left. */
  remaining(subject: Owner): Promise<number>
  /** Takes a code away. @returns whether it was there: for one of all processes. */
  take(subject: Owner, code: unknown): Promise<boolean>
}

export const createRecoveryCodes = (database: Database, time: () => number, random: Random): RecoveryCodes => {
  const tables = database.tables<MfaTables>()
  return {
    async replace(subject) {
      const codes = Array.from({ length: count }, () => createCode(random))
      const rows = codes.map((code, place) => ({
        id: idOf(subject, place),
        subject_type: subject.type,
        subject_id: subject.id,
        created_at: time(),
        code_hash: hashOf(subject, code),
        used_at: null,
      }))
      const ids = rows.map(({ id }) => id)
      await tables.transaction().execute(async (transaction) => {
        await transaction
          .insertInto('access_recovery_codes')
          .values(rows)
          .onConflict((conflict) =>
            conflict.column('id').doUpdateSet(({ ref }) => ({
              created_at: ref('excluded.created_at'),
              code_hash: ref('excluded.code_hash'),
              used_at: null,
            })),
          )
          .execute()
        // Rows that were made before had ids that followed from nothing.
        await transaction
          .deleteFrom('access_recovery_codes')
          .where('subject_type', '=', subject.type)
          .where('subject_id', '=', subject.id)
          .where('id', 'not in', ids)
          .execute()
      })
      return codes.map((code) => code.replaceAll(/(.{4})(?=.)/g, '$1-'))
    },

    async remaining(subject) {
      const rows = await tables
        .selectFrom('access_recovery_codes')
        .select('id')
        .where('subject_type', '=', subject.type)
        .where('subject_id', '=', subject.id)
        .where('used_at', 'is', null)
        .execute()
      return rows.length
    },

    async take(subject, code) {
      const text = plain(code)
      if (text === undefined) return false
      const row = await tables
        .updateTable('access_recovery_codes')
        .set({ used_at: time() })
        .where('code_hash', '=', hashOf(subject, text))
        .where('subject_type', '=', subject.type)
        .where('subject_id', '=', subject.id)
        .where('used_at', 'is', null)
        .returning('id')
        .executeTakeFirst()
      return row !== undefined
    },
  }
}
