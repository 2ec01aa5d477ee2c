import { countBySeverity, type Finding, type Report, severities } from '@nootropic/core'

/** Findings of one rule that are written out; a file with a thousand needs no thousand lines. */
const writtenPerRule = 5

const lineOf = ({ severity, rule, message, location, remediation }: Finding): string => {
  const place = [location.inside, location.offset === undefined ? undefined : `byte ${location.offset}`]
  const where = place.filter((part) => part !== undefined).join(', ')
  return `  ${severity} ${rule}${where === '' ? '' : ` at ${where}`}: ${message}. ${remediation}`
}

/** The findings of a report as lines for a terminal, the worst first. */
const findingLines = (findings: readonly Finding[]): string[] => {
  const written = new Map<string, number>()
  const lines = findings.flatMap((finding) => {
    const count = (written.get(finding.rule) ?? 0) + 1
    written.set(finding.rule, count)
    return count > writtenPerRule ? [] : [lineOf(finding)]
  })
  const more = [...written].flatMap(([rule, count]) =>
    count > writtenPerRule ? [`  … ${rule}: ${count - writtenPerRule} more`] : [],
  )
  return [...lines, ...more]
}

/** One file's report for a terminal: a line when nothing was found. */
export const scanText = (report: Report): string => {
  const counts = countBySeverity(report.findings)
  const told = severities.flatMap((severity) => (counts[severity] === 0 ? [] : [`${counts[severity]} ${severity}`]))
  return [
    `${report.subject.path}: ${report.verdict}, ${report.subject.format}${told.length === 0 ? '' : ` (${told.join(', ')})`}`,
    ...findingLines(report.findings),
    ...report.stages.flatMap(({ note }) => (note === undefined ? [] : [`  not looked at: ${note}`])),
    ...report.skipped.map(({ name, reason }) => `  left out: ${name}: ${reason}`),
  ].join('\n')
}
