import { combineVerdicts, countBySeverity, type Finding, type Report, severities } from '@nootropic/core'
import { type Html, html, page, table } from '@nootropic/core/page'

const countsOf = (report: Report): string => {
  const counts = countBySeverity(report.findings)
  return severities
    .flatMap((severity) => (counts[severity] === 0 ? [] : [`${counts[severity]} ${severity}`]))
    .join(', ')
}

const placeOf = ({ location }: Finding): string =>
  [location.inside ?? '', location.offset === undefined ? '' : `byte ${location.offset}`]
    .filter((part) => part !== '')
    .join(', ')

const evidenceOf = ({ evidence }: Finding): Html | undefined =>
  evidence === undefined ? undefined : html`<pre>${JSON.stringify(evidence, undefined, 2)}</pre>`

const findingRow = (finding: Finding) => [
  finding.severity,
  html`<code>${finding.rule}</code>`,
  html`<strong>${finding.title}</strong><br>${finding.message}<br>${finding.remediation}${evidenceOf(finding)}`,
  placeOf(finding),
  finding.tags.join(' '),
]

const findingColumns = ['severity', 'rule', 'what was found, and what to do', 'where', 'tags'].map((title) => ({
  title,
}))

const section = (report: Report): Html => html`<h2>${report.subject.path}</h2>
<p>${report.verdict} · ${report.subject.format} · <code>${report.subject.digest}</code></p>
${report.stages.map(({ note }) => (note === undefined ? undefined : html`<p>Not looked at: ${note}</p>`))}
${report.skipped.map(({ name, reason }) => html`<p>Left out: ${name}: ${reason}</p>`)}
${report.findings.length === 0 ? undefined : table(findingColumns, report.findings.map(findingRow))}
`

/**
 * The reports as one HTML page that needs nothing else: no script, no request.
 *
 * @example
 * ```ts
 * await writeFile('scan.html', scanPage(await scanPath('./models')))
 * ```
 */
export const scanPage = (reports: readonly Report[]): string => {
  const verdict = combineVerdicts(reports.map((report) => report.verdict))
  const told = reports.filter(
    (report) => report.verdict !== 'pass' || report.findings.length > 0 || report.skipped.length > 0,
  )
  return page({
    title: `Scan: ${verdict}`,
    body: html`<h1>Scan: ${verdict}</h1>
<p>${reports.length} files, ${reports.filter((report) => report.verdict === 'fail').length} failed, ${reports.filter((report) => report.verdict === 'incomplete').length} incomplete.</p>
${table(
  [{ title: 'file' }, { title: 'format' }, { title: 'verdict' }, { title: 'findings' }],
  reports.map((report) => [report.subject.path, report.subject.format, report.verdict, countsOf(report)]),
)}
${told.map(section)}`,
  })
}
