import type { Verb } from '../verb.ts'
import { installationOptions, withInstallation } from './installation.ts'

export const list: Verb = {
  name: 'list',
  operands: '',
  summary: 'the registered models, their versions, and which serves; what else is sealed, and which tests are due',
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
      const sealed = await nootropic.sealed.list()
      const others = sealed.flatMap(({ name, version, isRegistered, problem }) => {
        if (problem !== undefined) return [`${name}  ${version ?? '(any)'}  does not open: ${problem}`]
        return isRegistered ? [] : [`${name}  ${version}  sealed, not registered`]
      })
      const due = await nootropic.due()
      const waiting = due.map(
        ({ model, version, kind, lastRun, since }) =>
          `${model}  ${version}  ${kind} is due since ${since}${lastRun === undefined ? ', and never came to its end' : ''}`,
      )
      const none = 'no model is registered; `nootropic register PATH` registers one'
      const text = [...(lines.length > 0 ? lines : [none]), ...others, ...waiting].join('\n')
      return { exit: 0, document: { models, sealed, due }, text: `${text}\n` }
    }),
}
