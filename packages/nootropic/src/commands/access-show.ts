import type { PolicyRecord, PolicyVersion, Rule } from '@nootropic/access'
import type { Verb } from '../verb.ts'
import { installationOptions, withInstallation } from './installation.ts'
import { countOption } from './number-option.ts'

const quote = (text: string): string => JSON.stringify(text)

const principalOf = ({ principal }: Rule): string => {
  if (principal === 'any') return 'anybody'
  if ('role' in principal) return `role ${quote(principal.role)}`
  if ('group' in principal) return `group ${quote(principal.group)}`
  return `${principal.subject.type} ${quote(principal.subject.id)}`
}

const resourceOf = ({ resource }: Rule): string => {
  if ('group' in resource) return `resource group ${quote(resource.group)}`
  return resource.id === undefined ? `every ${resource.type}` : `${resource.type} ${quote(resource.id)}`
}

const describeRule = (rule: Rule): string => {
  const { id, effect, actions, conditions = [] } = rule
  const what = actions === 'any' ? 'anything' : actions.join(', ')
  const kinds = conditions.map((condition) =>
    condition.kind === 'not' ? `not ${condition.condition.kind}` : condition.kind,
  )
  const when = kinds.length === 0 ? '' : ` (${kinds.join(', ')})`
  return `${id}: ${effect} ${principalOf(rule)} to ${what} on ${resourceOf(rule)}${when}`
}

const describePolicy = ({ version, rules }: PolicyVersion): string => {
  const name = version === 0 ? 'nothing is published; the default rules count' : `policy version ${version}`
  return `${[name, ...rules.map(describeRule)].join('\n')}\n`
}

const describeHistory = (records: readonly PolicyRecord[]): string => {
  const lines = records.map(({ version, publishedAt, author }) => `${version}  ${publishedAt}  ${author}`)
  return `${lines.join('\n') || 'nothing is published'}\n`
}

export const accessShow: Verb = {
  name: 'access show',
  operands: '',
  summary: 'the rules that count now; with --json, whole',
  options: {
    ...installationOptions,
    history: { type: 'boolean', description: 'who published which version, and when' },
    version: { type: 'string', value: 'N', description: 'the rules of an earlier version' },
  },
  run: (invocation, streams) =>
    withInstallation(invocation, streams, async ({ access: { policy } }) => {
      if (invocation.options.history === true) {
        const versions = await policy.history()
        return { exit: 0, document: { versions }, text: describeHistory(versions) }
      }
      const wanted = countOption(invocation, 'version', { least: 0, most: Number.MAX_SAFE_INTEGER })
      const shown = wanted === undefined ? await policy.read() : await policy.readVersion(wanted)
      return { exit: 0, document: { ...shown }, text: describePolicy(shown) }
    }),
}
