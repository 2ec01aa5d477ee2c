import { createCipheriv, createDecipheriv, createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import { type Clock, canonicalJson, isNootropicError, NootropicError, type Random } from '@nootropic/core'
import { hkdfExpand, type KeyStore } from '@nootropic/core/crypto'
import type { Database } from '@nootropic/core/storage'
import { migratePeople, type PeopleTables, type PersonRow } from './people-table.ts'

/** Somebody of whom something is kept. */
export interface Subject {
  readonly type: string
  readonly id: string
}

/** Under which pseudonym somebody stands in the audit log, and by which key what names them is sealed. */
export interface Person {
  /** The random part of `person:<pseudonym>`. */
  readonly pseudonym: string
  readonly keyId: string
}

/** A person whose entries can be sealed. */
type PresentPerson = Person & { readonly key: KeyObject }

/** Who stands under which pseudonym. To destroy a person's key is to forget them: only the key leads back to a name. */
export interface People {
  /** The pseudonym that somebody has now, made on first use, and the key to seal their entries under. */
  of(subject: Subject): Promise<PresentPerson>
  /** Every pseudonym that somebody has, the newest first. */
  find(subject: Subject): Promise<Person[]>
  /** The key of a pseudonym's entries, or undefined if it was destroyed. */
  key(keyId: string): Promise<KeyObject | undefined>
  /** Who stands under a pseudonym, or undefined if nobody does any more. */
  nameOf(pseudonym: string): Promise<Subject | undefined>
  /** Destroys the key of a pseudonym: nobody learns its name any more. What was done before is no error. */
  destroyKey(person: Person): Promise<void>
  /** Destroys the key of a pseudonym, and then forgets whose it was. */
  forget(person: Person): Promise<void>
  /** Destroys the keys of pseudonyms that began before an instant, and keys that a crash left to nobody. @returns how many. */
  forgetBefore(instant: Date): Promise<number>
}

const purpose = 'personal-data'
const nonceBytes = 12
const tagBytes = 16
// What is remembered of who is who, so that an entry costs no query; the oldest goes first (CWE-770).
const maximumRemembered = 10_000
// Within a retention somebody has several keys, one after the other: each is destroyed when what it sealed first is too old.
const keysPerRetention = 4
// A process that has made a key and not yet its row has this long.
const abandonedAfterMs = 60 * 60 * 1000

// One key, one use: a key of its own for the entries, one for the name.
const derive = (key: KeyObject, use: 'entries' | 'name'): KeyObject =>
  createSecretKey(hkdfExpand('sha256', key, Buffer.from(`nootropic person ${use} v1`), 32))

const sealName = (key: KeyObject, { type, id }: Subject, random: Random): string => {
  const nonce = random.bytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', derive(key, 'name'), nonce, { authTagLength: tagBytes })
  return Buffer.concat([nonce, cipher.update(canonicalJson([type, id])), cipher.final(), cipher.getAuthTag()]).toString(
    'base64',
  )
}

const openName = (key: KeyObject, sealed: string): Subject => {
  const bytes = Buffer.from(sealed, 'base64')
  try {
    const nonce = bytes.subarray(0, nonceBytes)
    const decipher = createDecipheriv('aes-256-gcm', derive(key, 'name'), nonce, { authTagLength: tagBytes })
    decipher.setAuthTag(bytes.subarray(-tagBytes))
    const text = Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()])
    const [type = '', id = ''] = JSON.parse(text.toString()) as string[]
    return { type, id }
  } catch (cause) {
    const message = 'expected a name that the key of this person sealed, found another in nootropic_people'
    throw new NootropicError('STORAGE_FAILED', `${message}; restore the database from its backup`, { cause })
  }
}

/**
 * Opens who stands under which pseudonym, and makes the table if it is not there.
 *
 * @param options.retentionMs after so long a key is destroyed, whatever it sealed; without it, when the person is erased.
 * @throws NootropicError `KEY_UNAVAILABLE`, `STORAGE_FAILED`; `LIMIT_EXCEEDED` for more people than the key store holds
 */
export const openPeople = async (options: {
  database: Database
  keys: Pick<KeyStore, 'createDataKey' | 'dataKey' | 'removeKey' | 'secret' | 'list'>
  clock: Clock
  random: Random
  retentionMs?: number | undefined
}): Promise<People> => {
  const { database, keys, clock, random, retentionMs } = options
  await migratePeople(database)
  const tables = database.tables<PeopleTables>()
  let secret: Promise<KeyObject> | undefined
  const remembered = new Map<string, PersonRow>()
  const making = new Map<string, Promise<PresentPerson>>()

  const macOf = async ({ type, id }: Subject): Promise<string> => {
    // Made when somebody is first asked for: an installation that knows nobody has no key of theirs.
    secret ??= keys.secret('people')
    secret.catch(() => {
      secret = undefined
    })
    return createHmac('sha256', await secret)
      .update(canonicalJson([type, id]))
      .digest('hex')
  }

  const open = ({ person, key_id }: Pick<PersonRow, 'person' | 'key_id'>): Promise<KeyObject | undefined> =>
    keys.dataKey(key_id, { purpose, id: person }).catch((error: unknown) => {
      const isGone =
        isNootropicError(error, 'KEY_UNAVAILABLE') && ['unknown', 'state'].includes(String(error.details.reason))
      if (isGone) return undefined
      throw error
    })

  const remember = (row: PersonRow): void => {
    const [oldest] = remembered.keys()
    if (remembered.size >= maximumRemembered && oldest !== undefined) remembered.delete(oldest)
    remembered.set(row.subject_mac, row)
  }
  const toPerson = ({ person, key_id }: PersonRow): Person => ({ pseudonym: person, keyId: key_id })
  const isCurrent = ({ begins_at }: PersonRow): boolean =>
    retentionMs === undefined || begins_at > clock.now().getTime() - retentionMs / keysPerRetention

  /** The person of a row, if their entries are sealed under its key now. */
  const present = async (row: PersonRow): Promise<PresentPerson | undefined> => {
    // Somebody who is being erased has a row without its key: they begin anew.
    const key = isCurrent(row) ? await open(row) : undefined
    return key === undefined ? undefined : { ...toPerson(row), key: derive(key, 'entries') }
  }

  const rowsOf = (mac: string): Promise<PersonRow[]> =>
    tables
      .selectFrom('nootropic_people')
      .selectAll()
      .where('subject_mac', '=', mac)
      .orderBy('begins_at', 'desc')
      .orderBy('person')
      .execute()

  const make = async (subject: Subject, mac: string): Promise<PresentPerson> => {
    const person = random.uuid()
    const { keyId, key } = await keys.createDataKey({ purpose, id: person })
    const row: PersonRow = {
      person,
      subject_mac: mac,
      key_id: keyId,
      sealed_name: sealName(key, subject, random),
      begins_at: clock.now().getTime(),
    }
    await tables.insertInto('nootropic_people').values(row).execute()
    remember(row)
    return { ...toPerson(row), key: derive(key, 'entries') }
  }

  const findOrMake = async (subject: Subject, mac: string): Promise<PresentPerson> => {
    for (const row of await rowsOf(mac)) {
      const person = await present(row)
      if (person === undefined) continue
      remember(row)
      return person
    }
    return make(subject, mac)
  }

  const destroyKey: People['destroyKey'] = async ({ keyId }) => {
    await keys.removeKey(keyId).catch((error: unknown) => {
      if (!isNootropicError(error, 'KEY_UNAVAILABLE') || error.details.reason !== 'unknown') throw error
    })
  }

  const forget: People['forget'] = async (person) => {
    await destroyKey(person)
    const rows = await tables
      .deleteFrom('nootropic_people')
      .where('person', '=', person.pseudonym)
      .returning('subject_mac')
      .execute()
    for (const { subject_mac } of rows) remembered.delete(subject_mac)
  }

  return {
    async of(subject) {
      const mac = await macOf(subject)
      const row = remembered.get(mac)
      const known = row === undefined ? undefined : await present(row)
      if (known !== undefined) return known
      remembered.delete(mac)
      // Several entries at once make one pseudonym.
      const under = making.get(mac) ?? findOrMake(subject, mac).finally(() => making.delete(mac))
      making.set(mac, under)
      return under
    },
    find: async (subject) => (await rowsOf(await macOf(subject))).map(toPerson),
    async key(keyId) {
      const row = await tables
        .selectFrom('nootropic_people')
        .select(['person', 'key_id'])
        .where('key_id', '=', keyId)
        .executeTakeFirst()
      const key = row === undefined ? undefined : await open(row)
      return key === undefined ? undefined : derive(key, 'entries')
    },
    async nameOf(pseudonym) {
      const row = await tables
        .selectFrom('nootropic_people')
        .selectAll()
        .where('person', '=', pseudonym)
        .executeTakeFirst()
      const key = row === undefined ? undefined : await open(row)
      return row === undefined || key === undefined ? undefined : openName(key, row.sealed_name)
    },
    destroyKey,
    forget,
    async forgetBefore(instant) {
      const old = await tables
        .selectFrom('nootropic_people')
        .selectAll()
        .where('begins_at', '<=', instant.getTime())
        .execute()
      for (const row of old) await forget(toPerson(row))
      const known = new Set(
        (await tables.selectFrom('nootropic_people').select('key_id').execute()).map((row) => row.key_id),
      )
      const before = new Date(clock.now().getTime() - abandonedAfterMs).toISOString()
      const abandoned = (await keys.list()).filter(
        (key) => key.purpose === purpose && key.created <= before && !known.has(key.keyId),
      )
      for (const { keyId } of abandoned) await keys.removeKey(keyId)
      return old.length + abandoned.length
    },
  }
}
