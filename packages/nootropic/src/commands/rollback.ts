import { operand, textOption, type Verb } from '../verb.ts'
import { installationOptions, withInstallation } from './installation.ts'

export const rollback: Verb = {
  name: 'rollback',
  operands: 'NAME',
  summary: 'let the version before serve again',
  options: {
    ...installationOptions,
    reason: { type: 'string', value: 'TEXT', description: 'why, for the audit log' },
  },
  run: (invocation, streams) =>
    withInstallation(invocation, streams, async (nootropic) => {
      const name = operand(invocation, 0, 'the name of a model')
      const ref = await nootropic.control.rollback(name, textOption(invocation, 'reason') ?? 'by an operator')
      return { exit: 0, document: { active: ref }, text: `${ref.name} ${ref.version} serves\n` }
    }),
}
