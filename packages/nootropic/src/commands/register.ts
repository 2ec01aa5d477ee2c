import { resolve } from 'node:path'
import { countBySeverity, isNootropicError, type Report } from '@nootropic/core'
import { operand, requiredOption, textOption, type Verb, type VerbResult } from '../verb.ts'
import { parseDataset } from './dataset-json.ts'
import { installationOptions, withInstallation } from './installation.ts'
import { readText } from './read-text.ts'

/** A report as a person reads it. */
const reportText = (report: Report): string => {
  const counts = Object.entries(countBySeverity(report.findings)).map(([severity, count]) => `${count} ${severity}`)
  return [
    `${report.subject.path}: ${report.verdict} (${counts.join(', ')})`,
    ...Object.entries(report.scores).map(
      ([name, { value, threshold, basis }]) => `  ${name} ${value.toFixed(2)}, needs ${threshold}: ${basis}`,
    ),
    ...report.findings.map(
      ({ severity, rule, message, remediation }) => `  ${severity} ${rule}: ${message}. ${remediation}`,
    ),
    ...report.stages.flatMap(({ name, verdict, note }) =>
      note === undefined ? [] : [`  ${name} ${verdict}: ${note}`],
    ),
    ...report.skipped.map(({ name, reason }) => `  not done: ${name}: ${reason}`),
  ].join('\n')
}

export const register: Verb = {
  name: 'register',
  operands: 'PATH',
  summary: 'validate a model, seal it, and let it serve if it is the first version',
  options: {
    ...installationOptions,
    name: { type: 'string', value: 'NAME', description: 'the name to register it under' },
    version: { type: 'string', value: 'VERSION', description: 'its version, higher than those before: 1.0.0' },
    data: { type: 'string', value: 'FILE', description: 'examples to test with, JSON: { inputs, labels, domain }' },
    'accept-incomplete': { type: 'boolean', description: 'admit a model although parts could not be checked' },
  },
  run: (invocation, streams) =>
    withInstallation(invocation, streams, async (nootropic): Promise<VerbResult> => {
      const path = resolve(streams.directory, operand(invocation, 0, 'the path of a model'))
      const name = requiredOption(invocation, 'name')
      const version = requiredOption(invocation, 'version')
      const data = textOption(invocation, 'data')
      const dataset = data === undefined ? undefined : parseDataset(await readText('data', data, streams), data)
      try {
        const { ref, report } = await nootropic.register(path, {
          name,
          version,
          ...(dataset === undefined ? {} : { dataset }),
          acceptIncomplete: invocation.options['accept-incomplete'] === true,
        })
        return {
          exit: 0,
          document: { registered: true, ref, report },
          text: `${reportText(report)}\nregistered ${ref.name} ${ref.version} (${ref.digest})\n`,
        }
      } catch (error) {
        if (!isNootropicError(error, 'MODEL_REFUSED')) throw error
        const report = error.details.report as Report
        return {
          exit: report.verdict === 'fail' ? 1 : 4,
          document: { registered: false, report },
          text: `${reportText(report)}\nrefused: ${error.message}\n`,
        }
      }
    }),
}
