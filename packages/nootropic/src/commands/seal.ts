import { resolve } from 'node:path'
import { operand, requiredOption, type Verb } from '../verb.ts'
import { installationOptions, withInstallation } from './installation.ts'

export const seal: Verb = {
  name: 'seal',
  operands: 'MODEL',
  summary: 'encrypt a model of any size into the vault, as it is; it does not serve until it is registered',
  options: {
    ...installationOptions,
    name: { type: 'string', value: 'NAME', description: 'the name to seal it under' },
    version: { type: 'string', value: 'VERSION', description: 'its version: 1.0.0' },
  },
  run: (invocation, streams) =>
    withInstallation(invocation, streams, async ({ sealed }) => {
      const path = resolve(streams.directory, operand(invocation, 0, 'the path of a model'))
      const model = { name: requiredOption(invocation, 'name'), version: requiredOption(invocation, 'version') }
      const ref = await sealed.seal(path, model)
      return { exit: 0, document: { sealed: ref }, text: `sealed ${ref.name} ${ref.version} (${ref.digest})\n` }
    }),
}
