import type { ModelRef } from '@nootropic/core'
import type { IncidentReport } from './report.ts'

// Names and messages can come from whoever attacks. Line ends, other control characters and marks of writing direction,
// with which text can lie about its order (CWE-451), are replaced; what means something to CommonMark or HTML inside a
// line, or makes GitHub link an address, is escaped. No such text stands at the beginning of a line.
const plain = (text: string): string =>
  text
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll(/[\\`*_{}[\]<>()#!|~&@$]|:(?=\/\/)|(?<=www)\./gi, '\\$&')

const version = (ref: ModelRef | undefined): string =>
  ref === undefined ? 'not known' : plain(`${ref.name} ${ref.version} (${ref.digest})`)

const list = (lines: readonly string[], none: string): string =>
  lines.length === 0 ? none : lines.map((line) => `- ${line}`).join('\n')

const describeData = (data: Readonly<Record<string, unknown>>): string =>
  ['action', 'rule', 'message', 'reason', 'verification']
    .flatMap((key) => (typeof data[key] === 'string' ? [plain(data[key])] : []))
    .join(', ')

/** A report as Markdown (CommonMark with task lists). Nothing in it is taken as markup but what is written here. */
export const renderIncidentMarkdown = (report: IncidentReport): string => {
  const { incident, timeline } = report
  const { id, model, state, severity, alert, affected, restored, reason, closing } = incident
  const sections = [
    `# Incident ${plain(id)}: ${plain(model)}`,
    list(
      [
        `State: **${state}**${reason === undefined ? '' : `, ${plain(reason)}`}`,
        `Severity: ${severity}`,
        `Alert: ${plain(alert.message)}`,
        `Since: ${plain(alert.since)}; opened ${plain(incident.openedAt)}`,
        `Affected version: ${version(affected)}`,
        `Restored version: ${version(restored)}`,
        `Verification: ${report.verification}`,
      ],
      '',
    ),
    '## Timeline',
    list(
      timeline.map(({ at, kind, state: after, data }) =>
        `${plain(at)} ${kind} (${after}) ${describeData(data)}`.trimEnd(),
      ),
      'Nothing.',
    ),
    '## Candidates for the root cause',
    list(
      report.rootCauseCandidates.map(
        ({ type, secondsBefore, digest }) => `${plain(type)}, ${secondsBefore} s before (event ${plain(digest)})`,
      ),
      'No change of the model is known from before the onset.',
    ),
    '## Techniques to consider (MITRE ATLAS)',
    list(
      report.techniques.map(({ id: technique, name }) => plain(`${technique} ${name}`)),
      'None is known for this alert.',
    ),
    '## Remediation (NIST CSF 2.0)',
    list(
      report.remediation.map(({ task, outcome, isDone }) => `[${isDone ? 'x' : ' '}] ${task} (${outcome})`),
      '',
    ),
    '## Root cause and lessons',
    closing === undefined
      ? 'Not closed yet.'
      : list(
          [
            `Root cause: ${plain(closing.rootCause)}`,
            `Lessons: ${plain(closing.lessons)}`,
            `Closed by: ${plain(closing.author)}`,
          ],
          '',
        ),
  ]
  return `${sections.join('\n\n')}\n`
}
