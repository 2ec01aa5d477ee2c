import { join } from 'node:path'
import { expect } from 'vitest'
import { openAuditLog, verifyAuditLog } from '../../src/audit/index.ts'
import { collect, origin } from './audit.ts'
import type { Said } from './audit-killed.ts'

export const source = new URL('./audit-killed.ts', import.meta.url)

/** The log that a killed process left opens, verifies by its first key, and has every entry that was acknowledged. */
export const verify = async (home: string, said: readonly Said[], label: string): Promise<void> => {
  const verifierKey = said.find((one) => one.verifierKey !== undefined)?.verifierKey
  const anchor = said.findLast(({ checkpoint }) => checkpoint !== undefined)?.checkpoint
  const directory = join(home, 'audit')
  const log = await openAuditLog({ directory, origin, anchor, epochs: { keyFile: join(home, 'key') } })
  const kept = new Set((await collect(log.entries())).map(({ action }) => action))
  expect(
    said.flatMap(({ acknowledged = [] }) => acknowledged).filter((action) => !kept.has(action)),
    label,
  ).toEqual([])
  await log.append({
    category: 'operation',
    actor: 'user:b',
    action: 'after',
    resource: 'log:test',
    outcome: 'succeeded',
  })
  await log.verify(anchor)
  await log.close()
  if (verifierKey !== undefined) expect(log.verifierKey, label).toBe(verifierKey)
  await verifyAuditLog({ directory, verifierKey: log.verifierKey, anchor })
}
