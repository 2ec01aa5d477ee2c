import { renderIncidentMarkdown } from '@nootropic/incident'
import { operand, requiredOption, type Verb } from '../verb.ts'
import { installationOptions, withInstallation } from './installation.ts'

export const incidentList: Verb = {
  name: 'incident list',
  operands: '',
  summary: 'the incidents, the newest first',
  options: installationOptions,
  run: (invocation, streams) =>
    withInstallation(invocation, streams, async (nootropic) => {
      const incidents = await nootropic.incidents.list()
      const lines = incidents.map(
        ({ id, openedAt, model, severity, state }) => `${id}  ${openedAt}  ${model}  ${severity}  ${state}`,
      )
      return { exit: 0, document: { incidents }, text: `${lines.join('\n') || 'no incidents'}\n` }
    }),
}

export const incidentReport: Verb = {
  name: 'incident report',
  operands: 'ID',
  summary: 'what happened, in order, and what is left to do (Markdown)',
  options: installationOptions,
  run: (invocation, streams) =>
    withInstallation(invocation, streams, async (nootropic) => {
      const report = await nootropic.incidents.report(operand(invocation, 0, 'the id of an incident'))
      return { exit: 0, document: { report }, text: renderIncidentMarkdown(report) }
    }),
}

export const incidentClose: Verb = {
  name: 'incident close',
  operands: 'ID',
  summary: 'end an incident, with its cause and what was learned',
  options: {
    ...installationOptions,
    author: { type: 'string', value: 'WHO', description: 'who closes it: user:ada' },
    cause: { type: 'string', value: 'TEXT', description: 'the root cause' },
    lessons: { type: 'string', value: 'TEXT', description: 'what is done differently from now on' },
  },
  run: (invocation, streams) =>
    withInstallation(invocation, streams, async (nootropic) => {
      const incident = await nootropic.incidents.close(operand(invocation, 0, 'the id of an incident'), {
        author: requiredOption(invocation, 'author'),
        rootCause: requiredOption(invocation, 'cause'),
        lessons: requiredOption(invocation, 'lessons'),
      })
      return { exit: 0, document: { incident }, text: `${incident.id} is ${incident.state}\n` }
    }),
}
