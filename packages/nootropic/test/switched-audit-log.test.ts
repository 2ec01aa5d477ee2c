import type { AuditEntry } from '@nootropic/core'
import { expect, test } from 'vitest'
import { createSwitchedAuditLog } from '../src/audit/switched-audit-log.ts'

const categories = ['access', 'operation', 'security'] as const
const entryOf = (category: AuditEntry['category']): AuditEntry => ({
  category,
  actor: 'user:ada',
  action: 'execute',
  resource: 'model:digits',
  outcome: 'allowed',
})

test.each([
  ['accessLogs', 'access'],
  ['operationLogs', 'operation'],
  ['securityEvents', 'security'],
] as const)('%s keeps entries of the category %s, and off keeps none of them', async (view, category) => {
  const all = { accessLogs: true, operationLogs: true, securityEvents: true }
  const kept = async (views: typeof all): Promise<string[]> => {
    const entries: string[] = []
    const log = createSwitchedAuditLog(
      { append: async (entry) => ({ index: entries.push(entry.category) - 1, leafHash: '' }) },
      views,
    )
    for (const one of categories) await log.append(entryOf(one))
    return entries
  }
  expect(await kept(all)).toEqual(categories)
  expect(await kept({ ...all, [view]: false })).toEqual(categories.filter((one) => one !== category))
})
