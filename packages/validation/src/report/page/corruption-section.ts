import { type Html, html } from '@nootropic/core/page'
import type { CorruptionReport } from '../corruption-figures.ts'
import { percent, verdictText } from './figures.ts'
import { drawHeatMap } from './heat-map.ts'

const meanText = ({ meanCorruptionError }: CorruptionReport): Html | undefined =>
  meanCorruptionError === undefined
    ? undefined
    : html`<p>Mean corruption error ${percent(meanCorruptionError)}: plain errors, no other model is the measure.</p>`

/** What common corruptions leave, as a heat map. */
export const corruptionSection = (
  report: CorruptionReport,
): Html => html`<h2>Common corruptions${report.verdict === 'pass' ? '' : html`: ${verdictText(report.verdict)}`}</h2>
<p class="soft">${report.examples} examples taken as ${report.modality}, ${percent(report.clean)} right undisturbed.</p>
${meanText(report)}
${report.stopped === undefined ? undefined : html`<p>Stopped: ${report.stopped}</p>`}
${drawHeatMap({
  title: report.measure === 'accuracy' ? 'Right answers' : 'Answers that stay as they were',
  columns: 'severity',
  heads: report.severities,
  rows: report.rows.map(({ name, shares }) => ({
    name,
    shares: report.severities.map((severity) => shares.find((entry) => entry.severity === severity)?.share),
  })),
})}`
