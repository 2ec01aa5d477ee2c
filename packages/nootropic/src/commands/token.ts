import { entityText, NootropicError } from '@nootropic/core'
import { defaultRules } from '../access/default-rules.ts'
import { operand, textOption, type Verb } from '../verb.ts'
import { durationOption } from './duration-option.ts'
import { expiryOf, expiryOptions } from './expiry-option.ts'
import { installationOptions, withInstallation } from './installation.ts'

const day = 24 * 60 * 60 * 1000

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
    ...expiryOptions,
  },
  run: (invocation, streams) =>
    withInstallation(invocation, streams, async (nootropic) => {
      const user = operand(invocation, 0, 'the user whom the key is for')
      const role = textOption(invocation, 'role') ?? 'caller'
      if (!roles.includes(role))
        throw new NootropicError('USAGE', `expected --role to be one of ${roles.join(', ')}, got "${role}"`)
      const model = textOption(invocation, 'model')
      const expiresAt = expiryOf(invocation)
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
        return `${id}  ${entityText(subject)}  ${roles.join(', ')}  ${state}`
      })
      return { exit: 0, document: { keys }, text: `${lines.join('\n') || 'no API keys'}\n` }
    }),
}

export const tokenRotate: Verb = {
  name: 'token rotate',
  operands: 'ID',
  summary: 'make the successor of an API key, with the same rights; it is shown this once',
  options: {
    ...installationOptions,
    overlap: { type: 'string', value: 'TIME', description: 'how long the old key works still, up to 30d (default 1d)' },
    ...expiryOptions,
  },
  run: (invocation, streams) =>
    withInstallation(invocation, streams, async (nootropic) => {
      const old = operand(invocation, 0, 'the id of a key')
      const overlapMs = textOption(invocation, 'overlap') === '0' ? 0 : (durationOption(invocation, 'overlap') ?? day)
      const expiresAt = expiryOf(invocation)
      const { id, secret } = await nootropic.keys.rotate(old, { overlapMs, expiresAt })
      const oldUntil = (await nootropic.keys.list()).find((key) => key.id === old)?.expiresAt
      streams.diagnostics(
        `key ${id} until ${expiresAt.toISOString()}; it is not shown again; ${old} until ${oldUntil}\n`,
      )
      return {
        exit: 0,
        document: { id, secret, expiresAt: expiresAt.toISOString(), replaces: { id: old, expiresAt: oldUntil } },
        text: `${secret}\n`,
      }
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
