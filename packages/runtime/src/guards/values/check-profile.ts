import type { Finding, Tensor } from '@nootropic/core'
import type { TensorSide } from '@nootropic/core/inference'
import { exampleCount, isNumeric } from './elements.ts'
import { type Profile, scoreOf, type TensorProfile } from './profile.ts'
import { moments, summariseExamples } from './summary.ts'
import { valueFinding } from './value-finding.ts'

/** Which number of a summary is furthest from usual, for a reader. */
const describeFurthest = (summary: Float64Array, { means, deviations }: TensorProfile): string => {
  let furthest = 0
  let most = -1
  for (let index = 0; index < Math.min(summary.length, means.length); index += 1) {
    const distance = Math.abs((summary[index] as number) - (means[index] as number)) / (deviations[index] as number)
    if (!(distance > most)) continue
    most = distance
    furthest = index
  }
  const name = moments[furthest] ?? `the mean of part ${furthest - moments.length + 1}`
  const [found, usual] = [summary[furthest], means[furthest]].map((value) => Number(value).toPrecision(3))
  return `${name} is ${found}, usual is ${usual} ± ${Number(deviations[furthest]).toPrecision(2)}`
}

// A summary costs some hundred bytes and a microsecond, however small the example is (CWE-770).
const mostExamples = 65_536

const checkTensor = (side: TensorSide, name: string, tensor: Tensor, profile: TensorProfile): Finding[] => {
  const { threshold, falseAlarmRate } = profile
  const count = exampleCount(tensor)
  if (count > mostExamples) {
    return [valueFinding(side, 'unusual', name, `expected at most ${mostExamples} examples to compare, found ${count}`)]
  }
  const summaries = summariseExamples(tensor)
  const scores = summaries.map((summary) => scoreOf(summary, profile))
  // NaN compares with nothing: not "below" is above.
  const unusual = scores.flatMap((score, index) => (score <= threshold ? [] : [index]))
  const [first] = unusual
  if (first === undefined) return []
  const score = scores[first] as number
  const why = describeFurthest(summaries[first] as Float64Array, profile)
  return [
    {
      rule: `${side}/unusual`,
      severity: 'medium',
      title: `The ${side} is unlike the examples that were learned`,
      message: `${side} "${name}": expected a distance of at most ${threshold.toPrecision(3)}, found ${score.toPrecision(3)} in example ${first}: ${why}`,
      location: { path: side, inside: name },
      evidence: { unusual: unusual.length, examples: scores.length, falseAlarmRate },
      remediation:
        side === 'input'
          ? 'Look at what was sent; learn the profile again where such inputs are legitimate.'
          : 'Look at the model and the input; learn the profile again where such outputs are legitimate.',
      references: ['https://atlas.mitre.org/techniques/AML.T0043'],
      tags: ['AML.T0043', 'CWE-20'],
    },
  ]
}

/**
 * Which tensors hold examples unlike those that a profile was learned from: noise, other scales, inverted or shuffled
 * content, constants. What was made to look like the examples in these numbers, as a good adversarial example is, passes.
 * A tensor without profile, or with texts, is not looked at.
 */
export const checkProfile = (
  side: TensorSide,
  profile: Profile,
  tensors: Readonly<Record<string, Tensor>>,
): Finding[] =>
  Object.entries(tensors).flatMap(([name, tensor]) => {
    const learned = Object.hasOwn(profile.tensors, name) ? profile.tensors[name] : undefined
    if (learned === undefined || !isNumeric(tensor) || tensor.data.length === 0) return []
    return checkTensor(side, name, tensor, learned)
  })
