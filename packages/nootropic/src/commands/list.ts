import type { Verb } from '../verb.ts'
import { installationOptions, withInstallation } from './installation.ts'

export const list: Verb = {
  name: 'list',
  operands: '',
  summary: 'the registered models, their versions, and which serves',
  options: installationOptions,
  run: (invocation, streams) =>
    withInstallation(invocation, streams, async (nootropic) => {
      const models = await nootropic.list()
      const lines = models.map(({ name, versions, active, suspended }) => {
        const state = suspended
          ? `suspended since ${suspended.since}: ${suspended.reason}`
          : `serves ${active?.version ?? 'nothing'}`
        return `${name}  ${versions.map(({ version }) => version).join(', ')}  ${state}`
      })
      const text =
        lines.length > 0 ? lines.join('\n') : 'no model is registered; `nootropic register PATH` registers one'
      return { exit: 0, document: { models }, text: `${text}\n` }
    }),
}
