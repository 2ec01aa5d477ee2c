import { formatAuditRecord } from '@nootropic/access/audit'
import { textOption, type Verb } from '../verb.ts'
import { choose } from './choose.ts'
import { installationOptions, withInstallation } from './installation.ts'
import { countOption } from './number-option.ts'

const categories = ['access', 'operation', 'security'] as const
// Each line stands in memory until all are printed (CWE-770).
const mostLines = 100_000

export const auditTail: Verb = {
  name: 'audit tail',
  operands: '',
  summary: 'the last entries of the audit log',
  options: {
    ...installationOptions,
    category: { type: 'string', value: 'VIEW', description: `one view only: ${categories.join(', ')}` },
    count: { type: 'string', value: 'N', description: 'how many (default 20)' },
  },
  async run(invocation, streams) {
    const wanted = textOption(invocation, 'category')
    const category = wanted === undefined ? undefined : choose('category', wanted, categories)
    const count = countOption(invocation, 'count', { most: mostLines }) ?? 20
    return withInstallation(invocation, streams, async ({ audit }) => {
      const entries = await audit.tail(count, category === undefined ? {} : { category })
      return { exit: 0, document: { entries }, text: entries.map((entry) => `${formatAuditRecord(entry)}\n`).join('') }
    })
  },
}
