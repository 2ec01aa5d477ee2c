import { pathToFileURL } from 'node:url'
import { type Finding, type Report, type Severity, sha256 } from '@nootropic/core'
import type { Notification, ReportingDescriptor, Result, Log as SarifLog } from 'sarif'
import type { Rule } from '../rule.ts'
import { scanRules } from '../rules.ts'
import { rulePage } from './rule-page.ts'

const levels: Record<Severity, 'error' | 'warning' | 'note'> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
}

/** What code hosts sort by: a CVSS score in the middle of the severity's band. */
const securitySeverities: Record<Severity, string> = {
  critical: '9.5',
  high: '8.0',
  medium: '5.5',
  low: '2.0',
  info: '0.0',
}

/** What is known of a rule that stands in another library's table, from one of its findings. */
const ruleOf = ({ rule, severity, title, remediation, tags, references }: Finding): Rule => ({
  id: rule,
  severity,
  title,
  explanation: title,
  remediation,
  tags,
  references,
})

const descriptorOf = (rule: Rule): ReportingDescriptor => ({
  id: rule.id,
  name: rule.id.replace(/(?:^|[/-])(\w)/g, (_, letter: string) => letter.toUpperCase()),
  shortDescription: { text: rule.title },
  fullDescription: { text: rule.explanation },
  help: { text: rule.remediation },
  helpUri: rulePage(rule.id),
  defaultConfiguration: { level: levels[rule.severity] },
  properties: { tags: ['security', ...rule.tags], 'security-severity': securitySeverities[rule.severity] },
})

/** A relative path stays one, so that a code host finds the file; what a URL cannot hold is encoded. */
const uriOf = (path: string): string =>
  /^([A-Za-z]:)?[\\/]/.test(path) ? pathToFileURL(path).href : path.split('/').map(encodeURIComponent).join('/')

const resultOf = (finding: Finding, report: Report, ruleIndex: number, artifact: number): Result => {
  const { rule, severity, message, location, evidence } = finding
  const place = [rule, report.subject.digest, location.inside ?? '', location.offset ?? ''].join('\0')
  return {
    ruleId: rule,
    ruleIndex,
    level: levels[severity],
    message: { text: message },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(location.path), index: artifact },
          ...(location.offset === undefined ? {} : { region: { byteOffset: location.offset, byteLength: 0 } }),
        },
        ...(location.inside === undefined ? {} : { logicalLocations: [{ fullyQualifiedName: location.inside }] }),
      },
    ],
    partialFingerprints: { 'place/v1': sha256(place).slice('sha256:'.length) },
    properties: { severity, ...(evidence === undefined ? {} : { evidence }) },
  }
}

const notificationsOf = (report: Report, artifact: number): Notification[] =>
  report.stages.flatMap(({ note }) =>
    note === undefined
      ? []
      : [
          {
            level: 'warning' as const,
            message: { text: `incomplete: ${note}` },
            locations: [
              { physicalLocation: { artifactLocation: { uri: uriOf(report.subject.path), index: artifact } } },
            ],
          },
        ],
  )

/**
 * The reports as a SARIF 2.1.0 log, for code hosts and editors. What was not looked at is a notification of the run.
 *
 * @param version of the tool, as the log shall name it.
 * @example
 * ```ts
 * const log = sarifOf(await scanPath('./models'), '1.0.0')
 * log.runs[0]?.results?.[0]?.ruleId // 'pickle/dangerous-call'
 * ```
 */
export const sarifOf = (reports: readonly Report[], version: string): SarifLog => {
  const rules = new Map<string, Rule>()
  for (const finding of reports.flatMap(({ findings }) => findings)) {
    rules.set(finding.rule, scanRules.find(({ id }) => id === finding.rule) ?? ruleOf(finding))
  }
  const ids = [...rules.keys()]
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'nootropic',
            version,
            informationUri: 'https://github.com/nootropic-security/nootropic',
            rules: [...rules.values()].map(descriptorOf),
          },
        },
        artifacts: reports.map(({ subject }) => ({
          location: { uri: uriOf(subject.path) },
          hashes: { 'sha-256': subject.digest.slice('sha256:'.length) },
          properties: { format: subject.format },
        })),
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: reports.flatMap((report, artifact) => notificationsOf(report, artifact)),
          },
        ],
        results: reports.flatMap((report, artifact) =>
          report.findings.map((finding) => resultOf(finding, report, ids.indexOf(finding.rule), artifact)),
        ),
        columnKind: 'utf16CodeUnits',
      },
    ],
  }
}
