import { type Clock, isNootropicError, NootropicError, systemClock } from '@nootropic/core'
import type { Database } from '@nootropic/core/storage'
import { z } from 'zod'
import { nameSchema } from '../name.ts'
import { type Directory, directorySchema } from './directory.ts'
import { type PolicyTables, policyMigrations, policyOwner } from './policy-table.ts'
import { type Rule, ruleSchema } from './rule.ts'
import { indexRules, type PermitSwitch, type RuleIndex } from './rule-index.ts'

// 100,000 rules of ordinary length are half of this; what is longer is no policy (CWE-770).
const maximumDocument = 64 * 1024 * 1024
const maximumListed = 1000

const documentSchema = z.strictObject({ rules: z.array(ruleSchema), directory: directorySchema })

/** A policy as it was published. */
export interface PolicyVersion {
  /** Whole numbers from 1. 0 stands for what counts while none was published. */
  readonly version: number
  readonly rules: readonly Rule[]
  readonly directory: Directory
}

/** Who published which version, and when. */
export interface PolicyRecord {
  readonly version: number
  readonly author: string
  readonly publishedAt: string
}

/** Policies in a database: the last one counts, all are kept. */
export interface PolicyStore {
  /** The policy that counts now. */
  read(): Promise<PolicyVersion>
  /** An earlier policy, for example to publish it again. @throws NootropicError `USAGE` if there is none. */
  readVersion(version: number): Promise<PolicyVersion>
  /**
   * Makes a policy the one that counts.
   *
   * @param change.expectedVersion the version that it was made from: of two who change the same one, the second is refused.
   * @throws NootropicError `CONFIGURATION_INVALID` for a wrong policy, `USAGE` if another version was published since.
   */
  publish(change: {
    readonly rules: readonly Rule[]
    readonly directory?: Directory
    readonly expectedVersion: number
    readonly author: string
  }): Promise<PolicyVersion>
  /** The last 1,000 versions, newest first. */
  history(): Promise<readonly PolicyRecord[]>
  /** The rules that count now, prepared for deciding. */
  currentIndex(): Promise<RuleIndex>
}

/**
 * Opens the policies in a database, and makes their table if it is not there.
 *
 * @param options.initial what counts while no policy was published; by default no rule, which permits nothing.
 * @param options.switchedOff says which permits do not count; what is published is kept as it is.
 * @throws NootropicError `STORAGE_FAILED`, `CONFIGURATION_INVALID` for wrong initial rules.
 */
export const openPolicyStore = async (options: {
  database: Database
  initial?: { readonly rules: readonly Rule[]; readonly directory?: Directory }
  switchedOff?: PermitSwitch
  clock?: Clock
}): Promise<PolicyStore> => {
  const { database, initial = { rules: [] }, switchedOff, clock = systemClock } = options
  const unpublished: PolicyVersion = { version: 0, directory: {}, ...initial }
  await database.migrate(policyOwner, policyMigrations)
  const tables = database.tables<PolicyTables>()
  let newest = 0
  let prepared: { readonly version: number; readonly index: RuleIndex } = {
    version: 0,
    index: indexRules(unpublished.rules, unpublished.directory, switchedOff),
  }

  const latestVersion = async (): Promise<number> => {
    // Answers of the pool's connections may overtake each other: compare with what was known when this one was asked.
    const atLeast = newest
    const row = await tables
      .selectFrom('accessrules_policies')
      .select('version')
      .orderBy('version', 'desc')
      .limit(1)
      .executeTakeFirst()
    const version = row?.version ?? 0
    // An older database in the place of this one would bring back rights that were taken away.
    if (version < atLeast) {
      const message = `expected policy version ${atLeast} or later, found ${version}; was an older database put back? Publish the policy again and restart`
      throw new NootropicError('STORAGE_FAILED', message)
    }
    newest = Math.max(newest, version)
    return version
  }

  const readVersion = async (version: number): Promise<PolicyVersion> => {
    if (version === 0) return unpublished
    const row = await tables
      .selectFrom('accessrules_policies')
      .select('document')
      .where('version', '=', version)
      .executeTakeFirst()
    if (row === undefined) {
      throw new NootropicError(
        'USAGE',
        `expected a policy version that was published, found ${version}; see the history`,
      )
    }
    let document: unknown
    try {
      document = JSON.parse(row.document)
    } catch {
      document = undefined
    }
    const parsed = documentSchema.safeParse(document)
    if (parsed.success) return { version, ...parsed.data }
    const found = 'another document in the database'
    throw new NootropicError('STORAGE_FAILED', `expected policy version ${version}, found ${found}; publish it again`)
  }

  const refresh = async (): Promise<RuleIndex> => {
    const version = await latestVersion()
    if (version !== prepared.version) {
      const { rules, directory } = await readVersion(version)
      prepared = { version, index: indexRules(rules, directory, switchedOff) }
    }
    return prepared.index
  }

  // Callers that come while a look is under way share the next one: the one under way may have begun before a change
  // that they know of.
  let underWay: Promise<unknown> = Promise.resolve()
  let waiting: Promise<RuleIndex> | undefined

  return {
    read: async () => readVersion(await latestVersion()),
    readVersion,
    async publish({ rules, directory = {}, expectedVersion, author }) {
      indexRules(rules, directory)
      const document = JSON.stringify({ rules, directory })
      if (document.length > maximumDocument) {
        const message = `expected a policy of at most ${maximumDocument} characters, found ${document.length}; join rules by groups`
        throw new NootropicError('CONFIGURATION_INVALID', message)
      }
      const by = nameSchema.safeParse(author)
      if (!by.success || !Number.isSafeInteger(expectedVersion) || expectedVersion < 0) {
        throw new NootropicError('USAGE', 'expected an author and a version from 0, found something else; read() first')
      }
      const conflict = (found: string): NootropicError =>
        new NootropicError(
          'USAGE',
          `expected policy version ${expectedVersion} to be the last, found ${found}; read it and publish again`,
        )
      const latest = await latestVersion()
      if (latest !== expectedVersion) throw conflict(`version ${latest}`)
      const version = expectedVersion + 1
      const row = { version, document, author: by.data, published_at: clock.now().toISOString() }
      try {
        await tables.insertInto('accessrules_policies').values(row).execute()
      } catch (error) {
        // The primary key decides between two who publish at once, in whichever processes.
        if (isNootropicError(error) && error.details.violation === 'unique') throw conflict('a later one')
        throw error
      }
      newest = Math.max(newest, version)
      return { version, rules, directory }
    },
    async history() {
      const rows = await tables
        .selectFrom('accessrules_policies')
        .select(['version', 'author', 'published_at'])
        .orderBy('version', 'desc')
        .limit(maximumListed)
        .execute()
      return rows.map(({ version, author, published_at: publishedAt }) => ({ version, author, publishedAt }))
    },
    currentIndex() {
      waiting ??= underWay.then(() => {
        waiting = undefined
        const look = refresh()
        underWay = look.catch(() => {})
        return look
      })
      return waiting
    },
  }
}
