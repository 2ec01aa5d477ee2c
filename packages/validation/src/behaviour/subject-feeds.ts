import { type InferenceSession, NootropicError, type Tensor, type TensorSpec } from '@nootropic/core'
import { type Dataset, synthesiseInput } from './dataset.ts'
import { range, takeRows } from './rows.ts'

/** What inputs hold, by name. */
type FixedInputs = Readonly<Record<string, Tensor>>

/** Where examples are made up, their elements are uniform in here. */
export const synthesisedDomain = [0, 1] as const

/** The inputs whose values nobody gave. */
export const openInputs = (session: InferenceSession, fixed: FixedInputs): TensorSpec[] =>
  session.inputs.filter(({ name }) => !Object.hasOwn(fixed, name))

/** Made-up inputs of a size that the model leaves open are of the least size, which no real input has. */
export const checkSize = (inputs: readonly TensorSpec[], dataset: Dataset | undefined): string | undefined => {
  const open = inputs.filter(({ dims }) => dims.slice(1).some((dim) => typeof dim !== 'number'))
  const isGiven = dataset !== undefined && inputs.length === 1
  if (isGiven || open.length === 0) return undefined
  return `the model leaves the size of ${open.map(({ name }) => `"${name}"`).join(', ')} open and no dataset was given`
}

/** One batch of the smallest size that the model takes. */
export const feedsOf = (
  inputs: readonly TensorSpec[],
  dataset: Dataset | undefined,
  seed: number,
): Record<string, Tensor> => {
  const [only, ...others] = inputs
  if (dataset !== undefined && only !== undefined && others.length === 0) {
    const rows = typeof only.dims[0] === 'number' ? only.dims[0] : 1
    const total = dataset.inputs.dims[0] ?? 0
    return {
      [only.name]: takeRows(
        dataset.inputs,
        range(rows).map((row) => Math.min(row, total - 1)),
      ),
    }
  }
  return Object.fromEntries(
    inputs.map((spec) => [spec.name, synthesiseInput(spec, { rows: 1, seed, domain: synthesisedDomain })]),
  )
}

/** @throws NootropicError `USAGE` for values of inputs that there are not, or of all */
export const verifyFixed = (session: InferenceSession, fixed: FixedInputs): void => {
  const names = session.inputs.map(({ name }) => name)
  const unknown = Object.keys(fixed).find((name) => !names.includes(name))
  if (unknown === undefined && openInputs(session, fixed).length > 0) return
  const found = unknown === undefined ? 'all of them' : `"${unknown}"`
  throw new NootropicError(
    'USAGE',
    `expected values for inputs out of ${names.join(', ')} with one left to examine, found ${found}; name the others`,
  )
}
