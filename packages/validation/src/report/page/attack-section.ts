import { type Html, type HtmlValue, html, lineChart, table } from '@nootropic/core/page'
import type { Norm } from '../../behaviour/attacks/norms.ts'
import type { AttackFigures, AttackPoint, AttackReport, WorstCaseFigures } from '../attack-figures.ts'
import type { BehaviourReport } from '../behaviour-report.ts'
import { epsilonMeanings } from '../epsilon.ts'
import { duration, figure, percent, verdictText } from './figures.ts'
import { drawPicture } from './picture-drawing.ts'

/** Lines that a chart keeps apart: the worst case, and the two attacks that leave least. */
const drawnAttacks = 2

/** What is not decided is no point of a line: it would look like what fell. */
const pointsOf = (curve: readonly AttackPoint[]) =>
  curve.filter(({ undecided }) => undecided === 0).map(({ epsilon, share }) => [epsilon, share] as const)

const leftOver = ({ curve }: AttackFigures): number => curve.reduce((sum, { share }) => sum + share, 0) / curve.length

const measureText = (data: BehaviourReport['data']): string =>
  data?.measure === 'accuracy' ? 'examples answered right' : 'examples that keep their clean answer'

const chartOf = (worst: WorstCaseFigures, attacks: readonly AttackFigures[], data: BehaviourReport['data']): Html => {
  const strongest = attacks
    .filter(({ norm, kind }) => norm === worst.norm && kind !== 'other')
    .toSorted((left, right) => leftOver(left) - leftOver(right))
  return lineChart({
    title: `Under attack, ${worst.norm}`,
    x: { label: 'epsilon' },
    y: { label: measureText(data), range: [0, 1] },
    series: [
      { name: 'worst of all', points: pointsOf(worst.curve) },
      // A line of one attack alone would lie on the worst case.
      ...(strongest.length < 2 ? [] : strongest.slice(0, drawnAttacks)).map(({ attack, curve }) => ({
        name: attack,
        points: pointsOf(curve),
      })),
    ],
  })
}

const seesText: Readonly<Record<AttackFigures['needs'], string>> = {
  slopes: 'gradient',
  scores: 'scores',
  answers: 'answers only',
}

const doneText = ({ verdict, note }: AttackFigures): HtmlValue =>
  verdict === 'pass' ? 'yes' : [verdictText(verdict), html`<br>${note ?? ''}`]

const leftAt = ({ curve }: AttackFigures, epsilon: number): string => {
  const point = curve.find((candidate) => candidate.epsilon === epsilon)
  if (point === undefined) return ''
  return `${percent(point.share)}${point.undecided === 0 ? '' : ` (${point.undecided} undecided)`}`
}

/** The attacks of one norm, a column for each epsilon. */
const attackTable = (norm: Norm, attacks: readonly AttackFigures[]): Html => {
  const epsilons = [...new Set(attacks.flatMap(({ curve }) => curve.map(({ epsilon }) => epsilon)))].sort(
    (a, b) => a - b,
  )
  return html`<h3>${norm}</h3>
<p class="soft">Left at each epsilon: ${epsilonMeanings[norm]}. Distances are in the unit of the norm.</p>
${table(
  [
    { title: 'Attack' },
    { title: 'Sees' },
    ...epsilons.map((epsilon) => ({ title: figure(epsilon), number: true })),
    { title: 'Median distance', number: true },
    { title: 'Queries', number: true },
    { title: 'Time', number: true },
    { title: 'Done' },
  ],
  attacks.map((attack) => [
    html`${attack.title}<br><span class="soft">${attack.reference}</span>`,
    attack.isEstimated ? 'scores, gradient estimated' : seesText[attack.needs],
    ...epsilons.map((epsilon) => leftAt(attack, epsilon)),
    attack.distances === undefined ? '' : figure(attack.distances.median),
    attack.queries,
    duration(attack.durationMs),
    doneText(attack),
  ]),
)}`
}

const pictureSection = ({ pictures }: AttackReport): Html | undefined =>
  pictures.length === 0
    ? undefined
    : html`<h3>Examples that fell, beside what they were</h3>
<div class="pairs">${pictures.map(
        ({ label, answer, attack, epsilon, row, original, changed }) => html`<figure><div class="pair">
${drawPicture(original, `example ${row}, of class ${label}`)}${drawPicture(changed, `the same after ${attack}, answered as ${answer}`)}
</div><span class="soft">class ${label} → ${answer}, ${attack} at ${figure(epsilon)}</span></figure>`,
      )}</div>`

/** What attacks did: curves, a table of all, and pictures. */
export const attackSection = (
  report: AttackReport,
  data: BehaviourReport['data'],
): Html => html`<h2>Attacks${report.verdict === 'pass' ? '' : html`: ${verdictText(report.verdict)}`}</h2>
<p class="soft">${report.isWhiteBox ? 'White-box: slopes were derived from the model’s own operators.' : 'No gradient could be derived: slopes are estimated from scores, and what stands proves little.'} Judged at epsilon ${figure(report.judgedAt)}. An example stands only if it withstands every attack.</p>
${report.notes.map((note) => html`<p>${note}</p>`)}
<div class="figures">${report.worstCase.map((worst) => chartOf(worst, report.attacks, data))}</div>
${[...new Set(report.attacks.map(({ norm }) => norm))].map((norm) =>
  attackTable(
    norm,
    report.attacks.filter((attack) => attack.norm === norm),
  ),
)}
${pictureSection(report)}`
