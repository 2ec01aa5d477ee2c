import type { Random } from '@nootropic/core'
import { NootropicError } from '@nootropic/core'
import type { Database } from '@nootropic/core/storage'
import { Secret, TOTP } from 'otpauth'
import type { Owner } from '../credentials/owner.ts'
import type { MfaTables, TotpRow } from './mfa-table.ts'
import type { SeedSeal } from './seed-seal.ts'
import { stepOfCode } from './totp-code.ts'

// RFC 4226 section 4, R6: 160 bits.
const seedBytes = 20
// A telephone, a tablet, one in the safe; and each costs an HMAC at every attempt.
const maximumPerSubject = 5
const confirmWithinMs = 10 * 60 * 1000

/** What an authenticator application needs, shown this once. */
export interface TotpEnrolment {
  readonly id: string
  /** The seed in base 32, to type. */
  readonly secret: string
  /** `otpauth://totp/…`, to show as a QR code. */
  readonly uri: string
}

/** Generators of time-based codes (RFC 6238), their seeds sealed. */
export interface TotpGenerators {
  enrol(subject: Owner, label: { issuer: string; account: string }): Promise<TotpEnrolment>
  /** @returns whether the code was right and in time, and the generator counts from now on. */
  confirm(subject: Owner, id: string, code: unknown): Promise<boolean>
  /** @returns whether a generator of the subject made this code: for one of all processes, and once. */
  take(subject: Owner, code: unknown): Promise<boolean>
  remove(subject: Owner, id: string): Promise<boolean>
  list(subject: Owner): Promise<{ id: string; createdAt: string }[]>
}

export const createTotpGenerators = (
  database: Database,
  seal: SeedSeal,
  time: () => number,
  random: Random,
  toleratedSteps: number,
): TotpGenerators => {
  const tables = database.tables<MfaTables>()
  const ofSubject = (subject: Owner) =>
    tables
      .selectFrom('access_totp')
      .selectAll()
      .where('subject_type', '=', subject.type)
      .where('subject_id', '=', subject.id)
  const nameOf = ({ id, subject_type, subject_id }: Pick<TotpRow, 'id' | 'subject_type' | 'subject_id'>): string =>
    JSON.stringify(['totp', id, subject_type, subject_id])

  const stepIn = (row: TotpRow, code: unknown, now: number): number | undefined => {
    const seed = seal.open(nameOf(row), row.sealed_seed)
    try {
      return stepOfCode(seed, code, now, toleratedSteps)
    } finally {
      seed.fill(0)
    }
  }

  // One statement decides for all processes. Steps only grow: an older code than the last one is refused as well, so a clock
  // that goes back makes no used code valid again.
  const use = async (row: TotpRow, step: number, change: { confirmed_at?: number } = {}): Promise<boolean> => {
    const statement = tables
      .updateTable('access_totp')
      .set({ last_step: step, ...change })
      .where('id', '=', row.id)
      .where('last_step', '<', step)
      .where('confirmed_at', change.confirmed_at === undefined ? 'is not' : 'is', null)
    return (await statement.returning('id').executeTakeFirst()) !== undefined
  }

  return {
    async enrol(subject, { issuer, account }) {
      const now = time()
      await tables
        .deleteFrom('access_totp')
        .where('subject_type', '=', subject.type)
        .where('subject_id', '=', subject.id)
        .where('confirmed_at', 'is', null)
        .where('created_at', '<=', now - confirmWithinMs)
        .execute()
      const { length } = await ofSubject(subject).execute()
      if (length >= maximumPerSubject) {
        const found = `${length} already; remove one first`
        throw new NootropicError('LIMIT_EXCEEDED', `expected at most ${maximumPerSubject} generators, found ${found}`)
      }
      const id = random.bytes(12).toString('base64url')
      const bytes = random.bytes(seedBytes)
      const owned = { id, subject_type: subject.type, subject_id: subject.id, created_at: now }
      const sealed_seed = seal.seal(nameOf(owned), bytes)
      const secret = new Secret({ buffer: new Uint8Array(bytes).buffer })
      bytes.fill(0)
      await tables
        .insertInto('access_totp')
        .values({ ...owned, sealed_seed, confirmed_at: null, last_step: 0 })
        .execute()
      return { id, secret: secret.base32, uri: new TOTP({ issuer, label: account, secret }).toString() }
    },

    async confirm(subject, id, code) {
      const now = time()
      const row = await ofSubject(subject).where('id', '=', id).where('confirmed_at', 'is', null).executeTakeFirst()
      if (row === undefined || !(row.created_at > now - confirmWithinMs)) return false
      const step = stepIn(row, code, now)
      return step !== undefined && (await use(row, step, { confirmed_at: now }))
    },

    async take(subject, code) {
      const now = time()
      const rows = await ofSubject(subject).where('confirmed_at', 'is not', null).orderBy('id').execute()
      let isTaken = false
      for (const row of rows) {
        const step = stepIn(row, code, now)
        if (step !== undefined && !isTaken) isTaken = await use(row, step)
      }
      return isTaken
    },

    async remove(subject, id) {
      const row = await tables
        .deleteFrom('access_totp')
        .where('id', '=', id)
        .where('subject_type', '=', subject.type)
        .where('subject_id', '=', subject.id)
        .returning('id')
        .executeTakeFirst()
      return row !== undefined
    },

    async list(subject) {
      const rows = await ofSubject(subject).where('confirmed_at', 'is not', null).orderBy('created_at').execute()
      return rows.map(({ id, created_at }) => ({ id, createdAt: new Date(created_at).toISOString() }))
    },
  }
}
