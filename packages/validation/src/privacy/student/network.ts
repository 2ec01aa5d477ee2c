import type { SeededRandom } from '@nootropic/core'

/** A softmax regression, or, with hidden units, a network with one hidden layer of rectifiers. */
export interface Network {
  readonly width: number
  readonly hidden: number
  readonly classes: number
  /** Weights row-major by unit, then the biases, layer by layer. */
  readonly parameters: Float64Array
}

/** Where the parts of {@link Network.parameters} begin. */
const partsOf = ({ width, hidden, classes }: Omit<Network, 'parameters'>) => {
  const firstBias = hidden * width
  const second = hidden === 0 ? 0 : firstBias + hidden
  const secondBias = second + classes * (hidden === 0 ? width : hidden)
  return { firstBias, second, secondBias, total: secondBias + classes }
}

/** A network with the starting weights of He et al. (2015, arXiv 1502.01852). */
export const createNetwork = (shape: Omit<Network, 'parameters'>, random: SeededRandom): Network => {
  const { firstBias, second, secondBias, total } = partsOf(shape)
  const parameters = new Float64Array(total)
  const fill = (from: number, to: number, inputs: number): void => {
    for (let index = from; index < to; index += 1) parameters[index] = random.normal() * Math.sqrt(2 / inputs)
  }
  if (shape.hidden > 0) fill(0, firstBias, shape.width)
  // A softmax regression is convex: it starts from nothing.
  if (shape.hidden > 0) fill(second, secondBias, shape.hidden)
  return { ...shape, parameters }
}

/** outputs = weights x + biases, for one example. */
const applyLayer = (
  parameters: Float64Array,
  at: { readonly weights: number; readonly biases: number },
  input: Float64Array,
  output: Float64Array,
): void => {
  for (let unit = 0; unit < output.length; unit += 1) {
    let sum = parameters[at.biases + unit] as number
    const row = at.weights + unit * input.length
    for (let column = 0; column < input.length; column += 1) {
      sum += (parameters[row + column] as number) * (input[column] as number)
    }
    output[unit] = sum
  }
}

/** Turns scores into log-probabilities, in place, in the form that overflows nowhere. */
export const logSoftmax = (scores: Float64Array): void => {
  const greatest = scores.reduce((left, right) => Math.max(left, right), Number.NEGATIVE_INFINITY)
  const total = scores.reduce((sum, score) => sum + Math.exp(score - greatest), 0)
  const shift = greatest + Math.log(total)
  scores.forEach((score, index) => {
    scores[index] = score - shift
  })
}

/** Runs one example; gives its log-probabilities and, in `active`, what the hidden units said. */
export const forward = (network: Network, input: Float64Array, active: Float64Array, output: Float64Array): void => {
  const { parameters, hidden } = network
  const { firstBias, second, secondBias } = partsOf(network)
  if (hidden > 0) {
    applyLayer(parameters, { weights: 0, biases: firstBias }, input, active)
    active.forEach((value, unit) => {
      active[unit] = Math.max(0, value)
    })
  }
  applyLayer(parameters, { weights: second, biases: secondBias }, hidden > 0 ? active : input, output)
  logSoftmax(output)
}

/** Adds the slope of a layer's weights and biases for one example, and gives, in `below`, the slope of its input. */
const reverseLayer = (
  parameters: Float64Array,
  at: { readonly weights: number; readonly biases: number },
  example: { readonly input: Float64Array; readonly above: Float64Array; readonly below?: Float64Array },
  slope: Float64Array,
): void => {
  const { input, above, below } = example
  for (let unit = 0; unit < above.length; unit += 1) {
    const error = above[unit] as number
    // The rectifiers of most units are off.
    if (error === 0) continue
    slope[at.biases + unit] = (slope[at.biases + unit] as number) + error
    const row = at.weights + unit * input.length
    for (let column = 0; column < input.length; column += 1) {
      slope[row + column] = (slope[row + column] as number) + error * (input[column] as number)
      if (below !== undefined) below[column] = (below[column] as number) + error * (parameters[row + column] as number)
    }
  }
}

/** Adds to `slope` that of the cross-entropy of one example, whose {@link forward} came just before. */
export const backward = (
  network: Network,
  example: { readonly input: Float64Array; readonly active: Float64Array; readonly output: Float64Array },
  target: Float64Array,
  slope: Float64Array,
): void => {
  const { parameters, hidden } = network
  const { firstBias, second, secondBias } = partsOf(network)
  const { input, active, output } = example
  const errors = output.map((value, unit) => Math.exp(value) - (target[unit] ?? 0))
  const upper = { weights: second, biases: secondBias }
  if (hidden === 0) {
    reverseLayer(parameters, upper, { input, above: errors }, slope)
    return
  }
  const below = new Float64Array(hidden)
  reverseLayer(parameters, upper, { input: active, above: errors, below }, slope)
  active.forEach((value, unit) => {
    if (value === 0) below[unit] = 0
  })
  reverseLayer(parameters, { weights: 0, biases: firstBias }, { input, above: below }, slope)
}
