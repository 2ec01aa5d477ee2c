import type { Report } from '@nootropic/core'
import { histogramChart, html, lineChart, page, table } from '@nootropic/core/page'
import type { IncidentReport } from '@nootropic/incident'
import type { IsolationReport } from '@nootropic/runtime/sandbox'
import { accuracyCurve } from '@nootropic/validation'
import type { LatencyBucket } from './latency.ts'
import type { EndedStage } from './stage.ts'

/** What the page of the demo is made of. */
export interface DemoResult {
  readonly stages: readonly EndedStage[]
  readonly isolation: IsolationReport
  readonly reports: readonly { readonly version: string; readonly report: Report }[]
  readonly latency: readonly LatencyBucket[]
  readonly incident: IncidentReport
}

const milliseconds = (seconds: number): number => seconds * 1000

/** The page of the demo: one file, no script, no request to anywhere. */
export const demoPage = ({ stages, isolation, reports, latency, incident }: DemoResult): string => {
  const bins = latency.map(({ from, to, count }) => ({ from: milliseconds(from), to: milliseconds(to), count }))
  const findings = reports.flatMap(({ version, report }) =>
    report.findings.map(({ severity, rule, message }) => [version, severity, html`<code>${rule}</code>`, message]),
  )
  return page({
    title: 'nootropic guards a model',
    body: [
      html`<h1>nootropic guards a model</h1>
<p class="soft">A digit classifier on its whole way: validated, sealed, isolated, called, watched, repaired, proved.</p>`,
      html`<h2>Stages</h2>`,
      table(
        [
          { title: 'Stage' },
          { title: 'Seconds', number: true },
          { title: 'Findings', number: true },
          { title: 'Outcome' },
        ],
        stages.map(({ name, seconds, findings, summary }) => [name, seconds.toFixed(2), findings, summary]),
      ),
      html`<h2>What was measured</h2><div class="figures">`,
      lineChart({
        title: 'Accuracy under attack',
        x: { label: 'epsilon, share of the grey scale' },
        y: { label: 'held-out digits still read right', range: [0, 1] },
        series: reports.map(({ version, report }) => ({
          name: version,
          points: accuracyCurve(report).map(({ epsilon, accuracy }) => [epsilon, accuracy] as const),
        })),
      }),
      histogramChart({
        title: 'Latency of one answer',
        x: { label: 'milliseconds, checks and sandbox included', scale: 'logarithmic' },
        y: { label: 'answers' },
        bins,
      }),
      html`</div>`,
      html`<h2>Scores</h2>`,
      table(
        [
          { title: 'Version' },
          { title: 'Score' },
          { title: 'Value', number: true },
          { title: 'Needs', number: true },
          { title: 'Basis' },
        ],
        reports.flatMap(({ version, report }) =>
          Object.entries(report.scores).map(([name, { value, threshold, basis }]) => [
            version,
            name,
            html`<span class="${value >= threshold ? 'pass' : 'fail'}">${value.toFixed(2)}</span>`,
            threshold.toFixed(2),
            basis,
          ]),
        ),
      ),
      html`<h2>Findings</h2>`,
      findings.length === 0
        ? html`<p>None.</p>`
        : table([{ title: 'Version' }, { title: 'Severity' }, { title: 'Rule' }, { title: 'What' }], findings),
      html`<h2>Isolation: ${isolation.level}</h2>
<p class="soft">Proved by a probe inside the worker, never taken from a setting.</p>`,
      table(
        [{ title: 'Layer' }, { title: 'State' }, { title: 'By' }, { title: 'What the probe saw' }],
        Object.entries(isolation.layers).map(([layer, { state, how, probe }]) => [
          layer,
          html`<span class="${state === 'enforced' ? 'pass' : state === 'failed' ? 'fail' : 'incomplete'}">${state}</span>`,
          how,
          probe,
        ]),
      ),
      html`<h2>Incident</h2><p>${incident.incident.alert.message}</p>`,
      table(
        [{ title: 'Time' }, { title: 'State' }, { title: 'Entry' }, { title: 'Action' }],
        incident.timeline.map(({ at, state, kind, data }) => [
          at,
          state,
          kind,
          typeof data.action === 'string' ? data.action : '',
        ]),
      ),
      html`<h2>Not done</h2><p class="soft">What the validation left out, and why.</p>`,
      table(
        [{ title: 'Check' }, { title: 'Why' }],
        (reports[0]?.report.skipped ?? []).map(({ name, reason }) => [html`<code>${name}</code>`, reason]),
      ),
    ],
  })
}
