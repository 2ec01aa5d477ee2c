import type { Finding } from '@nootropic/core'
import type { Objective } from './attacks/objective.ts'
import { behaviourFinding } from './behaviour-finding.ts'
import { honestyRules } from './honesty/rules.ts'
import { range, rowLength } from './rows.ts'
import type { ClassifierTrial, Subject } from './subject.ts'

/** Above this share of examples without any slope the gradient says nothing, and is estimated as well. */
export const maskedShare = 0.5

/** The share of examples without any slope, of the objective that has the fewest. */
export const leastFlatShare = async (objectives: readonly Objective[], trial: ClassifierTrial): Promise<number> => {
  const width = rowLength(trial.inputs)
  const shares: number[] = []
  for (const objective of objectives) {
    const slope = await objective.slope(trial.inputs, trial.labels)
    const isFlat = (row: number): boolean => range(width).every((column) => slope[row * width + column] === 0)
    shares.push(range(trial.labels.length).filter(isFlat).length / trial.labels.length)
  }
  return Math.min(...shares)
}

/** What is said of a model most of whose examples have no slope. */
export const maskedFinding = (subject: Subject, share: number): Finding => {
  const { id: rule, severity, title, remediation, tags } = honestyRules['masked-gradient']
  const message = `expected a slope at most examples, ${Math.round(share * 100)} % have none: attacks by gradient prove little here`
  return behaviourFinding(subject, { rule, severity, title, message, remediation, tags: [...tags] })
}
