import { resolve } from 'node:path'
import { operand, requiredOption, type Verb } from '../verb.ts'
import { installationOptions, withInstallation } from './installation.ts'

export const unseal: Verb = {
  name: 'unseal',
  operands: 'NAME',
  summary: 'write a sealed model in the clear into a new directory; whoever can read that has the model',
  options: {
    ...installationOptions,
    version: { type: 'string', value: 'VERSION', description: 'which version: 1.0.0' },
    output: { type: 'string', short: 'o', value: 'DIR', description: 'a directory that is not there yet' },
  },
  run: (invocation, streams) =>
    withInstallation(invocation, streams, async ({ sealed }) => {
      const model = {
        name: operand(invocation, 0, 'the name of a model'),
        version: requiredOption(invocation, 'version'),
      }
      const output = requiredOption(invocation, 'output')
      const ref = await sealed.unseal(model, resolve(streams.directory, output))
      const text = `wrote ${ref.name} ${ref.version} (${ref.digest}) in the clear to ${output}\n`
      return { exit: 0, document: { unsealed: ref, output }, text }
    }),
}
