import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ApiKeys, openApiKeys, openMfa, openPolicyStore, openSessions } from '@nootropic/access'
import { openAuditLog, type SignedAuditLog } from '@nootropic/access/audit'
import { createEventBus, type ModelControl, systemClock, systemRandom } from '@nootropic/core'
import { openKeyStore } from '@nootropic/core/crypto'
import { openDatabase } from '@nootropic/core/storage'
import { openIncidents } from '@nootropic/incident'
import { openRegistry } from '@nootropic/runtime'
import { onTestFinished } from 'vitest'
import { migrateInstallation } from '../../src/installation-tables.ts'
import { openDataControl } from '../../src/people/data-control.ts'
import { openPeople } from '../../src/people/people.ts'
import { openPersonalAuditLog } from '../../src/people/personal-audit-log.ts'
import type { PrivacySettings } from '../../src/people/privacy-settings.ts'

export const allOn: PrivacySettings = {
  isSealed: true,
  isListable: true,
  isAudited: true,
  isControllable: true,
  isMinimal: true,
  localBy: [],
  retentionMs: undefined,
}

export const temporaryHome = (): string => {
  const home = mkdtempSync(join(tmpdir(), 'nootropic-people-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  return home
}

const origin = 'nootropic.local/audit'

/** Opens what an installation keeps, as `openNootropic` does, without models. */
export const openHome = async (
  home: string,
  options: { database?: string; settings?: Partial<PrivacySettings>; clock?: typeof systemClock } = {},
) => {
  const clock = options.clock ?? systemClock
  const random = systemRandom
  const settings = { ...allOn, ...options.settings }
  const keys = await openKeyStore({ directory: join(home, 'keys'), clock })
  const database = await openDatabase(options.database ?? join(home, 'state.db'))
  await migrateInstallation(database)
  const signingKey = await keys.signingKey('audit-checkpoint')
  const log = await openAuditLog({ directory: join(home, 'audit'), signingKey, origin, clock })
  const people = await openPeople({ database, keys, clock, random, retentionMs: settings.retentionMs })
  const audit: SignedAuditLog = settings.isSealed ? openPersonalAuditLog(log, people, random) : log
  const record = (entry: Parameters<SignedAuditLog['append']>[0]) => audit.append(entry)
  const shared = { database, clock, random, record }
  const apiKeys: ApiKeys = await openApiKeys({ database, clock, pepper: await keys.secret('api-key-pepper') })
  const sessions = await openSessions(shared)
  const mfa = await openMfa({ ...shared, keys })
  const policies = await openPolicyStore({ database, clock })
  const registry = await openRegistry({ database, clock })
  const bus = createEventBus({ clock, random, onError: () => {} })
  const none = async (): Promise<never> => Promise.reject(new Error('no model serves here'))
  const control: ModelControl = {
    suspend: async () => {},
    resume: async () => {},
    activate: async () => {},
    rollback: none,
  }
  const incidents = await openIncidents({
    database,
    control,
    active: async () => undefined,
    verify: async () => 'pass',
    bus,
    clock,
    random,
  })
  const data = await openDataControl({ database, keys, log, audit, people, settings, clock })
  let isOpen = true
  const close = async (): Promise<void> => {
    if (!isOpen) return
    isOpen = false
    await apiKeys.flush()
    await log.close()
    await database.close()
  }
  onTestFinished(close)
  return { apiKeys, audit, bus, data, database, incidents, keys, log, mfa, people, policies, registry, sessions, close }
}

export type PeopleHome = Awaited<ReturnType<typeof openHome>>

/** The files below a directory that hold some bytes. */
export const filesWith = (directory: string, bytes: string | Buffer): string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path).includes(bytes))

/** Everything that an iterator gives. */
export const collect = async <Item>(items: AsyncIterable<Item>): Promise<Item[]> => {
  const all: Item[] = []
  for await (const item of items) all.push(item)
  return all
}
