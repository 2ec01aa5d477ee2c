import type { Report } from '@nootropic/core'

const curve = (report: Report, measure: 'accuracy' | 'consistency'): [number, number][] => {
  const prefix = `${measure}AtEpsilon=`
  const measurements = report.stages.find(({ name }) => name === 'adversarial')?.measurements ?? {}
  return Object.entries(measurements)
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, value]): [number, number] => [Number(name.slice(prefix.length)), value])
    .sort(([left], [right]) => left - right)
}

/**
 * Accuracy against epsilon, out of a report whose dataset had labels: the measurements `accuracyAtEpsilon=<epsilon>` of
 * the stage `adversarial`, by rising epsilon (a fraction of the input domain's width). Empty where there are none.
 */
export const accuracyCurve = (report: Report): { epsilon: number; accuracy: number }[] =>
  curve(report, 'accuracy').map(([epsilon, accuracy]) => ({ epsilon, accuracy }))

/** The same without labels: the share of examples that keep their clean answer, from `consistencyAtEpsilon=<epsilon>`. */
export const consistencyCurve = (report: Report): { epsilon: number; consistency: number }[] =>
  curve(report, 'consistency').map(([epsilon, consistency]) => ({ epsilon, consistency }))
