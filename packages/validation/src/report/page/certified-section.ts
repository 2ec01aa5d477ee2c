import { type Html, html, lineChart } from '@nootropic/core/page'
import type { BehaviourReport } from '../behaviour-report.ts'
import type { CertifiedFigures } from '../certified-figures.ts'
import { verdictText } from './figures.ts'

const provesText: Readonly<Record<CertifiedFigures['method'], string>> = {
  intervals: 'of the model itself; what is not proved may hold all the same',
  smoothing: 'of the model with noise on its inputs, with 99.9 % confidence an example',
}

/** What is proved, beside what attacks left: the truth lies between. */
export const certifiedSection = (
  certified: readonly CertifiedFigures[],
  { attacks }: BehaviourReport,
): Html => html`<h2>Certified</h2>
<div class="figures">${certified
  .filter(({ curve }) => curve.length > 0)
  .map(({ method, norm, curve }) => {
    const worst = attacks?.worstCase.find((candidate) => candidate.norm === norm)
    return lineChart({
      title: `Proved by ${method}, ${norm}`,
      x: { label: 'epsilon' },
      y: { label: 'right answers that hold', range: [0, 1] },
      series: [
        { name: 'proved', points: curve.map(({ epsilon, share }) => [epsilon, share] as const) },
        ...(worst === undefined || method === 'smoothing'
          ? []
          : [{ name: 'left by attacks', points: worst.curve.map(({ epsilon, share }) => [epsilon, share] as const) }]),
      ],
    })
  })}</div>
${certified.map(
  ({ method, verdict, note }) =>
    html`<p>${method}: ${verdict === 'pass' ? '' : [verdictText(verdict), ', ']}${provesText[method]}${note === undefined ? '' : `. ${note}`}</p>`,
)}`
