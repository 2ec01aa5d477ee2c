import { operand, requiredOption, type Verb } from '../verb.ts'
import { installationOptions, withInstallation } from './installation.ts'

export const discard: Verb = {
  name: 'discard',
  operands: 'NAME',
  summary: 'remove a sealed model that is not registered, with its backup and its key: no copy opens again',
  options: {
    ...installationOptions,
    version: { type: 'string', value: 'VERSION', description: 'which version: 1.0.0' },
  },
  run: (invocation, streams) =>
    withInstallation(invocation, streams, async ({ sealed }) => {
      const name = operand(invocation, 0, 'the name of a model')
      const version = requiredOption(invocation, 'version')
      await sealed.discard({ name, version })
      return { exit: 0, document: { discarded: { name, version } }, text: `discarded ${name} ${version}\n` }
    }),
}
