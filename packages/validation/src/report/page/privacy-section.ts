import { type Html, html, lineChart, table } from '@nootropic/core/page'
import type { ModelExtraction } from '../../privacy/extraction/extract-model.ts'
import type { MembershipInference } from '../../privacy/membership/infer-membership.ts'
import type { PrivacyReport } from '../privacy-figures.ts'
import { figure, percent, verdictText } from './figures.ts'
import { drawPicture } from './picture-drawing.ts'

type Figures = PrivacyReport['attacks'][number]

const figuresOf = <Kind extends { readonly attack: string }>({ attacks }: PrivacyReport, attack: Kind['attack']) =>
  attacks.find((figures) => figures.attack === attack) as (Figures & Kind) | undefined

const membershipTable = ({ signals }: MembershipInference): Html => html`<h3>Membership inference</h3>
<p class="soft">How well members are told from others; an area of 0.5 is chance. Found members at so many false alarms, with 95 % intervals.</p>
${table(
  [
    { title: 'Signal' },
    { title: 'Area', number: true },
    ...(signals[0]?.catches ?? []).map(({ falsePositiveRate }) => ({
      title: `Found at ${percent(falsePositiveRate)}`,
      number: true,
    })),
    { title: 'Epsilon at least', number: true },
  ],
  signals.map(({ signal, area, catches, epsilon }) => [
    signal,
    `${area.value.toFixed(3)} (${area.low.toFixed(3)}–${area.high.toFixed(3)})`,
    ...catches.map(
      ({ truePositiveRate, interval }) =>
        `${percent(truePositiveRate)} (${percent(interval.low)}–${percent(interval.high)})`,
    ),
    figure(epsilon),
  ]),
)}`

const extractionChart = ({ curve }: ModelExtraction): Html =>
  lineChart({
    title: 'A copy of the model',
    x: { label: 'queries' },
    y: { label: 'answers alike', range: [0, 1] },
    series: [{ name: 'copy', points: curve.map(({ queries, fidelity }) => [queries, fidelity] as const) }],
  })

/** What is declared, and what attacks got out of the model. */
export const privacySection = (report: PrivacyReport): Html => {
  const membership = figuresOf<MembershipInference>(report, 'membership-inference')
  const extraction = figuresOf<ModelExtraction>(report, 'model-extraction')
  return html`<h2>Privacy: ${verdictText(report.verdict)}</h2>
${table(
  [{ title: 'Attack' }, { title: 'Verdict' }, { title: 'Queries', number: true }, { title: 'Note' }],
  report.attacks.map(({ attack, verdict, queries, note }) => [attack, verdictText(verdict), queries, note]),
)}
${membership === undefined || membership.signals.length === 0 ? undefined : membershipTable(membership)}
${extraction === undefined || extraction.curve.length === 0 ? undefined : html`<div class="narrow">${extractionChart(extraction)}</div>`}
${
  report.reconstructions.length === 0
    ? undefined
    : html`<h3>What inversion made of each class</h3>
<div class="pairs">${report.reconstructions.map(
        ({ label, similarity, picture }) =>
          html`<figure>${drawPicture(picture, `reconstruction of class ${label}`)}<span class="soft">class ${label}, likeness ${similarity.toFixed(2)}</span></figure>`,
      )}</div>`
}
<h3>What is declared</h3>
${table(
  [{ title: 'Question' }, { title: 'Declared' }, { title: 'Where' }],
  report.declared.map(({ question, isDeclared, where }) => [
    question,
    html`<span class="${isDeclared ? 'pass' : 'fail'}">${isDeclared ? 'yes' : 'no'}</span>`,
    where,
  ]),
)}`
}
