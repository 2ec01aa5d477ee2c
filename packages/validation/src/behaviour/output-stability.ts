import type { Finding, Tensor } from '@nootropic/core'
import type { StageOutcome } from '../outcome.ts'
import { behaviourFinding } from './behaviour-finding.ts'
import { isFloatTensor } from './dataset.ts'
import type { Subject } from './subject.ts'

/** How often the same input is run. */
const repetitions = 3

const isSame = (left: Tensor | undefined, right: Tensor | undefined): boolean => {
  if (left === undefined || right === undefined || left.data.length !== right.data.length) return false
  for (let index = 0; index < left.data.length; index += 1) {
    if (!Object.is(left.data[index], right.data[index])) return false
  }
  return true
}

const hasNonFinite = (tensor: Tensor): boolean => isFloatTensor(tensor) && !tensor.data.every(Number.isFinite)

/** Runs one input several times: the answers must be finite, and the same to the last bit. */
export const testOutputStability = async (subject: Subject): Promise<StageOutcome> => {
  const first = await subject.session.run(subject.feeds)
  const unstable = new Set<string>()
  for (let run = 1; run < repetitions; run += 1) {
    const again = await subject.session.run(subject.feeds)
    for (const name of Object.keys(first)) if (!isSame(first[name], again[name])) unstable.add(name)
  }
  const nonFinite = Object.keys(first).filter((name) => first[name] !== undefined && hasNonFinite(first[name]))
  const findings: Finding[] = [
    ...[...unstable].map((name) =>
      behaviourFinding(subject, {
        rule: 'behaviour/unstable-output',
        severity: 'medium',
        title: 'The model answers the same input differently',
        message: `expected output "${name}" to be the same in ${repetitions} runs, it differed`,
        remediation: 'Export the model without random operators; a random answer cannot be tested or fingerprinted.',
        tags: ['CWE-330'],
      }),
    ),
    ...nonFinite.map((name) =>
      behaviourFinding(subject, {
        rule: 'behaviour/non-finite-output',
        severity: 'medium',
        title: 'The model answers with a number that is not one',
        message: `expected finite numbers in output "${name}" for a finite input, found NaN or infinity`,
        remediation: 'Check the weights, and that the inputs are scaled as the model expects.',
        tags: ['CWE-682'],
      }),
    ),
  ]
  return {
    verdict: findings.length === 0 ? 'pass' : 'fail',
    measurements: { runs: repetitions, unstableOutputs: unstable.size, nonFiniteOutputs: nonFinite.length },
    findings,
  }
}
