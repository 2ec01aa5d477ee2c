import { NootropicError } from '@nootropic/core'
import { operand, textOption, type Verb } from '../verb.ts'
import { installationOptions, withInstallation } from './installation.ts'
import { quantity } from './quantity.ts'

export const sessionList: Verb = {
  name: 'session list',
  operands: 'USER',
  summary: 'the sessions of a user that are alive, without their tokens',
  options: installationOptions,
  run: (invocation, streams) =>
    withInstallation(invocation, streams, async (nootropic) => {
      const id = operand(invocation, 0, 'a user')
      const sessions = await nootropic.sessions.list({ type: 'user', id })
      const lines = sessions.map(({ id, roles, lastSeenAt, expiresAt, factor }) => {
        const proved = factor === undefined ? '' : `  ${factor.name}`
        return `${id}  ${roles.join(', ')}  seen ${lastSeenAt}  until ${expiresAt}${proved}`
      })
      return { exit: 0, document: { sessions }, text: `${lines.join('\n') || 'no sessions'}\n` }
    }),
}

export const sessionRevoke: Verb = {
  name: 'session revoke',
  operands: '[ID]',
  summary: 'end a session, or all of a user, at once',
  options: {
    ...installationOptions,
    user: { type: 'string', value: 'USER', description: 'end all sessions of this user' },
  },
  run: (invocation, streams) =>
    withInstallation(invocation, streams, async (nootropic) => {
      const user = textOption(invocation, 'user')
      const id = invocation.operands[0]
      if ((user === undefined) === (id === undefined))
        throw new NootropicError('USAGE', 'expected the id of a session or --user USER, got both or neither')
      const ended =
        user === undefined
          ? Number(await nootropic.sessions.revoke(id ?? ''))
          : await nootropic.sessions.revokeAll({ type: 'user', id: user })
      if (id !== undefined && ended === 0)
        throw new NootropicError('USAGE', 'expected the id of a session that is alive, got another text; list them')
      return {
        exit: 0,
        document: { ended },
        text: `${quantity(ended, 'session')} ${ended === 1 ? 'is' : 'are'} ended\n`,
      }
    }),
}
