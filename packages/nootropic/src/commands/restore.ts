import { operand, requiredOption, type Verb } from '../verb.ts'
import { installationOptions, withInstallation } from './installation.ts'

export const restore: Verb = {
  name: 'restore',
  operands: 'NAME',
  summary: 'bring a sealed model that is lost or damaged back from its backup',
  options: {
    ...installationOptions,
    version: { type: 'string', value: 'VERSION', description: 'which version: 1.0.0' },
  },
  run: (invocation, streams) =>
    withInstallation(invocation, streams, async ({ sealed }) => {
      const model = {
        name: operand(invocation, 0, 'the name of a model'),
        version: requiredOption(invocation, 'version'),
      }
      const { ref, found } = await sealed.restore(model)
      const label = `${ref.name} ${ref.version} (${ref.digest})`
      const text = found === 'intact' ? `${label} is intact; nothing to restore\n` : `restored ${label}\n`
      return { exit: 0, document: { restored: ref, found }, text }
    }),
}
