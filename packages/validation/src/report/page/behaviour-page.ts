import { type Html, html, page, table } from '@nootropic/core/page'
import type { BehaviourReport } from '../behaviour-report.ts'
import { attackSection } from './attack-section.ts'
import { certifiedSection } from './certified-section.ts'
import { corruptionSection } from './corruption-section.ts'
import { duration, figure, percent, verdictText } from './figures.ts'
import { privacySection } from './privacy-section.ts'
import { profileSection } from './profile-section.ts'

/** What this page lays out beyond the look that all pages share. */
const layout = html`<style>
.figures { grid-template-columns: repeat(auto-fill, minmax(min(100%, 24rem), 1fr)) }
.pairs { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: .75rem }
.pairs figure { margin: 0; padding: .6rem } .pair { display: grid; grid-template-columns: 1fr 1fr; gap: .4rem; margin-bottom: .35rem }
.narrow { max-width: 34rem } h3 { font-size: 1rem; margin: 1.5rem 0 .5rem } .pairs .soft { font-size: .85rem }
</style>`

const dataText = ({ data }: BehaviourReport): Html | undefined =>
  data === undefined
    ? undefined
    : html`<p>${data.examples} ${data.isMadeUp ? 'made-up inputs' : 'examples'}, ${percent(data.clean)} ${data.measure === 'accuracy' ? 'answered as labelled' : 'with a clean answer (no labels: consistency, not accuracy)'}. Input range ${figure(data.domain[0])} to ${figure(data.domain[1])}.</p>`

const planText = ({ plan, environment, durationMs, startedAt }: BehaviourReport): Html =>
  html`<p class="soft">${startedAt}, ${duration(durationMs)} of ${duration(plan.budgetMs)}, seed ${plan.seed}, ${Object.entries(
    environment,
  )
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')}.${plan.stopped === undefined ? '' : ` Stopped: ${plan.stopped}.`}</p>`

const scoreSection = ({ scores }: BehaviourReport): Html | undefined =>
  Object.keys(scores).length === 0
    ? undefined
    : html`<h2>Scores</h2>
${table(
  [
    { title: 'Score' },
    { title: 'Value', number: true },
    { title: 'Needs', number: true },
    { title: 'How it was computed' },
  ],
  Object.entries(scores).map(([name, { value, threshold, basis }]) => [
    name,
    html`<span class="${value >= threshold ? 'pass' : 'fail'}">${value.toFixed(2)}</span>`,
    threshold.toFixed(2),
    basis,
  ]),
)}`

const findingSection = ({ findings }: BehaviourReport): Html => html`<h2>Findings</h2>
${
  findings.length === 0
    ? html`<p>None.</p>`
    : table(
        [{ title: 'Severity' }, { title: 'Rule' }, { title: 'What was found, and what to do' }],
        findings.map(({ severity, rule, title, message, remediation }) => [
          severity,
          html`<code>${rule}</code>`,
          html`<strong>${title}</strong><br>${message}<br>${remediation}`,
        ]),
      )
}`

const stageSection = ({ stages }: BehaviourReport): Html => html`<h2>What was done</h2>
${table(
  [{ title: 'Part' }, { title: 'Verdict' }, { title: 'Time', number: true }, { title: 'Figures' }],
  stages.map(({ name, verdict, durationMs, measurements, note }) => [
    name,
    verdictText(verdict),
    duration(durationMs),
    [
      Object.entries(measurements)
        .map(([measured, value]) => `${measured} ${figure(value)}`)
        .join(', '),
      note === undefined ? undefined : html`<br><strong>${note}</strong>`,
    ],
  ]),
)}`

const skippedSection = ({ skipped }: BehaviourReport): Html | undefined =>
  skipped.length === 0
    ? undefined
    : html`<h2>Not done</h2>
${table(
  [{ title: 'What' }, { title: 'Why' }],
  skipped.map(({ name, reason }) => [html`<code>${name}</code>`, reason]),
)}`

/**
 * A report as one HTML page that needs nothing else: no script, no request, and every name out of the model escaped.
 *
 * @example
 * ```ts
 * await writeFile('attack.html', behaviourPage(await attackModel(model, { sessions, dataset })))
 * ```
 */
export const behaviourPage = (report: BehaviourReport): string => {
  const { subject, verdict, attacks, certified, corruptions, privacy, profile, data } = report
  return page({
    title: `Behaviour: ${verdict}`,
    body: [
      layout,
      html`<h1>Behaviour: ${verdictText(verdict)}</h1>
<p><code>${subject.path}</code><br><code class="soft">${subject.digest}</code></p>`,
      dataText(report),
      planText(report),
      scoreSection(report),
      findingSection(report),
      attacks === undefined ? undefined : attackSection(attacks, data),
      certified === undefined ? undefined : certifiedSection(certified, report),
      corruptions === undefined ? undefined : corruptionSection(corruptions),
      privacy === undefined ? undefined : privacySection(privacy),
      profile === undefined ? undefined : profileSection(profile),
      stageSection(report),
      skippedSection(report),
    ],
  })
}
