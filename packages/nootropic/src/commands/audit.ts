import { formatAuditRecord } from '@nootropic/access/audit'
import { NootropicError } from '@nootropic/core'
import { textOption, type Verb } from '../verb.ts'
import { installationOptions, withInstallation } from './installation.ts'

const categories = ['access', 'operation', 'security'] as const

export const auditTail: Verb = {
  name: 'audit tail',
  operands: '',
  summary: 'the last entries of the audit log',
  options: {
    ...installationOptions,
    category: { type: 'string', value: 'VIEW', description: `one view only: ${categories.join(', ')}` },
    count: { type: 'string', value: 'N', description: 'how many (default 20)' },
  },
  run: (invocation, streams) =>
    withInstallation(invocation, streams, async (nootropic) => {
      const wanted = textOption(invocation, 'category')
      const category = categories.find((candidate) => candidate === wanted)
      const count = Number(textOption(invocation, 'count') ?? 20)
      if (wanted !== undefined && category === undefined) {
        throw new NootropicError('USAGE', `expected --category to be one of ${categories.join(', ')}, got "${wanted}"`)
      }
      if (!Number.isInteger(count) || count < 1)
        throw new NootropicError('USAGE', 'expected --count to be a whole number')
      const last = []
      for await (const entry of nootropic.audit.entries(category === undefined ? {} : { category })) {
        last.push(entry)
        if (last.length > count) last.shift()
      }
      return { exit: 0, document: { entries: last }, text: `${last.map(formatAuditRecord).join('\n')}\n` }
    }),
}

export const auditVerify: Verb = {
  name: 'audit verify',
  operands: '',
  summary: 'read the whole audit log again and check every record and signature',
  options: {
    ...installationOptions,
    anchor: { type: 'string', value: 'NOTE', description: 'a checkpoint that was kept elsewhere' },
  },
  run: (invocation, streams) =>
    withInstallation(invocation, streams, async (nootropic) => {
      const { origin, size, root } = await nootropic.audit.verify(textOption(invocation, 'anchor'))
      const { verifierKey } = nootropic.audit
      return {
        exit: 0,
        document: { origin, size: Number(size), root: Buffer.from(root).toString('base64'), verifierKey },
        text: `${size} entries are what was signed\nkeep elsewhere: ${verifierKey}\n${nootropic.audit.checkpoint()}`,
      }
    }),
}
