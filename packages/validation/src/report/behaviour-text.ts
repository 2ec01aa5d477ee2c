import type { AttackPoint } from './attack-figures.ts'
import type { BehaviourReport } from './behaviour-report.ts'

const percent = (share: number): string => `${Number((share * 100).toFixed(1))} %`

const curveText = (curve: readonly AttackPoint[]): string =>
  curve
    .map(({ epsilon, share, undecided }) => {
      const open = undecided === 0 ? '' : ` (${undecided} undecided)`
      return `${epsilon}: ${percent(share)}${open}`
    })
    .join('  ')

const dataLines = ({ data }: BehaviourReport): string[] => {
  if (data === undefined) return []
  const what = data.isMadeUp ? 'made-up inputs' : 'examples'
  const clean = data.measure === 'accuracy' ? 'answered as labelled' : 'with a clean answer; no labels: consistency'
  return [`  ${data.examples} ${what}, ${percent(data.clean)} ${clean}`]
}

const attackLines = ({ attacks }: BehaviourReport): string[] => {
  if (attacks === undefined) return []
  return [
    `  left at epsilon, ${attacks.isWhiteBox ? 'white-box' : 'gradient estimated'}:`,
    ...attacks.attacks.map(
      ({ attack, norm, curve, note }) =>
        `    ${attack} ${norm}  ${curveText(curve)}${note === undefined ? '' : `  incomplete: ${note}`}`,
    ),
    ...attacks.worstCase.map(({ norm, curve }) => `    worst of all ${norm}  ${curveText(curve)}`),
  ]
}

const certifiedLines = ({ certified = [] }: BehaviourReport): string[] =>
  certified.map(
    ({ method, norm, curve }) =>
      `  proved by ${method} ${norm}  ${curve.map(({ epsilon, share }) => `${epsilon}: ${percent(share)}`).join('  ')}`,
  )

const profileLines = ({ profile }: BehaviourReport): string[] =>
  (profile?.runs ?? []).map(
    ({ batch, threads, latency, throughput }) =>
      `  ${batch} at once, ${threads} threads: median ${latency.p50Ms.toFixed(2)} ms, p95 ${latency.p95Ms.toFixed(2)} ms, ${Math.round(throughput)} a second`,
  )

const corruptionLines = ({ corruptions }: BehaviourReport): string[] => {
  if (corruptions === undefined) return []
  const { rows, severities, meanCorruptionError } = corruptions
  return [
    `  right answers at severity ${severities.join(', ')}:`,
    ...rows.map(({ name, shares }) => `    ${name}  ${shares.map(({ share }) => percent(share)).join('  ')}`),
    ...(meanCorruptionError === undefined ? [] : [`  mean corruption error ${percent(meanCorruptionError)}`]),
  ]
}

const privacyLines = ({ privacy }: BehaviourReport): string[] =>
  privacy === undefined
    ? []
    : privacy.attacks.map(
        ({ attack, verdict, queries, note }) =>
          `  ${attack} ${verdict}, ${queries} queries${note === undefined ? '' : `: ${note}`}`,
      )

/** Notes hold names out of the model, and messages of the runtime: nothing in them may move a cursor (CWE-150). */
const harmless = (line: string): string => line.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\uFFFD')

/**
 * A report as a person reads it in a terminal, one thing a line.
 *
 * @example
 * ```ts
 * process.stdout.write(behaviourText(await attackModel(model, { sessions, dataset })))
 * ```
 */
export const behaviourText = (report: BehaviourReport): string =>
  [
    `${report.subject.path}: ${report.verdict}`,
    ...dataLines(report),
    ...Object.entries(report.scores).map(
      ([name, { value, threshold, basis }]) => `  ${name} ${value.toFixed(2)}, needs ${threshold}: ${basis}`,
    ),
    ...attackLines(report),
    ...certifiedLines(report),
    ...corruptionLines(report),
    ...privacyLines(report),
    ...profileLines(report),
    ...report.findings.map(
      ({ severity, rule, message, remediation }) => `  ${severity} ${rule}: ${message}. ${remediation}`,
    ),
    ...report.stages.flatMap(({ name, verdict, note }) =>
      note === undefined && verdict !== 'incomplete'
        ? []
        : [`  ${name} ${verdict}${note === undefined ? '' : `: ${note}`}`],
    ),
    ...report.skipped.map(({ name, reason }) => `  not done: ${name}: ${reason}`),
    ...(report.plan.stopped === undefined ? [] : [`  stopped: ${report.plan.stopped}`]),
    '',
  ]
    .map(harmless)
    .join('\n')
