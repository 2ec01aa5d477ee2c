import { NootropicError } from '@nootropic/core'
import { defaultRules } from '../default-rules.ts'
import { operand, textOption, type Verb } from '../verb.ts'
import { installationOptions, withInstallation } from './installation.ts'

const day = 24 * 60 * 60 * 1000
const defaultDays = 90

// The command works with the built-in rules; a host program has its own.
const roles = defaultRules.flatMap(({ principal }) =>
  typeof principal === 'object' && 'role' in principal ? [principal.role] : [],
)

export const tokenCreate: Verb = {
  name: 'token create',
  operands: 'USER',
  summary: 'make an API key; it is shown this once',
  options: {
    ...installationOptions,
    role: { type: 'string', value: 'ROLE', description: `one of ${roles.join(', ')} (default caller)` },
    model: { type: 'string', value: 'NAME', description: 'narrow the key to running this model' },
    days: { type: 'string', value: 'N', description: `until it expires (default ${defaultDays})` },
  },
  run: (invocation, streams) =>
    withInstallation(invocation, streams, async (nootropic) => {
      const user = operand(invocation, 0, 'the user whom the key is for')
      const role = textOption(invocation, 'role') ?? 'caller'
      if (!roles.includes(role))
        throw new NootropicError('USAGE', `expected --role to be one of ${roles.join(', ')}, got "${role}"`)
      const model = textOption(invocation, 'model')
      const days = Number(textOption(invocation, 'days') ?? defaultDays)
      if (!Number.isInteger(days) || days < 1)
        throw new NootropicError('USAGE', 'expected --days to be a whole number of days')
      const expiresAt = new Date(Date.now() + days * day)
      const { id, secret } = await nootropic.keys.create({
        subject: { type: 'user', id: user },
        roles: [role],
        expiresAt,
        ...(model === undefined ? {} : { scopes: [{ action: 'execute', resource: { type: 'model', id: model } }] }),
      })
      streams.diagnostics(`key ${id} for ${user} until ${expiresAt.toISOString()}; it is not shown again\n`)
      return { exit: 0, document: { id, secret, user, role, expiresAt: expiresAt.toISOString() }, text: `${secret}\n` }
    }),
}

export const tokenList: Verb = {
  name: 'token list',
  operands: '',
  summary: 'the API keys, without their secrets',
  options: installationOptions,
  run: (invocation, streams) =>
    withInstallation(invocation, streams, async (nootropic) => {
      const keys = await nootropic.keys.list()
      const lines = keys.map(({ id, subject, roles, expiresAt, revokedAt }) => {
        const state = revokedAt === undefined ? `until ${expiresAt}` : `revoked ${revokedAt}`
        return `${id}  ${subject.type}:${subject.id}  ${roles.join(', ')}  ${state}`
      })
      return { exit: 0, document: { keys }, text: `${lines.join('\n') || 'no API keys'}\n` }
    }),
}

export const tokenRevoke: Verb = {
  name: 'token revoke',
  operands: 'ID',
  summary: 'end an API key at once',
  options: installationOptions,
  run: (invocation, streams) =>
    withInstallation(invocation, streams, async (nootropic) => {
      const id = operand(invocation, 0, 'the id of a key')
      await nootropic.keys.revoke(id)
      return { exit: 0, document: { revoked: id }, text: `${id} is revoked\n` }
    }),
}
