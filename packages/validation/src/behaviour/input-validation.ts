import { isNootropicError, type Tensor, type TensorSpec } from '@nootropic/core'
import type { StageOutcome } from '../outcome.ts'
import { behaviourFinding } from './behaviour-finding.ts'
import { floatArray } from './dataset.ts'
import type { Subject } from './subject.ts'

type Feeds = Readonly<Record<string, Tensor>>

/** Feeds that do not fit the model's signature; each must be refused, and none may end the runtime. */
const malformedFeeds = (feeds: Feeds, spec: TensorSpec): { name: string; feeds: Feeds }[] => {
  const { [spec.name]: valid, ...others } = feeds
  if (valid === undefined) return []
  const otherType: Tensor =
    valid.type === 'int64'
      ? { type: 'float32', dims: valid.dims, data: new Float32Array(valid.data.length) }
      : { type: 'int64', dims: valid.dims, data: new BigInt64Array(valid.data.length) }
  const cases: { name: string; feeds: Feeds }[] = [
    { name: 'a missing input', feeds: others },
    { name: 'an unknown input', feeds: { ...feeds, [`${spec.name}-unknown`]: valid } },
    { name: 'a wrong element type', feeds: { ...feeds, [spec.name]: otherType } },
    { name: 'data shorter than its shape', feeds: { ...feeds, [spec.name]: { ...valid, dims: [...valid.dims, 2] } } },
  ]
  // A model may leave the rank open, and then takes any.
  if (spec.dims.length === 0) return cases
  return [...cases, { name: 'a wrong rank', feeds: { ...feeds, [spec.name]: { ...valid, dims: [...valid.dims, 1] } } }]
}

/** Feeds of the right form whose numbers are not finite: whatever the model answers, it must not fall over. */
const nonFiniteFeeds = (feeds: Feeds, spec: TensorSpec): { name: string; feeds: Feeds }[] => {
  const valid = feeds[spec.name]
  if (valid === undefined || (valid.type !== 'float32' && valid.type !== 'float64')) return []
  const { type } = valid
  return [Number.NaN, Number.POSITIVE_INFINITY].map((value) => ({
    name: `only ${value}`,
    feeds: { ...feeds, [spec.name]: { ...valid, data: floatArray(type, valid.data.length).fill(value) } },
  }))
}

const answer = async (subject: Subject, feeds: Feeds): Promise<'accepted' | 'refused'> => {
  try {
    await subject.session.run(feeds)
    return 'accepted'
  } catch (error) {
    if (isNootropicError(error, 'INPUT_INVALID')) return 'refused'
    throw error
  }
}

/** Sends malformed inputs and sees that each is refused with a typed error, and non-finite ones that nothing breaks. */
export const testInputValidation = async (subject: Subject): Promise<StageOutcome> => {
  // A model that refuses everything would pass: it must run on a well-formed input first.
  await subject.session.run(subject.feeds)
  const malformed = subject.session.inputs.flatMap((spec) => malformedFeeds(subject.feeds, spec))
  const accepted: string[] = []
  for (const { name, feeds } of malformed) if ((await answer(subject, feeds)) === 'accepted') accepted.push(name)
  const nonFinite = subject.session.inputs.flatMap((spec) => nonFiniteFeeds(subject.feeds, spec))
  for (const { feeds } of nonFinite) await answer(subject, feeds)
  const findings = accepted.map((name) =>
    behaviourFinding(subject, {
      rule: 'behaviour/malformed-input-accepted',
      severity: 'medium',
      title: 'The model runs on an input that does not fit its signature',
      message: `expected ${name} to be refused with INPUT_INVALID, it was accepted`,
      remediation: 'Run the model only behind the input guards of the runtime.',
      tags: ['CWE-20'],
    }),
  )
  return {
    verdict: findings.length === 0 ? 'pass' : 'fail',
    measurements: {
      malformedInputs: malformed.length,
      refusedInputs: malformed.length - accepted.length,
      nonFiniteInputs: nonFinite.length,
    },
    findings,
  }
}
